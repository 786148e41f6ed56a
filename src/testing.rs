//! What unit tests share: one `test` attribute for both worlds, and small bundles.

#[cfg(not(target_arch = "wasm32"))]
pub(crate) use core::prelude::v1::test;
#[cfg(target_arch = "wasm32")]
pub(crate) use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::factors::Factors;
use crate::fixture;
use crate::rank::Query;
use crate::update::Random;

/// The small grocery: brie, cheddar, milk, bread, pasta, apples.
pub(crate) fn factors() -> Factors {
    Factors::read(&fixture::bundle()).expect("the fixture is a valid bundle")
}

/// Pseudo-random items.
pub(crate) fn random(seed: u64, items: usize, dim: usize, twins: bool) -> Factors {
    Factors::read(&fixture::random_bundle(seed, items, dim, twins)).expect("the fixture is a valid bundle")
}

/// A pseudo-random question.
pub(crate) fn random_query(factors: &Factors, seed: u64) -> Query<'_> {
    let mut random = Random(seed);
    let vector = (0..factors.dim()).map(|_| random.below(2_001) as f32 / 1000.0 - 1.0).collect();
    Query::vector(factors, vector)
}
