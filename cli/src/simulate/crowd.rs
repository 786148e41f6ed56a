//! The shoppers: real households, whose last orders are moved so that they end today.

use std::path::PathBuf;

use clap::Args;
use homebody::Profiler;
use homebody::interaction::Millis;
use homebody::privacy::Settings;
use rayon::prelude::*;

use super::shopper::{Month, Played};
use crate::error::Result;
use crate::import;
use crate::random::Random;
use crate::table::{Basket, Table};

#[derive(Args)]
pub struct Source {
    /// The folder that `homebody import` wrote; without it, the demo's
    #[arg(long, value_name = "DIR", default_value = "target/demo/data")]
    pub data: PathBuf,
    /// The factors.safetensors that the server serves; without it, the demo's
    #[arg(long, value_name = "FILE", default_value = "target/demo/shop/factors.safetensors")]
    pub bundle: PathBuf,
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

pub struct Crowd {
    bundle: Vec<u8>,
    pub departments: Vec<String>,
    table: Table,
    baskets: Vec<Basket>,
    pub today: i32,
    seed: u64,
}

impl Source {
    /// Reads the orders of the last `days`.
    pub fn read(&self, days: u16) -> Result<Crowd> {
        let (factors, bundle) = crate::bundle::read(&self.bundle)?;
        let table = Table::read(&self.data, &["purchase"])?;
        let mut baskets = table.baskets();
        let today = Millis(import::now()).day();
        let last = baskets.iter().map(|basket| Millis(basket.at).day()).max().expect("a table has lines");
        baskets.retain(|basket| Millis(basket.at).day() > last - i32::from(days));
        let shift = Millis::days(i64::from(today - last)).0;
        baskets.iter_mut().for_each(|basket| basket.at += shift);
        let departments = factors.departments().to_vec();
        let crowd = Crowd { bundle, departments, table, baskets, today, seed: self.seed };
        println!(
            "{} of {} households ordered in the last {days} days of the data; these days now end today",
            crowd.households().count(),
            crowd.table.users.len(),
        );
        Ok(crowd)
    }
}

impl Crowd {
    fn households(&self) -> impl Iterator<Item = &[Basket]> {
        self.baskets.chunk_by(|a, b| a.user == b.user)
    }

    /// So many shoppers, drawn with replacement; without a number, each household once.
    pub fn play(&self, shoppers: Option<usize>, settings: &Settings) -> Vec<Played> {
        let (mut random, all) = (Random::new(self.seed), self.households().collect::<Vec<_>>());
        let drawn: Vec<(u64, &[Basket])> = match shoppers {
            None => all.into_iter().map(|baskets| (random.next(), baskets)).collect(),
            Some(number) => {
                println!("{number} shoppers, drawn from them with replacement");
                let mut draw = || (random.next(), all[random.next() as usize % all.len()]);
                (0..number).map(|_| draw()).collect()
            }
        };
        let month = Month { table: &self.table, settings: *settings, last_day: self.today };
        let open = || Profiler::open(&self.bundle).expect("the same bytes were read before");
        drawn.par_iter().map_init(open, |profiler, (seed, baskets)| month.play(profiler, baskets, *seed)).collect()
    }
}
