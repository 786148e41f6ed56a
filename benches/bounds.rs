//! Would upper bounds kept from the last scan spare the next one? After a click the vector moves by Δp, and no score by
//! more than ‖Δp‖·‖q‖: a block whose old bound, so widened, stays below the last of the list need not be read.
//!
//! cargo bench --bench bounds -- BUNDLE EVENTS.csv [most sequences]      (user,item,time; rows of a user together)
#![cfg_attr(target_arch = "wasm32", allow(unused))]

use homebody::interaction::{Interaction, Kind, Millis};
use homebody::profiler::Profiler;
use homebody::rank::Query;
use homebody::{Factors, Profile};

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
    let table = Table::of(profiler.factors());
    let mut shares: [Vec<f64>; 2] = Default::default();
    for visit in visits(events).into_iter().filter(|visit| visit.len() >= 3).take(most) {
        for (kept, shares) in [true, false].into_iter().zip(&mut shares) {
            shares.extend(table.follow(&profiler, &visit, kept));
        }
    }
    println!(
        "{} items, {} clicks after the first of a visit, share of the blocks that is read",
        table.rows.len(),
        shares[0].len()
    );
    for (name, shares) in
        ["bounds kept from whenever a block was read", "bounds of the last whole scan"].iter().zip(&mut shares)
    {
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

struct Table {
    rows: Vec<Vec<f32>>,
    /// The longest vector of each block.
    longest: Vec<f64>,
}

/// What is known of a block: the highest score that it had, and for which vector.
#[derive(Clone)]
struct Bound {
    highest: f64,
    moved: f64,
}

impl Table {
    fn of(factors: &Factors) -> Self {
        let rows: Vec<Vec<f32>> = (0..factors.len() as u32).map(|item| factors.space().vector(item)).collect();
        let length = |row: &Vec<f32>| dot(row, row).sqrt();
        let longest = rows.chunks(BLOCK).map(|block| block.iter().map(length).fold(0.0, f64::max)).collect();
        Self { rows, longest }
    }

    fn block(&self, block: usize) -> impl Iterator<Item = (usize, &Vec<f32>)> {
        self.rows.iter().enumerate().skip(block * BLOCK).take(BLOCK)
    }

    /// The share of the blocks that each list after the first of a visit must read.
    fn follow(&self, profiler: &Profiler, visit: &[(String, i64)], keep: bool) -> Vec<f64> {
        let mut profile = Profile::new(profiler.factors());
        let mut bounds: Vec<Bound> = Vec::new();
        let (mut shares, mut last, mut list): (Vec<f64>, Vec<f32>, Vec<usize>) = Default::default();
        for (item, at) in visit {
            if profiler.factors().find(item).is_none() {
                continue;
            }
            profiler.apply(&mut profile, &Interaction::new(Kind::View, item, Millis(*at), *at as u64));
            let vector = Query::of(&profile, profiler.factors(), &profiler.lens(Millis(*at))).into_vector();
            let first = bounds.is_empty();
            if first {
                bounds = vec![Bound { highest: f64::INFINITY, moved: 0.0 }; self.longest.len()];
            } else {
                let step: Vec<f32> = vector.iter().zip(&last).map(|(new, old): (&f32, &f32)| new - old).collect();
                let by = dot(&step, &step).sqrt();
                bounds.iter_mut().for_each(|bound| bound.moved = if keep { bound.moved + by } else { by });
            }
            // It begins with the last list's items by the new vector, then blocks by their bounds, the best first.
            let mut best: Vec<(f64, usize)> =
                list.iter().map(|item| (dot(&self.rows[*item], &vector), *item)).collect();
            let mut order: Vec<usize> = (0..bounds.len()).collect();
            let most = |block: usize| bounds[block].highest + bounds[block].moved * self.longest[block];
            order.sort_by(|a, b| most(*b).total_cmp(&most(*a)));
            let mut read = 0;
            for block in order {
                best.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
                best.dedup_by_key(|(_, item)| *item);
                best.truncate(K);
                let bar = best.get(K - 1).map_or(f64::NEG_INFINITY, |(score, _)| *score);
                if bounds[block].highest + bounds[block].moved * self.longest[block] < bar {
                    break;
                }
                read += 1;
                let scores: Vec<(f64, usize)> =
                    self.block(block).map(|(item, row)| (dot(row, &vector), item)).collect();
                if keep || first {
                    let highest = scores.iter().map(|(score, _)| *score).fold(f64::NEG_INFINITY, f64::max);
                    bounds[block] = Bound { highest, moved: 0.0 };
                }
                best.extend(scores.into_iter().filter(|(score, _)| *score >= bar));
            }
            best.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            best.dedup_by_key(|(_, item)| *item);
            list = best.iter().take(K).map(|(_, item)| *item).collect();
            if !first {
                shares.push(read as f64 / bounds.len() as f64);
            }
            // A whole scan is the first one's; else the way is added up, step by step.
            if keep || first {
                last = vector;
            }
        }
        shares
    }
}

fn dot(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
}
