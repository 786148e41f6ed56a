//! `homebody evaluate`: one table that says how good each way of ranking is.

pub mod methods;
pub mod metrics;
pub mod report;
pub mod score;
pub mod settings;
pub mod split;
pub mod training;

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::error::Result;
use crate::import::{self, Filter, Item};
use crate::table::Table;
use methods::{Made, find, make};
use score::score;
use settings::Model;
use split::{Plan, Protocol, Slice, Split};
use training::Training;

#[derive(Args)]
pub struct Evaluate {
    /// A file of purchases or of sessions, or a folder with interactions.parquet, purchases.parquet or
    /// events.parquet
    #[arg(value_name = "DATA")]
    data: PathBuf,
    /// What is compared: NAME or NAME:SETTING=NUMBER:…
    #[arg(long, value_name = "METHOD,…", value_delimiter = ',', default_value = "popular,static,online,frequency")]
    compare: Vec<String>,
    /// Where the past ends; sessions for a table without times, time otherwise
    #[arg(long, value_name = "BY")]
    split: Option<By>,
    /// What is scored
    #[arg(long, value_name = "SLICE", default_value = "test")]
    slice: Slice,
    /// Only rows with this value in this column; may be given several times
    #[arg(long = "where", value_name = "COLUMN=VALUE")]
    filters: Vec<Filter>,
    /// The fewest baskets an item must be in before the cut; 25, or 5 events of sessions
    #[arg(long, value_name = "N")]
    min_orders: Option<u32>,
    /// The fewest users that must have taken it; 10, or 1 session
    #[arg(long, value_name = "N")]
    min_users: Option<u32>,
    #[command(flatten)]
    model: Model,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum By {
    /// By the time of purchases
    Time,
    /// By the order of the sessions' ids
    #[value(alias = "order")]
    Sessions,
}

impl Evaluate {
    pub fn run(self) -> Result<()> {
        // A wrong name should not be told after minutes.
        self.compare.iter().try_for_each(|label| find(label).map(|_| ()))?;
        let split = self.read()?;
        report::counts(&split);
        let settings = self.model.settings(split.protocol);
        let training = Training::new(&split, known_items(&self.data)?, settings);
        for (index, label) in self.compare.iter().enumerate() {
            let Made { label, method, .. } = make(label, &training)?;
            let score = score(&split, &*method);
            if index == 0 {
                report::head(&score);
            }
            report::row(&label, &score);
        }
        report::foot();
        Ok(())
    }

    fn read(&self) -> Result<Split> {
        let sessions = match self.split {
            Some(by) => by == By::Sessions,
            None => Table::only_sessions(&self.data)?,
        };
        let (table, protocol) = if sessions {
            (Table::sessions(&self.data, &self.filters)?, Protocol::Sessions)
        } else {
            (Table::read_where(&self.data, &["purchase"], &self.filters)?, Protocol::Purchases)
        };
        let usual = Plan::new(protocol);
        let plan = Plan {
            slice: self.slice,
            min_orders: self.min_orders.unwrap_or(usual.min_orders),
            min_users: self.min_users.unwrap_or(usual.min_users),
            seed: self.model.seed,
            ..usual
        };
        Split::new(&table, &plan)
    }
}

/// What the folder says of its items; the categories are part of what a profile learns.
fn known_items(data: &Path) -> Result<Vec<Item>> {
    let folder = if data.is_dir() { data } else { data.parent().unwrap_or(Path::new(".")) };
    let file = folder.join("items.parquet");
    if file.exists() { import::items(&file) } else { Ok(Vec::new()) }
}
