//! Popularity that changes with time (Koren 2009): `b(i, t) = b(i) + b(i, bin of t)`.
//!
//! Bins are weeks back from the last order, and each counts half of the one after it two weeks
//! later. The second part is `ln((n + m) / (e + m))`: n is how often the item was ordered in the last
//! eight weeks, so weighted, e how often it would have been with its share of all time, and m what
//! keeps a few orders from meaning much. Where too few shoppers took an item in these weeks, n is 0.

use super::prepared::Prepared;

/// A week in milliseconds.
const BIN: i64 = 7 * 86_400_000;
const BINS: i64 = 8;
/// In bins.
const HALF_LIFE: f32 = 2.0;
/// m, in weighted orders.
const SMOOTHING: f32 = 10.0;

/// Each item's bias in the last bin, ≤ 0: 0 for the most popular one now.
pub fn bias(prepared: &Prepared, min_shoppers: u32) -> Vec<f32> {
    let Prepared { baskets, vocabulary, .. } = prepared;
    let now = prepared.now();
    let mut recent = vec![0.0f32; vocabulary.len()];
    let mut users = vec![0u32; vocabulary.len()];
    let mut last_user = vec![u32::MAX; vocabulary.len()];
    for basket in baskets {
        let bin = (now - basket.at) / BIN;
        if bin >= BINS {
            continue;
        }
        let weight = libm::exp2f(-(bin as f32) / HALF_LIFE);
        for item in vocabulary.places(basket).into_iter().map(|item| item as usize) {
            recent[item] += weight;
            users[item] += u32::from(last_user[item] != basket.user);
            last_user[item] = basket.user;
        }
    }
    let orders: Vec<f32> = vocabulary.orders.iter().map(|orders| *orders as f32).collect();
    let sum = |values: &[f32]| values.iter().map(|value| f64::from(*value)).sum::<f64>();
    let share = (sum(&recent) / sum(&orders)) as f32;
    let bias: Vec<f32> = (0..orders.len())
        .map(|item| {
            let recent = if users[item] < min_shoppers { 0.0 } else { recent[item] };
            let trend = (recent + SMOOTHING) / (orders[item] * share + SMOOTHING);
            libm::logf(orders[item] + 1.0) + libm::logf(trend)
        })
        .collect();
    let most = bias.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    bias.into_iter().map(|bias| bias - most).collect()
}

/// The same, and what it gains where nothing is known of a shopper.
pub fn bias_in_words(prepared: &Prepared, min_shoppers: u32) -> (Vec<f32>, Option<[f64; 2]>) {
    let bias = bias(prepared, min_shoppers);
    let held = &prepared.held;
    let gain = (!held.is_empty()).then(|| {
        let always: Vec<f32> = prepared.vocabulary.orders.iter().map(|orders| *orders as f32).collect();
        let (always, now) = (held.ranking(&always), held.ranking(&bias));
        println!(
            "popularity: held out {always:.4} over all the time, {now:.4} with the last weeks' trend: a gain of {:.4}",
            now - always
        );
        [always, now]
    });
    (bias, gain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{Line, Table};
    use crate::train::options::Choice;

    /// Twenty users; item 0 is ordered every week, 1 only at first, 2 only in the end.
    fn prepared() -> Prepared {
        let mut lines = Vec::new();
        for user in 0..20u32 {
            for week in 0..40 {
                let order = u64::from(user) * 40 + week as u64;
                let mut add = |item| lines.push(Line { user, item, order, at: week * BIN });
                add(0);
                if week < 10 {
                    add(1);
                }
                if week >= 30 {
                    add(2);
                }
            }
        }
        let names = |n: u32| (0..n).map(|n| n.to_string()).collect();
        let table = Table { users: names(20), items: names(3), lines, ..Table::default() };
        let choice =
            Choice { min_orders: 1, min_users: 1, min_shoppers: 1, prune: 0.0, kinds: Vec::new(), without: None };
        Prepared::new(table, &choice, 1).unwrap()
    }

    #[test]
    fn what_is_popular_now_goes_first() {
        let prepared = prepared();
        let now = bias(&prepared, 1);
        let of = |item| now[prepared.vocabulary.place(item).unwrap() as usize];
        assert!(of(0) > of(2) && of(2) > of(1) + 1.5, "{now:?}");
        assert!(now.iter().all(|bias| *bias <= 0.0) && now.contains(&0.0));
        // The control: of what too few did nothing is said, and 1 is as good as 2.
        let always = bias(&prepared, 21);
        let of = |item| always[prepared.vocabulary.place(item).unwrap() as usize];
        assert!((of(1) - of(2)).abs() < 0.1, "{always:?}");
    }
}
