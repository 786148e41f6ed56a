//! What `homebody evaluate` prints: Markdown, to be read as it is.

use chrono::DateTime;

use super::metrics::Means;
use super::score::Score;
use super::split::{Protocol, Split};

pub fn counts(split: &Split) {
    let counts = split.counts();
    let known = format!("{:.1} % of the events are of known items\n", 100.0 * split.coverage);
    if split.protocol == Protocol::Sessions {
        println!(
            "to learn from: {} items, {} sessions, {} events",
            counts.items, counts.train_users, counts.train_baskets
        );
        println!(
            "to be scored: {} sessions, {} events after the first; {known}",
            counts.eval_users, counts.eval_baskets
        );
        return;
    }
    let cut = DateTime::from_timestamp_millis(split.cut).unwrap_or_default();
    println!("cut at {}", cut.format("%Y-%m-%d %H:%M:%S"));
    println!(
        "before it: {} items, {} users, {} baskets, {} lines, {} pairs of user and item",
        counts.items, counts.users, counts.train_baskets, counts.train_rows, counts.train_pairs,
    );
    println!("after it: {} users, {} baskets; {known}", counts.eval_users, counts.eval_baskets);
}

pub fn head(score: &Score) {
    let (all, new) = (score.all().lists, score.new().lists);
    println!("All items: {all} lists. Items new to the user: {new} lists.");
    println!("{:.1} % of what was taken had been taken before.\n", 100.0 * score.repeat_share());
    let columns = ["Recall@20", "MRR@20", "NDCG@20"];
    let names: Vec<String> = ["all", "new"].iter().flat_map(|which| columns.map(|c| format!("{c} {which}"))).collect();
    println!("| method | {} |", names.join(" | "));
    println!("|---|{}", "---|".repeat(names.len()));
}

pub fn row(label: &str, score: &Score) {
    println!("| {label} | {} | {} |", cells(&score.all()), cells(&score.new()));
}

pub fn foot() {
    println!("\n± is the standard error of the mean over lists, unpaired.");
}

fn cells(means: &Means) -> String {
    let cell = |(mean, error): (f64, f64)| format!("{mean:.4} ±{error:.4}");
    let cells: Vec<String> = means.means().into_iter().zip(means.errors()).map(cell).collect();
    cells.join(" | ")
}
