//! Plain objects and arrays for the page. A serialiser would be 10 kB more in the module.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::JsValue;

/// An object with these properties; what is undefined is left out.
pub(super) fn object(properties: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in properties.iter().filter(|(_, value)| !value.is_undefined()) {
        // Setting a property of an object that we have just made cannot fail.
        let _ = Reflect::set(&object, &JsValue::from_str(name), value);
    }
    object.into()
}

/// An array of these.
pub(super) fn array(items: &mut dyn Iterator<Item = JsValue>) -> JsValue {
    let array = Array::new();
    for item in items {
        array.push(&item);
    }
    array.into()
}

/// A pair or more.
pub(super) fn tuple(items: &[JsValue]) -> JsValue {
    array(&mut items.iter().cloned())
}
