//! `homebody train`: item factors, and all that stands beside them, from a table of interactions.

mod als;
mod asked;
mod attributes;
mod bpr;
mod catalogue;
mod checkpoint;
mod columns;
mod gram;
mod heldout;
mod learner;
mod map;
mod matrix;
mod memory;
mod neighbours;
pub mod neural;
mod options;
mod pipeline;
mod plane;
mod prepared;
mod quantise;
mod run;
mod shop;
mod temporal;
mod trained;
mod trim;
mod tune;
mod vocabulary;
mod weigh;

use std::path::PathBuf;

use clap::Args;

pub use als::{Factors, Settings, fit};
pub use gram::upper as gram;
pub use matrix::{Matrix, count_pairs};
pub use neighbours::{Lists, Settings as ListSettings, Steps, next, together};
pub use pipeline::Pipeline;
pub use quantise::Quantised;
pub use shop::Shop;
pub use tune::Tune;
pub use vocabulary::Vocabulary;

use crate::error::{Error, Result};
use options::Options;
use prepared::Prepared;

#[derive(Args)]
pub struct Train {
    /// The folder that `homebody import` wrote
    #[arg(value_name = "DIR")]
    data: PathBuf,
    /// The folder for factors.safetensors and catalogue.json
    #[arg(long, value_name = "SHOPDIR", required_unless_present = "quantize")]
    out: Option<PathBuf>,
    /// Only print what fewer bits and fewer dimensions save, and what they cost in recall
    #[arg(long)]
    quantize: bool,
    #[command(flatten)]
    options: Options,
}

/// Where training stands, while it goes on; a run that was stopped finds it again.
const CHECKPOINT: &str = "training.checkpoint";

impl Train {
    pub fn run(mut self) -> Result<()> {
        let tuned = self.options.tuned()?;
        let table = prepared::read(&self.data, &self.options.choice)?;
        let prepared = Prepared::new(table, &self.options.choice, self.options.model.seed)?;
        let Some(out) = self.out.filter(|_| !self.quantize) else {
            return weigh::weigh(&self.options.model.settings(), &prepared);
        };
        std::fs::create_dir_all(&out).map_err(Error::file(&out))?;
        let checkpoint = out.join(CHECKPOINT);
        let (shop, _) = trained::train(&self.options, &self.data, prepared, tuned.as_ref(), Some(&checkpoint))?;
        shop.publish(&out)?;
        // Only now is nothing left to go on with.
        checkpoint::remove(&checkpoint)?;
        if let Some(peak) = memory::peak() {
            println!("memory: {} at the most", memory::words(peak));
        }
        Ok(())
    }
}
