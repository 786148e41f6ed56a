//! The exact solution: ridge regression of everything the shopper did, item factors fixed.

use super::cholesky::Cholesky;
use super::{Example, Opinion, Random, Update};
use crate::factors::{Factors, View};
use crate::interaction::{Forgetting, Millis};
use crate::lanes;
use crate::profile::{Drift, Statistics, Term, Weighed};

/// p = (λI + g·G + Σ f·w·a·q qᵀ)⁻¹ Σ f·w·(1+a)·l·q: the user step of implicit ALS (Hu, Koren, Volinsky
/// 2008; Rendle et al. 2021) with exponential forgetting f, from sufficient statistics. G = Σ q qᵀ over
/// all items stands for everything that was not chosen. Shapes: p d, items d, G d × d.
///
/// Scores are preferences as iALS has them: about 0 for what was never chosen, 1 for what was.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FoldIn {
    /// Which vectors of the items it is about.
    pub view: View,
    /// λ, pulls towards the neutral taste.
    pub ridge: f32,
    /// g, how much all other items count as not wanted.
    pub unseen: f32,
    /// a, how much more an interaction counts than an item that was not chosen.
    pub confidence: f32,
    /// f.
    pub forgetting: Forgetting,
    /// Drifts of the interest before what it is about: each lets one half-life more go by.
    pub drifts: u32,
}

impl FoldIn {
    /// As of a time in the life of a profile that has drifted.
    #[must_use]
    pub fn after(self, drift: &Drift, at: Millis) -> Self {
        Self { drifts: drift.before(at), ..self }
    }

    /// Takes one example out again, as if it had never been, with the drifts before it known: [`Drift`] keeps
    /// the times of the last ones. `None` where that cannot be: forgetting
    /// by event moves the clock of all later ones, so the log must be learnt again without it.
    pub fn forget(&self, state: &mut Statistics, x: &Example<'_>, factors: &Factors) -> Option<()> {
        if matches!(self.forgetting, Forgetting::Event(_)) {
            return None;
        }
        if x.weight > 0.0 && !state.is_empty() && factors.view(self.view).holds(x.item) {
            let Term { clock, square, linear } = self.term(state, x);
            let q = factors.view(self.view).vector(x.item);
            state.add(&q, Term { clock, square: -square, linear: -linear });
            state.unname(x.item, x.kind, x.at);
        }
        Some(())
    }

    /// Adds what another device has learnt. Both must have seen the same drifts: what one of them saw alone
    /// moves the clock of what the other learnt since, and the logs must be learnt again. `None` where forgetting is by event: the two logs must
    /// be learnt again in the order of time.
    pub fn merge(&self, state: &mut Statistics, other: &Statistics) -> Option<()> {
        if matches!(self.forgetting, Forgetting::Event(_)) {
            return None;
        }
        state.merge(other);
        Some(())
    }

    /// The solution as of `now` and how sure it is.
    pub fn posterior(&self, state: &Statistics, now: Millis, factors: &Factors) -> Posterior {
        let space = factors.view(self.view);
        let dim = space.dim();
        // A clock set back un-fades nothing.
        let left = state.left(self.clock(state, now, 0).max(state.clock()));
        let (matrix, vector) = state.sums();
        let mut a = vec![0.0; dim * dim];
        let mut at = 0;
        for row in 0..dim {
            for column in row..dim {
                let seen = matrix.get(at).map_or(0.0, |sum| left * sum);
                // The lower triangle is what the factorisation reads.
                a[column * dim + row] = f64::from(self.unseen) * f64::from(space.gram()[at]) + seen;
                at += 1;
            }
            a[row * dim + row] += f64::from(self.ridge.max(Self::LEAST_RIDGE));
        }
        let cholesky = Cholesky::new(a, dim, f64::from(Self::LEAST_RIDGE));
        let mut mean: Vec<f64> = (0..dim).map(|j| vector.get(j).map_or(0.0, |sum| left * sum)).collect();
        cholesky.solve(&mut mean);
        Posterior { view: self.view, cholesky, mean, left }
    }

    /// Keeps the equations solvable whatever the setting says.
    const LEAST_RIDGE: f32 = 1e-3;

