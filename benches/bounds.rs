//! How much of the table the next list reads: after a click the bounds that are kept of each block spare most of it.
//!
//! cargo bench --bench bounds -- BUNDLE EVENTS.csv [most visits]      (user,item,time; rows of a user together)
#![cfg_attr(target_arch = "wasm32", allow(unused))]

use homebody::Profile;
use homebody::interaction::{Interaction, Kind, Millis};
use homebody::profiler::Profiler;
use homebody::rank::{Allowed, Query, Scratch, best};

const K: usize = 20;
const BLOCK: usize = 16;

#[cfg(target_arch = "wasm32")]
fn main() {}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [bundle, events, rest @ ..] = &arguments[..] else {
        println!("bounds: name a bundle and a CSV of events");
        return;
    };
    let profiler = Profiler::open(&std::fs::read(bundle).expect("the bundle is there")).expect("a valid bundle");
    let most = rest.first().map_or(2_000, |most| most.parse().expect("a number"));
    let mut shares: [Vec<f64>; 3] = Default::default();
    for visit in visits(events).into_iter().filter(|visit| visit.len() >= 3).take(most) {
        follow(&profiler, &visit, &mut shares);
    }
    let items = profiler.factors().len();
    println!("{items} items, {} clicks after the first of a visit, share of the blocks that is read", shares[0].len());
    for (name, shares) in ["the list", "3 of a category", "the taste alone"].iter().zip(&mut shares) {
        shares.sort_by(f64::total_cmp);
        let at = |share: f64| shares[((shares.len() - 1) as f64 * share) as usize];
        println!("{name}: median {:.3}, 10 % {:.3}, 90 % {:.3}", at(0.5), at(0.1), at(0.9));
    }
}

/// Each user's items, in order.
fn visits(file: &str) -> Vec<Vec<(String, i64)>> {
    let text = std::fs::read_to_string(file).expect("the events are there");
    let mut visits: Vec<Vec<(String, i64)>> = Vec::new();
    let mut last = "";
    for line in text.lines().skip(1) {
        let mut cells = line.split(',');
        let (Some(user), Some(item), Some(time)) = (cells.next(), cells.next(), cells.next()) else { continue };
        if user != last {
            visits.push(Vec::new());
            last = user;
        }
        let at = time.parse::<i64>().expect("a time in seconds") * 1_000;
        visits.last_mut().expect("one was pushed").push((item.to_owned(), at));
    }
    visits
}

/// Adds the share of the blocks that each list after the first of a visit reads.
fn follow(profiler: &Profiler, visit: &[(String, i64)], shares: &mut [Vec<f64>; 3]) {
    let factors = profiler.factors();
    let mut profile = Profile::new(factors);
    let (all, mut scratches) = (Allowed::all(factors.len()), [(); 3].map(|()| Scratch::default()));
    let known = visit.iter().filter(|(item, _)| factors.find(item).is_some());
    for (place, (item, at)) in known.enumerate() {
        let at = Millis(*at);
        profiler.apply(&mut profile, &Interaction::new(Kind::View, item, at, at.0 as u64));
        let query = Query::of(&profile, factors, &profiler.lens(at));
        let taste = Query::vector(factors, query.clone().into_vector());
        for (((query, cap), scratch), shares) in
            [(&query, 0), (&query, 3), (&taste, 0)].into_iter().zip(&mut scratches).zip(&mut *shares)
        {
            best(query, &all, K, cap, scratch);
            if place > 0 {
                shares.push(scratch.read() as f64 / factors.len().div_ceil(BLOCK) as f64);
            }
        }
    }
}
