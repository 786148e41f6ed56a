//! What is looked for: the profile turned into one vector, an interest by category and a prior.

use crate::factors::Factors;
use crate::interaction::{Forgetting, Millis};
use crate::profile::{Behaviour, Profile, Taste};

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

/// A ranking question. Score of item i = vector·q_i + interest\[category of i\] + prior · bias_i.
#[derive(Debug, Clone)]
pub struct Query<'a> {
    pub(super) factors: &'a Factors,
    pub(super) vector: Vec<f32>,
    pub(super) interest: Vec<f32>,
    pub(super) prior: f32,
}

impl<'a> Query<'a> {
    /// The question that the profile asks.
    pub fn of(profile: &Profile, factors: &'a Factors, lens: &Lens) -> Self {
        let mut vector = vec![0.0; factors.dim()];
        for (taste, left) in lens.tastes(profile) {
            vector.iter_mut().zip(&taste.vector).for_each(|(sum, p)| *sum += left * p);
        }
        let interest = interest(profile.behaviour(), &lens.weights);
        Self { factors, vector, interest, prior: lens.weights.prior }
    }

    /// The question of a plain vector: no interest by category, no prior (a static user factor).
    pub fn vector(factors: &'a Factors, vector: Vec<f32>) -> Self {
        Self { factors, vector, interest: vec![0.0; factors.categories()], prior: 0.0 }
    }

    /// The items that are asked about.
    pub fn factors(&self) -> &'a Factors {
        self.factors
    }

    /// The exact score of an item.
    pub fn score(&self, item: u32) -> f64 {
        let values = self.factors.space().row(item).iter().zip(self.factors.space().scale()).zip(&self.vector);
        let taste: f64 = values.map(|((q, s), p)| f64::from(*q) * f64::from(*s) * f64::from(*p)).sum();
        taste + self.extra(item)
    }

    /// The part of the score that does not come from the vector.
    pub(super) fn extra(&self, item: u32) -> f64 {
        let interest = self.factors.category(item).map_or(0.0, |category| self.interest[usize::from(category)]);
        f64::from(interest) + f64::from(self.prior) * f64::from(self.factors.bias(item))
    }
}

fn interest(behaviour: &Behaviour, weights: &Weights) -> Vec<f32> {
    let total: f32 = behaviour.categories().iter().sum();
    let unit = weights.category / (total + weights.reserve);
    behaviour.categories().iter().map(|interest| interest * unit).collect()
}
