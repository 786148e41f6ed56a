//! Sends a Report. Nothing else can be passed in, and nothing else in the crate sends.

use crate::privacy::Report;
use gloo_net::http::Request;
use wasm_bindgen::JsValue;
use web_sys::{AbortSignal, ReferrerPolicy, RequestCredentials};

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
    // The body is text of ours: a string saves the copy into a typed array.
    let body = JsValue::from(core::str::from_utf8(&report.body()).unwrap_or_default());
    let request = Request::post(url)
        .credentials(RequestCredentials::Omit)
        .referrer_policy(ReferrerPolicy::NoReferrer)
        .header("content-type", "application/json")
        .abort_signal(stop)
        .body(body);
    let Ok(request) = request else { return Answer::Refused };
    match request.send().await.map(|response| response.status()) {
        Ok(200..=299) => Answer::Taken,
        // Too many requests, and timeouts, pass.
        Ok(408 | 425 | 429 | 500..) | Err(_) => Answer::Later,
        Ok(_) => Answer::Refused,
    }
}
