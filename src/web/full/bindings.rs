//! The part of `Core` that only answers questions.

use super::{insight, object, view};
use crate::error::Error;
use crate::privacy::Entry;
use crate::web::bindings::{Core, promise};
use crate::web::edge::millis;
use crate::web::{flat, tab};
use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// The shapes of `view.rs` in TypeScript, for the facade.
#[wasm_bindgen(typescript_custom_section)]
const SHAPES: &str = include_str!("shapes.d.ts");

#[wasm_bindgen]
impl Core {
    /// Goes on with what another module handed over.
    #[wasm_bindgen(js_name = takeFrom)]
    pub fn take_from(&self, handed: &[u8]) -> Result<(), Error> {
        self.tab.borrow_mut().take_from(handed)
    }

    /// Why an item is where it is.
    pub fn explain(&self, id: &str, now: f64) -> Result<Vec<f64>, Error> {
        let tab = &mut *self.tab.borrow_mut();
        Ok(flat::explanation(&tab.profiler.explain(&tab.live, id, millis(now))?))
    }

    /// The departments on the map, and where the shopper stands.
    #[wasm_bindgen(unchecked_return_type = "MapItem")]
    pub fn map(&self, now: f64) -> JsValue {
        insight::map(&self.tab.borrow(), millis(now))
    }

    /// What only the log can tell: the `log` itself, the `history` of the last `most` interactions, the `interests`.
    #[wasm_bindgen(unchecked_return_type = "Promise<unknown>")]
    pub fn tell(&self, what: &str, most: usize) -> Promise {
        let (tab, what) = (self.tab.clone(), what.to_owned());
        promise(async move {
            let log = tab::log(&tab).await?;
            let tab = &mut *tab.borrow_mut();
            Ok(match what.as_str() {
                "history" => {
                    let changes = tab.profiler.history(&tab::entries(&log), most)?;
                    insight::changes(&changes, tab.profiler.factors())
                }
                "interests" => {
                    let interests = tab.profiler.interests(&tab.live, &tab::entries(&log));
                    insight::interests(&interests, tab.profiler.factors())
                }
                _ => view::log(&log),
            })
        })
    }

    /// The ledger, oldest line first.
    #[wasm_bindgen(unchecked_return_type = "Promise<LedgerItem[]>")]
    pub fn ledger(&self) -> Promise {
        let store = self.tab.borrow().store.clone();
        promise(async move {
            let lines = match store {
                Some(store) => store.ledger().await?,
                None => Vec::new(),
            };
            let entries = lines.iter().filter_map(|(_, bytes)| Entry::from_bytes(bytes).ok());
            Ok(object::list(entries.map(view::ledger)))
        })
    }

    /// Decayed counts of the items ordered.
    #[wasm_bindgen(unchecked_return_type = "CountItem[]")]
    pub fn counts(&self) -> JsValue {
        view::counts(&self.tab.borrow())
    }

    /// Centred ratings.
    #[wasm_bindgen(unchecked_return_type = "RatingItem[]")]
    pub fn ratings(&self) -> JsValue {
        view::ratings(&self.tab.borrow())
    }
}
