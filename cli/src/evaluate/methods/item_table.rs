//! A sparse table from item to item: each item of a history speaks for its row, the older the less.

use super::{Method, Shopper};
use crate::evaluate::training::Fading;
use crate::table::Basket;

/// The items of a row and how strongly they are spoken for.
pub type Row = Vec<(u32, f32)>;

pub struct ItemTable {
    pub rows: Vec<Row>,
    pub fading: Fading,
}

/// Keeps the k strongest; of equals the more popular.
pub fn strongest(mut row: Row, k: usize) -> Row {
    row.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    row.truncate(k);
    row
}

impl Method for ItemTable {
    fn start(&self, _: usize) -> Box<dyn Shopper + '_> {
        Box::new(Sums { table: self, sums: vec![0.0; self.rows.len()], at: 0 })
    }
}

struct Sums<'a> {
    table: &'a ItemTable,
    sums: Vec<f32>,
    at: i64,
}

impl Shopper for Sums<'_> {
    fn scores(&mut self, _: i64, scores: &mut [f32]) {
        // All sums have faded alike since the last basket: the order is the same.
        scores.copy_from_slice(&self.sums);
    }

    fn feed(&mut self, basket: &Basket) {
        self.table.fading.apply(&mut self.at, basket.at, &mut self.sums);
        for item in &basket.items {
            for (other, strength) in &self.table.rows[*item as usize] {
                self.sums[*other as usize] += strength;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_add_up_and_fade() {
        let rows = vec![vec![(1, 1.0)], vec![(0, 4.0), (2, 2.0)], vec![]];
        let table = ItemTable { rows, fading: Fading::Step(0.5) };
        let mut shopper = table.start(0);
        let mut scores = [9.0; 3];
        shopper.scores(0, &mut scores);
        assert_eq!(scores, [0.0; 3]);
        shopper.feed(&Basket { user: 0, at: 0, items: vec![1] });
        shopper.feed(&Basket { user: 0, at: 0, items: vec![0, 2] });
        shopper.scores(0, &mut scores);
        assert_eq!(scores, [2.0, 1.0, 1.0]);
        assert_eq!(strongest(vec![(3, 1.0), (1, 2.0), (0, 1.0)], 2), [(1, 2.0), (0, 1.0)]);
    }
}
