//! Test, then learn: the past before a cut, the baskets after it, and the score of one method.
//!
//! A basket is what one user took in one order, a set, at the time of its first line. The cut is at
//! 80 % of the time from the first line to the last. The vocabulary is what was in 25 baskets of 10
//! users before the cut; other items are dropped, and baskets left empty with them. For each basket
//! after the cut, in each user's order of time: rank the whole vocabulary from the user's history so
//! far, score against the basket, then feed it.

use rayon::prelude::*;

use super::method::Method;
use super::metrics::{Figures, Means, top};
use crate::error::Result;
use crate::table::{Basket, Table};
use crate::train::{Matrix, Vocabulary, count_pairs};

const MIN_ORDERS: u32 = 25;
const MIN_USERS: u32 = 10;

/// One user's baskets in order of time, of known items.
#[derive(Clone, Debug, Default)]
pub struct History {
    pub baskets: Vec<Basket>,
    /// How many of them lie before the cut.
    pub before: usize,
}

/// A table, split in time.
#[derive(Debug)]
pub struct Split {
    /// The names of the items, in falling popularity before the cut.
    pub items: Vec<String>,
    /// By user; baskets hold places in `items`.
    pub users: Vec<History>,
    /// Milliseconds since 1970.
    pub cut: i64,
    /// The share of lines after the cut whose item is known.
    pub coverage: f64,
}

/// How much there is of everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    pub items: usize,
    pub users: usize,
    /// Pairs of basket and item before the cut.
    pub train_rows: usize,
    /// Pairs of user and item before the cut.
    pub train_pairs: usize,
    pub train_baskets: usize,
    pub eval_users: usize,
    pub eval_baskets: usize,
}

/// Means over all items, and over items new to the user.
#[derive(Clone, Copy, Debug, Default)]
pub struct Score {
    pub all: Means,
    pub new: Means,
}

impl Split {
    pub fn new(table: &Table) -> Result<Self> {
        let times = || table.lines.iter().map(|line| line.at);
        let (first, last) = (times().min().unwrap_or(0), times().max().unwrap_or(0));
        // Exact in integers: 4/5 of the span.
        let cut = first + (last - first) * 4 / 5;
        let past = |at: i64| at < cut;

        let baskets = table.baskets();
        let before = baskets.iter().filter(|basket| past(basket.at));
        let vocabulary = Vocabulary::choose(before, &table.items, MIN_ORDERS, MIN_USERS)?;
        let mut users = vec![History::default(); table.users.len()];
        for basket in baskets {
            let items = vocabulary.places(&basket);
            if items.is_empty() {
                continue;
            }
            let history = &mut users[basket.user as usize];
            history.before += usize::from(past(basket.at));
            history.baskets.push(Basket { items, ..basket });
        }
        let after = table.lines.iter().filter(|line| !past(line.at));
        let (known, all) =
            after.fold((0, 0), |(known, all), line| (known + u64::from(vocabulary.knows(line.item)), all + 1));
        Ok(Self {
            items: vocabulary.items.iter().map(|item| table.items[*item as usize].clone()).collect(),
            users,
            cut,
            coverage: known as f64 / f64::max(all as f64, 1.0),
        })
    }

    /// How many baskets before the cut hold each item.
    pub fn popularity(&self) -> Vec<f32> {
        let mut popularity = vec![0.0; self.items.len()];
        self.past_pairs().for_each(|(_, item)| popularity[item as usize] += 1.0);
        popularity
    }

    /// How often each user took each item before the cut.
    pub fn matrix(&self) -> Matrix {
        Matrix::new(self.users.len(), self.items.len(), &count_pairs(self.past_pairs()))
    }

    fn past_pairs(&self) -> impl Iterator<Item = (u32, u32)> {
        let past = self.users.iter().flat_map(|history| &history.baskets[..history.before]);
        past.flat_map(|basket| basket.items.iter().map(move |item| (basket.user, *item)))
    }

    pub fn counts(&self) -> Counts {
        let after = |history: &History| history.baskets.len() - history.before;
        Counts {
            items: self.items.len(),
            users: self.users.len(),
            train_rows: self.past_pairs().count(),
            train_pairs: count_pairs(self.past_pairs()).len(),
            train_baskets: self.users.iter().map(|history| history.before).sum(),
            eval_users: self.users.iter().filter(|history| after(history) > 0).count(),
            eval_baskets: self.users.iter().map(after).sum(),
        }
    }

