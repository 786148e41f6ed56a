//! `homebody pipeline`: trains, measures, and publishes only what is not worse than what is there.
//!
//! Both bundles are asked the same: users whose last basket was held out are folded in from what
//! they took before, and what they took then is looked for. The published bundle may have seen these
//! baskets if it was trained with another --seed; that makes the gate stricter, not looser.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use homebody::Factors;

use super::asked::Asked;
use super::options::{Kind, Options, share};
use super::prepared::{self, Prepared};
use super::shop::{BUNDLE, Shop};
use super::{CHECKPOINT, checkpoint, memory, trained};
use crate::bundle;
use crate::error::{Error, Result};
use crate::evaluate::metrics::Figures;
use crate::random::Random;
use crate::table::Table;

#[derive(Args)]
pub struct Pipeline {
    /// The folder that `homebody import` wrote
    #[arg(value_name = "DIR")]
    data: PathBuf,
    /// The folder of the shop, with the published factors.safetensors if there is one
    #[arg(long, value_name = "SHOPDIR")]
    out: PathBuf,
    /// The figure that must not fall
    #[arg(long, value_enum, default_value_t = Gate::Ndcg)]
    gate: Gate,
    /// How much it may fall all the same
    #[arg(long, default_value_t = 0.0, value_name = "DIFFERENCE", value_parser = share)]
    tolerance: f32,
    /// A drill: trains a second time with this share of the events replaced by random ones, says what
    /// that costs, and publishes nothing
    #[arg(long, value_name = "SHARE", value_parser = share)]
    corrupt: Option<f32>,
    #[command(flatten)]
    options: Options,
}

#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
enum Gate {
    Recall,
    Mrr,
    Ndcg,
}

impl Gate {
    fn name(self) -> &'static str {
        match self {
            Self::Recall => "Recall@20",
            Self::Mrr => "MRR@20",
            Self::Ndcg => "NDCG@20",
        }
    }

    fn of(self, figures: &Figures) -> f64 {
        match self {
            Self::Recall => figures.recall,
            Self::Mrr => figures.mrr,
            Self::Ndcg => figures.ndcg,
        }
    }
}

/// Two bundles, measured on the same users.
#[derive(Clone, Copy, Debug)]
struct Comparison {
    users: usize,
    new: f64,
    old: f64,
    /// Of the mean of the differences, which are paired by user.
    error: f64,
}

impl Pipeline {
    pub fn run(mut self) -> Result<()> {
        let tuned = self.options.tuned()?;
        let seed = self.options.model.seed;
        let table = prepared::read(&self.data, &self.options.choice)?;
        let prepared = Prepared::new(table, &self.options.choice, seed)?;
        if let Some(share) = self.corrupt {
            return self.drill(prepared, share, seed);
        }
        std::fs::create_dir_all(&self.out).map_err(Error::file(&self.out))?;
        let published = self.out.join(BUNDLE);
        let old = if published.exists() { Some(bundle::read(&published)?.0) } else { None };
        let dim = usize::from(self.options.model.dim);
        // A small shop has fewer items than dimensions, which no map could be found from.
        let shared = |old: &Factors| {
            prepared.vocabulary.items.iter().filter(|&&n| old.find(&prepared.table.items[n as usize]).is_some()).count()
        };
        let fits = |old: &Factors| old.dim() == dim && shared(old) >= dim;
        if self.options.kind != Kind::Popularity && old.as_ref().is_some_and(fits) {
            // So that profiles of the published version live on; without a map they learn their log again.
            self.options.from.get_or_insert(published);
        }
        let path = self.out.join(CHECKPOINT);
        let (shop, prepared) = trained::train(&self.options, &self.data, prepared, tuned.as_ref(), Some(&path))?;
        let decided = match &old {
            None => {
                println!("published: nothing was there before");
                Ok(())
            }
            Some(old) => self.decide(compare(&Asked::new(&prepared), &read(&shop)?, old, &self.options, self.gate)),
        };
        if decided.is_ok() {
            shop.publish(&self.out)?;
        }
        checkpoint::remove(&path)?;
        if let Some(peak) = memory::peak() {
            println!("memory: {} at the most", memory::words(peak));
        }
        decided
    }

    fn decide(&self, comparison: Comparison) -> Result<()> {
        let Comparison { users, new, old, error } = comparison;
        let words = format!(
            "{} of {users} users is {new:.4} with the new bundle and {old:.4} with the published one, a difference of \
             {:+.4} ±{error:.4}; it may fall by {}",
            self.gate.name(),
            new - old,
            self.tolerance,
        );
        if users == 0 {
            return Err(Error::request("not published: no user has two baskets, so that nothing can be measured"));
        }
        if new < old - f64::from(self.tolerance) {
            return Err(Error::request(format!("not published: {words}")));
        }
        println!("published: {words}");
        Ok(())
    }

