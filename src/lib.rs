//! A shopper's profile that learns from each interaction and stays where the shopper is.
//!
//! # The rooms
//! [`intake`] cleans what happened · [`profile`] is what we know · [`update`] learns ·
//! [`rank`] chooses · [`privacy`] decides what may leave · [`profiler`] puts them together.
//!
//! # What to expect
//! No I/O, no clock, no hidden randomness: equal inputs give equal bytes, natively and in wasm.

mod bytes;
pub mod error;
pub mod factors;
pub mod intake;
pub mod interaction;
pub mod privacy;
pub mod profile;
pub mod profiler;
pub mod rank;
pub mod update;
#[cfg(target_arch = "wasm32")]
pub mod web;

pub use error::Error;
pub use factors::Factors;
pub use profile::Profile;
pub use profiler::Profiler;

#[cfg(all(test, target_arch = "wasm32"))]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod testing;
