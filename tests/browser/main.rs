//! The browser edge against real IndexedDB in Chrome. `wasm-pack test --headless --chrome`
#![cfg(target_arch = "wasm32")]

mod bundles;
mod corrections;
mod erasure;
#[path = "../../src/fixture.rs"]
mod fixture;
mod handover;
mod lost;
mod raw;
mod reports;
mod sensitive;
mod store;
mod tab;
mod vault;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

use homebody::intake::Refusal;
use homebody::interaction::Kind;
use js_sys::Promise;
use std::sync::atomic::{AtomicU32, Ordering};
use tab::Tab;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// A database of its own for each test.
fn fresh() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("test-{}-{}", js_sys::Date::now(), NEXT.fetch_add(1, Ordering::Relaxed))
}

fn core(database: &str) -> Tab {
    Tab::open(&fixture::bundle(), database, true)
}

/// A tab that does not encrypt, so that a test can look into what it stores.
async fn bare(database: &str) -> Tab {
    granted_to(Tab::open(&fixture::bundle(), database, false)).await
}

/// What a promise of the core resolves to.
async fn done(promise: Promise) -> JsValue {
    JsFuture::from(promise).await.expect("the store answers")
}

/// Writes all that was recorded.
async fn flush(core: &Tab) {
    while !done(core.flush(NOW)).await.is_truthy() {}
}

async fn granted(database: &str) -> Tab {
    granted_to(core(database)).await
}

async fn granted_to(core: Tab) -> Tab {
    done(core.grant()).await;
    assert_eq!(core.status(), "ready", "{:?}", core.problem());
    core
}

/// In the morning: a visit of hours is over on the same day.
const NOW: f64 = 1_699_950_000_000.0;
/// A number of which nothing is said.
const UNSAID: f64 = f64::NAN;
const ITEMS: [&str; 6] = ["brie", "cheddar", "milk", "bread", "pasta", "apples"];

/// Records, and says why it was refused, if it was.
fn refused(core: &Tab, kind: &str, item: &str, at: f64) -> Option<&'static str> {
    let kind = kind.parse::<Kind>().expect("the kind is known");
    let stars = if kind == Kind::Rate { 5.0 } else { UNSAID };
    let outcome = core.record(kind as usize, item, at, UNSAID, UNSAID, stars, UNSAID, UNSAID, false, UNSAID, -1, at);
    let refusals = ["unknown-kind", "closed", "no-consent", "paused", "not-yet"].into_iter();
    let mut refusals = refusals.chain(Refusal::ALL.iter().map(|refusal| refusal.name()));
    refusals.nth(outcome.checked_sub(2)?) // the first two are none
}

/// The `step`th interaction of a visit; a minute after the one before.
fn record(core: &Tab, kind: &str, step: usize) {
    assert_eq!(refused(core, kind, ITEMS[step % 6], NOW + step as f64 * 60_000.0), None);
}
