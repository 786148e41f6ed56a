//! `homebody simulate`: a month of real orders, played through the browser's own code into reports.
//!
//! Each household is a browser that agreed on the month's first day. [`crowd`] draws them, [`shopper`] plays them.
//! Then one run goes over the wire: [`send`] posts what their ledgers say to a running server, which takes or refuses
//! it, and [`outcome`] has the sums beside the truth. And many runs stay here: [`coverage`] draws the noise again and
//! again, and counts how often the intervals hold the truth. Only the delay's and the noise's randomness is not the
//! browser's: it comes from `--seed`, so that a run can be repeated.

pub mod coverage;
pub mod crowd;
mod outcome;
pub mod send;
pub mod shopper;

use clap::Args;

use crate::error::Result;
use crate::serve::wanted::Wanted;
use coverage::Coverage;
use crowd::Source;
use outcome::Outcome;
use shopper::Played;

#[derive(Args)]
pub struct Simulate {
    #[command(flatten)]
    source: Source,
    /// A running `homebody serve` that takes one run in; for days older than its --oldest-report it refuses
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// The last days of the data, moved so that they end today
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=365))]
    days: u16,
    /// How many shoppers, drawn from the households with replacement; without it, each household once
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    shoppers: Option<u32>,
    /// How often the noise of a day is drawn, to see how many intervals hold the truth
    #[arg(long, default_value_t = 1_000, value_name = "N")]
    runs: u32,
    /// Of a thousand days of a household, so many have the shelf by popularity
    #[arg(long, default_value_t = 100, value_name = "N", value_parser = clap::value_parser!(u16).range(0..=1_000))]
    popular: u16,
    #[command(flatten)]
    wanted: Wanted,
}

impl Simulate {
    pub fn run(self) -> Result<()> {
        let mut settings = self.wanted.settings()?;
        settings.popular = self.popular;
        let server = self.server.as_deref().map(send::Server::named).transpose()?;
        let crowd = self.source.read(self.days)?;
        let played = crowd.play(self.shoppers.map(|shoppers| shoppers as usize), &settings);
        if let Some(server) = server {
            let bodies: Vec<Vec<u8>> = played.iter().flat_map(Played::bodies).collect();
            let answers = server.send_all(&bodies.iter().map(Vec::as_slice).collect::<Vec<_>>())?;
            print!("{}", Outcome::new(&crowd.departments, &played, &answers));
        }
        if self.runs > 0 {
            let days = coverage::one_of_each(&played, self.source.seed);
            print!("{}", Coverage::measure(&days, &crowd.departments, &settings, self.runs, self.source.seed));
        }
        Ok(())
    }
}
