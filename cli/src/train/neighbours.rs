//! Item-to-item lists: what is taken together (Sarwar et al. 2001), and what comes next (sequential
//! rules: Ludewig, Jannach 2018).
//!
//! Both count pairs of steps at given distances: 0 for what is taken together, others for what comes
//! next. With c(i, j) the weighted count of the pairs, and n(i) that of the steps with i:
//!
//! - together: `c(i, j) / (√(n(i)·n(j)) + shrink)`, the cosine, drawn to 0 where little is known;
//! - next: `c(i, j) / √(r(i) + shrink)`, r(i) being the sum of all c(i, ·): between a count, which sums
//!   well over several items, and a share.

use rayon::prelude::*;

use super::matrix::Matrix;
use crate::bundle::Tensor;

/// Rows of items in order, user by user. A step is a set of items taken at one instant, and steps stand
/// in sequences: the events of a visit, the orders of a household.
#[derive(Clone, Debug)]
pub struct Steps {
    /// By row and by item; the values' squares are weights.
    pub matrix: Matrix,
    /// The user of each row.
    pub user: Vec<u32>,
    /// The sequence that each row belongs to; equal ones stand together.
    pub sequence: Vec<u32>,
}

/// For each item its neighbours, best first; of equals the more popular item.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lists {
    /// Where each item's list starts; one more at the end.
    pub offsets: Vec<u32>,
    pub items: Vec<u32>,
    pub weights: Vec<f32>,
}

#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The longest list.
    pub most: usize,
    /// In weighted steps.
    pub shrink: f32,
}

/// What is in the same steps; a pair has so many different users behind it.
pub fn together(steps: &Steps, settings: &Settings, min_users: u32) -> Lists {
    let count = |item| steps.matrix.by_item.row(item).iter().map(|(_, value)| value * value).sum();
    let counts: Vec<f32> = (0..steps.matrix.by_item.len()).into_par_iter().map(count).collect();
    lists(steps, &[1.0], settings.most, min_users, |i, j, c| c / ((counts[i] * counts[j]).sqrt() + settings.shrink))
}

/// What comes before or after, in the same sequence, at the distances that count: what comes before
/// counts `backwards` of what comes after.
pub fn next(steps: &Steps, distances: &[f32], backwards: f32, settings: &Settings, min_users: u32) -> Lists {
    let forwards = lists(steps, distances, usize::MAX, min_users, |_, _, c| c);
    let items = steps.matrix.by_item.len();
    let mut found: Vec<Vec<(u32, f32)>> = (0..items as u32).map(|item| forwards.of(item).collect()).collect();
    for item in 0..items as u32 {
        forwards.of(item).for_each(|(other, count)| found[other as usize].push((item, backwards * count)));
    }
    for list in &mut found {
        list.sort_by_key(|(item, _)| *item);
        list.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            kept.1 += if same { next.1 } else { 0.0 };
            same
        });
        let all: f32 = list.iter().map(|(_, count)| count).sum();
        list.iter_mut().for_each(|(_, count)| *count /= (all + settings.shrink).sqrt());
        list.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        list.truncate(settings.most);
    }
    Lists::new(found.iter())
}

/// The rows of the same sequence at each distance that counts.
fn reach(steps: &Steps, row: usize, distances: &[f32], mut each: impl FnMut(usize, f32)) {
    for (distance, factor) in distances.iter().enumerate().filter(|(_, factor)| **factor > 0.0) {
        let other = row + distance;
        if steps.sequence.get(other) != Some(&steps.sequence[row]) {
            break;
        }
        each(other, *factor);
    }
}

/// What is counted of one pair; in one place, as the next pair is anywhere in memory.
#[derive(Clone, Copy)]
struct Pair {
    count: f32,
    users: u32,
    last_user: u32,
}

impl Pair {
    const NONE: Self = Self { count: 0.0, users: 0, last_user: u32::MAX };
}

/// One item's pairs, all NONE between two items, and those that are not.
struct Scratch {
    pairs: Vec<Pair>,
    seen: Vec<u32>,
}

impl Scratch {
    fn count(&mut self, steps: &Steps, distances: &[f32], item: usize) {
        for &(row, value) in steps.matrix.by_item.row(item) {
            let user = steps.user[row as usize];
            reach(steps, row as usize, distances, |row, factor| {
                let value = value * factor;
                for &(other, other_value) in steps.matrix.by_user.row(row) {
                    let pair = &mut self.pairs[other as usize];
                    pair.count += value * other_value;
                    // Rows go user by user.
                    if pair.last_user != user {
                        pair.last_user = user;
                        if pair.users == 0 {
                            self.seen.push(other);
                        }
                        pair.users += 1;
                    }
                }
            });
        }
    }
}

