//! What is kept of the last question: how high the values of each block can be. After a click most blocks need not be
//! read again.

use super::kernel::{Bounds, Words};
use super::levels::Levels;
use super::query::Query;
use super::rough::Rough;
use crate::lanes;

/// An upper bound for each block, in the values of the latest question.
///
/// A block that is read gets its highest value for a bound. From one question to the next no value n·x + (what stands
/// beside it) rises by more than ‖Δn‖·‖x‖ (Cauchy–Schwarz) and the largest rise beside it, and the block's bound rises by
/// as much. n is the rounded vector, with which the scan multiplies: what rounding misses is no matter here. Bounds are of
/// all items of a block, whoever may be in a list.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub bounds: Bounds,
    /// Of which bundle they are (0: of none yet), and all of which their values are made.
    table: u32,
    numbers: Vec<i8>,
    interest: Vec<f64>,
    prior: f64,
    unit: f64,
    most: f64,
}

impl Kept {
    /// Makes the bounds hold for the next question.
    pub fn follow(&mut self, query: &Query<'_>, rough: &Rough) {
        self.bounds.read = 0;
        let factors = query.factors();
        if self.table == factors.heads().number {
            self.rise(query, rough);
        } else {
            self.bounds.open(factors.heads().lengths.len());
        }
        self.table = factors.heads().number;
        self.numbers.clear();
        self.numbers.extend_from_slice(rough.numbers());
        self.interest.clear();
        self.interest.extend((0..factors.categories() as u16).map(|category| query.of_category(category)));
        (self.prior, self.unit, self.most) = (f64::from(query.prior), rough.unit, rough.most());
    }

    fn rise(&mut self, query: &Query<'_>, rough: &Rough) {
        let (heads, least_bias) = (query.factors().heads(), f64::from(query.factors().least_bias()));
        // In units of the last question's values as long as nothing else is said.
        let ratio = self.unit / rough.unit;
        let moved =
            rough.numbers().iter().zip(&self.numbers).map(|(new, old)| f64::from(*new) / ratio - f64::from(*old));
        let step = libm::sqrt(moved.map(|by| by * by).sum()) * Words::UNIT;
        let interest =
            (0u16..).zip(&self.interest).map(|(category, old)| (query.of_category(category) - old) / self.unit);
        let interest = Levels::of(interest, 0.0);
        let prior = ((f64::from(query.prior) - self.prior) * least_bias / self.unit).max(0.0);
        if ratio == 1.0 && step == 0.0 && prior == 0.0 && interest.highest() == 0.0 {
            return;
        }
        if interest.highest() > 0.0 {
            let bounds = self.bounds.highest.iter_mut().zip(&heads.kinds);
            bounds.for_each(|(bound, kinds)| *bound += interest.of_block(*kinds));
        }
        // The sums are made of no more than these, and f32 rounds them a few times.
        let rounded =
            self.most + rough.most() / ratio + step * f64::from(heads.longest) + prior + f64::from(interest.highest());
        let by = [step, prior + rounded / f64::from(1 << 20)].map(|by| (by * ratio) as f32);
        lanes::rise(&mut self.bounds.highest, &heads.lengths, ratio as f32, by, rough.most() as f32);
    }
}

#[cfg(test)]
#[path = "kept_tests.rs"]
mod tests;
