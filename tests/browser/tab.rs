//! A tab as the page has it: the core, and the script that stores for it.

use homebody::web::Core;
use js_sys::{Function, Promise, Uint8Array};
use std::ops::Deref;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

// `cargo xtask test browser` makes it of tab.mjs.
#[wasm_bindgen(module = "/target/xtask/tab.js")]
extern "C" {
    fn opened(core: JsValue, database: &str, sealed: bool) -> Kept;

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

pub struct Tab {
    core: Core,
    kept: Kept,
}

impl Deref for Tab {
    type Target = Core;
    fn deref(&self) -> &Core {
        &self.core
    }
}

impl Tab {
    /// What is stored is `sealed`, or not.
    pub fn open(bundle: &[u8], database: &str, sealed: bool) -> Self {
        let core = Core::new(bundle.into()).expect("a valid bundle");
        let kept = opened(core.clone().into(), database, sealed);
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
        let problem = self.kept.problem();
        js_sys::Reflect::get(&problem, &"message".into()).ok()?.as_string()
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
    js_sys::Reflect::get(transaction.unchecked_ref(), &"durability".into()).ok()?.as_string()
}
