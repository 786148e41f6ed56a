//! What the parts of the mix are learnt from: histories up to a moment.

use homebody::interaction::Kind;

use crate::table::Basket;
use crate::train::{Matrix, Steps, count_pairs};

/// Histories of places in a vocabulary, each in order of time. A visit is one history whose baskets
/// are its single events; a household's history is made of orders.
#[derive(Clone, Debug, Default)]
pub struct Past<'a> {
    /// Size of the vocabulary, which is in falling popularity.
    pub items: usize,
    /// One shopper's or one visit's baskets.
    pub histories: Vec<&'a [Basket]>,
    pub visits: bool,
}

impl<'a> Past<'a> {
    /// What an event of it is to a profile.
    pub fn kind(&self) -> Kind {
        if self.visits { Kind::Click } else { Kind::Purchase }
    }

    /// The time of the last basket, in milliseconds since 1970.
    pub fn now(&self) -> i64 {
        self.histories.iter().filter_map(|history| history.last()).map(|basket| basket.at).max().unwrap_or(0)
    }

    fn baskets(&self) -> impl Iterator<Item = &'a Basket> {
        self.histories.iter().flat_map(|history| history.iter())
    }

    /// How many baskets hold each item.
    pub fn popularity(&self) -> Vec<f32> {
        let mut popularity = vec![0.0; self.items];
        let items = self.baskets().flat_map(|basket| &basket.items);
        items.for_each(|item| popularity[*item as usize] += 1.0);
        popularity
    }

    /// How often each history holds each item.
    pub fn matrix(&self) -> Matrix {
        let rows = (0u32..).zip(&self.histories);
        let pairs =
            rows.flat_map(|(row, history)| history.iter().flat_map(move |b| b.items.iter().map(move |i| (row, *i))));
        Matrix::new(self.histories.len(), self.items, &count_pairs(pairs))
    }

    /// Rows of what goes together: a visit, or an order.
    pub fn together(&self) -> Steps {
        let mut rows: Vec<(u32, Vec<u32>)> = Vec::new();
        for (user, history) in (0u32..).zip(&self.histories) {
            if self.visits {
                let mut items: Vec<u32> = history.iter().flat_map(|basket| basket.items.iter().copied()).collect();
                items.sort_unstable();
                items.dedup();
                rows.push((user, items));
            } else {
                rows.extend(history.iter().map(|basket| (user, basket.items.clone())));
            }
        }
        self.steps(&rows)
    }

    /// Rows of what comes one after another: the events of a visit, the orders of a household.
    pub fn sequences(&self) -> Steps {
        let rows = (0u32..).zip(&self.histories);
        let rows: Vec<(u32, Vec<u32>)> =
            rows.flat_map(|(user, history)| history.iter().map(move |basket| (user, basket.items.clone()))).collect();
        self.steps(&rows)
    }

    fn steps(&self, rows: &[(u32, Vec<u32>)]) -> Steps {
        let triples: Vec<(u32, u32, f32)> =
            (0u32..).zip(rows).flat_map(|(row, (_, items))| items.iter().map(move |item| (row, *item, 1.0))).collect();
        let user: Vec<u32> = rows.iter().map(|(user, _)| *user).collect();
        Steps { matrix: Matrix::new(rows.len(), self.items, &triples), sequence: user.clone(), user }
    }
}
