//! `homebody evaluate`: one table that says how good each way of ranking is, and how sure that is.
//! `homebody advise`: which of them suits the data.

pub mod advise;
pub mod bootstrap;
pub mod chart;
mod curve;
mod data;
pub mod drift;
mod facts;
mod methods;
pub mod metrics;
mod outcome;
mod record;
mod report;
mod score;
mod settings;
mod split;
mod strangers;
mod training;

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Map, Value};

use crate::error::{Error, Result};
use chart::Panel;
use data::Data;
use outcome::{Outcome, cold_panel, panels};
use score::score;
use split::{Protocol, Slice, Split};
use strangers::cold;
use training::Training;

#[derive(Args)]
pub struct Evaluate {
    #[command(flatten)]
    data: Data,
    /// What is compared: NAME or NAME:SETTING=NUMBER:…
    #[arg(long, value_name = "METHOD,…", value_delimiter = ',', default_value = "popular,static,online,frequency")]
    compare: Vec<String>,
    /// The method that the others are compared with; the first, or popular for strangers
    #[arg(long, value_name = "METHOD")]
    against: Option<String>,
    /// What is scored
    #[arg(long, value_name = "SLICE", default_value = "test")]
    slice: Slice,
    /// Leave a tenth of the users out of training, and score the first clicks of their baskets
    #[arg(long)]
    strangers: bool,
    /// Strangers: how many tenths of the users are left out, one after another, each with a training of its own
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=10))]
    tenths: u64,
    /// Write everything that was measured
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Draw NDCG@20 over the length of the history
    #[arg(long, value_name = "FILE.svg")]
    chart: Option<PathBuf>,
}

impl Evaluate {
    pub fn run(mut self) -> Result<()> {
        let against = self.against()?;
        let (table, protocol) = self.data.read()?;
        let protocol = match (self.strangers, protocol) {
            (true, Protocol::Sessions) => {
                return Err(Error::request(
                    "--strangers is for purchases: a session that is scored is a stranger's already",
                ));
            }
            (true, _) => Protocol::Strangers,
            (false, protocol) => protocol,
        };
        let split = self.data.split(&table, protocol, self.slice)?;
        report::counts(&split);

        let training = self.data.training(&split)?;
        let seed = self.data.model.seed;
        let mut record = record::question(&self.data, &split, self.slice, &training.settings);
        if self.strangers {
            let of = |split: &Split, training: &Training<'_>| {
                let one = |label: &String| Outcome::of(label, training, |method| cold(split, method, seed));
                self.compare.iter().map(one).collect::<Result<Vec<_>>>()
            };
            let mut outcomes = of(&split, &training)?;
            for tenth in 1..self.tenths {
                let split = self.data.split_at(&table, protocol, self.slice, tenth)?;
                report::counts(&split);
                let more = of(&split, &self.data.training(&split)?)?;
                outcomes.iter_mut().zip(more).for_each(|(all, more)| all.result.extend(more.result));
            }
            if outcomes[against].result.is_empty() {
                return Err(Error::content(&self.data.path, "no stranger has a basket of more than ten known items"));
            }
            report::strangers(&outcomes, against, seed);
            record.extend(record::strangers(&outcomes, against, seed));
            return self.write(record, &[cold_panel(&outcomes)]);
        }
        let mut outcomes: Vec<Outcome<_>> = Vec::new();
        for label in &self.compare {
            let outcome = Outcome::of(label, &training, |method| score(&split, method))?;
            if outcomes.is_empty() {
                report::head(&outcome.result);
            }
            report::row(&outcome);
            outcomes.push(outcome);
        }
        report::differences_to(&outcomes, against, seed);
        record.extend(record::comparison(&outcomes, against, seed));
        self.write(record, &panels(&outcomes))
    }

    /// Which of the methods the others are compared with. A wrong name should not be told after minutes.
    fn against(&mut self) -> Result<usize> {
        self.compare.iter().try_for_each(|label| methods::find(label).map(|_| ()))?;
        let place = |compare: &[String], name: &str| compare.iter().position(|label| label == name);
        match &self.against {
            Some(name) => place(&self.compare, name).ok_or_else(|| {
                let compared = self.compare.join(", ");
                Error::request(format!("--against {name}: right would be one of those compared: {compared}"))
            }),
            None if self.strangers => Ok(place(&self.compare, "popular").unwrap_or_else(|| {
                self.compare.insert(0, "popular".into());
                0
            })),
            None => Ok(0),
        }
    }

    fn write(&self, record: Map<String, Value>, panels: &[Panel]) -> Result<()> {
        if let Some(path) = &self.json {
            let text = serde_json::to_string_pretty(&record).expect("texts and numbers become JSON");
            write(path, &(text + "\n"))?;
        }
        if let Some(path) = &self.chart {
            let below = "Bands: 95 % of the mean over lists. Behind each name: the figure at the end of its line.";
            write(path, &chart::svg("What a method makes of a history", below, panels))?;
        }
        Ok(())
    }
}

fn write(path: &Path, text: &str) -> Result<()> {
    std::fs::write(path, text).map_err(Error::file(path))
}
