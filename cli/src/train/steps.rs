//! What was taken when: the rows that item-to-item lists are counted on.
//!
//! A *step* is a set of items taken at one instant, and steps stand in sequences. A visit whose
//! lines have several instants is a sequence by itself (clicks); orders of one instant each are the
//! steps of their user's sequence (baskets).

use std::collections::HashMap;

use super::matrix::Matrix;
use super::vocabulary::Vocabulary;
use crate::table::{Basket, Table};

/// A day in milliseconds.
const DAY: f32 = 86_400_000.0;
/// Of a user's history, the items taken last.
const HISTORY: usize = 200;
/// A row of more items than this says nothing about any two of them.
const LONGEST: usize = 1_000;

/// Rows of items in order, user by user.
#[derive(Clone, Debug)]
pub struct Steps {
    /// By row and by item; the values' squares are weights.
    pub matrix: Matrix,
    /// The user of each row.
    pub user: Vec<u32>,
    /// The sequence that each row belongs to; equal ones stand together.
    pub sequence: Vec<u32>,
}

#[derive(Default)]
struct Builder {
    triples: Vec<(u32, u32, f32)>,
    user: Vec<u32>,
    sequence: Vec<u32>,
}

impl Builder {
    fn push(&mut self, user: u32, sequence: u32, items: impl ExactSizeIterator<Item = (u32, f32)>) {
        if items.len() == 0 || items.len() > LONGEST {
            return;
        }
        let row = self.user.len() as u32;
        self.triples.extend(items.map(|(item, value)| (row, item, value)));
        self.user.push(user);
        self.sequence.push(sequence);
    }

    fn finish(self, items: usize) -> Steps {
        let matrix = Matrix::new(self.user.len(), items, &self.triples);
        Steps { matrix, user: self.user, sequence: self.sequence }
    }
}

/// Weight of what is so old: half of it after each half-life.
#[derive(Clone, Copy, Debug)]
pub struct Recency {
    /// Milliseconds since 1970.
    pub now: i64,
    /// Days; infinite: all is as fresh.
    pub half_life: f32,
}

impl Recency {
    pub fn weight(&self, at: i64) -> f32 {
        let days = (self.now - at).max(0) as f32 / DAY;
        // What is very old counts little, but two old things still go together.
        libm::exp2f(-days / self.half_life).max(1e-6)
    }

    fn root(&self, at: i64) -> f32 {
        self.weight(at).sqrt()
    }
}

/// One row for each basket.
pub fn baskets(baskets: &[Basket], vocabulary: &Vocabulary, recency: &Recency) -> Steps {
    let mut builder = Builder::default();
    for basket in baskets {
        let value = recency.root(basket.at);
        builder.push(basket.user, basket.user, vocabulary.places(basket).into_iter().map(|item| (item, value)));
    }
    builder.finish(vocabulary.len())
}

/// One row for each user: the last items, each as fresh as when it was taken last.
pub fn histories(baskets: &[Basket], vocabulary: &Vocabulary, recency: &Recency) -> Steps {
    let mut builder = Builder::default();
    for user in baskets.chunk_by(|a, b| a.user == b.user) {
        let mut last: Vec<(u32, f32)> = Vec::new();
        let mut had = std::collections::HashSet::new();
        for basket in user.iter().rev() {
            let value = recency.root(basket.at);
            let fresh = vocabulary.places(basket).into_iter().filter(|item| had.insert(*item));
            last.extend(fresh.map(|item| (item, value)));
            if last.len() >= HISTORY {
                break;
            }
        }
        last.truncate(HISTORY);
        last.sort_unstable_by_key(|(item, _)| *item);
        builder.push(user[0].user, user[0].user, last.into_iter());
    }
    builder.finish(vocabulary.len())
}

