//! Sends a Report. Nothing else can be passed in, and nothing else in the crate sends.

use crate::privacy::Report;
use js_sys::{Object, Promise, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortSignal;

#[wasm_bindgen]
extern "C" {
    /// Of pages and workers alike. A crate around it would be 4 kB of the package.
    #[wasm_bindgen(catch)]
    fn fetch(url: &str, how: &Object) -> Result<Promise, JsValue>;
}

/// What the server said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// It has it.
    Taken,
    /// It will never take it.
    Refused,
    /// Not now: the same report may be sent again.
    Later,
}

/// Posts the report without cookies and without a referrer.
pub(super) async fn send(url: &str, report: &Report, stop: Option<&AbortSignal>) -> Answer {
    let Ok(posting) = post(url, report, stop) else { return Answer::Refused };
    let status = match JsFuture::from(posting).await {
        Ok(response) => Reflect::get(&response, &"status".into()).ok().and_then(|status| status.as_f64()),
        Err(_) => return Answer::Later,
    };
    match status.unwrap_or_default() as u16 {
        200..=299 => Answer::Taken,
        // Too many requests, and timeouts, pass.
        408 | 425 | 429 | 500.. => Answer::Later,
        _ => Answer::Refused,
    }
}

fn post(url: &str, report: &Report, stop: Option<&AbortSignal>) -> Result<Promise, JsValue> {
    let headers = Object::new();
    Reflect::set(&headers, &"content-type".into(), &"application/json".into())?;
    let body = report.body();
    // The body is text of ours: a string saves the copy into a typed array.
    let body = core::str::from_utf8(&body).unwrap_or_default();
    let how = Object::new();
    for (name, value) in [
        ("method", &"POST".into()),
        ("body", &body.into()),
        ("headers", &headers.into()),
        ("credentials", &"omit".into()),
        ("referrerPolicy", &"no-referrer".into()),
        ("signal", &stop.map_or(JsValue::UNDEFINED, JsValue::from)),
    ] {
        Reflect::set(&how, &name.into(), value)?;
    }
    fetch(url, &how)
}
