//! What a table is like: its size, how full it is, how often things are taken again, how fast taste moves.

use std::collections::HashSet;

use crate::random::Random;
use crate::table::Table;

#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    pub lines: usize,
    pub users: usize,
    pub items: usize,
    pub baskets: usize,
    /// From the first line to the last; none without times.
    pub days: Option<f64>,
    /// Pairs of user and item that occur, of all that could.
    pub density: f64,
    /// The share of items in baskets that the user had taken before.
    pub repeat_share: f64,
    pub drift: Option<Drift>,
}

/// How far popularity in the first tenth of the lines is from that in the last.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drift {
    /// Jensen–Shannon divergence in bits: 0 = the same, 1 = no item in common (Lin 1991).
    pub moved: f64,
    /// The same between the lines of both tenths, dealt out at random: what chance alone makes.
    pub chance: f64,
}

impl Facts {
    pub fn of(table: &Table, seed: u64) -> Self {
        let baskets = table.baskets();
        let (mut taken, mut again, mut pairs) = (0usize, 0usize, 0usize);
        for of_user in baskets.chunk_by(|a, b| a.user == b.user) {
            let mut had = HashSet::new();
            for item in of_user.iter().flat_map(|basket| &basket.items) {
                taken += 1;
                again += usize::from(!had.insert(*item));
            }
            pairs += had.len();
        }
        let times = || table.lines.iter().map(|line| line.at);
        let (first, last) = (times().min().unwrap_or(0), times().max().unwrap_or(0));
        let timed = last > first;
        Self {
            lines: table.lines.len(),
            users: table.users.len(),
            items: table.items.len(),
            baskets: baskets.len(),
            days: timed.then(|| (last - first) as f64 / 86_400_000.0),
            density: pairs as f64 / (table.users.len() as f64 * table.items.len() as f64),
            repeat_share: again as f64 / taken.max(1) as f64,
            drift: timed.then(|| Drift::of(table, seed)),
        }
    }
}

impl Drift {
    fn of(table: &Table, seed: u64) -> Self {
        let mut lines: Vec<(i64, u32)> = table.lines.iter().map(|line| (line.at, line.item)).collect();
        lines.sort_unstable();
        let tenth = (lines.len() / 10).max(1);
        let (early, late) = (&lines[..tenth], &lines[lines.len() - tenth..]);
        let count = |lines: &mut dyn Iterator<Item = u32>| {
            let mut counts = vec![0.0; table.items.len()];
            lines.for_each(|item| counts[item as usize] += 1.0);
            counts
        };
        let items = |lines: &[(i64, u32)]| count(&mut lines.iter().map(|(_, item)| *item));
        let moved = divergence(&items(early), &items(late));
        let mut random = Random::new(seed);
        let (one, other): (Vec<_>, Vec<_>) = early.iter().chain(late).partition(|_| random.next() & 1 == 0);
        let deal = |lines: Vec<&(i64, u32)>| count(&mut lines.into_iter().map(|(_, item)| *item));
        Self { moved, chance: divergence(&deal(one), &deal(other)) }
    }
}

/// Jensen–Shannon divergence of two counts, in bits.
fn divergence(a: &[f64], b: &[f64]) -> f64 {
    let (sum_a, sum_b) = (a.iter().sum::<f64>().max(1.0), b.iter().sum::<f64>().max(1.0));
    let part = |p: f64, middle: f64| if p > 0.0 { 0.5 * p * libm::log2(p / middle) } else { 0.0 };
    let one = |(a, b): (&f64, &f64)| {
        let (p, q) = (a / sum_a, b / sum_b);
        part(p, (p + q) / 2.0) + part(q, (p + q) / 2.0)
    };
    a.iter().zip(b).map(one).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Line;

    fn table(item: impl Fn(u32) -> u32) -> Table {
        let line = |n: u32| Line { user: n % 10, item: item(n), order: u64::from(n), at: i64::from(n) * 86_400_000 };
        let names = |n: u32| (0..n).map(|n| n.to_string()).collect();
        Table { users: names(10), items: names(8), lines: (0..1_000).map(line).collect(), ratings: None }
    }

    #[test]
    fn divergence_of_known_counts() {
        assert_eq!(divergence(&[1.0, 1.0, 0.0], &[4.0, 4.0, 0.0]), 0.0);
        assert_eq!(divergence(&[1.0, 0.0], &[0.0, 3.0]), 1.0);
        // By hand: p = (1, 0), q = (½, ½), middle (¾, ¼).
        let expected = 0.5 * libm::log2(4.0 / 3.0) + 0.25 * libm::log2(2.0 / 3.0) + 0.25;
        assert!((divergence(&[1.0, 0.0], &[1.0, 1.0]) - expected).abs() < 1e-12);
    }

    #[test]
    fn what_is_counted() {
        // Each user takes the items of one parity, four of the eight.
        let facts = Facts::of(&table(|n| n % 8), 1);
        assert_eq!((facts.lines, facts.users, facts.items, facts.baskets), (1_000, 10, 8, 1_000));
        assert_eq!((facts.days, facts.density, facts.repeat_share), (Some(999.0), 0.5, 0.96));
    }

    #[test]
    fn drift_is_more_than_chance_only_where_taste_moves() {
        let moving = Facts::of(&table(|n| n / 125), 1).drift.unwrap();
        assert_eq!(moving.moved, 1.0);
        assert!(moving.chance < 0.1, "{moving:?}");
        // The control: the same items in the same shares all the time.
        let still = Facts::of(&table(|n| n % 8), 1).drift.unwrap();
        assert!(still.moved < 0.1, "{still:?}");
    }
}
