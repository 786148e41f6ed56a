//! NDCG@20 by the length of the history: 0, 1, 2–3, 4–7, 8–15 … interactions so far.

use serde::Serialize;

use super::metrics::{Figures, Means};
use super::score::{Ranked, Score};

/// The lists for histories of these lengths.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Point {
    pub from: u32,
    pub to: u32,
    pub lists: usize,
    pub ndcg: f64,
    pub error: f64,
}

impl Point {
    pub fn new(from: u32, to: u32, means: &Means) -> Self {
        Self { from, to, lists: means.lists, ndcg: means.means()[2], error: means.errors()[2] }
    }
}

/// The points that have lists, in rising order.
pub fn curve(score: &Score, of: impl Fn(&Ranked) -> Option<Figures>) -> Vec<Point> {
    let mut bins = vec![Means::default(); 33];
    for ranked in &score.0 {
        if let Some(figures) = of(ranked) {
            bins[bin(ranked.before)].add(figures);
        }
    }
    let ends = |bin: usize| if bin == 0 { (0, 0) } else { (1 << (bin - 1), ((1u64 << bin) - 1) as u32) };
    let point = |(bin, means): (usize, &Means)| Point::new(ends(bin).0, ends(bin).1, means);
    bins.iter().enumerate().map(point).filter(|point| point.lists > 0).collect()
}

/// 0, 1, 2–3, 4–7 …: how many binary digits a number has.
fn bin(before: u32) -> usize {
    (u32::BITS - before.leading_zeros()) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_doubled_from_bin_to_bin() {
        let ranked = |before, ndcg| Ranked {
            user: 0,
            before,
            targets: 1,
            all: Figures { ndcg, ..Figures::default() },
            new: None,
            fresh: 0,
        };
        let score = Score(vec![ranked(0, 1.0), ranked(4, 0.0), ranked(7, 1.0), ranked(8, 0.5), ranked(u32::MAX, 0.0)]);
        let points = curve(&score, |ranked| Some(ranked.all));
        let shown: Vec<(u32, u32, usize, f64)> = points.iter().map(|p| (p.from, p.to, p.lists, p.ndcg)).collect();
        let expected = [(0, 0, 1, 1.0), (4, 7, 2, 0.5), (8, 15, 1, 0.5), (1 << 31, u32::MAX, 1, 0.0)];
        assert_eq!(shown, expected);
        assert!(curve(&score, |ranked| ranked.new).is_empty());
    }
}
