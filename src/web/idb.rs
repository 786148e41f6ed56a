//! IndexedDB as promises, and nothing more: a transaction is what it asks, and what it does then.
//!
//! A promise whose two functions are the handlers needs no closure and frees itself. `JsFuture`
//! resumes in a microtask, so a transaction stays alive as long as nothing else is awaited in it.

use super::edge::words;
use crate::error::Error;
use js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdbDatabase, IdbKeyRange, IdbRequest, IdbTransaction};

#[wasm_bindgen]
extern "C" {
    /// web-sys holds `durability` back as unstable; the method itself is not.
    #[wasm_bindgen(extends = IdbDatabase, js_name = IDBDatabase)]
    type Durable;

    #[wasm_bindgen(method, catch, structural, js_name = transaction)]
    fn transaction_with(
        this: &Durable, stores: &JsValue, mode: &str, options: &Object,
    ) -> Result<IdbTransaction, JsValue>;

    #[wasm_bindgen(method, getter, js_name = objectStoreNames)]
    fn stores(this: &Durable) -> JsValue;
}

/// What is asked: the records of a store in a range of keys.
#[derive(Debug, Clone)]
pub(super) struct Ask {
    store: &'static str,
    range: JsValue,
    values: bool,
}

/// Keys and values, in the order of the keys.
pub(super) type Answer = Vec<(JsValue, JsValue)>;

impl Ask {
    /// All records.
    pub(super) fn all(store: &'static str) -> Self {
        Self { store, range: JsValue::UNDEFINED, values: true }
    }

    /// The one under a key.
    pub(super) fn one(store: &'static str, key: impl Into<JsValue>) -> Self {
        Self { store, range: key.into(), values: true }
    }

    /// What stands behind a number.
    pub(super) fn behind(store: &'static str, from: u64) -> Result<Self, JsValue> {
        let range = IdbKeyRange::lower_bound_with_open(&JsValue::from(from as f64), true)?;
        Ok(Self { range: range.into(), ..Self::all(store) })
    }

    /// What stands before a name.
    pub(super) fn before(store: &'static str, name: &str) -> Result<Self, JsValue> {
        Ok(Self { range: IdbKeyRange::upper_bound(&name.into())?.into(), ..Self::all(store) })
    }

    /// What stands from a name on.
    pub(super) fn from(store: &'static str, name: &str) -> Result<Self, JsValue> {
        Ok(Self { range: IdbKeyRange::lower_bound(&name.into())?.into(), ..Self::all(store) })
    }

    /// Only the keys.
    pub(super) fn keys(store: &'static str) -> Self {
        Self { values: false, ..Self::all(store) }
    }
}

/// What is done.
#[derive(Debug)]
pub(super) enum Deed {
    /// Under the next number.
    Add(&'static str, JsValue),
    Put(&'static str, JsValue, JsValue),
    Delete(&'static str, JsValue),
    Clear(&'static str),
}

/// Asks in a transaction of its own.
pub(super) async fn read(db: &IdbDatabase, asks: &[Ask]) -> Result<Vec<Answer>, JsValue> {
    let db = db.unchecked_ref::<Durable>();
    answers(&db.transaction_with(&db.stores(), "readonly", &Object::new())?, asks).await
}

/// Asks, does what `decide` makes of the answers, and asks again, in one transaction; resolves when it is on disk.
/// Where nothing is decided, nothing is done.
pub(super) async fn write(
    db: &IdbDatabase, asks: &[Ask], decide: &mut dyn FnMut(Vec<Answer>) -> Option<Vec<Deed>>, then: &[Ask],
) -> Result<Option<Vec<Answer>>, JsValue> {
    let transaction = writing(db)?;
    let Some(deeds) = decide(answers(&transaction, asks).await?) else { return Ok(None) };
    for deed in deeds {
        let store = |name| transaction.object_store(name);
        match deed {
            Deed::Add(name, value) => store(name)?.add(&value)?,
            Deed::Put(name, key, value) => store(name)?.put_with_key(&value, &key)?,
            Deed::Delete(name, key) => store(name)?.delete(&key)?,
            Deed::Clear(name) => store(name)?.clear()?,
        };
    }
    let answers = answers(&transaction, then).await?;
    let complete = settled(|resolve, reject| {
        transaction.set_oncomplete(Some(resolve));
        transaction.set_onabort(Some(reject));
    });
    match complete.await {
        Ok(_) => Ok(Some(answers)),
        Err(_) => Err(transaction.error().map_or(JsValue::UNDEFINED, JsValue::from)),
    }
}

/// A readwrite transaction that is on disk when it completes: only then is anything saved.
pub(super) fn writing(db: &IdbDatabase) -> Result<IdbTransaction, JsValue> {
    let options = Object::new();
    Reflect::set(&options, &"durability".into(), &"strict".into())?;
    let db = db.unchecked_ref::<Durable>();
    db.transaction_with(&db.stores(), "readwrite", &options)
}

/// All requests are made before the first is awaited.
async fn answers(transaction: &IdbTransaction, asks: &[Ask]) -> Result<Vec<Answer>, JsValue> {
    let mut requests = Vec::new();
    for Ask { store, range, values } in asks {
        let store = transaction.object_store(store)?;
        requests.push(store.get_all_keys_with_key(range)?);
        requests.push(if *values { store.get_all_with_key(range)? } else { store.get_all_keys_with_key(range)? });
    }
    let mut lists = Vec::new();
    for request in requests {
        lists.push(Array::from(&result(request).await?));
    }
    Ok(lists.as_chunks().0.iter().map(|[keys, values]| keys.iter().zip(values.iter()).collect()).collect())
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

fn settled(set: impl Fn(&Function, &Function)) -> JsFuture {
    JsFuture::from(Promise::new(&mut |resolve, reject| set(&resolve, &reject)))
}

/// The numbers of an answer.
pub(super) fn numbers(answer: &Answer) -> Vec<u64> {
    answer.iter().map(|(key, _)| key.as_f64().unwrap_or(0.0) as u64).collect()
}

/// The bytes of an answer; what is none is empty.
pub(super) fn bytes(answer: &Answer) -> Vec<Uint8Array> {
    answer.iter().map(|(_, value)| value.dyn_ref().cloned().unwrap_or_else(|| Uint8Array::new_with_length(0))).collect()
}

/// The error of a failed operation.
pub(super) fn failed(doing: &'static str) -> impl Fn(JsValue) -> Error {
    move |error| Error::Store { doing, message: words(&error) }
}
