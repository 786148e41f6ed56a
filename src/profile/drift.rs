//! When the shopper's interest has moved.

use crate::interaction::Millis;

/// What a drift detector remembers, and the drifts it has seen.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Drift {
    /// Losses since the last drift.
    pub count: u32,
    /// Their mean.
    pub mean: f32,
    /// How far their sum has climbed above its lowest value.
    pub climbed: f32,
    /// The drifts, oldest first, [`Drift::MOST`] at most.
    pub seen: Vec<Millis>,
    /// Drifts that are no longer kept one by one.
    pub earlier: u32,
}

impl Drift {
    /// Drifts kept with their times.
    pub const MOST: usize = 32;

    /// Notes a drift.
    pub fn note(&mut self, at: Millis) {
        if self.seen.len() == Self::MOST {
            self.seen.remove(0);
            self.earlier = self.earlier.saturating_add(1);
        }
        self.seen.push(at);
    }

    /// How many drifts lie before a time: each lets one half-life more go by.
    pub fn before(&self, at: Millis) -> u32 {
        self.earlier + self.seen.iter().filter(|drift| **drift < at).count() as u32
    }
}
