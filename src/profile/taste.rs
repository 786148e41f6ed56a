//! A taste: one point in the space of the item factors, and of what it is made.

use super::parts::{Part, Parts};
use crate::interaction::Millis;
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
    pub(super) parts: Parts,
    /// The product of all fading.
    pub(super) faded: f32,
    /// Σ gradient² by dimension, for step sizes by dimension; empty where there are none.
    pub(super) squares: Vec<f32>,
}

impl Taste {
    /// Parts kept: the smallest gives way, and what it put in goes into the unnamed rest.
    pub const MAX_PARTS: usize = Parts::MOST;
    /// Below this the fading is worked into the parts, so that dividing by it stays exact enough.
    const LEAST_FADED: f32 = 1e-6;

    /// Knows nothing: the zero vector.
    pub fn neutral(dim: usize) -> Self {
        Self { vector: vec![0.0; dim], at: Millis::default(), parts: Parts::default(), faded: 1.0, squares: Vec::new() }
    }

    /// The parts as they are now, oldest first.
    pub fn parts(&self) -> impl ExactSizeIterator<Item = Part> {
        self.parts.iter().map(|part| part.times(self.faded))
    }

    /// The parts as they are kept: times [`Taste::unit`] they are as they are now. They stay the same as they fade.
    pub fn kept(&self) -> impl ExactSizeIterator<Item = &Part> {
        self.parts.iter()
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
            self.parts.scale(self.faded);
            self.faded = 1.0;
        }
    }

    /// Notes what an interaction put in; the vector has been moved by the caller.
    pub fn note(&mut self, part: &Part) {
        if part.amount() != 0.0 {
            self.parts.push(part, 1.0 / self.faded);
        }
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
            *value /= square.sqrt() + 1e-8;
        }
        let after: f32 = step.iter().map(|value| value * value).sum();
        if before > 0.0 { (after / before).sqrt() } else { 1.0 }
    }
}
