//! `homebody train`: item factors from a table of interactions.

mod als;
mod catalogue;
mod heldout;
mod matrix;
#[allow(dead_code, reason = "`homebody train --model` is to call it")]
pub mod neural;
mod quantise;
mod vocabulary;

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use chrono::DateTime;
use clap::Args;

pub use als::{Factors, Settings, fit};
use catalogue::Catalogue;
use heldout::HeldOut;
pub use matrix::{Matrix, count_pairs};
use quantise::Quantised;
pub use vocabulary::Vocabulary;

use crate::bundle::{self, Labels, Parts};
use crate::error::{Error, Result};
use crate::import::{self, Item};
use crate::progress::Progress;
use crate::table::{Basket, Table};

#[derive(Args)]
pub struct Train {
    /// The folder that `homebody import` wrote
    #[arg(value_name = "DIR")]
    data: PathBuf,
    /// The folder for factors.safetensors and catalogue.json
    #[arg(long, value_name = "SHOPDIR")]
    out: PathBuf,
    #[command(flatten)]
    model: Model,
    /// The fewest orders an item must be in
    #[arg(long, default_value_t = 25, value_name = "N")]
    min_orders: u32,
    /// The fewest users who must have taken it
    #[arg(long, default_value_t = 10, value_name = "N")]
    min_users: u32,
    /// The kinds of interaction to learn from
    #[arg(long, value_delimiter = ',', default_value = "purchase", value_name = "KIND,…")]
    kinds: Vec<String>,
}

/// The model's settings; names as in the library `implicit`.
#[derive(Args, Clone, Copy)]
pub struct Model {
    /// Numbers in a vector
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub dim: u16,
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub iterations: u16,
    /// Confidence in a pair = 1 + alpha · how often the user took the item
    #[arg(long, default_value_t = 0.5, value_parser = positive)]
    pub alpha: f32,
    /// What is added to the diagonal
    #[arg(long, default_value_t = 40.0, value_parser = positive)]
    pub regularization: f32,
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

fn positive(text: &str) -> Result<f32, String> {
    let number: f32 = text.parse().map_err(|_| "right would be a number, such as 0.5".to_string())?;
    if number.is_finite() && number > 0.0 { Ok(number) } else { Err("right would be above 0".into()) }
}

impl Model {
    pub fn settings(&self) -> Settings {
        Settings {
            dim: self.dim.into(),
            iterations: self.iterations.into(),
            alpha: self.alpha,
            regularization: self.regularization,
            seed: self.seed,
        }
    }
}

impl Train {
    pub fn run(self) -> Result<()> {
        let kinds = self.kinds.iter().map(|name| {
            import::kind(name)
                .ok_or_else(|| Error::request(format!("{name:?} is no kind; right would be {}", import::KINDS)))
        });
        let table = Table::read(&self.data, &kinds.collect::<Result<Vec<_>>>()?)?;
        let mut baskets = table.baskets();
        let held = heldout::take(&mut baskets, self.model.seed);
        let vocabulary = Vocabulary::choose(&baskets, &table.items, self.min_orders, self.min_users)?;
        let held = HeldOut::new(&held, &vocabulary);
        let matrix = matrix(&baskets, &vocabulary, table.users.len());
        println!(
            "{} orders of {} users; {} of {} items are in {} orders of {} users or more; {} pairs",
            baskets.len(),
            table.users.len(),
            vocabulary.len(),
            table.items.len(),
            self.min_orders,
            self.min_users,
            matrix.by_user.entries(),
        );

        let factors = self.fit(&matrix, &held);
        let quantised = Quantised::of(&factors.items, factors.dim);
        let evaluation = evaluation(&factors, &quantised, &held);
        self.write(&table, &baskets, &vocabulary, quantised, evaluation)
    }

    fn fit(&self, matrix: &Matrix, held: &HeldOut) -> Factors {
        let settings = self.model.settings();
        let progress = Progress::steps(settings.iterations as u64, "training");
        if held.is_empty() {
            progress.say("no user has two baskets of these items: nothing could be held out");
        } else {
            progress.say(&held.name());
        }
        fit(matrix, &settings, |iteration, factors, loss| {
            let figure =
                if held.is_empty() { String::new() } else { format!(", held out {:.4}", held.figure(factors)) };
            progress.step(&format!("iteration {iteration:>2}: loss {loss:.6}{figure}"));
        })
    }

