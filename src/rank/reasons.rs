//! Why an item is where it is: the score taken apart into the shopper's own interactions.

use super::query::{Lens, Query};
use crate::factors::Factors;
use crate::interaction::{Kind, Millis};
use crate::lanes::product;
use crate::profile::{Part, Profile};

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

/// The interactions of which the tastes are made: vector = Σ delta_e + the rest.
#[derive(Debug, Clone)]
pub struct Makeup<'a> {
    factors: &'a Factors,
    deeds: Vec<Made>,
}

/// What one interaction put into both tastes.
#[derive(Debug, Clone)]
struct Made {
    deed: Deed,
    /// Of the item's own vector.
    amount: f32,
    category: Option<u16>,
    /// How much of the interest in its category comes from it.
    share: f64,
    /// Its own vector and its negatives', weighed.
    delta: Vec<f32>,
}

impl<'a> Makeup<'a> {
    /// Of the profile as the lens shows it: both tastes added up, interaction by interaction.
    pub fn of(profile: &Profile, factors: &'a Factors, lens: &Lens) -> Self {
        let mut deeds: Vec<Made> = Vec::new();
        for (taste, left) in lens.tastes(profile) {
            for part in taste.parts().map(|part| part.times(left)) {
                let deed = Deed { kind: part.kind, item: part.item(), at: part.at };
                let place = deeds.iter().position(|made| made.deed == deed).unwrap_or(deeds.len());
                if place == deeds.len() {
                    let category = factors.category(deed.item);
                    deeds.push(Made { deed, amount: 0.0, category, share: 0.0, delta: vec![0.0; factors.dim()] });
                }
                let made = &mut deeds[place];
                made.amount += part.amount();
                for at in (0..Part::VECTORS).filter(|at| part.amounts[*at] != 0.0) {
                    factors.space().add(part.items[at], part.amounts[at], &mut made.delta);
                }
            }
        }
        let mut totals = vec![0.0; factors.categories()];
        let own = |made: &Made| f64::from(made.amount.max(0.0));
        for made in &deeds {
            made.category.into_iter().for_each(|category| totals[usize::from(category)] += own(made));
        }
        for made in &mut deeds {
            let total = made.category.map_or(0.0, |category| totals[usize::from(category)]);
            made.share = if total > 0.0 { own(made) / total } else { 0.0 };
        }
        Self { factors, deeds }
    }

    /// The interactions that speak for `item`, the `most` largest contributions first; popularity alone where
    /// none does. Contribution of e: delta_e·q_item, and e's share of the interest in the item's
    /// category. Parts too small to be kept are the unnamed rest.
    pub fn reasons(&self, query: &Query<'_>, item: u32, most: usize) -> Vec<Reason> {
        let category = self.factors.category(item);
        let interest = category.map_or(0.0, |category| f64::from(query.interest[usize::from(category)]));
        let vector = self.factors.space().vector(item);
        let mut reasons: Vec<Reason> = Vec::with_capacity(most + 1);
        let mut put = |because, contribution| {
            let enough = reasons.last().filter(|_| reasons.len() == most).map_or(0.0, |last| last.contribution);
            if contribution > enough {
                let place = reasons.iter().take_while(|known| known.contribution >= contribution).count();
                reasons.insert(place, Reason { because, contribution });
                reasons.truncate(most);
            }
        };
        for made in &self.deeds {
            let share = if category.is_some() && made.category == category { made.share } else { 0.0 };
            put(Because::Did(made.deed), f64::from(product(&made.delta, &vector)) + interest * share);
        }
        put(Because::Asked, query.steering.push(item, self.factors));
        if reasons.is_empty() {
            let contribution = f64::from(query.prior) * f64::from(self.factors.bias(item));
            reasons.push(Reason { because: Because::Popular, contribution });
        }
        reasons
    }

    /// The same question without what one interaction put in: for "without this click …".
    #[must_use]
    pub fn without(&self, query: &Query<'a>, deed: &Deed) -> Query<'a> {
        let mut other = query.clone();
        let Some(made) = self.deeds.iter().find(|made| made.deed == *deed) else { return other };
        other.subtract(&made.delta);
        if let Some(category) = made.category {
            other.interest[usize::from(category)] *= 1.0 - made.share as f32;
        }
        other
    }
}
