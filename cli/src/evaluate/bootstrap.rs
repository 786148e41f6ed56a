//! How sure a difference is: paired bootstrap (Efron 1979) over users, or over sessions.
//!
//! Whole users are drawn again, with replacement, since the baskets of one user are not independent;
//! the interval runs from the 2.5th to the 97.5th percentile of 1,000 means. It covers which users came
//! by, not the choice of settings, nor the seed of a training.

use serde::Serialize;

use super::score::{Ranked, Score};
use crate::random::Random;

pub const RESAMPLES: usize = 1_000;

/// A mean difference and its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Difference {
    pub mean: f64,
    pub low: f64,
    pub high: f64,
}

impl Difference {
    /// Takes (user, difference) of each list, user by user.
    pub fn of(lists: &[(u32, f64)], seed: u64) -> Self {
        let units: Vec<(f64, f64)> = lists
            .chunk_by(|a, b| a.0 == b.0)
            .map(|lists| (lists.iter().map(|(_, difference)| difference).sum(), lists.len() as f64))
            .collect();
        if units.is_empty() {
            return Self { mean: 0.0, low: 0.0, high: 0.0 };
        }
        // Equal seeds draw equal users for each comparison.
        let mut random = Random::new(seed ^ 0x626f_6f74_7374_7261);
        let mut draw = || ((u128::from(random.next()) * units.len() as u128) >> 64) as usize;
        let mut means: Vec<f64> = (0..RESAMPLES).map(|_| mean((0..units.len()).map(|_| units[draw()]))).collect();
        means.sort_unstable_by(f64::total_cmp);
        let tail = RESAMPLES / 40;
        Self { mean: mean(units.iter().copied()), low: means[tail - 1], high: means[RESAMPLES - tail] }
    }

    /// NDCG@20 of `score` minus that of `other`, for the lists that `of` gives a figure.
    pub fn between(score: &Score, other: &Score, of: impl Fn(&Ranked) -> Option<f64>, seed: u64) -> Self {
        let pairs = score.0.iter().zip(&other.0);
        let lists: Vec<(u32, f64)> = pairs.filter_map(|(a, b)| Some((a.user, of(a)? - of(b)?))).collect();
        Self::of(&lists, seed)
    }

    /// Whether the interval leaves out 0.
    pub fn is_told_apart(&self) -> bool {
        self.low > 0.0 || self.high < 0.0
    }
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:+.4} ({:+.4}, {:+.4})", self.mean, self.low, self.high)
    }
}

fn mean(units: impl Iterator<Item = (f64, f64)>) -> f64 {
    let (sum, lists) = units.fold((0.0, 0.0), |(sum, lists), (s, n)| (sum + s, lists + n));
    sum / lists
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(n: u32, seed: u64) -> Vec<f64> {
        let mut random = Random::new(seed);
        (0..n).map(|_| f64::from(random.unit()) - 0.5).collect()
    }

    fn one_each(values: &[f64]) -> Vec<(u32, f64)> {
        (0..).zip(values.iter().copied()).collect()
    }

    fn width(difference: Difference) -> f64 {
        difference.high - difference.low
    }

    /// The mean of n even numbers from 0 to 1 has the standard error √(1/12/n).
    #[test]
    fn the_interval_is_as_wide_as_theory_says() {
        let difference = Difference::of(&one_each(&noise(2_000, 1)), 1);
        let theory = 2.0 * 1.96 * (1.0f64 / 12.0 / 2_000.0).sqrt();
        assert!((width(difference) / theory - 1.0).abs() < 0.1, "{difference} {theory}");
        assert!(difference.low < difference.mean && difference.mean < difference.high);
    }

    #[test]
    fn what_is_always_better_is_told_apart_and_noise_is_not() {
        let always = Difference::of(&[(0, 0.25), (1, 0.25), (1, 0.25)], 1);
        assert_eq!((always.mean, always.low, always.high), (0.25, 0.25, 0.25));
        // 95 of 100 intervals over nothing but noise hold 0, give or take.
        let apart = (0..100).filter(|seed| Difference::of(&one_each(&noise(200, *seed)), 1).is_told_apart()).count();
        assert!((1..=12).contains(&apart), "{apart}");
    }

    /// Ten equal lists of one user tell no more than one.
    #[test]
    fn users_are_drawn_whole() {
        let values = noise(300, 3);
        let lists = |users: bool| -> Vec<(u32, f64)> {
            let list =
                |(user, value): (u32, f64)| (0..10).map(move |n| (if users { user } else { user * 10 + n }, value));
            one_each(&values).into_iter().flat_map(list).collect()
        };
        let whole = width(Difference::of(&lists(true), 1));
        assert!((whole / width(Difference::of(&one_each(&values), 1)) - 1.0).abs() < 1e-9);
        // The control: as if each list were another user's, the interval is too narrow.
        assert!(width(Difference::of(&lists(false), 1)) < 0.4 * whole);
    }

    #[test]
    fn equal_seeds_draw_equal_users() {
        let lists = one_each(&noise(50, 1));
        assert_eq!(Difference::of(&lists, 7), Difference::of(&lists, 7));
        assert_ne!(Difference::of(&lists, 7), Difference::of(&lists, 8));
        assert_eq!(Difference::of(&[], 7).mean, 0.0);
    }
}
