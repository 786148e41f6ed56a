//! `homebody preset`: a bundle for a shop that has sold nothing yet, from its list of items alone.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

use clap::Args;

use crate::bundle::{self, Labels, Parts, Sensitive};
use crate::content::{self, Items};
use crate::error::{Error, Result};
use crate::import::{self, Item};
use crate::train::{Quantised, Shop};

/// Numbers in a vector, unless the command line says otherwise.
pub const DIM: u16 = 32;

#[derive(Args)]
pub struct Preset {
    /// A CSV or Parquet file with a line for each item: id, and as many of name, category, brand and price as
    /// there are. What should stand first for a stranger stands first
    #[arg(value_name = "ITEMS")]
    items: PathBuf,
    /// The folder for factors.safetensors and catalogue.json
    #[arg(long, value_name = "SHOPDIR")]
    out: PathBuf,
    /// Numbers in a vector
    #[arg(long, default_value_t = DIM, value_parser = clap::value_parser!(u16).range(1..=256))]
    dim: u16,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    sensitive: Sensitive,
}

impl Preset {
    pub fn run(self) -> Result<()> {
        let items = import::items(&self.items)?;
        let mut known = HashSet::new();
        let (items, twice): (Vec<Item>, Vec<Item>) = items.into_iter().partition(|item| known.insert(item.id.clone()));
        if let Some(first) = twice.first() {
            println!("{} lines of items that stood before are left out, the first of {:?}", twice.len(), first.id);
        }
        if items.is_empty() {
            return Err(Error::content(&self.items, "has no item; right would be a line for each"));
        }
        let (bundle, version, categories) = self.bundle(&items)?;
        Shop::new(version, bundle, &items, &categories).publish(&self.out)
    }

    fn bundle(&self, items: &[Item]) -> Result<(Vec<u8>, String, Labels)> {
        let known = Items::of(items)?;
        let factors = content::factors(&known, self.dim.into(), self.seed).ok_or_else(|| {
            let message = "tells no two items apart; right would be columns of names, categories, brands or prices";
            Error::content(&self.items, message)
        })?;
        let Quantised { values, scale } = Quantised::of(&factors, self.dim.into());
        let provenance =
            format!("homebody preset {}, from {} items and no orders", env!("CARGO_PKG_VERSION"), items.len());
        let mut metadata = BTreeMap::from([
            ("homebody.model".into(), "preset".into()),
            ("homebody.provenance".into(), provenance),
            ("homebody.hyperparameters".into(), serde_json::json!({ "dim": self.dim, "seed": self.seed }).to_string()),
        ]);
        metadata.extend(self.sensitive.metadata(&known.categories)?);
        let parts = Parts {
            ids: known.ids,
            factors: values,
            scale,
            popularity: vec![0.0; items.len()],
            categories: known.categories,
            brands: known.brands,
            prices: known.prices,
            ratings: [1.0, 3.5, 5.0],
            metadata,
        };
        let (version, bytes) = bundle::write(&parts)?;
        Ok((bytes, version, parts.categories))
    }
}