    /// Half-lives since 1970, or since the first event. Whole ones for the drifts: a power of two is exact.
    fn clock(&self, state: &Statistics, at: Millis, events: u8) -> f64 {
        let drifts = f64::from(self.drifts);
        match self.forgetting {
            Forgetting::Time(Millis(half_life)) if half_life > 0 => at.0 as f64 / half_life as f64 + drifts,
            Forgetting::Never | Forgetting::Time(_) => drifts,
            // Its clock has moved when they were seen.
            Forgetting::Event(left) => {
                state.clock() - libm::log(f64::from(left.max(1e-6))) / std::f64::consts::LN_2 * f64::from(events)
            }
        }
    }

    fn term(&self, state: &Statistics, x: &Example<'_>) -> Term {
        let (weight, confidence) = (f64::from(x.weight), f64::from(self.confidence));
        Term {
            clock: self.clock(state, x.at, 1),
            square: weight * confidence,
            linear: weight * (1.0 + confidence) * f64::from(x.label),
        }
    }
}

impl Update for FoldIn {
    type State = Statistics;

    fn start(&self, factors: &Factors) -> Statistics {
        Statistics::new(factors.view(self.view).dim())
    }

    /// (1+a)·(l − p·q)², halved.
    fn loss(&self, state: &Statistics, x: &Example<'_>, factors: &Factors) -> f32 {
        let p = self.posterior(state, x.at, factors).vector();
        let miss = x.label - factors.view(self.view).dot(&p, x.item);
        0.5 * x.weight * (1.0 + self.confidence) * miss * miss
    }

    fn learn(&self, state: &mut Statistics, x: &Example<'_>, factors: &Factors) {
        let space = factors.view(self.view);
        if x.weight <= 0.0 || !space.holds(x.item) {
            return;
        }
        let term = self.term(state, x);
        space.with(x.item, |q| state.add(q, term));
        if term.linear != 0.0 {
            state.note(Weighed { item: x.item, kind: x.kind, at: x.at, amount: term.linear }, term.clock);
        }
    }

    /// Of the item factors only: an opinion's vector is in their space.
    fn opinion(&self, state: &Statistics, now: Millis, factors: &Factors) -> Opinion {
        let of = || self.posterior(state, now, factors).vector();
        let vector = if self.view == View::Collaborative { of() } else { Vec::new() };
        Opinion { vector, items: Vec::new() }
    }
}

/// The solution with its covariance: p ~ N(mean, A⁻¹).
#[derive(Debug, Clone)]
pub struct Posterior {
    view: View,
    cholesky: Cholesky,
    mean: Vec<f64>,
    left: f64,
}

impl Posterior {
    /// The mean.
    pub fn vector(&self) -> Vec<f32> {
        self.mean.iter().map(|p| *p as f32).collect()
    }

    /// qᵀA⁻¹q, how unsure the score of a vector is: the variance of p·q.
    pub fn variance(&self, q: &[f32]) -> f64 {
        let q: Vec<f64> = q.iter().map(|q| f64::from(*q)).collect();
        let mut pull = q.clone();
        self.cholesky.solve(&mut pull);
        lanes::product_f64(&q, &pull)
    }

    /// A taste drawn from the posterior with `spread` times its standard deviation.
    pub fn sample(&self, spread: f32, random: &mut Random) -> Vec<f32> {
        let mut z: Vec<f64> = self.mean.iter().map(|_| random.normal()).collect();
        // A = L·Lᵀ, so L⁻ᵀ·z has the covariance A⁻¹.
        self.cholesky.solve_transposed(&mut z);
        self.mean.iter().zip(&z).map(|(mean, z)| (mean + f64::from(spread) * z) as f32).collect()
    }

    /// The score of `item` taken apart: what each example that is known by name put in, and the rest.
    /// They add up to the score.
    pub fn attributions(&self, state: &Statistics, item: u32, factors: &Factors) -> (Vec<f64>, f64) {
        let space = factors.view(self.view);
        let q: Vec<f64> = space.vector(item).into_iter().map(f64::from).collect();
        let mut solved = q.clone();
        self.cholesky.solve(&mut solved);
        let pull: Vec<f32> = solved.iter().map(|value| *value as f32).collect();
        let of = |deed: &Weighed| self.left * deed.amount * f64::from(space.dot(&pull, deed.item));
        let named: Vec<f64> = state.deeds().iter().map(of).collect();
        let rest = lanes::product_f64(&q, &self.mean) - named.iter().sum::<f64>();
        (named, rest)
    }
}

#[cfg(test)]
#[path = "fold_in_tests.rs"]
mod tests;
