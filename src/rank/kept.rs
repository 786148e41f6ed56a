//! What is kept of the last question: how high the values of each block can be. After a click most blocks need not be
//! read again.

use super::kernel::Bounds;
use super::levels::Levels;
use super::rough::Rough;
use crate::factors::Factors;
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
    /// The question that they are of, and of which bundle (0: of none yet).
    pub last: Rough,
    table: u32,
}

impl Kept {
    /// Makes the bounds hold for the next question.
    pub fn follow(&mut self, next: &Rough, factors: &Factors) {
        self.bounds.read = 0;
        if self.table == factors.heads().number {
            self.rise(next, factors);
        } else {
            self.table = factors.heads().number;
            self.bounds.open(factors.heads().lengths.len());
        }
    }

    fn rise(&mut self, next: &Rough, factors: &Factors) {
        let (heads, last) = (factors.heads(), &self.last);
        // All in units of the last question's values, until the end.
        let ratio = last.unit / next.unit;
        let rise = |new: f64, old: f64| new / ratio - old;
        let moved = next.numbers.iter().zip(&last.numbers).map(|(new, old)| rise(f64::from(*new), f64::from(*old)));
        let step = moved.map(|by| by * by).sum::<f64>().sqrt();
        let interest = Levels::of((0..factors.categories()).map(|at| rise(next.interest(at), last.interest(at))), 0.0);
        let prior = (rise(f64::from(next.prior), f64::from(last.prior)) * f64::from(factors.least_bias())).max(0.0);
        if ratio == 1.0 && step == 0.0 && prior == 0.0 && interest.highest() == 0.0 {
            return;
        }
        // The sums are made of no more than these, and f32 rounds them a few times.
        let beside = prior + f64::from(interest.highest());
        let rounded = last.most() + next.most() / ratio + step * f64::from(heads.longest) + beside;
        let by = [step, prior + rounded / f64::from(1 << 20)].map(|by| (by * ratio) as f32);
        if interest.highest() > 0.0 {
            let bounds = self.bounds.highest.iter_mut().zip(&heads.kinds);
            bounds.for_each(|(bound, kinds)| *bound += interest.of_block(*kinds));
        }
        lanes::rise(&mut self.bounds.highest, &heads.lengths, ratio as f32, by, next.most() as f32);
    }
}

#[cfg(test)]
#[path = "kept_tests.rs"]
mod tests;
