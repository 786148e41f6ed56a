//! The bundle's two kinds of item-to-item lists, as the command line wants them.

use std::collections::{BTreeMap, HashMap};

use clap::{Args, ValueEnum};

use super::heldout::HeldOut;
use super::neighbours::{Lists, Settings, next, together};
use super::positive;
use super::steps::{self, Recency, Steps};
use super::vocabulary::Vocabulary;
use crate::bundle::Tensor;
use crate::table::{Basket, Table};

#[derive(Args, Clone, Copy)]
pub struct ItemLists {
    /// The longest list of items that go together, and of items that come next
    #[arg(long, default_value_t = 20, value_name = "K", value_parser = clap::value_parser!(u16).range(0..=1000))]
    neighbours: u16,
    /// What counts as together; without this, baskets where most hold two items or more
    #[arg(long, value_name = "WITHIN")]
    together: Option<Within>,
    /// The days after which a purchase counts half for these lists; without this, all count alike
    #[arg(long, value_name = "DAYS", value_parser = positive)]
    half_life: Option<f32>,
    /// The fewest users behind anything that stands in the bundle
    #[arg(long, default_value_t = 5, value_name = "K")]
    min_shoppers: u32,
}

/// So many orders without the other item are added to what is known of two items.
const SHRINK: f32 = 20.0;

#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
pub enum Within {
    /// One order
    Basket,
    /// The last 200 items of one user
    History,
}

/// Items that go together, and items that come next.
pub struct Both {
    pub together: Lists,
    pub next: Lists,
}

impl ItemLists {
    pub fn count(
        &self, table: &Table, baskets: &[Basket], vocabulary: &Vocabulary, until: &HashMap<u32, i64>, held: &HeldOut,
    ) -> Both {
        let now = baskets.iter().map(|basket| basket.at).max().unwrap_or(0);
        let recency = Recency { now, half_life: self.half_life.unwrap_or(f32::INFINITY) };
        let settings = Settings { most: self.neighbours.into(), min_users: self.min_shoppers, shrink: SHRINK };
        let rows = steps::baskets(baskets, vocabulary, &recency);
        let rows = match self.together.unwrap_or_else(|| usual(&rows)) {
            Within::Basket => rows,
            Within::History => steps::histories(baskets, vocabulary, &recency),
        };
        let together = together(&rows, &settings);
        let next = next(&steps::sequences(table, vocabulary, &recency, until), &settings);
        println!(
            "{} pairs of items taken together, {} of an item and what comes next, each of {} users or more",
            together.items.len(),
            next.items.len(),
            self.min_shoppers,
        );
        if !held.is_empty() {
            println!(
                "{}: {:.4} by items taken together, {:.4} by what comes next",
                held.name(),
                held.lists(&together),
                held.lists(&next)
            );
        }
        Both { together, next }
    }
}

/// Baskets, unless most hold one item and say nothing.
fn usual(rows: &Steps) -> Within {
    let several = (0..rows.user.len()).filter(|row| rows.matrix.by_user.row(*row).len() > 1).count();
    if several * 2 >= rows.user.len() { Within::Basket } else { Within::History }
}

impl Both {
    pub fn tensors(&self) -> BTreeMap<String, Tensor> {
        let mut tensors = BTreeMap::new();
        for (name, lists) in [("together", &self.together), ("next", &self.next)] {
            let (weights, scale) = lists.quantise();
            let items = lists.offsets.len() - 1;
            tensors.extend([
                (format!("{name}.offsets"), Tensor::u32(&lists.offsets)),
                (format!("{name}.items"), Tensor::places(&lists.items, items)),
                (format!("{name}.weights"), Tensor::u8(&weights)),
                (format!("{name}.scale"), Tensor::f32(&[scale])),
            ]);
        }
        tensors
    }
}
