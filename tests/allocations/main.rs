//! The hot calls ask for no memory: counted by an allocator that counts. A program of its own, since the allocator is
//! the whole program's.
#![cfg(not(target_arch = "wasm32"))]
#![allow(unsafe_code, reason = "an allocator is one by contract")]

#[path = "../../src/fixture.rs"]
mod fixture;

use homebody::intake::Event;
use homebody::interaction::{Kind, Millis};
use homebody::profile::Profile;
use homebody::profiler::Profiler;
use homebody::rank::{Allowed, Query, Scratch, best};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: the system's allocator, called as it is called.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.set(COUNT.get() + 1);
        // SAFETY: the caller's promise, passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise, passed on.
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        COUNT.set(COUNT.get() + 1);
        // SAFETY: the caller's promise, passed on.
        unsafe { System.realloc(place, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn counted(work: impl FnOnce()) -> usize {
    let before = COUNT.get();
    work();
    COUNT.get() - before
}

const NOW: i64 = 1_700_000_000_000;

/// With fold-ins beside the steps, as a bundle of `homebody train` has them.
fn shop() -> Profiler {
    let bundle = fixture::safetensors(&fixture::tensors_with_text(), &[("homebody.format", "1")]);
    Profiler::open(&bundle).expect("the fixture is a valid bundle")
}

/// An interaction of a long visit, as the page says it: every item, every kind that it records often.
fn click(profiler: &mut Profiler, profile: &mut Profile, ids: &[String], step: u32) {
    let kind = [Kind::View, Kind::Click, Kind::Impression, Kind::Cart, Kind::Purchase][step as usize % 5];
    let (item, at, seed) = (&ids[step as usize % ids.len()], NOW as f64 + f64::from(step) * 60_000.0, step.into());
    let [price, quantity, rating, sentiment, propensity] = [None; 5];
    let (dwell, recommended, arm) = (Some(20_000.0), false, None);
    let event = Event { kind, item, at, seed, price, quantity, rating, dwell, sentiment, recommended, propensity, arm };
    let (interaction, item) = profiler.clean(&event, Millis(at as i64)).expect("the fixture has the item");
    profiler.apply_to(profile, &interaction, item);
}

#[test]
fn a_step_asks_for_no_memory() {
    let mut profiler = shop();
    let mut profile = Profile::new(profiler.factors());
    let ids: Vec<_> = (0..profiler.factors().len() as u32).map(|item| profiler.factors().id(item).to_owned()).collect();
    (0..300).for_each(|step| click(&mut profiler, &mut profile, &ids, step)); // until each list has its full length
    let learnt = profile.clone();
    assert_eq!(counted(|| (300..600).for_each(|step| click(&mut profiler, &mut profile, &ids, step))), 0);
    assert!(profile != learnt, "it has learnt");
}

#[test]
fn a_ranking_asks_for_no_memory() {
    let bundle = fixture::random_bundle(1, 5_000, 64, false);
    let factors = homebody::Factors::read(&bundle).expect("the fixture is a valid bundle");
    let query = |way: f32| Query::vector(&factors, (0..64).map(|j| way + (j as f32 * way).sin()).collect());
    let (all, mut scratch) = (Allowed::all(factors.len()), Scratch::default());
    // Buffers grow to what the hardest question needs: a far one each time, so that no answer helps the next.
    let questions: Vec<Query<'_>> =
        (1..50).map(|way| query(way as f32 * if way % 2 == 0 { 1.0 } else { -1.0 })).collect();
    let mut ask = || {
        for (question, cap) in questions.iter().flat_map(|question| [(question, 0), (question, 3)]) {
            assert_eq!(best(question, &all, 20, cap, &mut scratch).len(), if cap == 0 { 20 } else { 9 });
        }
    };
    ask();
    assert_eq!(counted(ask), 0);
}

#[test]
fn what_asks_for_memory_is_counted() {
    // The control of both.
    let profiler = shop();
    assert!(counted(|| drop(Profile::new(profiler.factors()))) > 0);
    assert_eq!(counted(|| drop(std::hint::black_box(vec![0u8; 64]))), 1);
}
