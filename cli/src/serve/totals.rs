//! What reports add up to: unbiased sums, and how far their noise may have moved them.

use std::collections::BTreeMap;

use serde::Serialize;

/// Two-sided 95 % of a normal distribution; sums of many draws are nearly normal.
const Z: f64 = 1.959_964;

/// The noise of one value: discrete Laplace with `q = exp(-ε/sensitivity)` has variance `2q/(1-q)²`
/// (Ghosh, Roughgarden, Sundararajan 2009). The sum of noised values is unbiased as it is.
fn variance(epsilon_milli: u32, clip: u32) -> f64 {
    let sensitivity = f64::from(homebody::privacy::Report::sensitivity(clip));
    let q = libm::exp(-f64::from(epsilon_milli) / 1000.0 / sensitivity);
    2.0 * q / ((1.0 - q) * (1.0 - q))
}

/// Reports added up, value by value: interactions by department, then clicks on recommendations.
#[derive(Debug, Clone, Serialize)]
pub struct Sums {
    pub reports: u64,
    pub values: Vec<i64>,
    /// Of every value: each report adds noise of its own ε to each.
    #[serde(rename = "half", serialize_with = "as_half")]
    variance: f64,
}

/// An interval is all that is asked of a variance.
fn as_half<S: serde::Serializer>(variance: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(half(*variance))
}

fn half(variance: f64) -> f64 {
    Z * variance.sqrt()
}

impl Sums {
    pub fn new(values: usize) -> Self {
        Self { reports: 0, values: vec![0; values], variance: 0.0 }
    }

    pub fn add(&mut self, epsilon_milli: u32, clip: u32, noised: &[i64]) {
        self.reports += 1;
        self.variance += variance(epsilon_milli, clip);
        for (sum, value) in self.values.iter_mut().zip(noised) {
            *sum += value;
        }
    }

    /// Half of each value's 95 % interval.
    pub fn half(&self) -> f64 {
        half(self.variance)
    }
}

/// The sums of all reports, and of each day's.
#[derive(Debug)]
pub struct Totals {
    pub all: Sums,
    pub days: BTreeMap<i64, Sums>,
}

impl Totals {
    pub fn new(values: usize) -> Self {
        Self { all: Sums::new(values), days: BTreeMap::new() }
    }

    pub fn add(&mut self, day: i64, epsilon_milli: u32, clip: u32, noised: &[i64]) {
        self.all.add(epsilon_milli, clip, noised);
        let values = self.all.values.len();
        self.days.entry(day).or_insert_with(|| Sums::new(values)).add(epsilon_milli, clip, noised);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    /// The variance's formula against the distribution's own sum.
    #[test]
    fn the_variance_is_the_distributions() {
        for (epsilon_milli, clip) in [(1_000, 10), (500, 3), (4_000, 1)] {
            let q = (-f64::from(epsilon_milli) / 1000.0 / f64::from(2 * clip)).exp_m1() + 1.0;
            let sum: f64 = (1..2_000).map(|k| 2.0 * f64::from(k * k) * q.powi(k)).sum::<f64>() * (1.0 - q) / (1.0 + q);
            let got = variance(epsilon_milli, clip);
            assert!((got - sum).abs() < 1e-9 * sum, "{got} {sum}");
        }
    }

    /// The difference of two geometric draws is discrete Laplace.
    fn noise(random: &mut Random, q: f64) -> i64 {
        let mut geometric = || {
            let u = 1.0 - f64::from(random.unit());
            (libm::log(u) / libm::log(q)).floor() as i64
        };
        geometric() - geometric()
    }

    /// Of 400 seeded collections, about 95 % must have the truth within their interval.
    #[test]
    fn intervals_cover_the_truth() {
        let mut random = Random::new(5);
        let q = libm::exp(-0.05);
        let covered = |random: &mut Random, shrink: f64| {
            let all = (0..400).filter(|_| {
                let mut sums = Sums::new(2);
                (0..50).for_each(|_| sums.add(1_000, 10, &[3 + noise(random, q), noise(random, q)]));
                sums.variance *= shrink;
                (sums.values[0] as f64 - 150.0).abs() <= sums.half()
            });
            all.count()
        };
        assert!((366..=392).contains(&covered(&mut random, 1.0)));
        // The control: an interval from half the variance does not.
        assert!(covered(&mut random, 0.5) < 366);
    }

    #[test]
    fn days_add_up_to_the_whole() {
        let mut totals = Totals::new(2);
        assert_eq!((totals.all.values.as_slice(), totals.all.half()), ([0, 0].as_slice(), 0.0), "no report, no doubt");
        for (day, values) in [(1, [5, -3]), (2, [1, 1]), (1, [0, 2])] {
            totals.add(day, 1_000, 10, &values);
        }
        assert_eq!((totals.all.values.as_slice(), totals.all.reports), ([6, 0].as_slice(), 3));
        let halves: f64 = totals.days.values().map(|day| day.half().powi(2)).sum();
        assert!((halves.sqrt() - totals.all.half()).abs() < 1e-9);
        let days: Vec<_> = totals.days.into_iter().map(|(day, sums)| (day, sums.reports, sums.values)).collect();
        assert_eq!(days, [(1, 2, vec![5, -1]), (2, 1, vec![1, 1])]);
    }
}
