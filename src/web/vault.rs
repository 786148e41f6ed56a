//! Encryption at rest: AES-GCM with a key that the browser keeps and never gives out.
//!
//! It protects copies of the database that were made without the key, a backup for one; not against who has the
//! disk, nor against a script on the shop's own origin. What is async here is not awaited inside
//! a transaction.

use super::edge::random;
use super::idb::{Answer, Deed};
use crate::error::Error;
use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use std::cell::RefCell;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    /// Three methods of SubtleCrypto, which need none of its types.
    #[derive(Debug)]
    type Subtle;

    #[wasm_bindgen(method, catch, js_name = generateKey)]
    fn generate_key(this: &Subtle, how: &Object, extractable: bool, uses: &Array) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn encrypt(this: &Subtle, how: &Object, key: &JsValue, data: &Uint8Array) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn decrypt(this: &Subtle, how: &Object, key: &JsValue, data: &Uint8Array) -> Result<Promise, JsValue>;
}

/// The first byte of what is sealed: no record of ours begins with it.
const SEALED: u8 = 0xAE;
/// Bytes of the nonce, drawn for each record, which follow.
const NONCE: u32 = 12;

/// Seals and opens what the store keeps.
#[derive(Debug)]
pub(super) struct Vault {
    on: bool,
    key: RefCell<Option<Key>>,
}

/// A key and its name: two keys cannot be compared.
#[derive(Debug, Clone)]
struct Key {
    name: JsValue,
    key: JsValue,
}

impl Vault {
    /// One that seals, or (`on` false) only opens what was sealed.
    pub(super) fn new(on: bool) -> Result<Self, Error> {
        if on && subtle().is_none() {
            let message = "crypto.subtle is only on https pages and on localhost".to_owned();
            return Err(Error::Store { doing: "encrypting", message });
        }
        Ok(Self { on, key: RefCell::default() })
    }

    /// What stands in the store of keys is this tab's key.
    pub(super) fn look(&self, keys: &Answer) {
        *self.key.borrow_mut() = keys.first().map(|(name, key)| Key { name: name.clone(), key: key.clone() });
    }

    /// Where something is written: is what this tab has sealed readable by all? The first key of a store goes into it
    /// with the first thing that it seals.
    pub(super) fn fits(&self, store: &'static str, keys: &Answer) -> Option<Vec<Deed>> {
        if !self.on {
            return Some(Vec::new());
        }
        let key = self.key.borrow();
        let Key { name, key } = key.as_ref()?;
        match keys.first() {
            Some((stored, _)) => (stored == name).then(Vec::new),
            None => Some(vec![Deed::Put(store, name.clone(), key.clone())]),
        }
    }

    /// It is erased, and the next one is another.
    pub(super) fn forget(&self) {
        *self.key.borrow_mut() = None;
    }

    /// Does it lie there as it is, though it should not?
    pub(super) fn is_bare(&self, stored: &JsValue) -> bool {
        self.on && stored.dyn_ref().is_some_and(|stored| !is_sealed(stored))
    }

    /// What is to be stored.
    pub(super) async fn seal(&self, records: &[Vec<u8>]) -> Result<Vec<Uint8Array>, JsValue> {
        if !self.on {
            return Ok(records.iter().map(|record| Uint8Array::from(record.as_slice())).collect());
        }
        let key = self.key_to_seal().await?;
        let (nonces, work) = (Array::new(), Array::new());
        for record in records {
            let mut drawn = [0; NONCE as usize];
            random(&mut drawn);
            let nonce = Uint8Array::from(drawn.as_slice());
            let sealing: JsValue =
                crypto()?.encrypt(&with(&nonce)?, &key, &Uint8Array::from(record.as_slice()))?.into();
            work.push(&sealing);
            nonces.push(&nonce);
        }
        let done = Array::from(&JsFuture::from(Promise::all(&work)).await?);
        Ok(nonces.iter().zip(done.iter()).map(|(nonce, text)| joined(&nonce, &text)).collect())
    }

    /// What was stored. What cannot be opened is empty: the reader calls it damaged.
    pub(super) async fn open(&self, stored: &[Uint8Array]) -> Result<Vec<Vec<u8>>, JsValue> {
        let key = self.key.borrow().clone();
        let work = Array::new();
        for record in stored {
            if !is_sealed(record) {
                work.push(record);
                continue;
            }
            let Some(Key { key, .. }) = &key else {
                work.push(&JsValue::NULL);
                continue;
            };
            let (nonce, text) = (record.subarray(1, 1 + NONCE), record.subarray(1 + NONCE, record.length()));
            let opening: JsValue = crypto()?.decrypt(&with(&nonce)?, key, &text)?.into();
            work.push(&opening);
        }
        let done = Array::from(&JsFuture::from(Promise::all_settled(&work)).await?);
        let bytes = |outcome: JsValue| {
            let value = Reflect::get(&outcome, &"value".into()).unwrap_or_default();
            if value.is_object() { Uint8Array::new(&value).to_vec() } else { Vec::new() }
        };
        Ok(done.iter().map(bytes).collect())
    }

    /// The store's key, or the one that it will have.
    async fn key_to_seal(&self) -> Result<JsValue, JsValue> {
        if let Some(Key { key, .. }) = &*self.key.borrow() {
            return Ok(key.clone());
        }
        let how = aes()?;
        Reflect::set(&how, &"length".into(), &256.into())?;
        let uses = Array::of2(&"encrypt".into(), &"decrypt".into());
        let key = JsFuture::from(crypto()?.generate_key(&how, false, &uses)?).await?;
        let mut drawn = [0; 4];
        random(&mut drawn);
        // Another piece of work may have made one meanwhile.
        let mut known = self.key.borrow_mut();
        Ok(known.get_or_insert(Key { name: u32::from_le_bytes(drawn).into(), key }).key.clone())
    }
}

fn subtle() -> Option<Subtle> {
    let crypto = Reflect::get(&js_sys::global(), &"crypto".into()).ok()?;
    Reflect::get(&crypto, &"subtle".into()).ok().filter(JsValue::is_object).map(JsCast::unchecked_into)
}

fn crypto() -> Result<Subtle, JsValue> {
    subtle().ok_or_else(|| js_sys::Error::new("crypto.subtle is gone").into())
}

fn aes() -> Result<Object, JsValue> {
    let how = Object::new();
    Reflect::set(&how, &"name".into(), &"AES-GCM".into())?;
    Ok(how)
}

fn with(nonce: &Uint8Array) -> Result<Object, JsValue> {
    let how = aes()?;
    Reflect::set(&how, &"iv".into(), nonce)?;
    Ok(how)
}

fn is_sealed(record: &Uint8Array) -> bool {
    // A nonce and the tag of 16 bytes are in the shortest.
    record.length() > NONCE + 16 && record.get_index(0) == SEALED
}

fn joined(nonce: &JsValue, text: &JsValue) -> Uint8Array {
    let text = Uint8Array::new(text);
    let record = Uint8Array::new_with_length(1 + NONCE + text.length());
    record.set_index(0, SEALED);
    record.set(nonce, 1);
    record.set(&text, 1 + NONCE);
    record
}
