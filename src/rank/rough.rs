//! A query as the scan sees it: small integers, and by how much a value of theirs may be off.

use super::allowed::Allowed;
use super::kernel::{Beside, Scan, Words};
use super::levels::Levels;
use super::query::Query;
use crate::factors::Factors;

/// A query in 8 bits a dimension. Values are scores divided by `unit`.
#[derive(Debug, Default)]
pub(super) struct Rough {
    words: Words,
    /// Those of the query, by which the scan multiplies.
    pub numbers: Vec<i8>,
    interest: Vec<f32>,
    pub prior: f32,
    /// What a block's interest is at most, where anything is beside the products.
    levels: Option<Levels>,
    pub unit: f64,
    /// No value is farther from the exact one.
    pub error: f32,
    /// No value is larger.
    pub reach: f64,
}

impl Rough {
    /// Takes a query in.
    pub fn of(&mut self, query: &Query<'_>) {
        let factors = query.factors;
        let (mut largest, mut square) = (0f64, 0.0);
        for value in query.weights() {
            largest = largest.max(value.abs());
            square += value * value;
        }
        let interest = || (0..factors.categories() as u16).map(|category| query.of_category(category));
        let by_category = interest().fold(0f64, |most, value| most.max(value.abs()));
        let by_bias = f64::from(query.prior) * f64::from(factors.least_bias());
        let beside = by_category + by_bias.abs();

        // Never so fine that what stands beside the products would need more than f32's 24 bits.
        let step = (largest / f64::from(Words::MOST)).max(beside / (1 << 20) as f64);
        let step = if step > 0.0 { step } else { 1.0 };
        self.unit = step;
        self.numbers.clear();
        let mut missed = 0.0;
        for value in query.weights() {
            let number = (value / step).round_ties_even();
            missed += (value - number * step) * (value - number * step);
            self.numbers.push(number as i8);
        }
        self.words.fill(&self.numbers);
        self.interest.clear();
        self.prior = 0.0;
        self.levels = None;
        if beside > 0.0 {
            self.interest.extend(interest().map(|value| (value / self.unit) as f32));
            self.prior = (f64::from(query.prior) / self.unit) as f32;
            self.levels = Some(Levels::of(
                interest().map(|value| (value + by_bias.max(0.0)) / self.unit),
                by_bias.max(0.0) / self.unit,
            ));
        }
        let longest = f64::from(factors.heads().longest);
        // What the rounding of the query misses of any vector (Cauchy–Schwarz), and a few roundings to 24 bits.
        let missed = missed.sqrt() * longest;
        self.reach = (square.sqrt() * longest + missed + beside) / self.unit;
        self.error = (missed / self.unit + self.reach / (1 << 20) as f64) as f32;
    }

    /// What is added to the values of a category's items.
    pub fn interest(&self, category: usize) -> f64 {
        f64::from(self.interest.get(category).copied().unwrap_or_default())
    }

    /// No value is larger.
    pub fn most(&self) -> f64 {
        self.reach + f64::from(self.error)
    }

    /// A score as the scan has it.
    pub fn value(&self, score: f64) -> f32 {
        (score / self.unit) as f32
    }

    pub fn scan<'a>(&'a self, factors: &'a Factors, allowed: &'a Allowed) -> Scan<'a> {
        let beside = self.levels.as_ref().map(|levels| Beside {
            interest: &self.interest,
            category: factors.category_of_each(),
            prior: self.prior,
            bias: factors.biases(),
            levels,
            heads: factors.heads(),
        });
        Scan { blocks: factors.space().blocks().bytes(), allowed: allowed.words(), words: &self.words, beside }
    }
}
