//! f in P(t+1) = f(P(t), D(t+1)): the trait, and one file for each update function.

#[cfg(test)]
mod laws;
mod neural;
mod random;
mod sgd;

pub use neural::{EVENT_FEATURES, Network, event_features};
pub use random::{Random, negatives};
pub use sgd::{Loss, Sgd};

use crate::factors::Factors;
use crate::interaction::{Kind, Millis};
use crate::profile::Taste;

/// One training example: an item that was wanted or not, against items that were not chosen.
#[derive(Debug, Clone, Copy)]
pub struct Example<'a> {
    /// The item's place in the bundle.
    pub item: u32,
    /// What was done to it.
    pub kind: Kind,
    /// When.
    pub at: Millis,
    /// 1 = wanted, 0 = not wanted.
    pub label: f32,
    /// How strongly, 0 = not at all.
    pub weight: f32,
    /// Sampled items that were not chosen; used where the label is above 0.
    pub negatives: &'a [u32],
}

/// An update function. Its settings are `&self` and never change; all it learns is in `taste`.
pub trait Update {
    /// Learns from one example. Returns the loss *before* learning, so that evaluation is
    /// prequential for free.
    fn learn(&self, taste: &mut Taste, example: &Example<'_>, factors: &Factors) -> f32;
}
