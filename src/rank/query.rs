//! What is looked for: the profile turned into one vector, an interest by category and a prior.

use super::steering::Steering;
use crate::factors::Factors;
use crate::interaction::{Forgetting, Millis};
use crate::lanes::{self, blocks::GROUP};
use crate::profile::{Profile, Taste};

/// How the parts of a score are weighed. Scores are in units of log-odds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// Of the taste: p·q.
    pub taste: f32,
    /// Of the interest in the item's category, 0 … 1.
    pub category: f32,
    /// Of the item's popularity: the log of its share of the most popular one.
    pub prior: f32,
    /// Interest that a shopper of whom nothing is known has in "anything else": the more, the
    /// slower a category comes to dominate.
    pub reserve: f32,
}

/// How a profile is looked at: when, how fast its tastes fade until then, how its parts weigh.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lens {
    /// The time of the question.
    pub now: Millis,
    /// How the long-term taste fades.
    pub long: Forgetting,
    /// How the short-term taste fades.
    pub short: Forgetting,
    /// Weights of the parts.
    pub weights: Weights,
}

impl Lens {
    /// Both tastes, each with what is left of it now, weighed.
    pub(super) fn tastes<'p>(&self, profile: &'p Profile) -> [(&'p Taste, f32); 2] {
        [(&profile.long, self.long), (&profile.short, self.short)]
            .map(|(taste, forgetting)| (taste, self.weights.taste * forgetting.left(self.now.since(taste.at))))
    }
}

/// A ranking question. Score of item i = vector·q_i + interest\[category of i\] + prior · bias_i + what the
/// shopper asked for.
#[derive(Debug, Clone)]
pub struct Query<'a> {
    pub(super) factors: &'a Factors,
    vector: Vec<f32>,
    /// Of the table's whole numbers: the vector times the scales, filled up with zeros.
    weights: Vec<f64>,
    pub(super) interest: Vec<f32>,
    pub(super) prior: f32,
    pub(super) steering: Steering,
}

impl<'a> Query<'a> {
    /// The question that the profile asks.
    pub fn of(profile: &Profile, factors: &'a Factors, lens: &Lens) -> Self {
        let mut vector = vec![0.0; factors.dim()];
        for (taste, left) in lens.tastes(profile) {
            vector.iter_mut().zip(&taste.vector).for_each(|(sum, p)| *sum += left * p);
        }
        let Weights { category, reserve, prior, .. } = lens.weights;
        let interest = profile.shares(factors, reserve).iter().map(|share| share * category).collect();
        Self { interest, prior, steering: Steering::of(profile, factors), ..Self::vector(factors, vector) }
    }

    /// The question of a plain vector: no interest by category, no prior (a static user factor).
    pub fn vector(factors: &'a Factors, vector: Vec<f32>) -> Self {
        let interest = vec![0.0; factors.categories()];
        let weights = weighed(&vector, factors);
        Self { factors, vector, weights, interest, prior: 0.0, steering: Steering::default() }
    }

    /// The vector times the scales.
    pub(super) fn weights(&self) -> &[f64] {
        &self.weights[..self.vector.len()]
    }

    /// The same question without a part of the vector.
    pub(super) fn subtract(&mut self, part: &[f32]) {
        self.vector.iter_mut().zip(part).for_each(|(sum, p)| *sum -= p);
        self.weights = weighed(&self.vector, self.factors);
    }

    /// The items that are asked about.
    pub fn factors(&self) -> &'a Factors {
        self.factors
    }

    /// The exact score of an item.
    pub fn score(&self, item: u32) -> f64 {
        lanes::score(self.factors.space().blocks().own(item), &self.weights) + self.extra(item)
    }

    /// Its vector.
    pub fn into_vector(self) -> Vec<f32> {
        self.vector
    }

    /// The same question as if nothing had been asked of one item.
    #[must_use]
    pub fn unasked(&self, item: u32) -> Self {
        let mut other = self.clone();
        other.steering.unask(item);
        other
    }

    /// What is added to the scores of a category's items, but of those that something was asked of by name.
    pub(super) fn of_category(&self, category: u16) -> f64 {
        f64::from(self.interest[usize::from(category)]) + self.steering.push_of(category)
    }

    /// The part of the score that does not come from the vector.
    pub(super) fn extra(&self, item: u32) -> f64 {
        let interest = self.factors.category(item).map_or(0.0, |category| self.interest[usize::from(category)]);
        let prior = f64::from(self.prior) * f64::from(self.factors.bias(item));
        f64::from(interest) + prior + self.steering.push(item, self.factors)
    }
}

/// Both have 24 bits, so the products are exact.
fn weighed(vector: &[f32], factors: &Factors) -> Vec<f64> {
    let products = vector.iter().zip(factors.space().scale()).map(|(p, s)| f64::from(*p) * f64::from(*s));
    let mut weights: Vec<f64> = products.collect();
    weights.resize(vector.len().next_multiple_of(GROUP), 0.0);
    weights
}
