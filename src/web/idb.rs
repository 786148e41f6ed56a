//! IndexedDB as promises, and nothing more.
//!
//! A promise whose two functions are the handlers needs no closure and frees itself. `JsFuture`
//! resumes in a microtask, so a transaction stays alive as long as nothing else is awaited in it.

use super::edge::words;
use crate::error::Error;
use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdbDatabase, IdbObjectStore, IdbRequest, IdbTransaction};

#[wasm_bindgen]
extern "C" {
    /// web-sys holds `durability` back as unstable; the method itself is not.
    #[wasm_bindgen(extends = IdbDatabase, js_name = IDBDatabase)]
    type Durable;

    #[wasm_bindgen(method, catch, structural, js_name = transaction)]
    fn transaction_with(
        this: &Durable, stores: &JsValue, mode: &str, options: &Object,
    ) -> Result<IdbTransaction, JsValue>;
}

/// A readwrite transaction that is on disk when it completes.
pub(super) fn write(db: &IdbDatabase, stores: &[&str]) -> Result<IdbTransaction, JsValue> {
    let options = Object::new();
    Reflect::set(&options, &"durability".into(), &"strict".into())?;
    db.unchecked_ref::<Durable>().transaction_with(&names(stores), "readwrite", &options)
}

/// A readonly transaction.
pub(super) fn read(db: &IdbDatabase, stores: &[&str]) -> Result<IdbTransaction, JsValue> {
    db.unchecked_ref::<Durable>().transaction_with(&names(stores), "readonly", &Object::new())
}

fn names(stores: &[&str]) -> JsValue {
    stores.iter().map(|name| JsValue::from_str(name)).collect::<Array>().into()
}

/// The result of a request.
pub(super) async fn result(request: IdbRequest) -> Result<JsValue, JsValue> {
    let settled = settled(|resolve, reject| {
        request.set_onsuccess(Some(resolve));
        request.set_onerror(Some(reject));
    });
    match settled.await {
        Ok(_) => request.result(),
        Err(_) => Err(request.error()?.map_or(JsValue::UNDEFINED, JsValue::from)),
    }
}

/// Resolves once the transaction is complete: only then is anything saved.
pub(super) async fn complete(transaction: IdbTransaction) -> Result<(), JsValue> {
    let settled = settled(|resolve, reject| {
        transaction.set_oncomplete(Some(resolve));
        transaction.set_onabort(Some(reject));
    });
    settled.await.map(drop).map_err(|_| transaction.error().map_or(JsValue::UNDEFINED, JsValue::from))
}

fn settled(set: impl Fn(&Function, &Function)) -> JsFuture {
    JsFuture::from(Promise::new(&mut |resolve, reject| set(&resolve, &reject)))
}

/// Keys and values behind `from`, both in the order of the keys.
pub(super) async fn behind(store: &IdbObjectStore, from: u64) -> Result<Vec<(u64, JsValue)>, JsValue> {
    let range = web_sys::IdbKeyRange::lower_bound_with_open(&JsValue::from(from as f64), true)?;
    // Both requests are made before the first is awaited, in the same transaction.
    let (keys, values) = (store.get_all_keys_with_key(&range)?, store.get_all_with_key(&range)?);
    let (keys, values) = (Array::from(&result(keys).await?), Array::from(&result(values).await?));
    Ok(keys.iter().map(|key| key.as_f64().unwrap_or(0.0) as u64).zip(values.iter()).collect())
}

/// The error of a failed operation.
pub(super) fn failed(doing: &'static str) -> impl Fn(JsValue) -> Error {
    move |error| Error::Store { doing, message: words(&error) }
}
