//! What the mix is fitted to: for each scored basket its candidates, their features, and what was taken.

use homebody::Profile;
use homebody::blend::{Blend, Feature};
use homebody::interaction::{Interaction, Kind, Millis};
use homebody::profiler::Profiler;
use homebody::rank::Scratch;
use rayon::prelude::*;

use crate::random::Random;
use crate::table::Basket;

/// A history and the first of its baskets that is scored.
#[derive(Clone, Copy, Debug)]
pub struct Scored<'a> {
    pub baskets: &'a [Basket],
    pub first: usize,
}

/// Candidates basket by basket.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// Where each basket's candidates start; one more at the end.
    pub starts: Vec<usize>,
    /// A row of [`FEATURES`] for each candidate.
    pub features: Vec<f32>,
    pub known: Vec<bool>,
    pub taken: Vec<bool>,
    /// ln of how many candidates a row stands for.
    pub stands_for: Vec<f64>,
    /// How many items each basket holds, and how many of them were not known.
    pub targets: Vec<(u32, u32)>,
}

/// All features, in the order of a row.
pub const FEATURES: &[Feature] = Feature::ALL;
/// One in so many candidates that are neither known nor taken is kept, and stands for all of them
/// (sampled softmax: Bengio, Senécal 2008).
const ONE_IN: u64 = 3;

impl Rows {
    pub fn len(&self) -> usize {
        self.known.len()
    }

    pub fn row(&self, row: usize) -> &[f32] {
        &self.features[row * FEATURES.len()..][..FEATURES.len()]
    }

    pub fn extend(&mut self, other: Self) {
        if other.starts.is_empty() {
            return;
        }
        if self.starts.is_empty() {
            *self = other;
            return;
        }
        let offset = self.len();
        self.starts.extend(other.starts[1..].iter().map(|start| start + offset));
        self.features.extend(other.features);
        self.known.extend(other.known);
        self.taken.extend(other.taken);
        self.stands_for.extend(other.stands_for);
        self.targets.extend(other.targets);
    }
}

/// Which candidates are taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Wanted {
    All,
    /// Those that the shopper did not know.
    Fresh,
}

/// Feeds each history to a profile, and takes the candidates' features before each scored basket.
pub fn rows(profiler: &Profiler, histories: &[Scored<'_>], kind: Kind, seed: u64, wanted: Wanted) -> Rows {
    let one = |(number, scored): (usize, &Scored<'_>)| {
        let mut rows = Rows { starts: vec![0], ..Rows::default() };
        let mut profile = Profile::new(profiler.factors());
        let mut random = Random::new(seed ^ number as u64);
        let mut scratch = <[Scratch; 2]>::default();
        for (place, basket) in scored.baskets.iter().enumerate() {
            if place >= scored.first {
                take(profiler, &profile, basket, (&mut random, &mut scratch, wanted), &mut rows);
            }
            feed(profiler, &mut profile, basket, kind, || random.next());
        }
        rows
    };
    all(histories.par_iter().enumerate().map(one).collect())
}

fn all(parts: Vec<Rows>) -> Rows {
    parts.into_iter().fold(Rows::default(), |mut all, part| {
        all.extend(part);
        all
    })
}

/// Takes each history's first scored basket of several items as a stranger's visit: its items are clicked
/// one by one, in an order by chance, and after some of the clicks the rest of the basket is what
/// was wanted. `after`, how many clicks, rises.
pub fn clicked(profiler: &Profiler, histories: &[Scored<'_>], after: &[usize], seed: u64) -> Rows {
    let last = after.last().copied().unwrap_or(0);
    let one = |(number, scored): (usize, &Scored<'_>)| {
        let mut rows = Rows { starts: vec![0], ..Rows::default() };
        let mut random = Random::new(seed ^ ((number as u64) << 20));
        let mut scratch = <[Scratch; 2]>::default();
        let basket = scored.baskets[scored.first..].iter().find(|basket| basket.items.len() > last + 1);
        let Some(basket) = basket else { return rows };
        let mut profile = Profile::new(profiler.factors());
        let mut items = basket.items.clone();
        for clicks in 0..=last {
            if after.contains(&clicks) {
                let mut rest = items.clone();
                rest.sort_unstable();
                let rest = Basket { items: rest, ..basket.clone() };
                take(profiler, &profile, &rest, (&mut random, &mut scratch, Wanted::All), &mut rows);
            }
            let clicked = items.swap_remove(random.next() as usize % items.len());
            let click = Basket { items: vec![clicked], ..basket.clone() };
            feed(profiler, &mut profile, &click, Kind::Click, || random.next());
        }
        rows
    };
    all(histories.par_iter().enumerate().map(one).collect())
}

/// Learns from a basket, item by item.
pub fn feed(profiler: &Profiler, profile: &mut Profile, basket: &Basket, kind: Kind, mut seed: impl FnMut() -> u64) {
    for item in &basket.items {
        profiler.apply(profile, &Interaction::new(kind, profiler.factors().id(*item), Millis(basket.at), seed()));
    }
}

fn take(
    profiler: &Profiler, profile: &Profile, basket: &Basket,
    (random, scratch, wanted): (&mut Random, &mut [Scratch; 2], Wanted), rows: &mut Rows,
) {
    let evidence = profiler.evidence(profile, Millis(basket.at));
    let mut fresh = 0;
    for item in &basket.items {
        fresh += u32::from(!evidence.is_known(*item));
    }
    for item in Blend::candidates(&evidence, profiler.nearest(&evidence, scratch).into_iter()) {
        let (known, taken) = (evidence.is_known(item), basket.items.binary_search(&item).is_ok());
        let left_out = !known && !taken && !random.next().is_multiple_of(ONE_IN);
        if left_out || (known && wanted == Wanted::Fresh) {
            continue;
        }
        rows.features.extend(FEATURES.iter().map(|feature| feature.of(item, &evidence)));
        rows.known.push(known);
        rows.taken.push(taken);
        rows.stands_for.push(if known || taken { 0.0 } else { libm::log(ONE_IN as f64) });
    }
    rows.starts.push(rows.known.len());
    rows.targets.push((basket.items.len() as u32, fresh));
}
