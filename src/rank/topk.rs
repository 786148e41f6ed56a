//! Exact top-k in two passes: a scan of small integers with a known error, then exact scores for whatever
//! could still win.

use super::allowed::Allowed;
use super::kept::Kept;
use super::kernel::{self, Bounds, Scan, Take};
use super::lowest::Lowest;
use super::query::Query;
use super::rough::Rough;
use super::rules::diverse;
use crate::factors::Factors;
use core::cmp::Ordering;

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

/// Buffers that calls reuse: after the first call a scan allocates nothing. And what is kept of the last call, so that
/// the next one with a similar question reads less: each kind of question should have a scratch of its own.
#[derive(Debug, Default)]
pub struct Scratch {
    rough: Rough,
    kept: Kept,
    lowest: Lowest,
    found: Vec<(u32, f32)>,
    list: Vec<Scored>,
    taken: Vec<usize>,
    /// The last answer: the next one is much the same.
    last: Vec<u32>,
}

impl Scratch {
    /// Of the blocks of 16 items, how many the last call had to read.
    pub fn read(&self) -> usize {
        self.kept.bounds.read
    }
}

/// The `k` best allowed items with at most `cap` of one category (0 = no limit), best first: the same items
/// in the same order as exact scores give.
pub fn best<'s>(query: &Query<'_>, allowed: &Allowed, k: usize, cap: usize, scratch: &'s mut Scratch) -> &'s [Scored] {
    best_by(kernel::each, Kept::follow, query, allowed, k, cap, scratch)
}

pub(super) type Each = fn(&Scan<'_>, &mut Bounds, f32, Take<'_>);
pub(super) type Follow = fn(&mut Kept, &Rough, &Factors);

pub(super) fn best_by<'s>(
    each: Each, follow: Follow, query: &Query<'_>, allowed: &Allowed, k: usize, cap: usize, scratch: &'s mut Scratch,
) -> &'s [Scored] {
    let Scratch { rough, kept, lowest, found, list, taken, last } = scratch;
    let factors = query.factors;
    let category = |item| factors.category(item).filter(|_| cap > 0);
    core::mem::swap(rough, &mut kept.last);
    rough.of(query);
    follow(kept, rough, factors);
    lowest.clear(k, cap);
    found.clear();
    list.clear();
    if k == 0 {
        return list;
    }
    // No answer is worse than the last one's items are by the new question.
    for item in last.iter().filter(|item| allowed.has(**item)) {
        lowest.offer(rough.value(query.score(*item)), category(*item), 0.0);
    }
    let floor = lowest.value();
    lowest.clear(k, cap);
    let twice = 2.0 * rough.error;
    for item in query.steering.named().filter(|item| allowed.has(*item)) {
        let value = rough.value(query.score(item));
        lowest.offer(value, category(item), twice);
        found.push((item, value));
    }
    // Then whoever comes later with the same score stands behind.
    let in_order = twice == 0.0 && found.is_empty();
    let bar = |lowest: &Lowest| match lowest.value() {
        value if in_order && value >= floor => value.next_up(),
        value => value.max(floor) - twice,
    };
    let scan = rough.scan(factors, allowed);
    let mut least = bar(lowest);
    kept.bounds.weigh(least);
    each(&scan, &mut kept.bounds, least, &mut |block, mut bits, values| {
        while bits != 0 {
            let lane = bits.trailing_zeros();
            bits &= bits - 1;
            let (item, value) = (block as u32 * 16 + lane, values[lane as usize]);
            if value >= least && !query.steering.names(item) && lowest.offer(value, category(item), twice) {
                found.push((item, value));
                least = bar(lowest);
            }
        }
        least
    });
    // Whoever is within twice the error of the last one may be ahead of it.
    let could = found.iter().filter(|(_, value)| *value >= lowest.value() - twice);
    list.extend(could.map(|(item, _)| Scored { item: *item, score: query.score(*item) }));
    Scored::sort(list);
    diverse(list, factors, k, cap, taken);
    last.clear();
    last.extend(list.iter().map(|scored| scored.item));
    list
}

