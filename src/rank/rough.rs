//! A query as the scan sees it: small integers, and by how much a value of theirs may be off.

use super::allowed::Allowed;
use super::kernel::{Beside, Scan, Words};
use super::query::Query;
use crate::factors::Factors;

/// A query in 8 bits a dimension. Values are scores divided by `unit`.
#[derive(Debug, Default)]
pub(super) struct Rough {
    words: Words,
    numbers: Vec<i8>,
    interest: Vec<f32>,
    prior: f32,
    /// The most that is added to a product, and whether anything is.
    most: Option<f32>,
    unit: f64,
    /// No value is farther from the exact one.
    pub error: f32,
}

impl Rough {
    /// Takes a query in.
    pub fn of(&mut self, query: &Query<'_>) {
        let factors = query.factors;
        let space = factors.space();
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
        let step = (largest / f64::from(Words::most(space.dim()))).max(beside / (1 << 20) as f64);
        let step = if step > 0.0 { step } else { 1.0 };
        self.unit = step / Words::UNIT;
        self.numbers.clear();
        let mut missed = 0.0;
        for value in query.weights() {
            let number = libm::round(value / step);
            missed += (value - number * step) * (value - number * step);
            self.numbers.push(number as i8);
        }
        self.words.fill(&self.numbers);
        self.interest.clear();
        self.most = None;
        if beside > 0.0 {
            self.interest.extend(interest().map(|value| (value / self.unit) as f32));
            self.prior = (f64::from(query.prior) / self.unit) as f32;
            let most = interest().fold(f64::NEG_INFINITY, f64::max).max(0.0) + by_bias.max(0.0);
            self.most = Some((most / self.unit) as f32);
        }
        // What the rounding of the query misses of any vector (Cauchy–Schwarz), and a few roundings to 24 bits.
        let missed = libm::sqrt(missed) * space.longest();
        let reach = libm::sqrt(square) * space.longest() + missed + beside;
        self.error = (missed / self.unit + reach / self.unit / (1 << 20) as f64) as f32;
    }

    /// A score as the scan has it.
    pub fn value(&self, score: f64) -> f32 {
        (score / self.unit) as f32
    }

    pub fn scan<'a>(&'a self, factors: &'a Factors, allowed: &'a Allowed) -> Scan<'a> {
        let beside = self.most.map(|most| Beside {
            interest: &self.interest,
            category: factors.category_of_each(),
            prior: self.prior,
            bias: factors.biases(),
            most,
        });
        Scan { blocks: factors.space().blocks().bytes(), allowed: allowed.words(), words: &self.words, beside }
    }
}