/// All steps in order. What a user did at or after `until` is not seen.
pub fn sequences(table: &Table, vocabulary: &Vocabulary, recency: &Recency, until: &HashMap<u32, i64>) -> Steps {
    let mut lines = table.lines.clone();
    lines.retain(|line| vocabulary.knows(line.item));
    lines.sort_unstable_by_key(|line| (line.user, line.order, line.at, line.item));
    let mut visits: Vec<_> = lines.chunk_by(|a, b| (a.user, a.order) == (b.user, b.order)).collect();
    visits.retain(|visit| until.get(&visit[0].user).is_none_or(|until| visit[0].at < *until));
    // Orders of one instant first, in time; then the visits.
    let several = |visit: &[crate::table::Line]| visit[0].at != visit[visit.len() - 1].at;
    visits.sort_by_key(|visit| (visit[0].user, several(visit), visit[0].at, visit[0].order));

    let mut builder = Builder::default();
    let mut sequence = 0;
    for (index, visit) in visits.iter().enumerate() {
        let goes_on = index > 0 && visits[index - 1][0].user == visit[0].user && !several(visit);
        sequence += u32::from(!goes_on);
        for step in visit.chunk_by(|a, b| a.at == b.at) {
            let value = recency.root(step[0].at);
            let mut items: Vec<u32> = step.iter().filter_map(|line| vocabulary.place(line.item)).collect();
            items.sort_unstable();
            items.dedup();
            builder.push(step[0].user, sequence, items.into_iter().map(|item| (item, value)));
        }
    }
    builder.finish(vocabulary.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Line;

    fn table(lines: &[(u32, u32, u64, i64)]) -> (Table, Vocabulary) {
        let names = |n: u32| (0..n).map(|n| n.to_string()).collect();
        let lines = lines.iter().map(|&(user, item, order, at)| Line { user, item, order, at }).collect();
        let table = Table { users: names(2), items: names(5), lines, ..Table::default() };
        let vocabulary = Vocabulary::choose(&table.baskets(), &table.items, 1, 1).unwrap();
        (table, vocabulary)
    }

    const ALWAYS: Recency = Recency { now: 0, half_life: f32::INFINITY };

    /// Row by row: user, sequence, items by their number in the table.
    fn rows(steps: &Steps, vocabulary: &Vocabulary) -> Vec<(u32, u32, Vec<u32>)> {
        let items = |row| {
            let mut items: Vec<u32> =
                steps.matrix.by_user.row(row).iter().map(|(place, _)| vocabulary.items[*place as usize]).collect();
            items.sort_unstable();
            items
        };
        (0..steps.user.len()).map(|row| (steps.user[row], steps.sequence[row], items(row))).collect()
    }

    #[test]
    fn orders_of_an_instant_are_steps_and_visits_are_sequences() {
        // User 0: orders 1 and 2 of an instant each, and between them a visit of two clicks.
        let (table, vocabulary) =
            table(&[(0, 0, 1, 10), (0, 1, 1, 10), (0, 3, 7, 20), (0, 2, 7, 15), (0, 4, 2, 30), (1, 0, 3, 5)]);
        let all = rows(&sequences(&table, &vocabulary, &ALWAYS, &HashMap::new()), &vocabulary);
        let expected = [(0, 1, vec![0, 1]), (0, 1, vec![4]), (0, 2, vec![2]), (0, 2, vec![3]), (1, 3, vec![0])];
        assert_eq!(all, expected);
        // What is held out is not seen.
        let some = rows(&sequences(&table, &vocabulary, &ALWAYS, &HashMap::from([(0, 30)])), &vocabulary);
        assert_eq!(some, [&expected[..1], &expected[2..]].concat());
    }

    #[test]
    fn a_history_holds_each_item_once_as_fresh_as_its_last_time() {
        let day = DAY as i64;
        let (table, vocabulary) = table(&[(0, 0, 1, 0), (0, 1, 1, 0), (0, 0, 2, 10 * day)]);
        let recency = Recency { now: 10 * day, half_life: 10.0 };
        let steps = histories(&table.baskets(), &vocabulary, &recency);
        assert_eq!(steps.matrix.by_user.row(0), [(0, 1.0), (1, 0.5f32.sqrt())]);
        // The control: baskets are rows of their own.
        let steps = baskets(&table.baskets(), &vocabulary, &recency);
        assert_eq!(steps.matrix.by_user.row(0), [(0, 0.5f32.sqrt()), (1, 0.5f32.sqrt())]);
        assert_eq!(steps.matrix.by_user.row(1), [(0, 1.0)]);
    }
}
