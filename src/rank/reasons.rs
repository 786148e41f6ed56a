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

/// The interactions of which the tastes are made: amount_e in vector = Σ amount_e·q_e + the rest.
#[derive(Debug, Clone)]
pub struct Makeup<'a> {
    factors: &'a Factors,
    deeds: Vec<(Deed, f64)>,
}

impl<'a> Makeup<'a> {
    /// Of the profile as the lens shows it: both tastes added up, interaction by interaction.
    pub fn of(profile: &Profile, factors: &'a Factors, lens: &Lens) -> Self {
        let mut deeds: Vec<(Deed, f64)> = Vec::new();
        for (taste, left) in lens.tastes(profile) {
            for part in taste.parts() {
                let deed = Deed { kind: part.kind, item: part.item, at: part.at };
                let amount = f64::from(left) * f64::from(part.amount);
                match deeds.iter_mut().find(|(known, _)| *known == deed) {
                    Some((_, sum)) => *sum += amount,
                    None => deeds.push((deed, amount)),
                }
            }
        }
        Self { factors, deeds }
    }

    /// The interactions that speak for `item`, largest contribution first; popularity alone where
    /// none does. Contribution of e: amount_e·q_e·q_item, and e's share of the interest in the
    /// item's category. Negatives, and parts too small to be kept, are the unnamed rest.
    pub fn reasons(&self, query: &Query<'_>, item: u32) -> Vec<Reason> {
        let category = self.factors.category(item);
        let interest = category.map_or(0.0, |category| f64::from(query.interest[usize::from(category)]));
        let mut reasons: Vec<Reason> = self
            .deeds
            .iter()
            .map(|(deed, amount)| Reason {
                because: Because::Did(*deed),
                contribution: amount * product(self.factors, deed.item, item) + interest * self.share(deed, category),
            })
            .filter(|reason| reason.contribution > 0.0)
            .collect();
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
        let Some((_, amount)) = self.deeds.iter().find(|(known, _)| known == deed) else { return other };
        let mut vector = vec![0.0; self.factors.dim()];
        self.factors.vector(deed.item, &mut vector);
        other.vector.iter_mut().zip(&vector).for_each(|(sum, q)| *sum -= *amount as f32 * q);
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
        let wanted = self.deeds.iter().filter(|(other, _)| self.factors.category(other.item) == category);
        let (mut own, mut total) = (0.0, 0.0);
        for (other, amount) in wanted {
            total += amount.max(0.0);
            if other == deed {
                own = amount.max(0.0);
            }
        }
        if total > 0.0 { own / total } else { 0.0 }
    }
}

/// q_a · q_b.
fn product(factors: &Factors, a: u32, b: u32) -> f64 {
    let rows = factors.row(a).iter().zip(factors.row(b)).zip(factors.scale());
    rows.map(|((a, b), s)| f64::from(*a) * f64::from(*b) * f64::from(*s) * f64::from(*s)).sum()
}
