//! A tab as the page has it: the core, and the script that stores for it.

use homebody::web::Core;
use js_sys::{Array, Float64Array, Function, Promise, Uint8Array};
use std::ops::Deref;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

/// The core as the page's script holds it: a call goes through its glue.
#[wasm_bindgen]
extern "C" {
    pub type Page;

    #[wasm_bindgen(method, js_name = markHead)]
    pub fn mark_head(this: &Page);
    #[wasm_bindgen(method)]
    pub fn bundle(this: &Page) -> String;
    #[wasm_bindgen(method)]
    pub fn status(this: &Page) -> String;
    #[wasm_bindgen(method)]
    pub fn record(
        this: &Page, kind: usize, item: &str, at: f64, price: f64, quantity: f64, rating: f64, dwell: f64,
        sentiment: f64, recommended: bool, propensity: f64, arm: i32, now: f64,
    ) -> usize;
    #[wasm_bindgen(method)]
    pub fn id(this: &Page, place: u32) -> String;
    #[wasm_bindgen(method, catch)]
    pub fn recommend(
        this: &Page, limit: usize, list: usize, category: Option<&str>, exclude: &[u8], hide_bought: bool,
        hide_seen: bool, per_category: usize, reasons: bool, explore: f32, arm: i32, now: f64,
    ) -> Result<Vec<f64>, JsValue>;
    #[wasm_bindgen(method)]
    pub fn rank(this: &Page, ids: &[u8], reasons: bool, now: f64) -> Vec<f64>;
    #[wasm_bindgen(method, catch, js_name = markSensitive)]
    pub fn mark_sensitive(this: &Page, name: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(method)]
    pub fn sensitive(this: &Page) -> Vec<u8>;
    #[wasm_bindgen(method)]
    pub fn refused(this: &Page) -> Vec<u32>;
    #[wasm_bindgen(method)]
    pub fn interactions(this: &Page) -> u32;
    #[wasm_bindgen(method)]
    pub fn epsilon(this: &Page, now: f64) -> Vec<u32>;
    #[wasm_bindgen(method, catch)]
    pub fn want(this: &Page, name: &str, epsilon_milli: Option<u32>) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    pub fn experiment(this: &Page, popular: u16) -> Result<(), JsValue>;
    #[wasm_bindgen(method)]
    pub fn arm(this: &Page, now: f64) -> usize;
    #[wasm_bindgen(method, js_name = noReportsBefore)]
    pub fn no_reports_before(this: &Page) -> Option<f64>;
    #[wasm_bindgen(method, js_name = handOver)]
    pub fn hand_over(this: &Page) -> Vec<u8>;
    #[wasm_bindgen(method, catch, js_name = takeFrom)]
    pub fn take_from(this: &Page, handed: &[u8]) -> Result<(), JsValue>;
    #[wasm_bindgen(method)]
    pub fn pause(this: &Page, paused: bool);
    #[wasm_bindgen(method)]
    pub fn snapshot(this: &Page) -> Vec<u8>;
    #[wasm_bindgen(method)]
    pub fn map(this: &Page, now: f64) -> Array;
    #[wasm_bindgen(method)]
    pub fn counts(this: &Page) -> Array;
    #[wasm_bindgen(method)]
    pub fn corrections(this: &Page) -> Array;
    #[wasm_bindgen(method, catch)]
    pub fn correct(this: &Page, wish: &str, name: &str, is_category: bool, now: f64) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    pub fn stage(
        this: &Page, verb: &str, name: &str, about: Option<&str>, recommended: bool, numbers: &[f64], now: f64,
    ) -> Result<Option<String>, JsValue>;
}

