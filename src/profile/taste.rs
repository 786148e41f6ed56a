//! A taste: one point in the space of the item factors, and of what it is made.

use crate::interaction::{Kind, Millis};
use crate::lanes;

/// A vector of taste p and its largest known parts: p = Σ (amount·q(item) + Σ push·q(negative)) + the
/// rest. The parts are what reasons are made of. They fade in step with the vector, so they stay exact.
#[derive(Debug, Clone, PartialEq)]
pub struct Taste {
    /// d numbers, in the units of the item factors.
    pub vector: Vec<f32>,
    /// Up to this time forgetting has been applied.
    pub at: Millis,
    /// Kept divided by `faded` as it was then, so that fading touches no part.
    pub(super) parts: Vec<Part>,
    /// The product of all fading.
    pub(super) faded: f32,
    /// Σ gradient² by dimension, for step sizes by dimension; empty where there are none.
    pub(super) squares: Vec<f32>,
}

/// What one interaction put into a taste.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// The item's place in the bundle.
    pub item: u32,
    /// What was done to it.
    pub kind: Kind,
    /// When.
    pub at: Millis,
    /// How much of the item's vector is in the taste because of it; below 0 it pushes away.
    pub amount: f32,
    /// The negatives it was learnt against, and how much of each; 0 where there were fewer.
    pub pushes: [(u32, f32); Part::NEGATIVES],
}

impl Part {
    /// Negatives of one example.
    pub const NEGATIVES: usize = 8;

    /// The part times a factor.
    #[must_use]
    pub fn times(mut self, factor: f32) -> Self {
        self.amount *= factor;
        self.pushes.iter_mut().for_each(|(_, push)| *push *= factor);
        self
    }
}

impl Taste {
    /// Parts kept: the smallest gives way, and what it put in goes into the unnamed rest.
    pub const MAX_PARTS: usize = 48;
    /// Below this the fading is worked into the parts, so that dividing by it stays exact enough.
    const LEAST_FADED: f32 = 1e-6;

    /// Knows nothing: the zero vector.
    pub fn neutral(dim: usize) -> Self {
        Self { vector: vec![0.0; dim], at: Millis::default(), parts: Vec::new(), faded: 1.0, squares: Vec::new() }
    }

    /// The parts as they are now, oldest first.
    pub fn parts(&self) -> impl ExactSizeIterator<Item = Part> {
        self.parts.iter().map(|part| part.times(self.faded))
    }

    /// The parts as they are kept: times [`Taste::unit`] they are as they are now. They stay the same as they fade.
    pub fn kept(&self) -> &[Part] {
        &self.parts
    }

    /// What the kept parts are multiplied by.
    pub fn unit(&self) -> f32 {
        self.faded
    }

    /// Everything fades to `left` (0 to 1) of what it was.
    pub fn fade(&mut self, left: f32) {
        if left == 1.0 {
            return;
        }
        lanes::scale(&mut self.vector, left);
        self.faded *= left;
        if self.faded < Self::LEAST_FADED {
            self.parts = self.parts().collect();
            self.faded = 1.0;
        }
    }

    /// Notes what an interaction put in; the vector has been moved by the caller.
    pub fn note(&mut self, part: Part) {
        if part.amount == 0.0 {
            return;
        }
        if self.parts.len() == Self::MAX_PARTS {
            let weakest = (0..self.parts.len())
                .min_by(|a, b| self.parts[*a].amount.abs().total_cmp(&self.parts[*b].amount.abs()));
            // The list is full, hence not empty.
            self.parts.remove(weakest.unwrap_or(0));
        }
        self.parts.push(part.times(1.0 / self.faded));
    }

    /// Divides each dimension of a step by the root of all steps so far (in units of `unit`), this
    /// one with them. Returns by how much the step was shortened as a whole.
    pub fn shorten(&mut self, step: &mut [f32], unit: f32) -> f32 {
        self.squares.resize(step.len(), 0.0);
        let before: f32 = step.iter().map(|value| value * value).sum();
        for (value, square) in step.iter_mut().zip(&mut self.squares) {
            let gradient = *value / unit;
            *square = (*square + gradient * gradient).min(f32::MAX);
            // The floor keeps the very first step finite; it is far below any real sum.
            *value /= libm::sqrtf(*square) + 1e-8;
        }
        let after: f32 = step.iter().map(|value| value * value).sum();
        if before > 0.0 { libm::sqrtf(after / before) } else { 1.0 }
    }
}
