//! A shopper's profile that learns from each interaction and stays where the shopper is.
//!
//! ```
//! use homebody::{Profile, Profiler};
//! use homebody::intake::Event;
//! use homebody::interaction::{Kind, Millis};
//! use homebody::profiler::Request;
//!
//! // Six items of a small grocery; a shop's bundle comes from `homebody train` or from Python.
//! let mut profiler = Profiler::open(include_bytes!("../tests/golden/grocery.safetensors"))?;
//! let mut profile = Profile::new(profiler.factors());
//!
//! // The clock and the seed are the caller's: this prints the same for ever, on every machine.
//! let now = Millis(1_700_000_000_000);
//! let event = Event {
//!     kind: Kind::View, item: "apples", at: now.0 as f64, seed: 1,
//!     price: None, quantity: None, rating: None, dwell: Some(20_000.0), recommended: false,
//!     propensity: None, sentiment: None, arm: None,
//! };
//! let (interaction, _) = profiler.clean(&event, now).expect("a clean event");
//! profiler.apply(&mut profile, &interaction); // P(t+1) = f(P(t), D(t+1))
//!
//! let list = profiler.recommend(&profile, &Request::default(), now)?;
//! let ids: Vec<&str> = list.iter().map(|one| profiler.factors().id(one.item)).collect();
//! assert_eq!(ids, ["apples", "pasta", "brie", "cheddar", "bread", "milk"]);
//! # Ok::<(), homebody::Error>(())
//! ```
//!
//! # The rooms
//! [`factors`] is the item table · [`interaction`] is what a shopper did · [`intake`] cleans it ·
//! [`profile`] is what we know · [`update`] learns · [`blend`] mixes · [`rank`] chooses · [`insight`] says what has
//! moved · [`privacy`] decides what may leave · [`profiler`] puts them together · `web` (wasm32 only) is the browser's edge.
//!
//! # What to expect
//! No I/O, no clock, no hidden randomness: equal inputs give equal bytes, natively and in wasm.
//! Times are milliseconds since 1970, vectors have `dim` numbers, scores are in units of log-odds.
//!
//! # Sources
//! Hu, Koren, Volinsky 2008 (the factors, the fold-in) · Vinagre, Jorge, Gama 2014 and Rendle et al.
//! 2009 (the steps) · Hastie, Tibshirani 1986 (the mix) · Hidasi et al. 2016 (the network) · Page 1954
//! (drift) · Canonne, Kamath, Steinke 2020 (the noise).

pub mod blend;
mod bytes;
pub mod error;
pub mod factors;
pub mod insight;
pub mod intake;
pub mod interaction;
mod lanes;
pub mod privacy;
pub mod profile;
pub mod profiler;
pub mod rank;
mod sort;
mod text;
pub mod update;
#[cfg(target_arch = "wasm32")]
pub mod web;

pub use error::Error;
pub use factors::Factors;
pub use profile::Profile;
pub use profiler::Profiler;

/// Built with the learnt mix and the learnt update function: a page whose bundle brings one takes the full module; and with losses
/// and rates that no page can set. What is behind it is not in the core at all.
const FULL: bool = cfg!(feature = "full");

#[cfg(all(test, target_arch = "wasm32"))]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod testing;