// `cargo xtask test browser` makes it of tab.mjs.
#[wasm_bindgen(module = "/target/xtask/tab.js")]
extern "C" {
    fn listed(bundle: &Uint8Array) -> Array;
    fn opened(core: &Page, database: &str, sealed: bool) -> Kept;

    /// A transaction that is to be on disk when it is done.
    pub fn writing(database: &JsValue) -> JsValue;

    type Kept;

    #[wasm_bindgen(method)]
    fn grant(this: &Kept) -> Promise;
    #[wasm_bindgen(method)]
    fn refuse(this: &Kept, now: f64) -> Promise;
    #[wasm_bindgen(method)]
    fn withdraw(this: &Kept);
    #[wasm_bindgen(method)]
    fn flush(this: &Kept, now: f64) -> Promise;
    #[wasm_bindgen(method)]
    fn sync(this: &Kept) -> Promise;
    #[wasm_bindgen(method)]
    fn report(this: &Kept, url: &str, now: f64) -> Promise;
    #[wasm_bindgen(method)]
    fn erase(this: &Kept, now: f64) -> Promise;
    #[wasm_bindgen(method, js_name = changeBundle)]
    fn change_bundle(this: &Kept, bundle: &Uint8Array, taken: &Function) -> Promise;
    #[wasm_bindgen(method)]
    fn close(this: &Kept, now: f64) -> Promise;
    #[wasm_bindgen(method)]
    fn problem(this: &Kept) -> JsValue;
    #[wasm_bindgen(method, catch)]
    fn change(
        this: &Kept, verb: &str, item: Option<&str>, category: Option<&str>, kind: Option<&str>, at: Option<f64>,
        before: Option<f64>,
    ) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method)]
    fn tell(this: &Kept, what: &str, most: usize) -> Promise;
    #[wasm_bindgen(method)]
    fn ledger(this: &Kept) -> Promise;
}

/// As `js/made.ts` makes it.
pub fn made(bundle: &Uint8Array) -> Result<Core, homebody::Error> {
    let [texts, numbers] = [0, 1].map(|at| listed(bundle).get(at));
    Core::new(bundle.clone(), &Uint8Array::from(texts).to_vec(), &Float64Array::from(numbers).to_vec())
}

pub struct Tab {
    core: Page,
    kept: Kept,
}

impl Deref for Tab {
    type Target = Page;
    fn deref(&self) -> &Page {
        &self.core
    }
}

impl Tab {
    /// What is stored is `sealed`, or not.
    pub fn open(bundle: &[u8], database: &str, sealed: bool) -> Self {
        let core: Page = JsValue::from(made(&bundle.into()).expect("a valid bundle")).unchecked_into();
        let kept = opened(&core, database, sealed);
        Self { core, kept }
    }

    pub fn grant(&self) -> Promise {
        self.kept.grant()
    }
    pub fn refuse(&self, now: f64) -> Promise {
        self.kept.refuse(now)
    }
    pub fn withdraw(&self) {
        self.kept.withdraw();
    }
    pub fn flush(&self, now: f64) -> Promise {
        self.kept.flush(now)
    }
    pub fn sync(&self) -> Promise {
        self.kept.sync()
    }
    pub fn report(&self, url: &str, now: f64) -> Promise {
        self.kept.report(url, now)
    }
    pub fn erase(&self, now: f64) -> Promise {
        self.kept.erase(now)
    }
    pub fn change_bundle(&self, bundle: &[u8]) -> Promise {
        self.kept.change_bundle(&bundle.into(), &Function::new_no_args(""))
    }
    pub fn close(&self, now: f64) -> Promise {
        self.kept.close(now)
    }
    /// What went wrong last, in words.
    pub fn problem(&self) -> Option<String> {
        property(&self.kept.problem(), "message")
    }
    pub fn change(&self, verb: &str, item: Option<&str>, before: Option<f64>) -> Promise {
        let begun = self.kept.change(verb, item, None, None, None, before);
        begun.unwrap_or_else(|error| Promise::reject(&error))
    }
    pub fn tell(&self, what: &str, most: usize) -> Promise {
        self.kept.tell(what, most)
    }
    pub fn ledger(&self) -> Promise {
        self.kept.ledger()
    }
}

/// The browser's own, of a database that is opened beside the code under test.
pub fn durability(transaction: &JsValue) -> Option<String> {
    property(transaction, "durability")
}

/// A text of an object.
pub fn property(of: &JsValue, name: &str) -> Option<String> {
    js_sys::Reflect::get(of, &name.into()).ok()?.as_string()
}
