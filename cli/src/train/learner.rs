//! The seam between what learns factors and what runs it: held-out figures, checkpoints and the end
//! are the same for all.

use super::als::Factors;

/// A way of learning factors, one iteration after another.
///
/// Whatever one iteration leaves to the next is in the factors; what is random comes from the seed
/// and the iteration's number. So a run that was killed goes on as if nothing had happened.
pub trait Learner {
    /// The factors before the first iteration.
    fn start(&self) -> Factors;

    /// Improves the factors and tells the loss. Iterations count from 1.
    fn iterate(&self, iteration: usize, factors: &mut Factors) -> f64;
}

/// The same for all users: one dimension of zeros, so that popularity ranks.
pub struct Nothing {
    pub users: usize,
    pub items: usize,
}

impl Learner for Nothing {
    fn start(&self) -> Factors {
        Factors { dim: 1, users: vec![0.0; self.users], items: vec![0.0; self.items] }
    }

    fn iterate(&self, _: usize, _: &mut Factors) -> f64 {
        0.0
    }
}
