//! Repetition: what this shopper orders again and again.

use super::{Example, Opinion, Update};
use crate::factors::Factors;
use crate::interaction::{Kind, Millis};
use crate::profile::Counts;

/// Personal frequency with decay (Hu et al. 2020 find it the strongest single signal for baskets).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Repeat;

impl Update for Repeat {
    type State = Counts;

    fn start(&self, _: &Factors) -> Counts {
        Counts::default()
    }

    /// 1/(1+count): 1 for an item that was never ordered.
    fn loss(&self, counts: &Counts, x: &Example<'_>, _: &Factors) -> f32 {
        if x.kind != Kind::Purchase || x.weight <= 0.0 {
            return 0.0;
        }
        1.0 / (1.0 + counts.of(x.item).map_or(0.0, |count| count.count(x.at)))
    }

    fn learn(&self, counts: &mut Counts, x: &Example<'_>, factors: &Factors) {
        match x.kind {
            _ if x.weight <= 0.0 => {}
            Kind::Purchase => counts.order(x.item, factors.category(x.item), x.at),
            Kind::Refund => counts.take_back(x.item),
            _ => {}
        }
    }

    fn opinion(&self, counts: &Counts, now: Millis, _: &Factors) -> Opinion {
        Opinion { vector: Vec::new(), items: counts.iter().map(|count| (count.item, count.count(now))).collect() }
    }
}
