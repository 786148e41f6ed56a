//! What the latest interaction taught.

use crate::interaction::{Kind, Millis};
use crate::update::Surprise;

/// The latest step of P(t+1) = f(P(t), D(t+1)): the long-term taste before and after. Its buffers are used again.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) kind: Kind,
    /// The item's place in the bundle.
    pub(super) item: u32,
    pub(super) at: Millis,
    pub(super) surprise: Surprise,
    pub(super) before: Vec<f32>,
    pub(super) after: Vec<f32>,
}

impl Default for Step {
    fn default() -> Self {
        let (before, after) = (Vec::new(), Vec::new());
        Self { kind: Kind::View, item: 0, at: Millis::default(), surprise: Surprise::NONE, before, after }
    }
}
