//! Which table, which rows of it, and how it is split: the flags that the commands share.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::settings::Model;
use super::split::{Plan, Protocol, Slice, Split};
use super::training::{Training, described};
use crate::content::Items;
use crate::error::{Error, Result};
use crate::import::{self, Filter, Item};
use crate::table::Table;

#[derive(Args)]
pub struct Data {
    /// A file of purchases or of sessions, or a folder with interactions.parquet, purchases.parquet or
    /// events.parquet
    #[arg(value_name = "DATA")]
    pub path: PathBuf,
    /// Where the past ends; sessions for a table without times, time otherwise
    #[arg(long, value_name = "BY")]
    split: Option<By>,
    /// Only rows with this value in this column; may be given several times
    #[arg(long = "where", value_name = "COLUMN=VALUE")]
    pub filters: Vec<Filter>,
    /// The fewest baskets an item must be in before the cut; 25, or 5 events of sessions
    #[arg(long, value_name = "N")]
    min_orders: Option<u32>,
    /// The fewest users that must have taken it; 10, or 1 session
    #[arg(long, value_name = "N")]
    min_users: Option<u32>,
    #[command(flatten)]
    pub model: Model,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum By {
    /// By the time of purchases
    Time,
    /// By the order of the sessions' ids
    #[value(alias = "order")]
    Sessions,
}

impl Data {
    /// Reads the table; the data say which protocol is theirs, unless the command line does.
    pub fn read(&self) -> Result<(Table, Protocol)> {
        let sessions = match self.split {
            Some(by) => by == By::Sessions,
            None => Table::only_sessions(&self.path)?,
        };
        if sessions {
            return Ok((Table::sessions(&self.path, &self.filters)?, Protocol::Sessions));
        }
        Ok((Table::read_where(&self.path, &["purchase"], &self.filters, &HashSet::new())?, Protocol::Purchases))
    }

    pub fn split(&self, table: &Table, protocol: Protocol, slice: Slice) -> Result<Split> {
        self.split_at(table, protocol, slice, 0)
    }

    /// With another tenth of the users as strangers.
    pub fn split_at(&self, table: &Table, protocol: Protocol, slice: Slice, tenth: u64) -> Result<Split> {
        let usual = Plan::new(protocol);
        let plan = Plan {
            slice,
            tenth,
            min_orders: self.min_orders.unwrap_or(usual.min_orders),
            min_users: self.min_users.unwrap_or(usual.min_users),
            seed: self.model.seed,
            ..usual
        };
        let split = Split::new(table, &plan)?;
        if split.counts().eval_baskets == 0 {
            return Err(Error::content(&self.path, "nothing is left to be scored after the cut"));
        }
        Ok(split)
    }

    /// Items by their names, with what the folder says of them.
    pub fn items(&self, ids: &[String]) -> Result<Items> {
        described(&known_items(&self.path)?, ids)
    }

    /// What methods may learn from.
    pub fn training<'a>(&self, split: &'a Split) -> Result<Training<'a>> {
        Ok(Training::new(split, known_items(&self.path)?, self.model.settings(split.protocol)))
    }
}

/// What the folder says of its items; the categories are part of what a profile learns.
fn known_items(data: &Path) -> Result<Vec<Item>> {
    let folder = if data.is_dir() { data } else { data.parent().unwrap_or(Path::new(".")) };
    let file = folder.join("items.parquet");
    if file.exists() { import::items(&file) } else { Ok(Vec::new()) }
}