fn lists(
    steps: &Steps, distances: &[f32], most: usize, min_users: u32, weigh: impl Fn(usize, usize, f32) -> f32 + Sync,
) -> Lists {
    let items = steps.matrix.by_item.len();
    let one = |scratch: &mut Scratch, item: usize| {
        scratch.count(steps, distances, item);
        let mut found = Vec::new();
        for other in scratch.seen.drain(..) {
            let pair = std::mem::replace(&mut scratch.pairs[other as usize], Pair::NONE);
            if other as usize != item && pair.users >= min_users {
                found.push((other, weigh(item, other as usize, pair.count)));
            }
        }
        best(found, most)
    };
    let scratch = || Scratch { pairs: vec![Pair::NONE; items], seen: Vec::new() };
    let found: Vec<Vec<(u32, f32)>> = (0..items).into_par_iter().with_min_len(16).map_init(scratch, one).collect();
    Lists::new(found.iter())
}

/// The most by weight, best first; of equals the more popular.
fn best(mut list: Vec<(u32, f32)>, most: usize) -> Vec<(u32, f32)> {
    let better = |a: &(u32, f32), b: &(u32, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
    if list.len() > most && most > 0 {
        list.select_nth_unstable_by(most - 1, better);
    }
    list.truncate(most);
    list.shrink_to_fit();
    list.sort_unstable_by(better);
    list
}

impl Lists {
    /// No neighbours for so many items.
    pub fn none(items: usize) -> Self {
        Self { offsets: vec![0; items + 1], ..Self::default() }
    }

    /// The lists' tensors in a bundle, under a name.
    pub fn tensors(&self, name: &str) -> [(String, Tensor); 4] {
        let (weights, scale) = self.quantise();
        [
            (format!("{name}.offsets"), Tensor::u32(&self.offsets)),
            (format!("{name}.items"), Tensor::places(&self.items, self.offsets.len() - 1)),
            (format!("{name}.weights"), Tensor::u8(&weights)),
            (format!("{name}.scale"), Tensor::f32(&[scale])),
        ]
    }

    pub fn new<'a>(found: impl Iterator<Item = &'a Vec<(u32, f32)>>) -> Self {
        let mut lists = Self { offsets: vec![0], ..Self::default() };
        for list in found {
            lists.items.extend(list.iter().map(|(item, _)| item));
            lists.weights.extend(list.iter().map(|(_, weight)| weight));
            lists.offsets.push(lists.items.len() as u32);
        }
        lists
    }

    /// One item's neighbours and their weights.
    pub fn of(&self, item: u32) -> impl Iterator<Item = (u32, f32)> {
        let range = self.offsets[item as usize] as usize..self.offsets[item as usize + 1] as usize;
        self.items[range.clone()].iter().copied().zip(self.weights[range].iter().copied())
    }

    /// Weights as `integer · scale`, 1 to 255. The smallest are not rounded to 0: they were chosen.
    pub fn quantise(&self) -> (Vec<u8>, f32) {
        let scale = self.weights.iter().copied().fold(0.0, f32::max) / 255.0;
        let round = |weight: &f32| libm::roundf(weight / scale).clamp(1.0, 255.0) as u8;
        (self.weights.iter().map(round).collect(), scale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: Settings = Settings { most: 20, shrink: 0.0 };

    /// Rows of (user, sequence, items), all of weight 1.
    fn steps(rows: &[(u32, u32, &[u32])], items: usize) -> Steps {
        let triples: Vec<(u32, u32, f32)> = rows
            .iter()
            .enumerate()
            .flat_map(|(row, (_, _, items))| items.iter().map(move |item| (row as u32, *item, 1.0)))
            .collect();
        Steps {
            matrix: Matrix::new(rows.len(), items, &triples),
            user: rows.iter().map(|row| row.0).collect(),
            sequence: rows.iter().map(|row| row.1).collect(),
        }
    }

    fn of(lists: &Lists, item: u32) -> Vec<(u32, f32)> {
        lists.of(item).collect()
    }

    /// Computed by hand: item 0 is in three rows, 1 in two of them, 2 in one.
    #[test]
    fn together_is_the_cosine() {
        let steps = steps(&[(0, 0, &[0, 1]), (1, 1, &[0, 1, 2]), (2, 2, &[0])], 3);
        let lists = together(&steps, &SETTINGS, 1);
        assert_eq!(of(&lists, 0), [(1, 2.0 / 6f32.sqrt()), (2, 1.0 / 3f32.sqrt())]);
        assert_eq!(of(&lists, 2), [(1, 1.0 / 2f32.sqrt()), (0, 1.0 / 3f32.sqrt())]);
        let shrunk = together(&steps, &Settings { shrink: 1.0, ..SETTINGS }, 1);
        assert_eq!(of(&shrunk, 0)[0], (1, 2.0 / (6f32.sqrt() + 1.0)));
    }

    #[test]
    fn next_is_drawn_to_one_side_and_stays_in_its_sequence() {
        let counted = |rows: &[(u32, u32, &[u32])]| next(&steps(rows, 4), &[0.0, 1.0, 0.5], 0.5, &SETTINGS, 1);
        let lists = counted(&[(0, 0, &[0]), (0, 0, &[1]), (0, 0, &[2]), (1, 1, &[3])]);
        // After 0 come 1 and, one further and half as much, 2; before 2 they are half of that.
        assert_eq!(of(&lists, 0), [(1, 1.0 / 1.5f32.sqrt()), (2, 0.5 / 1.5f32.sqrt())]);
        assert_eq!(of(&lists, 1), [(2, 1.0 / 1.5f32.sqrt()), (0, 0.5 / 1.5f32.sqrt())]);
        assert_eq!(of(&lists, 2), [(1, 0.5 / 0.75f32.sqrt()), (0, 0.25 / 0.75f32.sqrt())]);
        assert_eq!(of(&lists, 3), []);
        // The control: in one sequence 3 does follow 2.
        assert_eq!(of(&counted(&[(0, 0, &[2]), (0, 0, &[3])]), 2), [(3, 1.0)]);
    }

    #[test]
    fn pairs_of_too_few_users_are_left_out() {
        // 0 and 1 went together three times, for one user; 0 and 2 twice, for two.
        let rows: [(u32, u32, &[u32]); 5] =
            [(0, 0, &[0, 1]), (0, 0, &[0, 1]), (0, 0, &[0, 1]), (1, 1, &[0, 2]), (2, 2, &[0, 2])];
        let [two, one] = [2, 1].map(|least| together(&steps(&rows, 3), &SETTINGS, least));
        assert_eq!((two.items.clone(), two.offsets.clone()), (vec![2, 0], vec![0, 1, 1, 2]));
        assert_eq!(one.offsets, [0, 2, 3, 4], "the control");
    }

    #[test]
    fn lists_end_at_the_most_and_equals_go_by_popularity() {
        let lists = together(&steps(&[(0, 0, &[0, 1, 2, 3])], 4), &Settings { most: 2, ..SETTINGS }, 1);
        assert_eq!(lists.items, [1, 2, 0, 2, 0, 1, 0, 1]);
        let none = together(&steps(&[(0, 0, &[0, 1])], 2), &Settings { most: 0, ..SETTINGS }, 1);
        assert!(none.items.is_empty());
    }

    #[test]
    fn threads_do_not_change_a_bit() {
        let owned: Vec<Vec<u32>> =
            (0..500u32).map(|row| (0..60).filter(|item| (row * 7 + item * 13) % 11 < 3).collect()).collect();
        let rows: Vec<(u32, u32, &[u32])> =
            owned.iter().enumerate().map(|(row, items)| (row as u32 / 5, row as u32 / 5, items.as_slice())).collect();
        let steps = steps(&rows, 60);
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| (together(&steps, &SETTINGS, 1), next(&steps, &[0.0, 1.0, 0.7], 0.7, &SETTINGS, 2)))
        };
        assert_eq!(with(1), with(3));
    }

    #[test]
    fn weights_are_off_by_half_a_step_and_never_zero() {
        let lists = Lists { offsets: vec![0, 3], items: vec![1, 2, 3], weights: vec![0.51, 0.2, 1e-9] };
        let (integers, scale) = lists.quantise();
        assert_eq!((integers[0], integers[2]), (255, 1));
        assert!((f32::from(integers[1]) * scale - 0.2).abs() <= scale * 0.5001);
        assert!(Lists::default().quantise().0.is_empty());
    }
}
