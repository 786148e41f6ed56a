//! The browser edge: bindings, and what one tab holds. No mathematics, and nothing that waits: what is stored and sent, the
//! page's script does (`js/store/`).
//!
//! Built twice: the core, and with the feature `full` all of it (`full`).

// The core does not use all that the rooms have.
#![cfg_attr(not(feature = "full"), allow(dead_code))]

mod bindings;
mod edge;
mod flat;
#[cfg(feature = "full")]
mod full;
mod handover;
mod outbox;
mod recording;
mod report;
mod rows;
mod step;
mod storing;
mod tab;

pub use bindings::Core;

/// Half the code of the one that comes with std, and no more memory.
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
