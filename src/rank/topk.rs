//! Exact top-k in two passes: an integer scan with a known error, then exact scores for whatever
//! could still win.

use super::allowed::Allowed;
use super::kernel;
use super::query::Query;
use core::cmp::Ordering;
use std::collections::BinaryHeap;

/// An item and its score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored {
    /// The item's place in the bundle.
    pub item: u32,
    /// Its score.
    pub score: f64,
}

impl Scored {
    /// Best first; equal scores in the order of the bundle, which is falling popularity.
    pub fn order(&self, other: &Self) -> Ordering {
        other.score.total_cmp(&self.score).then(self.item.cmp(&other.item))
    }

    /// Sorts a list, best first. Here and nowhere else: each call of the standard sort with a
    /// closure of its own would be 4 kB more in the module.
    pub fn sort(list: &mut [Self]) {
        list.sort_unstable_by(Self::order);
    }
}

/// Buffers that calls reuse: after the first call a scan allocates nothing.
#[derive(Debug, Default)]
pub struct Scratch {
    words: Vec<i16>,
    sums: Vec<i32>,
    approximate: Vec<f64>,
    heap: BinaryHeap<Lowest>,
}

/// Min-heap of the k best approximate scores.
#[derive(Debug, PartialEq)]
struct Lowest(f64);

impl Eq for Lowest {}
impl PartialOrd for Lowest {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Lowest {
    fn cmp(&self, other: &Self) -> Ordering {
        other.0.total_cmp(&self.0)
    }
}

/// The `k` best allowed items, best first: the same items in the same order as exact scores give.
pub fn best(query: &Query<'_>, allowed: &Allowed, k: usize, scratch: &mut Scratch) -> Vec<Scored> {
    if k == 0 {
        return Vec::new();
    }
    let error = scan(query, scratch);
    let Scratch { approximate, heap, .. } = scratch;
    heap.clear();
    let mut threshold = f64::NEG_INFINITY;
    for item in allowed.iter() {
        let score = approximate[item as usize];
        if score <= threshold {
            continue;
        }
        if heap.len() == k {
            heap.pop();
        }
        heap.push(Lowest(score));
        if heap.len() == k {
            threshold = heap.peek().map_or(threshold, |lowest| lowest.0);
        }
    }
    // Whoever is within twice the error of the k-th may be ahead of it.
    let bar = threshold - 2.0 * error;
    let mut list: Vec<Scored> = allowed
        .iter()
        .filter(|item| approximate[*item as usize] >= bar)
        .map(|item| Scored { item, score: query.score(item) })
        .collect();
    Scored::sort(&mut list);
    list.truncate(k);
    list
}

/// Place of an item among the allowed ones, 1 = best.
pub fn position(query: &Query<'_>, allowed: &Allowed, item: u32, scratch: &mut Scratch) -> usize {
    let error = 2.0 * scan(query, scratch);
    let own = Scored { item, score: query.score(item) };
    let ahead = |other: &u32| {
        let distance = scratch.approximate[*other as usize] - own.score;
        if distance.abs() > error {
            return distance > 0.0;
        }
        Scored { item: *other, score: query.score(*other) }.order(&own).is_lt()
    };
    1 + allowed.iter().filter(ahead).count()
}

/// Fills `scratch.approximate`; returns by how much each may be off.
fn scan(query: &Query<'_>, scratch: &mut Scratch) -> f64 {
    let factors = query.factors;
    let step = quantise(&query.vector, factors.space().scale(), &mut scratch.words);
    scratch.sums.resize(factors.len(), 0);
    kernel::scores(factors.space().table(), &scratch.words, &mut scratch.sums);
    scratch.approximate.clear();
    let approximate = scratch.sums.iter().zip(0u32..).map(|(sum, item)| f64::from(*sum) * step + query.extra(item));
    scratch.approximate.extend(approximate);
    // Each word is off by half a step at most, each factor is 128 at most; the rest is f64's own.
    let largest = f64::from(kernel::MAX_QUERY) * step * 128.0 * factors.dim() as f64;
    step * 0.5 * 128.0 * factors.dim() as f64 + largest * 1e-12 + 1e-9
}

/// The query in 13 bits a dimension, each scaled as the table's dimension is. Returns the step.
fn quantise(vector: &[f32], scale: &[f32], words: &mut Vec<i16>) -> f64 {
    let products = || vector.iter().zip(scale).map(|(p, s)| f64::from(*p) * f64::from(*s));
    let largest = products().fold(0.0, |largest: f64, value| largest.max(value.abs()));
    let step = largest / f64::from(kernel::MAX_QUERY);
    words.clear();
    words.extend(products().map(|value| if step > 0.0 { libm::round(value / step) as i16 } else { 0 }));
    step
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::test;
    use crate::testing::{random, random_query};
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn the_same_items_in_the_same_order_as_exact_scores(
            seed in any::<u64>(), items in 1usize..400, dim in 1usize..40, k in 1usize..60, twins in any::<bool>(),
        ) {
            let factors = random(seed, items, dim, twins);
            let query = random_query(&factors, seed);
            let mut allowed = Allowed::all(items);
            (0..items as u32).filter(|item| item % 7 == 3).for_each(|item| allowed.forbid(item));
            let mut reference: Vec<_> = allowed.iter().map(|item| Scored { item, score: query.score(item) }).collect();
            reference.sort_by(Scored::order);
            let mut scratch = Scratch::default();
            for (place, scored) in reference.iter().enumerate().step_by(17) {
                prop_assert_eq!(position(&query, &allowed, scored.item, &mut scratch), place + 1);
            }
            reference.truncate(k);
            prop_assert_eq!(best(&query, &allowed, k, &mut scratch), reference);
        }
    }

    #[test]
    fn a_scan_without_its_error_bound_would_be_wrong() {
        // The control of the test above: approximate order differs from exact order somewhere.
        let differs = (0..50).any(|seed| {
            let factors = random(seed, 300, 24, false);
            let query = random_query(&factors, seed);
            let mut scratch = Scratch::default();
            scan(&query, &mut scratch);
            let order = |score: &dyn Fn(u32) -> f64| {
                let mut list: Vec<_> = (0..300).map(|item| Scored { item, score: score(item) }).collect();
                list.sort_by(Scored::order);
                list.into_iter().map(|scored| scored.item).collect::<Vec<_>>()
            };
            order(&|item| scratch.approximate[item as usize]) != order(&|item| query.score(item))
        });
        assert!(differs);
    }
}
