//! Plain item-to-item lists, for the lines that say what lists alone are worth and what leaving out
//! the pairs of few users costs. The lists in the bundle are those of the mix.

use clap::{Args, ValueEnum};

use super::neighbours::{Lists, Settings, next, together};
use super::options::positive;
use super::prepared::Prepared;
use super::steps::{self, Recency, Steps};

#[derive(Args, Clone, Copy, Debug)]
pub struct ItemLists {
    /// The longest list of items that go together, and of items that come next
    #[arg(long, default_value_t = 20, value_name = "K", value_parser = clap::value_parser!(u16).range(0..=1000))]
    pub neighbours: u16,
    /// What counts as together in the printed comparison; without this, baskets where most hold two items or more
    #[arg(long, value_name = "WITHIN")]
    together: Option<Within>,
    /// The days after which a purchase counts half in the printed comparison
    #[arg(long, default_value_t = 60.0, value_name = "DAYS", value_parser = positive)]
    half_life: f32,
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
    /// Counts both, and says what leaving out the pairs of too few users costs.
    pub fn count(&self, prepared: &Prepared, min_shoppers: u32) -> Both {
        let Prepared { table, baskets, vocabulary, held, .. } = prepared;
        let recency = Recency { now: prepared.now(), half_life: self.half_life };
        let settings = Settings { most: self.neighbours.into(), shrink: SHRINK };
        let users = [min_shoppers, 1];
        let rows = steps::baskets(baskets, vocabulary, &recency);
        let rows = match self.together.unwrap_or_else(|| usual(&rows)) {
            Within::Basket => rows,
            Within::History => steps::histories(baskets, vocabulary, &recency),
        };
        let [together, all_together] = together(&rows, &settings, users);
        drop(rows);
        let [next, all_next] =
            next(&steps::sequences(table, vocabulary, &recency, &prepared.until()), &settings, users);
        for (what, lists, all) in [("taken together", &together, &all_together), ("what comes next", &next, &all_next)]
        {
            let cost = if held.is_empty() {
                String::new()
            } else {
                let (figure, all) = (held.lists(lists), held.lists(all));
                format!("; held out {figure:.4}, {all:.4} with all pairs: a cost of {:.4}", all - figure)
            };
            println!("{what}: {} pairs of {min_shoppers} users or more{cost}", lists.items.len());
        }
        Both { together, next }
    }

    pub fn hyperparameters(&self) -> serde_json::Value {
        // Of the lists in the bundle, which are the mix's; the others only serve the lines that compare.
        serde_json::json!({ "neighbours": self.neighbours })
    }
}

/// Baskets, unless most hold one item and say nothing.
fn usual(rows: &Steps) -> Within {
    let several = (0..rows.user.len()).filter(|row| rows.matrix.by_user.row(*row).len() > 1).count();
    if several * 2 >= rows.user.len() { Within::Basket } else { Within::History }
}
