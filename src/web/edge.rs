//! What crosses the edge everywhere: errors, random bytes, the clock.

use crate::error::Error;
use crate::factors::Source;
use crate::interaction::Millis;
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Crypto;

/// A bundle in the buffer that it was downloaded into.
pub(super) struct Download(pub(super) Uint8Array);

impl Source for Download {
    fn size(&self) -> usize {
        self.0.length() as usize
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
        let js = js_sys::Error::new(&error.to_string());
        js.set_name("HomebodyError");
        // Setting a property of an object that we have just made cannot fail.
        let _ = Reflect::set(&js, &"code".into(), &error.code().into());
        js.into()
    }
}

/// The operating system's random bytes. Windows and workers have the same global `crypto`.
pub(super) fn random(out: &mut [u8]) {
    let crypto: Crypto =
        Reflect::get(&js_sys::global(), &"crypto".into()).unwrap_or(JsValue::UNDEFINED).unchecked_into();
    let bytes = Uint8Array::new_with_length(out.len() as u32);
    if crypto.is_undefined() || crypto.get_random_values_with_array_buffer_view(&bytes).is_err() {
        // Without it no noise is safe: an instance that traps sends nothing.
        unreachable!("every browser that runs WebAssembly has crypto.getRandomValues");
    }
    bytes.copy_to(out);
}

/// A time from the page. What is no time becomes the beginning of time, which intake refuses.
pub(super) fn millis(now: f64) -> Millis {
    Millis(if now.is_finite() { now as i64 } else { 0 })
}
