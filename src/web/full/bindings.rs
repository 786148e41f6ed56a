//! The part of `Core` that only answers questions.

use super::{insight, object, view};
use crate::error::Error;
use crate::privacy::Entry;
use crate::web::bindings::Core;
use crate::web::edge::millis;
use crate::web::flat;
use crate::web::rows::{keyed, unpacked};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// The shapes of `view.rs` in TypeScript, for the facade.
#[wasm_bindgen(typescript_custom_section)]
const SHAPES: &str = include_str!("shapes.d.ts");

#[wasm_bindgen]
impl Core {
    /// Goes on with what another module handed over.
    #[wasm_bindgen(js_name = takeFrom)]
    pub fn take_from(&mut self, handed: &[u8]) -> Result<(), Error> {
        self.tab.take_from(handed)
    }

    /// Why an item is where it is.
    pub fn explain(&mut self, id: &str, now: f64) -> Result<Vec<f64>, Error> {
        let tab = &mut self.tab;
        Ok(flat::explanation(&tab.profiler.explain(&tab.live, id, millis(now))?))
    }

    /// The departments on the map, and where the shopper stands.
    #[wasm_bindgen(unchecked_return_type = "MapItem")]
    pub fn map(&self, now: f64) -> JsValue {
        insight::map(&self.tab, millis(now))
    }

    /// What only the log can tell, which is as it is `stored`, with what waits behind it: the `log` itself, the `history` of
    /// the last `most` interactions, the `interests`.
    #[wasm_bindgen(unchecked_return_type = "unknown")]
    pub fn tell(&mut self, what: &str, most: usize, keys: &[f64], stored: &[u8]) -> Result<JsValue, Error> {
        let tab = &mut self.tab;
        let mut log = keyed(keys, stored);
        let next = log.last().map_or(0, |(key, _)| *key) + 1;
        log.extend((next..).zip(tab.outbox.iter()));
        Ok(match what {
            "history" => insight::changes(&tab.profiler.history(&log, most)?, tab.profiler.factors()),
            "interests" => insight::interests(&tab.profiler.interests(&tab.live, &log), tab.profiler.factors()),
            _ => view::log(&log),
        })
    }

    /// The ledger, as it is stored, oldest line first.
    #[wasm_bindgen(unchecked_return_type = "LedgerItem[]")]
    pub fn ledger(&self, lines: &[u8]) -> JsValue {
        object::list(unpacked(lines).filter_map(|bytes| Entry::from_bytes(bytes).ok()).map(view::ledger))
    }

    /// Decayed counts of the items ordered.
    #[wasm_bindgen(unchecked_return_type = "CountItem[]")]
    pub fn counts(&self) -> JsValue {
        view::counts(&self.tab)
    }

    /// Centred ratings.
    #[wasm_bindgen(unchecked_return_type = "RatingItem[]")]
    pub fn ratings(&self) -> JsValue {
        view::ratings(&self.tab)
    }
}
