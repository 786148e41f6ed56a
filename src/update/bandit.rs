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

    /// What to add to the mean taste for one list.
    pub fn draw(&self, posterior: &Posterior, seed: u64) -> Vec<f32> {
        posterior.sample(self.dial, &mut Random(seed))
    }

    /// The chance of each of `items` items to be one of the first `places` (with the rule of Laplace
    /// 1814, so that none is 0): what an impression's weight is divided by when a list is judged
    /// afterwards (Horvitz, Thompson 1952). `score` of a drawn taste and an item's number.
    pub fn propensities(
        &self, posterior: &Posterior, places: usize, items: usize, random: &mut Random,
        score: impl Fn(&[f32], usize) -> f64,
    ) -> Vec<f32> {
        let mut hits = vec![0u32; items];
        let mut order: Vec<(f64, usize)> = Vec::with_capacity(items);
        for _ in 0..Self::DRAWS {
            let taste = posterior.sample(self.dial, random);
            order.clear();
            order.extend((0..items).map(|at| (score(&taste, at), at)));
            order.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            order.iter().take(places).for_each(|(_, at)| hits[*at] += 1);
        }
        hits.into_iter().map(|hits| (hits + 1) as f32 / (Self::DRAWS + 2) as f32).collect()
    }
}
