//! Why an item is where it is: the score taken apart into the shopper's own interactions.

use super::query::{Lens, Query};
use crate::factors::Factors;
use crate::interaction::{Kind, Millis};
use crate::lanes::{blocks::GROUP, grow, products};
use crate::profile::{Part, Profile, Taste};

/// What speaks for an item.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Because {
    /// An interaction of the shopper's.
    Did(Deed),
    /// The shopper asked for more of it.
    Asked,
    /// What everybody buys.
    Popular,
}

/// An interaction as the reasons name it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Deed {
    /// What was done.
    pub kind: Kind,
    /// To which item (its place).
    pub item: u32,
    /// When.
    pub at: Millis,
}

/// One part of a score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reason {
    /// Where it comes from.
    pub because: Because,
    /// How much of the score it is.
    pub contribution: f64,
}

/// The interactions of which the tastes are made: vector = Σ delta_e + the rest. From list to list it keeps what each
/// put in, so that only new ones are worked out.
#[derive(Debug, Default)]
pub struct Makeup {
    known: [Known; 2],
    deeds: Vec<Made>,
    /// What each deed put into both tastes, d numbers each, filled up to whole groups, with room for whole fours of deeds.
    deltas: Vec<f32>,
    /// Of the item whose reasons are asked for.
    vector: Vec<f32>,
}

/// What one interaction put into both tastes.
#[derive(Debug, Clone)]
struct Made {
    deed: Deed,
    /// Of the item's own vector, if it speaks for it.
    amount: f64,
    category: Option<u16>,
}

/// The parts of one taste, and of each the sum of its vectors.
#[derive(Debug, Default)]
struct Known(Vec<(Part, Vec<f32>)>);

impl Known {
    /// Keeps up with a taste. Its parts come at the end and go anywhere; those that stay keep their order.
    fn follow(&mut self, taste: &Taste, factors: &Factors, dim: usize) {
        let parts = taste.kept();
        let count = parts.len();
        for (place, part) in parts.enumerate() {
            while self.0.get(place).is_some_and(|(known, _)| known != part) {
                self.0.remove(place);
            }
            if place == self.0.len() {
                let mut sum = vec![0.0; dim];
                for at in (0..Part::VECTORS).filter(|at| part.amounts[*at] != 0.0) {
                    factors.space().add(part.items[at], part.amounts[at], &mut sum);
                }
                self.0.push((*part, sum));
            }
        }
        self.0.truncate(count);
    }
}

impl Makeup {
    /// Reasons given for an item.
    pub const MOST: usize = 3;

    /// Of the profile as the lens shows it: both tastes added up, interaction by interaction.
    pub fn of(&mut self, profile: &Profile, factors: &Factors, lens: &Lens) -> &mut Self {
        let Self { known, deeds, deltas, vector } = self;
        let dim = factors.dim().next_multiple_of(GROUP);
        vector.resize(dim, 0.0);
        deeds.clear();
        deltas.clear();
        deltas.resize(2 * Taste::MAX_PARTS * dim, 0.0);
        let tastes = lens.tastes(profile);
        for (known, (taste, left)) in known.iter_mut().zip(&tastes) {
            known.follow(taste, factors, dim);
            let left = taste.unit() * left;
            for (part, sum) in &known.0 {
                let deed = Deed { kind: part.kind, item: part.item(), at: part.at };
                let place = deeds.iter().position(|made| made.deed == deed).unwrap_or(deeds.len());
                if place == deeds.len() {
                    deeds.push(Made { deed, amount: 0.0, category: factors.category(deed.item) });
                }
                deeds[place].amount += f64::from(part.amount() * left);
                grow(&mut deltas[place * dim..], left, sum);
            }
        }
        self
    }

    /// How much of the interest in a category comes from one of those that are in it: so many times its amount.
    fn share(&self, category: Option<u16>) -> f64 {
        let own = self.deeds.iter().filter(|made| made.category == category && made.amount > 0.0);
        let total: f64 = own.map(|made| made.amount).sum();
        if category.is_some() && total > 0.0 { 1.0 / total } else { 0.0 }
    }

    /// The interactions that speak for `item`, the largest contributions first; popularity alone where none does.
    /// Contribution of e: delta_e·q_item, and e's share of the interest in the item's category. Parts too small to be
    /// kept are the unnamed rest.
    pub fn reasons(&mut self, query: &Query<'_>, item: u32) -> Vec<Reason> {
        let factors = query.factors;
        let category = factors.category(item);
        let interest = category.map_or(0.0, |category| f64::from(query.interest[usize::from(category)]));
        let interest = interest * self.share(category);
        factors.space().write(item, &mut self.vector);
        let mut values = [0.0; 2 * Taste::MAX_PARTS];
        products(&self.deltas, &self.vector, &mut values[..self.deeds.len().next_multiple_of(4)]);
        // The places of what was done; behind the last of them what was asked for, if it was.
        let asked = (query.steering.push(item, factors).max(0.0), self.deeds.len());
        let mut best = [asked, (0.0, usize::MAX), (0.0, usize::MAX)];
        for (place, made) in self.deeds.iter().enumerate() {
            let own = if made.category == category { made.amount.max(0.0) } else { 0.0 };
            let contribution = values.get(place).map_or(0.0, |value| f64::from(*value)) + interest * own;
            let mut at = Self::MOST - 1;
            if contribution > best[at].0 {
                best[at] = (contribution, place);
                while at > 0 && best[at].0 > best[at - 1].0 {
                    best.swap(at, at - 1);
                    at -= 1;
                }
            }
        }
        let mut reasons = Vec::with_capacity(Self::MOST);
        for &(contribution, place) in best.iter().filter(|(contribution, _)| *contribution > 0.0) {
            let because = self.deeds.get(place).map_or(Because::Asked, |made| Because::Did(made.deed));
            reasons.push(Reason { because, contribution });
        }
        if reasons.is_empty() {
            let contribution = f64::from(query.prior) * f64::from(factors.bias(item));
            reasons.push(Reason { because: Because::Popular, contribution });
        }
        reasons
    }

    /// The same question without what one interaction put in: for "without this click …".
    #[must_use]
    pub fn without<'a>(&self, query: &Query<'a>, deed: &Deed) -> Query<'a> {
        let mut other = query.clone();
        let Some(place) = self.deeds.iter().position(|made| made.deed == *deed) else { return other };
        let (made, dim) = (&self.deeds[place], self.vector.len());
        other.subtract(&self.deltas[place * dim..][..dim]);
        if let Some(category) = made.category {
            let share = made.amount.max(0.0) * self.share(made.category);
            other.interest[usize::from(category)] *= 1.0 - share as f32;
        }
        other
    }
}

#[cfg(test)]
#[path = "reasons_tests.rs"]
mod tests;
