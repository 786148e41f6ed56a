//! Whole-crate tests that need no browser.
#![cfg(not(target_arch = "wasm32"))]

mod arrows;
#[path = "../../examples/brief_sample.rs"]
#[allow(dead_code, reason = "its `main` is for `cargo run --example`")]
mod brief_sample;
mod bundle;
#[path = "../../src/fixture.rs"]
mod fixture;
mod noise;
#[path = "../../examples/worked_example.rs"]
#[allow(dead_code, reason = "its `main` is for `cargo run --example`")]
mod worked_example;
