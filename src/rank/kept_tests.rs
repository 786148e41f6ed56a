//! Walks of a question: each list must be that of a whole scan.

use super::*;
use crate::interaction::{Forgetting, Millis};
use crate::profile::{Correction, Profile, Subject, Wish};
use crate::rank::topk::{Follow, Scratch, best_by, position, tests::reference};
use crate::rank::{Allowed, Lens, Query, Weights, kernel};
use crate::testing::{random, random_biased, test};
use crate::update::Random;
use proptest::prelude::*;

/// What a walk did: lists that were not those of the reference, blocks read, and blocks that there were.
#[derive(Debug, Default)]
struct Walk {
    wrong: usize,
    read: usize,
    blocks: usize,
}

/// A question that moves as a shopper's does: mostly by a click's step, now and then by a leap or not at all; beside the
/// vector interests rise, wishes come and go, the weights change. Who may be in the list changes each time.
fn walk(seed: u64, factors: &Factors, turns: usize, beside: bool, follow: Follow) -> Walk {
    let mut draw = Random(seed);
    let mut profile = Profile::new(factors);
    let mut weights = Weights { taste: 1.0, category: 2.0, prior: 0.2, reserve: 1.0 };
    let (mut scratch, mut walk) = (Scratch::default(), Walk::default());
    for turn in 0..turns {
        let by = [2.0, 0.3, 0.1, 0.03, 0.01, 0.001, 0.0][draw.below(7) as usize] + if turn == 0 { 1.0 } else { 0.0 };
        profile.long.vector.iter_mut().for_each(|p| *p = *p * (1.0 - by as f32 / 3.0) + (by * draw.normal()) as f32);
        if beside && draw.below(2) == 0 {
            profile.warm(draw.below(factors.categories() as u32) as u16, draw.unit() as f32, Millis(1));
            let item = factors.id(draw.below(factors.len() as u32));
            let subject = if draw.below(2) == 0 { Subject::Item(item) } else { Subject::Category("A > b") };
            let wish = [Wish::More, Wish::Less, Wish::Lock, Wish::Clear][draw.below(4) as usize];
            profile.correct(&Correction { subject, wish, at: Millis(1) }, factors);
            if draw.below(8) == 0 {
                (weights.category, weights.prior) = (4.0 * draw.unit() as f32, draw.unit() as f32 - 0.3);
            }
        }
        let (long, short) = (Forgetting::Never, Forgetting::Never);
        let lens = Lens { now: Millis(1), long, short, weights };
        let vector = || Query::vector(factors, profile.long.vector.clone());
        let query = if beside { Query::of(&profile, factors, &lens) } else { vector() };
        let mut allowed = Allowed::all(factors.len());
        let (one, of) = (draw.below(5), 2 + draw.below(40));
        (0..factors.len() as u32).filter(|item| one > 0 && item / one % of == 1).for_each(|item| allowed.forbid(item));
        let cap = draw.below(4);
        // A list that cannot be filled has no last one: all is read for it, now and then.
        let (k, cap) = (1 + draw.below(if cap > 0 { 4 * cap } else { 40 }) as usize, cap as usize);
        let found = best_by(kernel::each, follow, &query, &allowed, k, cap, &mut scratch).to_vec();
        walk.wrong += usize::from(found != reference(&query, &allowed, k, cap));
        (walk.read, walk.blocks) = (walk.read + scratch.read(), walk.blocks + factors.heads().lengths.len());
        if draw.below(5) == 0 {
            // Another question with the same buffers.
            let item = draw.below(factors.len() as u32);
            let place = 1 + reference(&query, &Allowed::all(factors.len()), factors.len(), 0)
                .iter()
                .position(|scored| scored.item == item)
                .unwrap_or(factors.len());
            let all = Allowed::all(factors.len());
            walk.wrong += usize::from(position(&query, &all, item, &mut scratch) != place);
        }
    }
    walk
}

fn table(seed: u64, items: usize, dim: usize, beside: bool) -> Factors {
    if beside { random_biased(seed, items, dim) } else { random(seed, items, dim, seed.is_multiple_of(2)) }
}

/// Bounds that are told of the next question, but do not rise.
fn narrow(kept: &mut Kept, next: &Rough, factors: &Factors) {
    let before = kept.bounds.highest.clone();
    let ratio = (kept.last.unit / next.unit) as f32;
    kept.follow(next, factors);
    kept.bounds.highest.iter_mut().zip(before).for_each(|(bound, before)| *bound = before * ratio);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn each_list_of_a_walk_is_that_of_a_whole_scan(
        seed in any::<u64>(), items in 1usize..600, dim in 1usize..40, beside in any::<bool>(),
    ) {
        let factors = table(seed, items, dim, beside);
        prop_assert_eq!(walk(seed, &factors, 12, beside, Kept::follow).wrong, 0);
    }
}

#[test]
fn bounds_that_are_too_narrow_would_be_seen() {
    // The control of the test above.
    for beside in [false, true] {
        let wrong = (0..8).filter(|seed| {
            let factors = table(2 * *seed + 1, 800, 24, beside);
            walk(*seed, &factors, 60, beside, narrow).wrong > 0
        });
        let wrong = wrong.count();
        assert!(wrong > 5, "{wrong} of 8, {beside}");
    }
}

#[test]
fn most_blocks_are_not_read_again() {
    let factors = random(3, 8_000, 64, false);
    let mut draw = Random(3);
    let mut vector: Vec<f32> = (0..64).map(|_| draw.normal() as f32).collect();
    let (all, mut scratch) = (Allowed::all(factors.len()), Scratch::default());
    let mut read = |vector: &[f32]| {
        let query = Query::vector(&factors, vector.to_vec());
        let list = crate::rank::best(&query, &all, 20, 0, &mut scratch).to_vec();
        assert_eq!(list, reference(&query, &all, 20, 0));
        scratch.read()
    };
    assert_eq!(read(&vector), 500);
    assert!(read(&vector) < 50, "the same question again");
    for _ in 0..5 {
        vector.iter_mut().for_each(|p| *p += 0.02 * draw.normal() as f32);
        let read = read(&vector);
        assert!(read < 250, "{read} of 500 blocks after a click");
    }
}

#[test]
fn another_bundle_is_another_table() {
    let (one, other) = (random(1, 300, 8, false), random(2, 300, 8, false));
    let (all, mut scratch) = (Allowed::all(300), Scratch::default());
    for factors in [&one, &other, &one] {
        let query = Query::vector(factors, vec![1.0; 8]);
        let list = crate::rank::best(&query, &all, 10, 0, &mut scratch).to_vec();
        assert_eq!((list, scratch.read()), (reference(&query, &all, 10, 0), 19));
    }
}
