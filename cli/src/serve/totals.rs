//! What reports add up to: debiased sums, and how far their noise may have moved them.

use std::collections::BTreeMap;

use homebody::privacy::{Mechanism, Type};
use serde::Serialize;

/// Two-sided 95 % of a normal distribution; sums of many draws are nearly normal.
const Z: f64 = 1.959_964;

/// Reports of one type added up, value by value of its vocabulary. Each report is debiased by itself, so that
/// reports of different ε add up.
#[derive(Debug, Clone, Serialize)]
pub struct Sums {
    pub reports: u64,
    pub values: Vec<f64>,
    /// Half of each value's 95 % interval.
    #[serde(rename = "half", serialize_with = "as_halves")]
    variances: Vec<Variance>,
}

/// Of one sum, by its noise alone.
#[derive(Debug, Clone, Copy, Default)]
struct Variance {
    /// If no report had the value.
    none: f64,
    /// What those that have it change, estimated like their number.
    more: f64,
}

impl Variance {
    fn half(&self) -> f64 {
        Z * (self.none + self.more.max(0.0)).sqrt()
    }
}

fn as_halves<S: serde::Serializer>(variances: &[Variance], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(variances.iter().map(Variance::half))
}

impl Sums {
    fn new(values: usize) -> Self {
        Self { reports: 0, values: vec![0.0; values], variances: vec![Variance::default(); values] }
    }

    /// Adds a report that was checked.
    fn add(&mut self, mechanism: Mechanism, epsilon_milli: u32, clip: u32, noised: &[i64]) {
        self.reports += 1;
        match mechanism {
            Mechanism::Laplace { .. } => {
                let variance = laplace(epsilon_milli, clip);
                for ((sum, all), value) in self.values.iter_mut().zip(&mut self.variances).zip(noised) {
                    *sum += *value as f64;
                    all.none += variance;
                }
            }
            // The choices of the report's arm; of the other arms it says nothing.
            Mechanism::Response { choices } => {
                let said = noised.first().and_then(|value| usize::try_from(*value).ok()).unwrap_or(usize::MAX);
                let choices = choices as usize;
                let first = said - said % choices;
                for place in first..first.saturating_add(choices).min(self.values.len()) {
                    self.choose(place, mechanism.chances(epsilon_milli), place == said);
                }
            }
            Mechanism::Unary => {
                for (place, value) in noised.iter().enumerate().take(self.values.len()) {
                    self.choose(place, mechanism.chances(epsilon_milli), *value == 1);
                }
            }
        }
    }

    /// A yes or no that is yes with chance p where it is true, with q where it is not (Wang et al. 2017).
    fn choose(&mut self, place: usize, [p, q]: [f64; 2], yes: bool) {
        let estimate = (f64::from(u8::from(yes)) - q) / (p - q);
        self.values[place] += estimate;
        self.variances[place].none += q * (1.0 - q) / (p - q).powi(2);
        self.variances[place].more += estimate * (1.0 - p - q) / (p - q);
    }

    /// Half of a value's 95 % interval.
    pub fn half(&self, place: usize) -> f64 {
        self.variances[place].half()
    }
}

/// Discrete Laplace with `q = exp(-ε/sensitivity)` has variance `2q/(1-q)²` (Ghosh, Roughgarden, Sundararajan
/// 2009). The sum of noised values is unbiased as it is.
fn laplace(epsilon_milli: u32, clip: u32) -> f64 {
    let sensitivity = f64::from(Mechanism::Laplace { clip }.sensitivity());
    let q = libm::exp(-f64::from(epsilon_milli) / 1000.0 / sensitivity);
    2.0 * q / ((1.0 - q) * (1.0 - q))
}

/// The sums of all reports of a type, and of each day's.
#[derive(Debug)]
pub struct Totals {
    mechanism: Mechanism,
    pub all: Sums,
    pub days: BTreeMap<i64, Sums>,
}

impl Totals {
    pub fn new(kind: Type, departments: usize) -> Self {
        let all = Sums::new(kind.vocabulary(departments));
        Self { mechanism: kind.declared().mechanism, all, days: BTreeMap::new() }
    }

    pub fn add(&mut self, day: i64, epsilon_milli: u32, clip: u32, noised: &[i64]) {
        self.all.add(self.mechanism, epsilon_milli, clip, noised);
        let values = self.all.values.len();
        let sums = self.days.entry(day).or_insert_with(|| Sums::new(values));
        sums.add(self.mechanism, epsilon_milli, clip, noised);
    }
}

#[cfg(test)]
#[path = "totals_tests.rs"]
mod tests;
