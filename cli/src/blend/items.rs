//! What is known of each item beside its factors: how it sells of late, and how it is bought again.

use super::past::Past;

const DAY: f32 = 86_400_000.0;
/// The weeks before the end that count as recent, in days.
const RECENT: f32 = 28.0;

/// One number for each item.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemFigures {
    /// Baskets with it in the last four weeks.
    pub recent: Vec<f32>,
    /// Days from its first basket to the end.
    pub age: Vec<f32>,
    /// Geometric mean of the days between two orders of one shopper.
    pub interval: Vec<f32>,
    /// The share of a shopper's orders after the first with it that hold it again.
    pub rate: Vec<f32>,
}

/// Intervals of the category, and of all, that an item is taken to have had before its first one.
const PRIOR_INTERVALS: f32 = 10.0;
const PRIOR_CATEGORY: f32 = 20.0;
/// Orders after the first that it is taken to have been in, at its category's rate.
const PRIOR_ORDERS: f32 = 50.0;

/// Sums over intervals and orders.
#[derive(Clone, Copy, Default)]
struct Sums {
    intervals: f32,
    logs: f32,
    again: f32,
    chances: f32,
}

impl Sums {
    fn add(&mut self, other: &Self) {
        self.intervals += other.intervals;
        self.logs += other.logs;
        self.again += other.again;
        self.chances += other.chances;
    }
}

/// `least`: of fewer shoppers nothing is told.
pub fn figures(past: &Past<'_>, categories: &[u16], least: u32) -> ItemFigures {
    let now = past.now();
    let days = |from: i64, to: i64| ((to - from) as f64 / f64::from(DAY)) as f32;
    // Recent baskets, the shoppers behind them, and the last of these.
    let mut recent = vec![(0.0, 0u32, u32::MAX); past.items];
    let mut first: Vec<Vec<i64>> = vec![Vec::new(); past.items];
    let mut sums = vec![Sums::default(); past.items];
    let mut last = vec![(0i64, 0usize, u32::MAX); past.items];
    for (user, history) in (0u32..).zip(&past.histories) {
        for (number, basket) in history.iter().enumerate() {
            for item in basket.items.iter().map(|item| *item as usize) {
                if days(basket.at, now) < RECENT {
                    let (baskets, shoppers, last) = &mut recent[item];
                    *baskets += 1.0;
                    *shoppers += u32::from(*last != user);
                    *last = user;
                }
                let (at, _, known) = last[item];
                if known == user {
                    sums[item].intervals += 1.0;
                    sums[item].logs += libm::logf(days(at, basket.at).max(0.25));
                    sums[item].again += 1.0;
                    last[item].0 = basket.at;
                } else {
                    first[item].push(basket.at);
                    sums[item].chances += (history.len() - 1 - number) as f32;
                    last[item] = (basket.at, number, user);
                }
            }
        }
    }
    let mut all = Sums::default();
    let mut of_category = vec![Sums::default(); usize::from(categories.iter().copied().max().unwrap_or(0)) + 1];
    for (sum, category) in sums.iter().zip(categories) {
        all.add(sum);
        of_category[usize::from(*category)].add(sum);
    }
    let mean = |sum: &Sums, prior: f32, weight: f32| (sum.logs + weight * prior) / (sum.intervals + weight);
    let rate = |sum: &Sums, prior: f32| (sum.again + PRIOR_ORDERS * prior) / (sum.chances + PRIOR_ORDERS);
    let overall = if all.intervals > 0.0 { all.logs / all.intervals } else { libm::logf(30.0) };
    let overall_rate = (all.again + 1.0) / (all.chances + 20.0);
    let figure = |item: usize| {
        let category = categories.get(item).map_or(&all, |category| &of_category[usize::from(*category)]);
        let interval = mean(&sums[item], mean(category, overall, PRIOR_CATEGORY), PRIOR_INTERVALS);
        (libm::expf(interval), rate(&sums[item], rate(category, overall_rate)).min(1.0))
    };
    let (interval, rate) = (0..past.items).map(figure).unzip();
    let recent = recent.into_iter().map(|(baskets, shoppers, _)| if shoppers < least { 0.0 } else { baskets });
    // Since when so many shoppers had had it.
    let age = first.into_iter().map(|mut first| {
        first.sort_unstable();
        first.get(least.max(1) as usize - 1).map_or(0.0, |at| days(*at, now))
    });
    ItemFigures { recent: recent.collect(), age: age.collect(), interval, rate }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Basket;

    #[test]
    fn intervals_and_rates_are_drawn_to_the_category() {
        let day = DAY as i64;
        let basket = |user, at: i64, items: &[u32]| Basket { user, at: at * day, items: items.into() };
        // Item 0 every 10 days in each order; item 1 once; item 2, of another category, never again.
        let weekly: Vec<Basket> = (0..200).map(|n| basket(0, n * 10, if n == 5 { &[0, 1] } else { &[0] })).collect();
        let once = [basket(1, 0, &[2]), basket(1, 1_990, &[0])];
        let past = Past { items: 3, histories: vec![&weekly, &once], visits: false };
        let figures = figures(&past, &[0, 0, 1], 1);
        assert!((figures.interval[0] - 10.0).abs() < 0.2, "{:?}", figures.interval);
        assert!((figures.interval[1] - 10.0).abs() < 0.2, "of its category: {:?}", figures.interval);
        assert!(figures.rate[0] > 0.75 && figures.rate[1] < figures.rate[0], "{:?}", figures.rate);
        assert!(figures.rate[2] < figures.rate[0], "drawn to all where its category says nothing: {:?}", figures.rate);
        assert_eq!((figures.recent[0], figures.recent[2]), (4.0, 0.0));
        assert_eq!(figures.age, [1_990.0, 1_940.0, 1_990.0]);
        let of_two = super::figures(&past, &[0, 0, 1], 2);
        assert_eq!((of_two.recent[0], of_two.age), (4.0, vec![0.0, 0.0, 0.0]), "only one shopper had it before");
    }
}
