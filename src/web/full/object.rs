//! Plain objects and arrays for the page.

use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

/// A value as the page has it; what is `None` is undefined.
pub(super) fn plain(value: &impl Serialize) -> JsValue {
    // Numbers, texts, lists and structures of them always become values.
    value.serialize(&Serializer::new()).unwrap_or(JsValue::UNDEFINED)
}

/// The same of a list that is made on the way.
pub(super) fn list<T: Serialize>(items: impl Iterator<Item = T>) -> JsValue {
    plain(&items.collect::<Vec<T>>())
}
