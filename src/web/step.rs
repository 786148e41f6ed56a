//! What the latest interaction taught.

use crate::interaction::{Kind, Millis, Signal};
use crate::update::Surprise;

/// The latest step of P(t+1) = f(P(t), D(t+1)): the long-term taste before and after. Its buffers are used again.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) kind: Kind,
    /// The item's place in the bundle.
    pub(super) item: u32,
    pub(super) at: Millis,
    pub(super) signal: Signal,
    pub(super) surprise: Surprise,
    pub(super) before: Vec<f32>,
    pub(super) after: Vec<f32>,
}

impl Default for Step {
    fn default() -> Self {
        let (signal, surprise) = (Signal { label: 0.0, weight: 0.0 }, Surprise::NONE);
        let (before, after) = (Vec::new(), Vec::new());
        Self { kind: Kind::View, item: 0, at: Millis::default(), signal, surprise, before, after }
    }
}
