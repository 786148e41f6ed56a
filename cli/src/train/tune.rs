//! `homebody tune`: settings of als that do well on the past, and a report of how they were found.
//!
//! Random settings, thinned out by successive halving (Jamieson, Talwalkar 2016): all get few
//! iterations, the better half of them twice as many, and so on. Folds are nested in time: each
//! learns from before its cut and is asked the next basket of each user in the eight hundredths of
//! the time that follow. The last fifth of the time is never looked at: there others may measure.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use chrono::DateTime;
use clap::Args;
use serde_json::{Value, json};

use super::Settings;
use super::als::Als;
use super::heldout::HeldOut;
use super::learner::Learner;
use super::matrix::{Matrix, count_pairs};
use super::options::{Choice, Model, plain};
use super::prepared;
use super::vocabulary::Vocabulary;
use crate::error::{Error, Result};
use crate::progress::Progress;
use crate::random::Random;
use crate::table::{Basket, Table};

#[derive(Args)]
pub struct Tune {
    /// The folder that `homebody import` wrote
    #[arg(value_name = "DIR")]
    data: PathBuf,
    /// The file for the report, which `homebody train --tuned` takes
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// How many cuts in time the settings are tried at
    #[arg(long, default_value_t = 3, value_name = "K", value_parser = clap::value_parser!(u16).range(1..=6))]
    folds: u16,
    /// How many settings are tried
    #[arg(long, default_value_t = 12, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=500))]
    trials: u16,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    choice: Choice,
}

/// Hundredths of the time: what is looked at, and how much of it one fold asks about.
const SEEN: i64 = 80;
const WINDOW: i64 = 8;
/// Iterations of each round.
const ROUNDS: [usize; 4] = [3, 6, 12, 24];
const DIMS: [usize; 5] = [16, 32, 64, 96, 128];
/// Between which alpha and regularization are drawn, evenly in log.
const ALPHAS: [f32; 2] = [0.1, 50.0];
const REGULARIZATIONS: [f32; 2] = [0.3, 200.0];
/// A fold asks no more users than this.
const MOST: usize = 2_000;

/// What one cut in time teaches and asks.
struct Fold {
    cut: i64,
    until: i64,
    matrix: Matrix,
    held: HeldOut,
}

/// One way to set als, and the mean figure over the folds after so many iterations.
struct Trial {
    settings: Settings,
    figures: Vec<(usize, f64)>,
}

impl Tune {
    pub fn run(self) -> Result<()> {
        let mut table = prepared::read(&self.data, &self.choice)?;
        let report = self.report(&mut table)?;
        println!("best: {}", report["best"]);
        let text = serde_json::to_string_pretty(&report).expect("texts and numbers become JSON");
        std::fs::write(&self.out, text).map_err(Error::file(&self.out))?;
        println!("{}: for homebody train --tuned", self.out.display());
        Ok(())
    }

    fn report(&self, table: &mut Table) -> Result<Value> {
        let folds = folds(table, &self.choice, self.folds.into(), self.seed)?;
        let mut trials = trials(self.trials.into(), self.seed);
        let progress = Progress::steps(ROUNDS.len() as u64, "tuning");
        let mut racing: Vec<usize> = (0..trials.len()).collect();
        for iterations in ROUNDS {
            for trial in &racing {
                let trial = &mut trials[*trial];
                let settings = Settings { iterations, ..trial.settings };
                let figure = folds.iter().map(|fold| fold.figure(&settings)).sum::<f64>() / folds.len() as f64;
                trial.figures.push((iterations, figure));
                let Settings { dim, alpha, regularization, .. } = settings;
                progress.say(&format!(
                    "{iterations:>2} iterations, dim {dim:>3}, alpha {alpha:>7.3}, regularization {regularization:>7.3}: {figure:.4}"
                ));
            }
            // The earlier of equals; sorting is stable.
            racing.sort_by(|a, b| trials[*b].last().total_cmp(&trials[*a].last()));
            racing.truncate(racing.len().div_ceil(2));
            progress.advance(1);
        }
        drop(progress);
        Ok(report(&trials, &folds))
    }
}

/// The cuts, from early to late. What lies behind the time that may be seen goes from the table.
fn folds(table: &mut Table, choice: &Choice, count: i64, seed: u64) -> Result<Vec<Fold>> {
    let times = || table.lines.iter().map(|line| line.at);
    let (first, last) = (times().min().unwrap_or(0), times().max().unwrap_or(0));
    let after = |hundredths: i64| first + (last - first) * hundredths / 100;
    let end = after(SEEN);
    table.lines.retain(|line| line.at < end);
    let baskets: Vec<Basket> = table.baskets().into_iter().filter(|basket| basket.at < end).collect();
    (0..count)
        .map(|fold| {
            let cut = after(SEEN - WINDOW * (count - fold));
            Fold::new(table, &baskets, choice, cut, after(SEEN - WINDOW * (count - fold - 1)), seed)
        })
        .collect()
}

