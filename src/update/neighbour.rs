//! Neighbours: what goes with the items of the last interactions.

use super::{Example, Opinion, Update};
use crate::factors::{Factors, Lists};
use crate::interaction::{Kind, Millis, decay};
use crate::profile::{Step, Trail};

/// Which lists of the bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// Wanted by the same shoppers (item-kNN: Sarwar et al. 2001).
    Together,
    /// Wanted next (sequential rules: Ludewig, Jannach 2018).
    Next,
}

/// Score(i) = Σ keepᵏ·2^(−age/h)·w(j → i) over the steps of the trail, k = 0 the last one, to item j.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Neighbour {
    /// Whose neighbours.
    pub relation: Relation,
    /// What a step weighs against the one after it.
    pub keep: f32,
    /// Half of what a step weighs goes in this time (0 = never).
    pub half_life: Millis,
}

impl Neighbour {
    fn lists<'f>(&self, factors: &'f Factors) -> &'f Lists {
        match self.relation {
            Relation::Together => factors.together(),
            Relation::Next => factors.next(),
        }
    }
}

impl Update for Neighbour {
    type State = Trail;

    fn start(&self, _: &Factors) -> Trail {
        Trail::default()
    }

    /// 1/(1+score): 1 where nothing pointed at the item.
    fn loss(&self, trail: &Trail, x: &Example<'_>, factors: &Factors) -> f32 {
        if x.weight <= 0.0 || x.label < 0.5 {
            return 0.0;
        }
        1.0 / (1.0 + self.opinion(trail, x.at, factors).score(x.item, factors))
    }

    fn learn(&self, trail: &mut Trail, x: &Example<'_>, _: &Factors) {
        if x.weight > 0.0 && (x.label >= 0.5 || x.kind == Kind::Impression) {
            trail.push(Step { item: x.item, kind: x.kind, at: x.at });
        }
    }

    fn opinion(&self, trail: &Trail, now: Millis, factors: &Factors) -> Opinion {
        let lists = self.lists(factors);
        let mut weight = 1.0;
        let mut items = Vec::new();
        for step in trail.wanted().iter().rev() {
            let left = weight * decay(now.since(step.at), self.half_life);
            items.extend(lists.of(step.item).map(|(other, strength)| (other, left * strength)));
            weight *= self.keep;
        }
        Opinion::of(items)
    }
}
