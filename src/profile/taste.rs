//! A taste: one point in the space of the item factors, and of what it is made.

use crate::interaction::{Kind, Millis};

/// A vector of taste p and its largest known parts: p = Σ amount·q(item) + the rest. The parts are
/// what reasons are made of. They fade in step with the vector, so they stay exact.
#[derive(Debug, Clone, PartialEq)]
pub struct Taste {
    /// d numbers, in the units of the item factors.
    pub vector: Vec<f32>,
    /// Up to this time forgetting has been applied.
    pub at: Millis,
    parts: Vec<Part>,
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
}

impl Taste {
    /// Parts kept: the smallest gives way, and its amount goes into the unnamed rest.
    pub const MAX_PARTS: usize = 48;

    /// Knows nothing: the zero vector.
    pub fn neutral(dim: usize) -> Self {
        Self { vector: vec![0.0; dim], at: Millis::default(), parts: Vec::new() }
    }

    /// The parts, oldest first.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Everything fades to `left` (0 to 1) of what it was.
    pub fn fade(&mut self, left: f32) {
        if left == 1.0 {
            return;
        }
        for value in &mut self.vector {
            *value *= left;
        }
        for part in &mut self.parts {
            part.amount *= left;
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
        self.parts.push(part);
    }
}
