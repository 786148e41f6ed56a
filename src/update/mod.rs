//! f in P(t+1) = f(P(t), D(t+1)): the trait, and one file for each update function.

mod bandit;
mod cholesky;
mod fold_in;
#[cfg(test)]
mod laws;
mod neighbour;
mod neural;
mod random;
mod repeat;
mod sgd;

pub use bandit::Bandit;
pub use fold_in::{FoldIn, Posterior};
pub use neighbour::{Neighbour, Relation};
pub use neural::{EVENT_FEATURES, Network, event_features};
pub use random::{Random, Sampling, foreseen, negatives};
pub use repeat::Repeat;
pub use sgd::{Loss, Rate, Sgd, Surprise};

use crate::factors::Factors;
use crate::interaction::{Kind, Millis};

/// One training example: an item that was wanted or not, against items that were not chosen.
#[derive(Debug, Clone, Copy)]
pub struct Example<'a> {
    /// The item's place in the bundle.
    pub item: u32,
    /// What was done to it.
    pub kind: Kind,
    /// When.
    pub at: Millis,
    /// 1 = wanted, 0 = not wanted; of a rating −1 … 1, 0 being what the shopper gives most.
    pub label: f32,
    /// How strongly, 0 = not at all.
    pub weight: f32,
    /// Sampled items that were not chosen; used where the label is above 0.
    pub negatives: &'a [u32],
}

impl Example<'_> {
    /// Label and weight for a loss that knows wanted and not wanted only: how far a rating is from the
    /// shopper's mean is then how strongly it counts.
    fn implicit(&self) -> (f32, f32) {
        match self.kind {
            Kind::Rate => (f32::from(u8::from(self.label > 0.0)), self.weight * self.label.abs()),
            _ => (self.label, self.weight),
        }
    }
}

/// An update function. Its settings are `&self` and never change; all it learns is in the state.
pub trait Update {
    /// What it learns.
    type State: Clone + PartialEq;

    /// Of a shopper of whom nothing is known.
    fn start(&self, factors: &Factors) -> Self::State;

    /// How wrong it is about an example that it has not learnt from yet (test, then learn).
    fn loss(&self, state: &Self::State, example: &Example<'_>, factors: &Factors) -> f32;

    /// Learns from one example.
    fn learn(&self, state: &mut Self::State, example: &Example<'_>, factors: &Factors);

    /// What it makes of the items at `now`.
    fn opinion(&self, state: &Self::State, now: Millis, factors: &Factors) -> Opinion;
}

/// What an update function says of the items: score(i) = vector·q_i + the score of i by itself.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Opinion {
    /// In the space of the item factors; empty = the zero vector.
    pub vector: Vec<f32>,
    /// Items that are scored one by one, each once, in the order of their places.
    pub items: Vec<(u32, f32)>,
}

impl Opinion {
    /// The score of one item.
    pub fn score(&self, item: u32, factors: &Factors) -> f32 {
        let own = self.items.binary_search_by_key(&item, |(known, _)| *known);
        let own = own.map_or(0.0, |place| self.items[place].1);
        if self.vector.is_empty() { own } else { own + factors.space().dot(&self.vector, item) }
    }

    /// Adds up what is said of the same item.
    fn of(mut items: Vec<(u32, f32)>) -> Self {
        // Stable: equal inputs are added in one order, whatever the machine.
        items.sort_by_key(|(item, _)| *item);
        items.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            kept.1 += if same { next.1 } else { 0.0 };
            same
        });
        Self { vector: Vec::new(), items }
    }
}
