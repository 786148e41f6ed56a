//! What a shop serves: the bundle and the catalogue, and what they say about themselves.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use chrono::DateTime;

use super::catalogue::Catalogue;
use super::options::{Options, folder};
use super::prepared::Prepared;
use super::tune::Tuned;
use crate::bundle::{self, Labels};
use crate::error::{Error, Result};
use crate::import::{self, Item};
use crate::table::compare_ids;

pub struct Shop {
    version: String,
    pub bundle: Vec<u8>,
    catalogue: Vec<u8>,
}

/// The file that browsers download.
pub const BUNDLE: &str = "factors.safetensors";

impl Shop {
    pub fn new(version: String, bundle: Vec<u8>, items: &[Item], categories: &Labels) -> Self {
        let catalogue = Catalogue::new(&version, items, categories);
        let catalogue = serde_json::to_vec(&catalogue).expect("texts and numbers become JSON");
        Self { version, bundle, catalogue }
    }

    /// Puts both files in place, each at once: a browser reads the old one or the new one.
    pub fn publish(&self, out: &Path) -> Result<()> {
        std::fs::create_dir_all(out).map_err(Error::file(out))?;
        for (name, bytes) in [(BUNDLE, &self.bundle), ("catalogue.json", &self.catalogue)] {
            let path = out.join(name);
            let part = out.join(format!("{name}.part"));
            std::fs::write(&part, bytes).map_err(Error::file(&part))?;
            std::fs::rename(&part, &path).map_err(Error::file(&path))?;
            println!("{}: {} bytes", path.display(), bytes.len());
        }
        let (read, _) = bundle::read(&out.join(BUNDLE))?;
        let (version, departments) = (&self.version, read.departments().len());
        println!("version {version}: {} items, {} dimensions, {departments} departments", read.len(), read.dim());
        Ok(())
    }
}

/// What is known of each item of the vocabulary, in its order; behind them, if wanted, the items that nobody
/// has taken, by their ids.
pub fn known_items(data: &Path, prepared: &Prepared, new_ones: bool) -> Result<Vec<Item>> {
    let file = folder(data).join("items.parquet");
    let known = if file.exists() { import::items(&file)? } else { Vec::new() };
    let mut known: HashMap<String, Item> = known.into_iter().map(|item| (item.id.clone(), item)).collect();
    let item = |number: &u32| {
        let id = &prepared.table.items[*number as usize];
        known.remove(id).unwrap_or_else(|| Item::unknown(id))
    };
    let mut items: Vec<Item> = prepared.vocabulary.items.iter().map(item).collect();
    if new_ones {
        prepared.table.items.iter().for_each(|taken| drop(known.remove(taken)));
        let mut new: Vec<Item> = known.into_values().collect();
        new.sort_by(|a, b| compare_ids(&a.id, &b.id));
        println!("{} items that nobody has taken come in by their attributes", new.len());
        items.extend(new);
    }
    Ok(items)
}

/// For people who ask where a bundle comes from and how good it is.
pub fn metadata(
    options: &Options, prepared: &Prepared, tuned: Option<&Tuned>, evaluation: &BTreeMap<String, serde_json::Value>,
) -> BTreeMap<String, String> {
    let baskets = &prepared.baskets;
    let day = |at: Option<i64>| at.and_then(DateTime::from_timestamp_millis).unwrap_or_default().format("%Y-%m-%d");
    let first = day(baskets.iter().map(|basket| basket.at).min());
    let last = day(baskets.iter().map(|basket| basket.at).max());
    let provenance = format!(
        "homebody train {}, from {} orders of {} users, {first} to {last}",
        env!("CARGO_PKG_VERSION"),
        baskets.len(),
        prepared.table.users.len(),
    );
    let mut metadata = BTreeMap::from([
        ("homebody.model".into(), options.kind.name().into()),
        ("homebody.trained_at".into(), trained_at().format("%Y-%m-%dT%H:%M:%SZ").to_string()),
        ("homebody.provenance".into(), provenance),
        ("homebody.hyperparameters".into(), options.hyperparameters().to_string()),
    ]);
    if !evaluation.is_empty() {
        let evaluation = serde_json::to_string(evaluation).expect("texts and numbers become JSON");
        metadata.insert("homebody.evaluation".into(), evaluation);
    }
    if let Some(tuned) = tuned {
        metadata.insert("homebody.tuning".into(), tuned.report());
    }
    metadata
}

/// Now, or the time that <https://reproducible-builds.org/specs/source-date-epoch/> gives: who
/// builds the same twice wants the same bytes.
fn trained_at() -> DateTime<chrono::Utc> {
    let given = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|seconds| seconds.parse().ok());
    let seconds = given.unwrap_or_else(|| import::now() / 1_000);
    DateTime::from_timestamp(seconds, 0).unwrap_or_default()
}
