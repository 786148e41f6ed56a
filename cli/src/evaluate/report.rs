//! What `homebody evaluate` prints: Markdown, to be read as it is.

use chrono::DateTime;

use super::bootstrap::RESAMPLES;
use super::metrics::Means;
use super::outcome::Outcome;
use super::score::Score;
use super::split::{Protocol, Split};
use super::strangers::{AFTER, Cold, differences, points};

pub fn counts(split: &Split) {
    let counts = split.counts();
    let left = format!("{:.1} % of its lines are left", 100.0 * split.coverage);
    if split.protocol == Protocol::Sessions {
        let (sessions, events) = (counts.train_users, counts.train_baskets);
        println!("before the cut: {} items, {sessions} sessions, {events} events", counts.items);
        println!("scored: {} sessions, {} events after the first; {left}\n", counts.eval_users, counts.eval_baskets);
        return;
    }
    let cut = DateTime::from_timestamp_millis(split.cut).unwrap_or_default();
    println!("{} users, cut at {}", counts.users, cut.format("%Y-%m-%d %H:%M:%S"));
    println!(
        "before it: {} items, {} users with {} baskets, {} lines, {} pairs of user and item",
        counts.items, counts.train_users, counts.train_baskets, counts.train_rows, counts.train_pairs,
    );
    println!("scored: {} users, {} baskets; {left}\n", counts.eval_users, counts.eval_baskets);
}

pub fn head(score: &Score) {
    let (all, new) = (score.on_all().lists, score.on_new().lists);
    println!("All items: {all} lists. Items new to the user: {new} lists.");
    println!("{:.1} % of what was taken had been taken before.\n", 100.0 * score.repeat_share());
    let columns = ["Recall@20", "MRR@20", "NDCG@20"];
    let names: Vec<String> = ["all", "new"].iter().flat_map(|which| columns.map(|c| format!("{c} {which}"))).collect();
    table_head("method", &names);
}

pub fn row(outcome: &Outcome<Score>) {
    println!("| {} | {} | {} |", outcome.label, cells(&outcome.result.on_all()), cells(&outcome.result.on_new()));
}

/// The second table: how sure the differences are.
pub fn differences_to(outcomes: &[Outcome<Score>], against: usize, seed: u64) {
    println!("\n± is the standard error of the mean over lists, unpaired.");
    if outcomes.len() < 2 {
        return;
    }
    println!();
    let base = &outcomes[against];
    table_head(&format!("NDCG@20 minus that of {}", base.label), &["all".into(), "new".into()]);
    for outcome in outcomes.iter().enumerate().filter(|(index, _)| *index != against).map(|(_, outcome)| outcome) {
        let [all, new] = outcome.differences(base, seed);
        println!("| {} | {all} | {new} |", outcome.label);
    }
    paired_foot();
}

/// Both tables of strangers.
pub fn strangers(outcomes: &[Outcome<Vec<Cold>>], against: usize, seed: u64) {
    let base = &outcomes[against];
    let users = base.result.chunk_by(|a, b| a.user == b.user).count();
    println!(
        "Strangers: {users} users, {} baskets of more than {} items.\n",
        base.result.len(),
        AFTER[AFTER.len() - 1]
    );
    let names = AFTER.map(|after| format!("after {after}"));
    table_head("NDCG@20 of the rest of the basket", &names);
    for outcome in outcomes {
        let cells: Vec<String> =
            points(&outcome.result).iter().map(|point| format!("{:.4} ±{:.4}", point.ndcg, point.error)).collect();
        println!("| {} | {} |", outcome.label, cells.join(" | "));
    }
    println!();
    table_head(&format!("minus that of {}", base.label), &names);
    for outcome in outcomes.iter().enumerate().filter(|(index, _)| *index != against).map(|(_, outcome)| outcome) {
        let all = differences(&outcome.result, &base.result, seed);
        let cells: Vec<String> = all.iter().map(ToString::to_string).collect();
        println!("| {} | {} |", outcome.label, cells.join(" | "));
    }
    paired_foot();
}

fn table_head(first: &str, names: &[String]) {
    println!("| {first} | {} |", names.join(" | "));
    println!("|---|{}", "---|".repeat(names.len()));
}

fn paired_foot() {
    println!("\nIn brackets the 95 % interval of a paired bootstrap, {RESAMPLES} draws of whole users or sessions.");
}

fn cells(means: &Means) -> String {
    let cell = |(mean, error): (f64, f64)| format!("{mean:.4} ±{error:.4}");
    let cells: Vec<String> = means.means().into_iter().zip(means.errors()).map(cell).collect();
    cells.join(" | ")
}