impl Fold {
    fn new(table: &Table, baskets: &[Basket], choice: &Choice, cut: i64, until: i64, seed: u64) -> Result<Self> {
        let before: Vec<Basket> = baskets.iter().filter(|basket| basket.at < cut).cloned().collect();
        let vocabulary = Vocabulary::choose(&before, &table.items, choice.min_orders, choice.min_users)?;
        let known: HashSet<u32> = before.iter().map(|basket| basket.user).collect();
        // The first basket behind the cut of each user, and of these the seeded ones.
        let mut asked: Vec<Basket> = baskets
            .chunk_by(|a, b| a.user == b.user)
            .filter(|baskets| known.contains(&baskets[0].user))
            .filter_map(|baskets| baskets.iter().find(|basket| (cut..until).contains(&basket.at)).cloned())
            .collect();
        let mut random = Random::new(seed);
        while asked.len() > MOST {
            asked.swap_remove((random.next() % asked.len() as u64) as usize);
        }
        let held = HeldOut::new(&asked, &before, &vocabulary);
        if held.is_empty() {
            return Err(Error::request(format!(
                "no user has a basket both before and after the cut at {}; right would be fewer --folds or a longer time",
                day(cut),
            )));
        }
        let pairs = before.iter().flat_map(|basket| {
            let user = basket.user;
            vocabulary.places(basket).into_iter().map(move |item| (user, item))
        });
        let matrix = Matrix::new(table.users.len(), vocabulary.len(), &count_pairs(pairs));
        Ok(Self { cut, until, matrix, held })
    }

    fn figure(&self, settings: &Settings) -> f64 {
        let als = Als { matrix: &self.matrix, settings: *settings };
        let mut factors = als.start();
        (1..=settings.iterations).for_each(|iteration| {
            als.iterate(iteration, &mut factors);
        });
        self.held.factors(&factors)
    }
}

impl Trial {
    fn last(&self) -> f64 {
        self.figures.last().map_or(0.0, |(_, figure)| *figure)
    }

    fn value(&self) -> Value {
        let Settings { dim, alpha, regularization, .. } = self.settings;
        let figures: Vec<Value> = self.figures.iter().map(|(n, figure)| json!([n, round(*figure)])).collect();
        json!({ "dim": dim, "alpha": plain(alpha), "regularization": plain(regularization), "figures": figures })
    }
}

/// The usual settings first, then random ones.
fn trials(count: usize, seed: u64) -> Vec<Trial> {
    let mut random = Random::new(seed ^ 0x7475_6e65);
    let usual = Settings { dim: 64, iterations: 0, alpha: 0.5, regularization: 40.0, seed };
    let drawn = std::iter::repeat_with(|| {
        let dim = DIMS[(random.next() % DIMS.len() as u64) as usize];
        let mut between = |[low, high]: [f32; 2]| {
            let value = low * libm::powf(high / low, random.unit());
            // Two digits say enough, and a person can type them.
            let step = libm::powf(10.0, libm::floorf(libm::log10f(value)) - 1.0);
            libm::roundf(value / step) * step
        };
        Settings { dim, alpha: between(ALPHAS), regularization: between(REGULARIZATIONS), ..usual }
    });
    let settings = std::iter::once(usual).chain(drawn).take(count);
    settings.map(|settings| Trial { settings, figures: Vec::new() }).collect()
}

fn report(trials: &[Trial], folds: &[Fold]) -> Value {
    let all = trials.iter().flat_map(|trial| trial.figures.iter().map(move |(n, figure)| (trial, *n, *figure)));
    let best = all.reduce(|a, b| if b.2 > a.2 { b } else { a });
    let best = best.map(|(trial, iterations, figure)| {
        let Settings { dim, alpha, regularization, .. } = trial.settings;
        json!({
            "dim": dim, "alpha": plain(alpha), "regularization": plain(regularization), "iterations": iterations,
            "figure": round(figure),
        })
    });
    let of = |fold: &Fold| json!({ "cut": day(fold.cut), "until": day(fold.until), "users": fold.held.len() });
    json!({
        "method": "successive halving over random settings of als, folds nested in time",
        "measure": "NDCG@20 of each user's next basket after the cut, mean over users and folds",
        "best": best,
        "folds": folds.iter().map(of).collect::<Vec<_>>(),
        "trials": trials.iter().map(Trial::value).collect::<Vec<_>>(),
    })
}

