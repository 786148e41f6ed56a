//! What crosses the edge everywhere: errors, random bytes, the clock.

use super::rows::texts;
use crate::error::Error;
use crate::factors::{Checked, Header, Source};
use crate::interaction::Millis;
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// A bundle in the buffer that it was downloaded into, and its header as the page's script lists it (`js/header.ts`).
pub(super) struct Download<'a>(pub(super) Uint8Array, pub(super) &'a [u8], pub(super) &'a [f64]);

impl Source for Download<'_> {
    fn size(&self) -> usize {
        self.0.length() as usize
    }
    fn header(&self, _length: usize) -> Checked<Header> {
        Header::listed(texts(self.1), self.2)
    }
    fn copy(&self, at: usize, out: &mut [u8]) {
        let part = self.0.subarray(at as u32, (at + out.len()) as u32);
        // Whoever holds the buffer too may have cut or detached it.
        if part.length() as usize == out.len() {
            part.copy_to(out);
        }
    }
}

impl From<Error> for JsValue {
    /// A real JavaScript `Error` with a stable `code`.
    fn from(error: Error) -> Self {
        let js = js_sys::Error::new(&error.words());
        js.set_name("HomebodyError");
        // Setting a property of an object that we have just made cannot fail.
        let _ = Reflect::set(&js, &"code".into(), &error.code().into());
        js.into()
    }
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = crypto, js_name = getRandomValues)]
    fn get_random_values(into: &Uint8Array) -> Result<(), JsValue>;
}

/// The operating system's random bytes. Windows and workers have the same global `crypto`.
pub(super) fn random(out: &mut [u8]) {
    let bytes = Uint8Array::new_with_length(out.len() as u32);
    if get_random_values(&bytes).is_err() {
        // Without it no noise is safe: an instance that traps sends nothing.
        unreachable!("every browser that runs WebAssembly has crypto.getRandomValues");
    }
    bytes.copy_to(out);
}

/// A time from the page. What is no time becomes the beginning of time, which intake refuses.
pub(super) fn millis(now: f64) -> Millis {
    Millis(if now.is_finite() { now as i64 } else { 0 })
}
