//! Whole-crate tests that need no browser.
#![cfg(not(target_arch = "wasm32"))]

mod arrows;
mod bundle;
#[path = "../../src/fixture.rs"]
mod fixture;
