//! `homebody simulate`: a month of real orders, played through the browser's own code into reports
//! that a running server takes or refuses; then the sums beside the truth.
//!
//! Each household is a browser that agreed on the month's first day. [`shopper`] plays it, [`send`]
//! posts what its ledger says, [`outcome`] compares. Only the delay's and the noise's randomness is
//! not the browser's: it comes from `--seed`, so that a run can be repeated.

mod outcome;
mod send;
mod shopper;

use std::path::PathBuf;

use clap::Args;
use homebody::Profiler;
use homebody::interaction::Millis;
use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::import;
use crate::random::Random;
use crate::serve::wanted::Wanted;
use crate::table::{Basket, Table};
use outcome::Outcome;
use shopper::{Month, Played};

#[derive(Args)]
pub struct Simulate {
    /// The folder that `homebody import` wrote
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The factors.safetensors that the server serves
    #[arg(long, value_name = "FILE")]
    bundle: PathBuf,
    /// A running `homebody serve`; for days older than its --oldest-report it refuses
    #[arg(long, value_name = "URL")]
    server: String,
    /// The last days of the data, moved so that they end today
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=365))]
    days: u16,
    /// How many households, drawn at random; without it, all
    #[arg(long, value_name = "N")]
    shoppers: Option<usize>,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Of a thousand days of a household, so many have the shelf by popularity
    #[arg(long, default_value_t = 100, value_name = "N", value_parser = clap::value_parser!(u16).range(0..=1_000))]
    popular: u16,
    #[command(flatten)]
    wanted: Wanted,
}

impl Simulate {
    pub fn run(self) -> Result<()> {
        let bytes = std::fs::read(&self.bundle).map_err(Error::file(&self.bundle))?;
        let open = || Profiler::open(&bytes).map_err(|error| Error::content(&self.bundle, error.to_string()));
        let departments = open()?.factors().departments().to_vec();
        let mut settings = self.wanted.settings()?;
        settings.popular = self.popular;
        let server = send::Server::named(&self.server)?;
        let table = Table::read(&self.data, &["purchase"])?;
        let mut baskets = table.baskets();

        let today = Millis(import::now()).day();
        let last = baskets.iter().map(|basket| Millis(basket.at).day()).max().expect("a table has lines");
        baskets.retain(|basket| Millis(basket.at).day() > last - i32::from(self.days));
        let shift = Millis::days(i64::from(today - last)).0;
        baskets.iter_mut().for_each(|basket| basket.at += shift);
        let households = self.choose(&baskets);
        println!(
            "{} of {} households ordered in the last {} days of the data; these days now end today",
            households.len(),
            table.users.len(),
            self.days
        );

        let month = Month { table: &table, settings, last_day: today };
        let played: Vec<Played> = households
            .par_iter()
            .map_init(open, |profiler, (seed, baskets)| match profiler {
                Ok(profiler) => month.play(profiler, baskets, *seed),
                Err(_) => unreachable!("the same bytes were read before"),
            })
            .collect();
        let bodies: Vec<&[u8]> = played.iter().flat_map(Played::bodies).collect();
        let answers = server.send_all(&bodies)?;
        print!("{}", Outcome::new(&departments, &played, &answers));
        Ok(())
    }

    /// The households with baskets, each with a seed of its own; as many as are wanted, drawn by it.
    fn choose<'a>(&self, baskets: &'a [Basket]) -> Vec<(u64, &'a [Basket])> {
        let mut random = Random::new(self.seed);
        let mut all: Vec<(u64, &[Basket])> =
            baskets.chunk_by(|a, b| a.user == b.user).map(|baskets| (random.next(), baskets)).collect();
        all.sort_unstable_by_key(|(seed, _)| *seed);
        all.truncate(self.shoppers.unwrap_or(usize::MAX));
        all
    }
}
