//! `homebody evaluate`: one table that says how good each way of ranking is.

pub mod method;
pub mod metrics;
pub mod online;
pub mod protocol;

use std::path::{Path, PathBuf};

use chrono::DateTime;
use clap::Args;

use crate::error::Result;
use crate::import::{self, Item};
use crate::progress::Progress;
use crate::table::Table;
use crate::train::{Model, fit};
use method::{Frequency, Method, Popularity, StaticFactors};
use metrics::Means;
use online::OnlineProfile;
use protocol::{Score, Split};

#[derive(Args)]
pub struct Evaluate {
    /// A file of purchases, or a folder with interactions.parquet, purchases.parquet or events.parquet
    #[arg(value_name = "DATA")]
    data: PathBuf,
    #[command(flatten)]
    model: Model,
}

impl Evaluate {
    pub fn run(self) -> Result<()> {
        let table = Table::read(&self.data, &["purchase"])?;
        let split = Split::new(&table)?;
        drop(table);
        print_counts(&split);

        let settings = self.model.settings();
        let progress = Progress::steps(settings.iterations as u64, "training");
        let factors = fit(&split.matrix(), &settings, |iteration, _, loss| {
            progress.step(&format!("iteration {iteration:>2}: loss {loss:.6}"));
        });
        drop(progress);

        let online = OnlineProfile::new(&split, &factors, &known_items(&self.data)?)?;
        let methods: [Box<dyn Method>; 4] = [
            Box::new(Popularity),
            Box::new(StaticFactors(factors)),
            Box::new(online),
            Box::new(Frequency { items: split.items.len() }),
        ];
        for (index, method) in methods.iter().enumerate() {
            let score = split.score(method.as_ref());
            if index == 0 {
                print_head(&score);
            }
            println!("| {} | {} | {} |", method.name(), cells(&score.all), cells(&score.new));
        }
        println!("\n± is the standard error of the mean over baskets, unpaired.");
        Ok(())
    }
}

/// What the folder says of its items; the categories are part of what a profile learns.
fn known_items(data: &Path) -> Result<Vec<Item>> {
    let folder = if data.is_dir() { data } else { data.parent().unwrap_or(Path::new(".")) };
    let file = folder.join("items.parquet");
    if file.exists() { import::items(&file) } else { Ok(Vec::new()) }
}

fn print_counts(split: &Split) {
    let counts = split.counts();
    let cut = DateTime::from_timestamp_millis(split.cut).unwrap_or_default();
    println!("cut at {}", cut.format("%Y-%m-%d %H:%M:%S"));
    println!(
        "before it: {} items, {} users, {} baskets, {} lines, {} pairs of user and item",
        counts.items, counts.users, counts.train_baskets, counts.train_rows, counts.train_pairs,
    );
    println!(
        "after it: {} users, {} baskets; {:.1} % of the lines are of known items\n",
        counts.eval_users,
        counts.eval_baskets,
        100.0 * split.coverage,
    );
}

fn print_head(score: &Score) {
    println!("All items: {} baskets. Items new to the user: {} baskets.\n", score.all.lists, score.new.lists);
    let columns = ["Recall@20", "MRR@20", "NDCG@20"];
    let names: Vec<String> = ["all", "new"].iter().flat_map(|which| columns.map(|c| format!("{c} {which}"))).collect();
    println!("| method | {} |", names.join(" | "));
    println!("|---|{}", "---|".repeat(names.len()));
}

fn cells(means: &Means) -> String {
    let cell = |(mean, error): (f64, f64)| format!("{mean:.4} ±{error:.4}");
    let cells: Vec<String> = means.means().into_iter().zip(means.errors()).map(cell).collect();
    cells.join(" | ")
}
