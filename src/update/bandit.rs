//! Exploration: tastes that could be true, drawn from what the fold-in is unsure of.

use super::{Posterior, Random};

/// Thompson sampling (Thompson 1933; Agrawal, Goyal 2013) on the fold-in's posterior: the list is ranked
/// with one taste drawn from it, so what is unsure is tried as often as it may be best.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bandit {
    /// 0 = the mean always, 1 = the posterior as it is.
    pub dial: f32,
}

impl Bandit {
    /// Draws for a propensity: its standard error is 6 % at most.
    pub const DRAWS: u32 = 64;

    /// The chance of each of the items `shown` to be in the list that a drawn taste makes (with the rule of
    /// Laplace 1814, so that none is 0): what an impression's weight is divided by when a list is judged
    /// afterwards (Horvitz, Thompson 1952).
    pub fn propensities(
        &self, posterior: &Posterior, shown: &[u32], random: &mut Random, list: impl Fn(&[f32]) -> Vec<u32>,
    ) -> Vec<f32> {
        let mut hits = vec![0u32; shown.len()];
        for _ in 0..Self::DRAWS {
            let drawn = list(&posterior.sample(self.dial, random));
            hits.iter_mut().zip(shown).for_each(|(hits, item)| *hits += u32::from(drawn.contains(item)));
        }
        hits.into_iter().map(|hits| (hits + 1) as f32 / (Self::DRAWS + 2) as f32).collect()
    }
}