    fn write(
        &self, table: &Table, baskets: &[Basket], vocabulary: &Vocabulary, quantised: Quantised,
        evaluation: Option<serde_json::Value>,
    ) -> Result<()> {
        let items = items(&self.data, table, vocabulary)?;
        let texts = |get: fn(&Item) -> &String| items.iter().map(|item| get(item).as_str()).collect::<Vec<_>>();
        let categories = Labels::new(&texts(|item| &item.category), None)?;
        let parts = Parts {
            ids: items.iter().map(|item| item.id.clone()).collect(),
            factors: quantised.values,
            scale: quantised.scale,
            popularity: vocabulary.orders.iter().map(|orders| *orders as f32).collect(),
            brands: Labels::new(&texts(|item| &item.brand), Some(""))?,
            prices: items.iter().map(|item| item.price.unwrap_or(0.0)).collect(),
            ratings: table.ratings.unwrap_or([1.0, 3.5, 5.0]),
            metadata: self.metadata(table, baskets, evaluation),
            categories,
        };
        let (version, bytes) = bundle::write(&parts)?;
        let catalogue = Catalogue::new(&version, &items, &parts.categories);
        let catalogue = serde_json::to_vec(&catalogue).expect("texts and numbers become JSON");

        std::fs::create_dir_all(&self.out).map_err(Error::file(&self.out))?;
        for (name, bytes) in [("factors.safetensors", &bytes), ("catalogue.json", &catalogue)] {
            let path = self.out.join(name);
            let part = self.out.join(format!("{name}.part"));
            std::fs::write(&part, bytes).map_err(Error::file(&part))?;
            std::fs::rename(&part, &path).map_err(Error::file(&path))?;
            println!("{}: {} bytes", path.display(), bytes.len());
        }
        let (read, _) = bundle::read(&self.out.join("factors.safetensors"))?;
        let departments = read.departments().len();
        println!("version {version}: {} items, {} dimensions, {departments} departments", read.len(), read.dim());
        Ok(())
    }

    fn metadata(
        &self, table: &Table, baskets: &[Basket], evaluation: Option<serde_json::Value>,
    ) -> BTreeMap<String, String> {
        let Model { dim, iterations, alpha, regularization, seed } = self.model;
        let hyperparameters = serde_json::json!({
            "dim": dim, "iterations": iterations, "alpha": alpha, "regularization": regularization, "seed": seed,
            "min_orders": self.min_orders, "min_users": self.min_users, "kinds": self.kinds,
        });
        let day = |at: Option<i64>| at.and_then(DateTime::from_timestamp_millis).unwrap_or_default().format("%Y-%m-%d");
        let first = day(baskets.iter().map(|basket| basket.at).min());
        let last = day(baskets.iter().map(|basket| basket.at).max());
        let provenance = format!(
            "homebody train {}, from {} orders of {} users, {first} to {last}",
            env!("CARGO_PKG_VERSION"),
            baskets.len(),
            table.users.len(),
        );
        let trained_at = DateTime::from_timestamp_millis(import::now()).unwrap_or_default();
        let mut metadata = BTreeMap::from([
            ("homebody.model".into(), "als".into()),
            ("homebody.trained_at".into(), trained_at.format("%Y-%m-%dT%H:%M:%SZ").to_string()),
            ("homebody.provenance".into(), provenance),
            ("homebody.hyperparameters".into(), hyperparameters.to_string()),
        ]);
        if let Some(evaluation) = evaluation {
            metadata.insert("homebody.evaluation".into(), evaluation.to_string());
        }
        metadata
    }
}

/// How often each user took each item of the vocabulary.
fn matrix(baskets: &[Basket], vocabulary: &Vocabulary, users: usize) -> Matrix {
    let pairs = baskets.iter().flat_map(|basket| {
        let user = basket.user;
        vocabulary.places(basket).into_iter().map(move |item| (user, item))
    });
    Matrix::new(users, vocabulary.len(), &count_pairs(pairs))
}

/// Says what rounding to 8 bits costs.
fn evaluation(factors: &Factors, quantised: &Quantised, held: &HeldOut) -> Option<serde_json::Value> {
    if held.is_empty() {
        return None;
    }
    let exact = held.figure(factors);
    let rounded = held.figure(&Factors { items: quantised.restore(), ..factors.clone() });
    println!("{}: {exact:.4}; with factors in 8 bits {rounded:.4}", held.name());
    let round = |x: f64| (x * 1e4).round() / 1e4;
    Some(serde_json::json!({ "measure": held.name(), "f32": round(exact), "int8": round(rounded) }))
}

/// What is known of each item of the vocabulary, in its order.
fn items(data: &Path, table: &Table, vocabulary: &Vocabulary) -> Result<Vec<Item>> {
    let folder = if data.is_dir() { data } else { data.parent().unwrap_or(Path::new(".")) };
    let file = folder.join("items.parquet");
    let known = if file.exists() { import::items(&file)? } else { Vec::new() };
    let mut known: HashMap<String, Item> = known.into_iter().map(|item| (item.id.clone(), item)).collect();
    let item = |number: &u32| {
        let id = &table.items[*number as usize];
        known.remove(id).unwrap_or_else(|| Item::unknown(id))
    };
    Ok(vocabulary.items.iter().map(item).collect())
}
