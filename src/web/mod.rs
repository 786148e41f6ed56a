//! The browser edge: bindings, the store on IndexedDB, the transport of Reports. No mathematics.

mod bindings;
mod edge;
mod erasure;
mod flat;
mod idb;
mod insight;
mod moment;
mod object;
mod opening;
mod put_right;
mod recording;
mod report;
mod rewrite;
mod store;
mod succession;
mod tab;
mod transport;
mod vault;
mod view;

pub use bindings::Core;