fn round(figure: f64) -> f64 {
    (figure * 1e4).round() / 1e4
}

fn day(at: i64) -> String {
    DateTime::from_timestamp_millis(at).unwrap_or_default().format("%Y-%m-%d %H:%M").to_string()
}

/// A report, as training takes it.
#[derive(Debug)]
pub struct Tuned {
    report: Value,
    best: Settings,
}

impl Tuned {
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(Error::file(path))?;
        let wrong = || {
            Error::content(
                path,
                "is no report of homebody tune: it has no \"best\" with dim, iterations, alpha and regularization",
            )
        };
        let report: Value = serde_json::from_str(&text).map_err(|_| wrong())?;
        let number = |name: &str| report["best"][name].as_f64().filter(|number| *number > 0.0).ok_or_else(wrong);
        let whole = |name: &str| {
            number(name).and_then(|n| if n <= 1_024.0 && n.fract() == 0.0 { Ok(n as usize) } else { Err(wrong()) })
        };
        let best = Settings {
            dim: whole("dim")?,
            iterations: whole("iterations")?,
            alpha: number("alpha")? as f32,
            regularization: number("regularization")? as f32,
            seed: 0,
        };
        Ok(Self { report, best })
    }

    pub fn apply(&self, model: &mut Model) {
        model.dim = self.best.dim as u16;
        model.iterations = self.best.iterations as u16;
        (model.alpha, model.regularization) = (self.best.alpha, self.best.regularization);
    }

    pub fn report(&self) -> String {
        self.report.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Line;

    /// Two tastes; each user takes three of its five items a day, for 100 days.
    fn table(changed: impl Fn(i64) -> bool) -> Table {
        let mut lines = Vec::new();
        for user in 0..30u32 {
            for day in 0..=100i64 {
                for n in 0..3u32 {
                    let mut item = (user + day as u32 * 3 + n * n) % 5 * 2 + user % 2;
                    if changed(day) {
                        item = 9 - item;
                    }
                    lines.push(Line { user, item, order: day as u64, at: day * 86_400_000 + i64::from(user) });
                }
            }
        }
        let names = |n: u32| (0..n).map(|n| n.to_string()).collect();
        Table { users: names(30), items: names(10), lines, ..Table::default() }
    }

    fn tune() -> Tune {
        let choice =
            Choice { min_orders: 1, min_users: 1, min_shoppers: 1, prune: 0.0, kinds: Vec::new(), without: None };
        Tune { data: PathBuf::new(), out: PathBuf::new(), folds: 2, trials: 4, seed: 1, choice }
    }

    #[test]
    fn the_last_fifth_is_never_looked_at() {
        let report = |changed: fn(i64) -> bool| tune().report(&mut table(changed)).unwrap();
        let plain = report(|_| false);
        assert_eq!(plain, report(|day| day > 80));
        // The control: what lies before does count.
        assert_ne!(plain, report(|day| day == 70));
        assert_eq!(plain["folds"][1]["cut"], "1970-03-14 00:00", "day 72 of 100");
    }

    #[test]
    fn each_round_halves_and_the_best_of_all_is_told() {
        let report = tune().report(&mut table(|_| false)).unwrap();
        let trials = report["trials"].as_array().unwrap();
        let mut rounds: Vec<usize> = trials.iter().map(|trial| trial["figures"].as_array().unwrap().len()).collect();
        rounds.sort_unstable();
        assert_eq!(rounds, [1, 1, 2, 4]);
        let figures = trials.iter().flat_map(|trial| trial["figures"].as_array().unwrap());
        let most = figures.map(|pair| pair[1].as_f64().unwrap()).fold(0.0, f64::max);
        assert_eq!(report["best"]["figure"].as_f64(), Some(most));
    }

    #[test]
    fn a_report_is_read_and_anything_else_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let report = tune().report(&mut table(|_| false)).unwrap();
        std::fs::write(file.path(), report.to_string()).unwrap();
        let tuned = Tuned::read(file.path()).unwrap();
        let mut model = Model { dim: 1, iterations: 1, alpha: 1.0, regularization: 1.0, seed: 7 };
        tuned.apply(&mut model);
        assert_eq!((u64::from(model.dim), model.seed), (report["best"]["dim"].as_u64().unwrap(), 7));
        for wrong in ["{}", "no", r#"{"best":{"dim":2.5,"iterations":1,"alpha":1,"regularization":1}}"#] {
            std::fs::write(file.path(), wrong).unwrap();
            assert!(Tuned::read(file.path()).unwrap_err().to_string().contains("no report of homebody tune"));
        }
    }
}
