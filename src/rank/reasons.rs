//! Why an item is where it is: the score taken apart into the shopper's own interactions.

use super::query::{Lens, Query};
use crate::factors::Factors;
use crate::interaction::{Kind, Millis};
use crate::profile::Profile;

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
    /// Its own vector and its negatives', weighed.
    delta: Vec<f32>,
}

impl<'a> Makeup<'a> {
    /// Of the profile as the lens shows it: both tastes added up, interaction by interaction.
    pub fn of(profile: &Profile, factors: &'a Factors, lens: &Lens) -> Self {
        let mut deeds: Vec<Made> = Vec::new();
        let mut vector = vec![0.0; factors.dim()];
        for (taste, left) in lens.tastes(profile) {
            for part in taste.parts().map(|part| part.times(left)) {
                let deed = Deed { kind: part.kind, item: part.item, at: part.at };
                let place = deeds.iter().position(|made| made.deed == deed).unwrap_or(deeds.len());
                if place == deeds.len() {
                    deeds.push(Made { deed, amount: 0.0, delta: vec![0.0; factors.dim()] });
                }
                let made = &mut deeds[place];
                made.amount += part.amount;
                let pushes = part.pushes.iter().filter(|(_, push)| *push != 0.0);
                for (item, amount) in pushes.chain([&(part.item, part.amount)]) {
                    factors.space().write(*item, &mut vector);
                    made.delta.iter_mut().zip(&vector).for_each(|(sum, q)| *sum += amount * q);
                }
            }
        }
        Self { factors, deeds }
    }

    /// The interactions that speak for `item`, largest contribution first; popularity alone where
    /// none does. Contribution of e: delta_e·q_item, and e's share of the interest in the item's
    /// category. Parts too small to be kept are the unnamed rest.
    pub fn reasons(&self, query: &Query<'_>, item: u32) -> Vec<Reason> {
        let category = self.factors.category(item);
        let interest = category.map_or(0.0, |category| f64::from(query.interest[usize::from(category)]));
        let mut vector = vec![0.0; self.factors.dim()];
        self.factors.space().write(item, &mut vector);
        let mut reasons: Vec<Reason> = self
            .deeds
            .iter()
            .map(|made| {
                let taste: f32 = made.delta.iter().zip(&vector).map(|(p, q)| p * q).sum();
                let contribution = f64::from(taste) + interest * self.share(&made.deed, category);
                Reason { because: Because::Did(made.deed), contribution }
            })
            .filter(|reason| reason.contribution > 0.0)
            .collect();
        let asked = query.steering.push(item, self.factors);
        if asked > 0.0 {
            reasons.push(Reason { because: Because::Asked, contribution: asked });
        }
        crate::sort::short(&mut reasons, |a, b| a.contribution > b.contribution);
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
        other.vector.iter_mut().zip(&made.delta).for_each(|(sum, p)| *sum -= p);
        if let Some(category) = self.factors.category(deed.item) {
            other.interest[usize::from(category)] *= 1.0 - self.share(deed, Some(category)) as f32;
        }
        other
    }

    /// How much of the interest in a category comes from one interaction.
    fn share(&self, deed: &Deed, category: Option<u16>) -> f64 {
        if category.is_none() || self.factors.category(deed.item) != category {
            return 0.0;
        }
        let (mut own, mut total) = (0.0, 0.0);
        for made in self.deeds.iter().filter(|made| self.factors.category(made.deed.item) == category) {
            let amount = f64::from(made.amount.max(0.0));
            total += amount;
            if made.deed == *deed {
                own = amount;
            }
        }
        if total > 0.0 { own / total } else { 0.0 }
    }
}
