//! Cold start: users of whom training knows nothing, and one basket that they begin.
//!
//! A tenth of the users is left out of the past. For each of their baskets after the cut with more
//! than ten known items: a blank shopper, and the items one by one as clicks, in an order drawn by
//! the seed. After 0, 1, 3 and 10 of them the rest of the basket is the target; what was clicked is
//! no candidate. (Not in the order of the table: that may be by id or by price.)

use rayon::prelude::*;

use super::bootstrap::Difference;
use super::curve::Point;
use super::methods::Method;
use super::metrics::{Figures, Means, top};
use super::split::Split;
use crate::random::Random;
use crate::table::Basket;

/// After how many interactions a list is scored.
pub const AFTER: [usize; 4] = [0, 1, 3, 10];

/// A stranger's basket: one list after each of [`AFTER`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cold {
    pub user: u32,
    pub figures: [Figures; AFTER.len()],
}

/// Scores a method on all baskets that are large enough, user by user.
pub fn cold(split: &Split, method: &dyn Method, seed: u64) -> Vec<Cold> {
    let of_user = |user: usize| {
        let large = split.users[user].scored().iter().filter(|basket| basket.items.len() > AFTER[AFTER.len() - 1]);
        large.map(move |basket| one(split.items.len(), method, basket, seed)).collect::<Vec<_>>()
    };
    (0..split.users.len()).into_par_iter().flat_map_iter(of_user).collect()
}

fn one(items: usize, method: &dyn Method, basket: &Basket, seed: u64) -> Cold {
    let clicks = shuffled(&basket.items, seed ^ (u64::from(basket.user) << 32) ^ basket.at as u64);
    let mut shopper = method.start(basket.user as usize);
    let mut scores = vec![0.0; items];
    let mut fed = 0;
    let figures = AFTER.map(|after| {
        for click in &clicks[fed..after] {
            shopper.feed(&Basket { user: basket.user, at: basket.at, items: vec![*click] });
        }
        fed = after;
        shopper.scores(basket.at, &mut scores);
        let (clicked, rest) = clicks.split_at(after);
        let mut rest = rest.to_vec();
        rest.sort_unstable();
        Figures::of(&top(&scores, |item| clicked.contains(&(item as u32))), &rest)
    });
    Cold { user: basket.user, figures }
}

/// Each order as likely as the next (Fisher, Yates 1938; Durstenfeld 1964).
fn shuffled(items: &[u32], seed: u64) -> Vec<u32> {
    let mut items = items.to_vec();
    let mut random = Random::new(seed);
    for last in (1..items.len()).rev() {
        items.swap(last, ((u128::from(random.next()) * (last as u128 + 1)) >> 64) as usize);
    }
    items
}

/// The figures after each of [`AFTER`].
pub fn points(colds: &[Cold]) -> Vec<Point> {
    let point = |(index, after): (usize, usize)| {
        let means = Means::of(colds.iter().map(|cold| cold.figures[index]));
        Point::new(after as u32, after as u32, &means)
    };
    AFTER.into_iter().enumerate().map(point).collect()
}

/// The differences to another method, after each of [`AFTER`].
pub fn differences(colds: &[Cold], others: &[Cold], seed: u64) -> Vec<Difference> {
    let one = |index: usize| {
        let lists = colds.iter().zip(others);
        let lists: Vec<(u32, f64)> =
            lists.map(|(a, b)| (a.user, a.figures[index].ndcg - b.figures[index].ndcg)).collect();
        Difference::of(&lists, seed)
    };
    (0..AFTER.len()).map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::methods::Shopper;
    use crate::evaluate::split::{History, Protocol};

    /// Wants the items that follow the last one it was fed.
    struct Follow;

    struct Last(Option<u32>);

    impl Method for Follow {
        fn start(&self, _: usize) -> Box<dyn Shopper + '_> {
            Box::new(Last(None))
        }
    }

    impl Shopper for Last {
        fn scores(&mut self, _: i64, scores: &mut [f32]) {
            let from = self.0.unwrap_or(100);
            scores.iter_mut().zip(0..).for_each(|(score, item)| *score = -(from.abs_diff(item) as f32));
        }

        fn feed(&mut self, basket: &Basket) {
            self.0 = basket.items.first().copied();
        }
    }

    fn split(size: u32) -> Split {
        let basket = Basket { user: 0, at: 5, items: (0..size).collect() };
        let users = vec![History { baskets: vec![basket], past: 0, first: 0 }];
        let items = (0..200).map(|n| n.to_string()).collect();
        Split { protocol: Protocol::Strangers, items, users, cut: 0, coverage: 1.0 }
    }

    #[test]
    fn a_click_helps_whoever_follows_it() {
        let colds = cold(&split(12), &Follow, 1);
        let ndcg: Vec<f64> = colds[0].figures.iter().map(|figures| figures.ndcg).collect();
        assert_eq!(ndcg[0], 0.0);
        assert!(ndcg[1] > 0.8, "{ndcg:?}");
        // All that is left are two items, and both are among the nearest.
        assert_eq!(colds[0].figures[3].recall, 1.0);
        assert_eq!(points(&colds).iter().map(|p| p.from).collect::<Vec<_>>(), [0, 1, 3, 10]);
        assert_eq!(cold(&split(12), &Follow, 1), colds);
    }

    #[test]
    fn a_basket_that_leaves_no_target_is_too_small() {
        assert_eq!((cold(&split(10), &Follow, 1).len(), cold(&split(11), &Follow, 1).len()), (0, 1));
    }

    #[test]
    fn an_order_is_a_permutation_and_each_seed_has_its_own() {
        let items: Vec<u32> = (0..20).collect();
        let mut sorted = shuffled(&items, 1);
        assert_ne!(sorted, items);
        assert_ne!(sorted, shuffled(&items, 2));
        sorted.sort_unstable();
        assert_eq!(sorted, items);
    }
}
