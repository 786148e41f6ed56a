//! What unit tests share: one `test` attribute for both worlds, and small bundles.

#[cfg(not(target_arch = "wasm32"))]
pub(crate) use core::prelude::v1::test;
#[cfg(target_arch = "wasm32")]
pub(crate) use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::factors::Factors;
use crate::fixture;
use crate::interaction::{Forgetting, Millis};
use crate::profile::{Correction, Profile, Subject, Wish};
use crate::rank::{Lens, Query, Weights};
use crate::update::Random;

/// The small grocery: brie, cheddar, milk, bread, pasta, apples.
pub(crate) fn factors() -> Factors {
    Factors::read(&fixture::bundle()).expect("the fixture is a valid bundle")
}

/// Pseudo-random items.
pub(crate) fn random(seed: u64, items: usize, dim: usize, twins: bool) -> Factors {
    Factors::read(&fixture::random_bundle(seed, items, dim, twins)).expect("the fixture is a valid bundle")
}

/// The same with biases.
pub(crate) fn random_biased(seed: u64, items: usize, dim: usize) -> Factors {
    let mut draw = Random(seed);
    random(seed, items, dim, false).biased((0..items).map(|_| -(draw.below(800) as f32) / 100.0).collect())
}

/// A pseudo-random question; `beside` the vector it has an interest by category, a prior, and wishes.
pub(crate) fn random_query(factors: &Factors, seed: u64, beside: bool) -> Query<'_> {
    let mut random = Random(seed);
    let mut unit = || random.below(2_001) as f32 / 1000.0 - 1.0;
    let vector: Vec<f32> = (0..factors.dim()).map(|_| unit()).collect();
    if !beside {
        return Query::vector(factors, vector);
    }
    let mut profile = Profile::new(factors);
    profile.long.vector = vector;
    for category in 0..factors.categories() as u16 {
        profile.warm(category, unit().max(0.0), Millis(1));
    }
    let asked = (0..8).map(|at| (factors.id((at * 37 % factors.len()) as u32), unit()));
    for (item, way) in asked {
        let wish = if way > 0.0 { Wish::More } else { Wish::Less };
        profile.correct(&Correction { subject: Subject::Item(item), wish, at: Millis(1) }, factors);
    }
    profile.correct(&Correction { subject: Subject::Category("A > b"), wish: Wish::More, at: Millis(1) }, factors);
    let weights = Weights { taste: 2.0, category: 3.0 * (1.0 + unit()), prior: 0.3 * (1.0 + unit()), reserve: 1.0 };
    let forgetting = Forgetting::Never;
    Query::of(&profile, factors, &Lens { now: Millis(1), long: forgetting, short: forgetting, weights })
}