/// Place of an item among the allowed ones, 1 = best.
pub fn position(query: &Query<'_>, allowed: &Allowed, item: u32, scratch: &mut Scratch) -> usize {
    let Scratch { rough, kept, .. } = scratch;
    core::mem::swap(rough, &mut kept.last);
    rough.of(query);
    kept.follow(rough, query.factors);
    let own = Scored { item, score: query.score(item) };
    let value = rough.value(own.score);
    let scan = rough.scan(query.factors, allowed);
    let mut ahead = 0;
    kernel::each(&scan, &mut kept.bounds, f32::NEG_INFINITY, &mut |block, bits, values| {
        for (item, other) in (block as u32 * 16..).zip(*values).filter(|(item, _)| bits >> (item % 16) & 1 == 1) {
            let exactly = || Scored { item, score: query.score(item) }.order(&own).is_lt();
            let near = (other - value).abs() <= 2.0 * rough.error || query.steering.names(item);
            ahead += usize::from(if near { exactly() } else { other > value });
        }
        f32::NEG_INFINITY
    });
    1 + ahead
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::rank::kernel::tests::broken;
    use crate::testing::test;
    use crate::testing::{random, random_biased, random_query};
    use proptest::prelude::*;

    /// The definition: all exact scores sorted, and not more than so many of a category.
    pub fn reference(query: &Query<'_>, allowed: &Allowed, k: usize, cap: usize) -> Vec<Scored> {
        let mut list: Vec<_> = allowed.iter().map(|item| Scored { item, score: query.score(item) }).collect();
        list.sort_by(Scored::order);
        diverse(&mut list, query.factors, k, cap, &mut Vec::new());
        list
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]
        #[test]
        fn the_same_items_in_the_same_order_as_exact_scores(
            seed in any::<u64>(), items in 1usize..400, dim in 1usize..40, k in 1usize..60, cap in 0usize..4,
            twins in any::<bool>(), beside in any::<bool>(),
        ) {
            let factors = if beside { random_biased(seed, items, dim) } else { random(seed, items, dim, twins) };
            let mut scratch = Scratch::default();
            // Three questions in a row: the second and third begin with an answer.
            for turn in 0..3 {
                let query = random_query(&factors, seed.wrapping_add(turn), beside);
                let mut allowed = Allowed::all(items);
                (0..items as u32).filter(|item| item % 7 == 3).for_each(|item| allowed.forbid(item));
                let wanted = reference(&query, &allowed, k, cap);
                prop_assert_eq!(best(&query, &allowed, k, cap, &mut scratch), &wanted[..]);
                for (place, scored) in reference(&query, &allowed, items, 0).iter().enumerate().step_by(17) {
                    prop_assert_eq!(position(&query, &allowed, scored.item, &mut scratch), place + 1);
                }
            }
        }
    }

    #[test]
    fn a_broken_lane_would_be_seen() {
        // The control of the test above.
        let wrong = (0..50).filter(|seed| {
            let factors = random(*seed, 300, 24, false);
            let (query, all) = (random_query(&factors, *seed, false), Allowed::all(300));
            best_by(broken, Kept::follow, &query, &all, 20, 0, &mut Scratch::default())
                != reference(&query, &all, 20, 0)
        });
        assert!(wrong.count() > 25);
    }

    #[test]
    fn a_scan_without_its_error_bound_would_be_wrong() {
        // Another control: the order of the rough values differs from the exact one somewhere.
        let differs = (0..50).any(|seed| {
            let factors = random(seed, 300, 24, false);
            let (query, all) = (random_query(&factors, seed, false), Allowed::all(300));
            let mut rough = Rough::default();
            rough.of(&query);
            let mut kept = Kept::default();
            kept.follow(&rough, &factors);
            let scan = rough.scan(&factors, &all);
            let mut list = Vec::new();
            kernel::each(&scan, &mut kept.bounds, f32::NEG_INFINITY, &mut |block, _, values| {
                let items = (block as u32 * 16..300).zip(values);
                list.extend(items.map(|(item, value)| Scored { item, score: f64::from(*value) }));
                f32::NEG_INFINITY
            });
            list.sort_by(Scored::order);
            list.windows(2).any(|pair| query.score(pair[0].item) < query.score(pair[1].item))
        });
        assert!(differs);
    }

    #[test]
    fn of_equal_ones_the_first_are_chosen() {
        let factors = random(1, 100, 8, false);
        let query = Query::vector(&factors, vec![0.0; 8]);
        let list = best(&query, &Allowed::all(100), 5, 0, &mut Scratch::default()).to_vec();
        assert_eq!(list.iter().map(|scored| scored.item).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn a_locked_item_goes_before_none_that_is_its_equal() {
        let factors = random(1, 100, 8, false);
        let mut query = Query::vector(&factors, vec![0.0; 8]);
        query.steering.unask(50); // it is looked at first
        let list = best(&query, &Allowed::all(100), 1, 0, &mut Scratch::default()).to_vec();
        assert_eq!(list, reference(&query, &Allowed::all(100), 1, 0));
    }
}
