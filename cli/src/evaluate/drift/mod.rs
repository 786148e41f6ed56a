//! `homebody drift`: how soon a jump of the interest is seen, and how often one that was none.
//!
//! Factors are learnt from one half of the households. Each of the others is fed to a blank profile, order by
//! order, once as it is and once with another household's orders from the middle of the time on: a jump of
//! which is known when it was. Detectors watch losses that are taken before each order is learnt from.

mod streams;
mod watch;

use clap::Args;

use super::data::Data;
use super::split::Protocol;
use crate::error::{Error, Result};
use streams::{LOSSES, Stream};
use watch::{Feed, Measured, Watch};

#[derive(Args)]
pub struct Drift {
    #[command(flatten)]
    data: Data,
    /// How many households are watched at most
    #[arg(long, default_value_t = 500, value_name = "N")]
    households: usize,
    /// The false alarms in a household-year that are borne: of each kind of detector, the setting that finds most
    #[arg(long, default_value_t = 0.2, value_name = "RATE")]
    alarms: f64,
    /// Show every setting
    #[arg(long)]
    all: bool,
}

impl Drift {
    pub fn run(self) -> Result<()> {
        let (table, protocol) = self.data.read()?;
        if protocol != Protocol::Purchases {
            return Err(Error::request("drift is about purchases: a session is too short for an interest to move"));
        }
        let streams = streams::read(&table, &self.data, self.households)?;
        if streams.is_empty() {
            let few = format!("has no household with {} orders in each half of the time", streams::LEAST);
            return Err(Error::content(&self.data.path, few));
        }
        self.print(&streams);
        Ok(())
    }

    fn print(&self, streams: &[Stream]) {
        let (years, orders) = streams.iter().fold((0.0, 0), |(y, o), s| (y + s.years, o + s.steady.len()));
        println!("{} households, {years:.0} household-years, {orders} orders\n", streams.len());
        let within = watch::WITHIN.map(|orders| format!(" found in {orders} orders |")).concat();
        println!(
            "| loss | fed | detector | false alarms a year |{within} median delay | by chance in {} |",
            watch::WITHIN[1]
        );
        println!("| --- | --- | --- | ---: |{} ---: | ---: |", " ---: |".repeat(watch::WITHIN.len()));
        for (loss, name) in LOSSES.iter().enumerate() {
            for feed in Feed::ALL {
                for family in watch::families() {
                    let measured: Vec<(Watch, Measured)> =
                        family.into_iter().map(|watch| (watch, watch.measure(streams, loss, feed))).collect();
                    let borne = measured.iter().filter(|(_, m)| m.alarms <= self.alarms);
                    let best = borne.max_by(|a, b| a.1.found[1].total_cmp(&b.1.found[1]));
                    let shown: Vec<_> = if self.all { measured.iter().collect() } else { best.into_iter().collect() };
                    for (watch, measured) in shown {
                        println!("| {name} | {} | {watch} | {measured} |", feed.name());
                    }
                }
            }
        }
    }
}
