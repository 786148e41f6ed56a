//! The browser edge: bindings, the store on IndexedDB, the transport of Reports. No mathematics.
//!
//! Built twice: the core, and with the feature `full` all of it (`full`).

// The core does not use all that the rooms have.
#![cfg_attr(not(feature = "full"), allow(dead_code))]

#[cfg(not(feature = "full"))]
mod again;
mod bindings;
mod edge;
mod erasure;
mod flat;
#[cfg(feature = "full")]
mod full;
mod handover;
mod idb;
mod moment;
mod opening;
mod recording;
mod report;
mod step;
mod store;
mod succession;
mod tab;
mod transport;
mod vault;

pub use bindings::Core;
