//! The learnt mix of all that speaks for an item: a sum of curves over features.
//!
//! Score(i) = Σ curve_f(x_f(i)), a generalised additive model (Hastie, Tibshirani 1986) whose curves
//! are trained as a softmax over candidates ([`Feature`] lists what they may stand over). A sum can be
//! taken apart again, which is what reasons are made of.

mod curve;
mod evidence;
mod feature;

pub use curve::{Condition, Curve};
pub use evidence::{Evidence, shares};
pub use feature::{Feature, Source};

use crate::error::Error;
use crate::factors::Factors;

/// For which list a score is meant: the curves of each are trained apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Everything that could be wanted next, known or not.
    Next = 0,
    /// Only what the shopper does not know yet.
    Discover = 1,
    /// Everything, before the first order: what belongs to the [`Purpose::FEW`] things wanted just now.
    First = 2,
    /// Everything, before the first order: what belongs to a longer visit.
    Visit = 3,
}

impl Purpose {
    /// How many there are.
    pub const COUNT: usize = Self::Visit as usize + 1;
    /// So many things wanted are few.
    pub const FEW: usize = 3;
}

/// The curves of a bundle.
#[derive(Debug, Clone, PartialEq)]
pub struct Blend {
    curves: Vec<Curve>,
}

impl Blend {
    /// First items of a category that something was ordered of which are candidates.
    const HEADS: usize = 6;
    /// Most popular items that are candidates.
    const POPULAR: u32 = 100;
    /// Items that one kind of list points at most which are candidates.
    const POINTED: usize = 150;

    /// The mix that the bundle brings; `None` where it brings none.
    pub fn of(factors: &Factors) -> Result<Option<Self>, Error> {
        let curves = factors.curves().map(|(name, knots, values)| Curve::new(name, knots, values));
        let curves = curves.collect::<Option<Vec<_>>>().ok_or(Error::TensorValue {
            name: "blend.features",
            at: 0,
            defect: "a feature that this version does not know",
        })?;
        Ok((!curves.is_empty()).then_some(Self { curves }))
    }

    /// With curves of one's own.
    pub fn new(curves: Vec<Curve>) -> Self {
        Self { curves }
    }

    /// The curves.
    pub fn curves(&self) -> &[Curve] {
        &self.curves
    }

    /// The score of an item.
    pub fn score(&self, purpose: Purpose, item: u32, evidence: &Evidence<'_>) -> f64 {
        self.score_if(evidence.is_known(item), purpose, item, evidence)
    }

    /// The score of an item if the shopper knew it, or did not.
    pub fn score_if(&self, known: bool, purpose: Purpose, item: u32, evidence: &Evidence<'_>) -> f64 {
        let curves = self.curves.iter().filter(|curve| curve.condition.holds(known));
        curves.map(|curve| f64::from(curve.at(purpose, curve.feature.of(item, evidence)))).sum()
    }

    /// By how much a score would move if the taste's feature had another value.
    pub fn moved(&self, purpose: Purpose, item: u32, evidence: &Evidence<'_>, taste: f32) -> f64 {
        let known = evidence.is_known(item);
        let own = |curve: &&Curve| curve.feature == Feature::Taste && curve.condition.holds(known);
        let now = Feature::Taste.of(item, evidence);
        self.curves.iter().filter(own).map(|curve| f64::from(curve.at(purpose, taste) - curve.at(purpose, now))).sum()
    }

    /// The score taken apart by source, each against an item of which the source says nothing.
    pub fn parts(&self, purpose: Purpose, item: u32, evidence: &Evidence<'_>) -> [f64; Source::COUNT] {
        let known = evidence.is_known(item);
        let mut parts = [0.0; Source::COUNT];
        for curve in self.curves.iter().filter(|curve| curve.condition.holds(known)) {
            let x = curve.feature.of(item, evidence);
            if !x.is_nan() {
                parts[curve.feature.source() as usize] += f64::from(curve.at(purpose, x) - curve.at(purpose, 0.0));
            }
        }
        parts
    }

    /// What could be among the best: all that is known, what is pointed at most, `further` (the nearest to the
    /// tastes), the most popular, and the most popular of the categories that the shopper buys from.
    /// In the order of their places, each once.
    pub fn candidates(evidence: &Evidence<'_>, further: impl Iterator<Item = u32>) -> Vec<u32> {
        let factors = evidence.factors;
        let counts = &evidence.profile.counts;
        let mut is_candidate = vec![false; factors.len()];
        let mut take = |item: u32| is_candidate[item as usize] = true;
        counts.iter().for_each(|count| take(count.item));
        evidence.seen.by_rank.iter().for_each(|seen| take(seen.item));
        let pointed = [&evidence.together, &evidence.next, &evidence.next_before, &evidence.lately, &evidence.habit];
        pointed.into_iter().for_each(|pointed| pointed.strongest(Self::POINTED).for_each(&mut take));
        further.for_each(&mut take);
        (0..Self::POPULAR.min(factors.len() as u32)).for_each(&mut take);
        for need in counts.needs() {
            factors.of_category(need.category).iter().take(Self::HEADS).for_each(|item| take(*item));
        }
        (0u32..).zip(is_candidate).filter(|(_, is)| *is).map(|(item, _)| item).collect()
    }
}

#[cfg(test)]
mod tests;