    fn drill(&self, prepared: Prepared, share: f32, seed: u64) -> Result<()> {
        let again = prepared::read(&self.data, &self.options.choice)?;
        let spoilt = corrupt(again, &prepared, share, seed).choose(&self.options.choice)?;
        let train = |prepared| trained::train(&self.options, &self.data, prepared, None, None);
        let (clean, prepared) = train(prepared)?;
        println!("\nagain, with {} % of the events replaced by random ones", share * 100.0);
        let (dirty, _) = train(spoilt)?;
        let comparison = compare(&Asked::new(&prepared), &read(&dirty)?, &read(&clean)?, &self.options, self.gate);
        let Comparison { users, new, old, error } = comparison;
        println!(
            "\n{} of {users} users: {old:.4} from the events as they are, {new:.4} with {} % of them random: a loss of {:.4} \
             ±{error:.4}; nothing was published",
            self.gate.name(),
            share * 100.0,
            old - new,
        );
        Ok(())
    }
}

fn read(shop: &Shop) -> Result<Factors> {
    Factors::read(&shop.bundle).map_err(|error| Error::request(format!("the new bundle cannot be read: {error}")))
}

fn compare(asked: &Asked<'_>, new: &Factors, old: &Factors, options: &Options, gate: Gate) -> Comparison {
    let settings = options.model.settings();
    let (new, old) = (asked.shelf(new), asked.shelf(old));
    let [new, old] = [&new, &old].map(|shelf| {
        let users = asked.fold(shelf, &settings);
        asked.figures(shelf, &users, &[&new, &old]).iter().map(|figures| gate.of(figures)).collect::<Vec<_>>()
    });
    let users = new.len();
    let mean = |values: &[f64]| values.iter().sum::<f64>() / users.max(1) as f64;
    let (new_mean, old_mean) = (mean(&new), mean(&old));
    let off = |(new, old): (&f64, &f64)| (new - old - (new_mean - old_mean)).powi(2);
    let variance = new.iter().zip(&old).map(off).sum::<f64>() / users.saturating_sub(1).max(1) as f64;
    Comparison { users, new: new_mean, old: old_mean, error: (variance / users.max(1) as f64).sqrt() }
}

/// The same table with events of random users and items in place of some that training sees.
fn corrupt(mut table: Table, prepared: &Prepared, share: f32, seed: u64) -> prepared::Split {
    let until = prepared.until();
    let mut random = Random::new(seed ^ 0x636f_7272_7570_7400);
    let (users, items) = (table.users.len() as u64, table.items.len() as u64);
    for line in &mut table.lines {
        let seen = |user: u32, at: i64| until.get(&user).is_none_or(|until| at < *until);
        let (chosen, user, item) = (random.unit() < share, random.next() % users, random.next() % items);
        if chosen && seen(line.user, line.at) && seen(user as u32, line.at) {
            (line.user, line.item) = (user as u32, item as u32);
        }
    }
    let mut baskets = table.baskets();
    baskets.retain(|basket| until.get(&basket.user).is_none_or(|until| basket.at < *until));
    prepared::Split { table, baskets, aside: prepared.aside.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Line;
    use crate::train::options::Choice;

    fn table() -> Table {
        let lines = (0..40_000u32).map(|n| {
            let (user, order) = (n / 100, u64::from(n % 100 / 5));
            Line { user, item: (n * 7) % 50, order, at: order as i64 }
        });
        let names = |n: u32| (0..n).map(|n| n.to_string()).collect();
        Table { users: names(400), items: names(50), lines: lines.collect(), ..Table::default() }
    }

    #[test]
    fn a_share_of_the_events_is_replaced_and_no_basket_that_is_asked() {
        let choice =
            Choice { min_orders: 1, min_users: 1, min_shoppers: 1, prune: 0.0, kinds: Vec::new(), without: None };
        let prepared = Prepared::new(table(), &choice, 1).unwrap();
        let changed = |share| {
            let spoilt = corrupt(table(), &prepared, share, 1);
            assert_eq!(spoilt.aside, prepared.aside);
            let until = prepared.until();
            assert!(spoilt.baskets.iter().all(|basket| until.get(&basket.user).is_none_or(|at| basket.at < *at)));
            let pairs = spoilt.table.lines.iter().zip(table().lines);
            pairs.filter(|(a, b)| **a != *b).count() as f64 / 40_000.0
        };
        let share = changed(0.2);
        assert!((0.18..0.21).contains(&share), "{share}");
        assert_eq!(changed(0.0), 0.0, "the control");
        assert_eq!(corrupt(table(), &prepared, 0.2, 1).table.lines, corrupt(table(), &prepared, 0.2, 1).table.lines);
    }
}