    /// Scores a method on all users. The sums are made user by user, so that threads do not change
    /// the last digit.
    pub fn score(&self, method: &dyn Method) -> Score {
        let users: Vec<_> = (0..self.users.len()).into_par_iter().map(|user| self.score_user(method, user)).collect();
        let mut score = Score::default();
        for (all, new) in users.into_iter().flatten() {
            score.all.add(all);
            if let Some(new) = new {
                score.new.add(new);
            }
        }
        score
    }

    fn score_user(&self, method: &dyn Method, user: usize) -> Vec<(Figures, Option<Figures>)> {
        let history = &self.users[user];
        let (past, future) = history.baskets.split_at(history.before);
        if future.is_empty() {
            return Vec::new();
        }
        let mut shopper = method.start(user);
        let mut had = vec![false; self.items.len()];
        let feed = |shopper: &mut dyn super::method::Shopper, had: &mut [bool], basket: &Basket| {
            basket.items.iter().for_each(|item| had[*item as usize] = true);
            shopper.feed(basket);
        };
        past.iter().for_each(|basket| feed(&mut *shopper, &mut had, basket));

        let mut scores = vec![0.0; self.items.len()];
        let one = |basket: &Basket| {
            shopper.scores(basket.at, &mut scores);
            let all = Figures::of(&top(&scores, |_| false), &basket.items);
            let unseen: Vec<u32> = basket.items.iter().copied().filter(|item| !had[*item as usize]).collect();
            let new = (!unseen.is_empty()).then(|| Figures::of(&top(&scores, |item| had[item]), &unseen));
            feed(&mut *shopper, &mut had, basket);
            (all, new)
        };
        future.iter().map(one).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::method::Popularity;
    use super::*;
    use crate::table::Line;

    /// 10 users take item 0 in 5 orders and item 1 in 3, at times 0 to 79; then come times 80 to 100.
    fn table() -> Table {
        let mut lines = Vec::new();
        for user in 0..10u32 {
            let mut add = |item, at: i64| lines.push(Line { user, item, order: at as u64, at });
            (0..5).for_each(|n| add(0, n * 10));
            (0..3).for_each(|n| add(1, n * 10));
            add(2, 20); // too rare
            add(1, 90 + i64::from(user));
            add(2, 90 + i64::from(user));
        }
        lines.push(Line { user: 10, item: 1, order: 100, at: 100 });
        let names = |n: u32| (0..n).map(|n| n.to_string()).collect();
        Table { users: names(11), items: names(3), lines, ratings: None }
    }

    #[test]
    fn counts_follow_the_protocol() {
        let split = Split::new(&table()).unwrap();
        assert_eq!((split.items.clone(), split.cut), (vec!["0".into(), "1".into()], 80));
        let expected = Counts {
            items: 2,
            users: 11,
            train_rows: 80,
            train_pairs: 20,
            train_baskets: 50,
            eval_users: 11,
            eval_baskets: 11,
        };
        assert_eq!(split.counts(), expected);
        assert!((split.coverage - 11.0 / 21.0).abs() < 1e-12);
    }

    #[test]
    fn new_items_are_those_never_had_before() {
        let score = Split::new(&table()).unwrap().score(&Popularity);
        // All have had item 1 but the newcomer, for whom it is the second.
        assert_eq!((score.all.lists, score.new.lists), (11, 1));
        assert_eq!(score.all.means()[1], 0.5);
        assert_eq!(score.new.means()[1], 0.5);
    }

    /// The published counts, where the data is at hand.
    #[test]
    fn counts_on_complete_journey() {
        let Some(path) = std::env::var_os("HOMEBODY_DATA") else {
            eprintln!("SKIPPED: set HOMEBODY_DATA to the folder with Complete Journey's purchases");
            return;
        };
        let split = Split::new(&Table::read(path.as_ref(), &["purchase"]).unwrap()).unwrap();
        let expected = Counts {
            items: 9_463,
            users: 2_469,
            train_rows: 930_117,
            train_pairs: 523_706,
            train_baskets: 115_677,
            eval_users: 2_261,
            eval_baskets: 28_414,
        };
        assert_eq!(split.counts(), expected);
        let score = split.score(&Popularity);
        let rounded = |means: Means| means.means().map(|mean| format!("{mean:.4}"));
        assert_eq!(score.new.lists, 20_113);
        assert_eq!(rounded(score.all), ["0.1466", "0.1940", "0.1106"]);
        assert_eq!(rounded(score.new), ["0.0322", "0.0278", "0.0194"]);
    }
}
