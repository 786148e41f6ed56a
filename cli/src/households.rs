//! `homebody households`: some real users' baskets in one file, for a page that plays them back.
//!
//! `homebody train --without` that file learns as if those users had never come, so what the page
//! then predicts of them was never seen in training.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use clap::Args;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::import;
use crate::random::Random;
use crate::table::{Basket, Table};

#[derive(Args)]
pub struct Households {
    /// The folder that `homebody import` wrote
    #[arg(value_name = "DIR")]
    data: PathBuf,
    /// The folder for households.json
    #[arg(long, value_name = "SHOPDIR")]
    out: PathBuf,
    /// How many to choose
    #[arg(long, default_value_t = 40, value_name = "N")]
    count: usize,
    /// The fewest and the most baskets of a chosen one
    #[arg(long, default_values_t = [40, 160], num_args = 2, value_names = ["FEWEST", "MOST"])]
    baskets: Vec<usize>,
    /// The fewest days from its first basket to its last
    #[arg(long, default_value_t = 330, value_name = "N")]
    days: i64,
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// No more households than this share the category that sets them apart most.
const ALIKE: usize = 2;
/// So many categories describe a household.
const WORDS: usize = 3;
/// A year ends with its last basket of so many items: of one with a single item little can be told.
const FULL: usize = 8;
/// Nobody's health is an example.
const UNSAID: &str = "Health >";

#[derive(Serialize, Deserialize)]
struct File {
    /// How they were chosen, in words.
    rule: String,
    /// The items that their baskets name by place.
    ids: Vec<String>,
    households: Vec<Household>,
}

#[derive(Serialize, Deserialize)]
struct Household {
    number: String,
    /// The categories that set it apart, the strongest first.
    kind: Vec<String>,
    /// Each basket's time (milliseconds since 1970), then its items' places in `ids`.
    baskets: Vec<Vec<i64>>,
}

impl Households {
    pub fn run(self) -> Result<()> {
        let table = Table::read(&self.data, &["purchase"])?;
        let categories = categories(&self.data, &table)?;
        let baskets = table.baskets();
        let all: Vec<&[Basket]> = baskets.chunk_by(|a, b| a.user == b.user).collect();
        let chosen = self.choose(&all, &categories);
        if chosen.is_empty() {
            let [fewest, most] = [self.baskets[0], self.baskets[1]];
            return Err(Error::request(format!(
                "no user has {fewest} to {most} baskets over {} days; lower --baskets and --days",
                self.days
            )));
        }
        let file = self.file(&table, &chosen);
        let path = self.out.join("households.json");
        std::fs::create_dir_all(&self.out).map_err(Error::file(&self.out))?;
        std::fs::write(&path, serde_json::to_vec(&file).expect("texts and numbers become JSON"))
            .map_err(Error::file(&path))?;
        println!("{}: {} of {} users", path.display(), chosen.len(), all.len());
        Ok(())
    }

    /// In a seeded order, each that fits and is not too much like those before it.
    fn choose<'a>(&self, all: &[&'a [Basket]], categories: &Categories) -> Vec<(&'a [Basket], Vec<String>)> {
        let total = categories.count(all.iter().copied().flatten());
        let mut order: Vec<usize> = (0..all.len()).collect();
        let mut random = Random::new(self.seed);
        for last in (1..order.len()).rev() {
            order.swap(last, (random.next() % (last as u64 + 1)) as usize);
        }
        let mut alike: HashMap<String, usize> = HashMap::new();
        let mut chosen = Vec::new();
        for baskets in order.into_iter().map(|place| until_full(all[place])) {
            if chosen.len() == self.count {
                break;
            }
            if baskets.is_empty() {
                continue;
            }
            let days = (baskets[baskets.len() - 1].at - baskets[0].at) / 86_400_000;
            if !(self.baskets[0]..=self.baskets[1]).contains(&baskets.len()) || days < self.days {
                continue;
            }
            let kind = categories.that_set_apart(&categories.count(baskets), &total);
            let Some(first) = kind.first() else { continue };
            let alike = alike.entry(first.clone()).or_default();
            if *alike < ALIKE {
                *alike += 1;
                chosen.push((baskets, kind));
            }
        }
        chosen
    }

    fn file(&self, table: &Table, chosen: &[(&[Basket], Vec<String>)]) -> File {
        let mut ids = Vec::new();
        let mut places: HashMap<u32, i64> = HashMap::new();
        let mut place = |item: u32| {
            *places.entry(item).or_insert_with(|| {
                ids.push(table.items[item as usize].clone());
                ids.len() as i64 - 1
            })
        };
        let households = chosen
            .iter()
            .map(|(baskets, kind)| Household {
                number: table.users[baskets[0].user as usize].clone(),
                kind: kind.clone(),
                baskets: baskets
                    .iter()
                    .map(|basket| {
                        std::iter::once(basket.at).chain(basket.items.iter().map(|item| place(*item))).collect()
                    })
                    .collect(),
            })
            .collect();
        let [fewest, most] = [self.baskets[0], self.baskets[1]];
        let rule = format!(
            "drawn with seed {} from the households with {fewest} to {most} baskets over {} days or more; \
             at most {ALIKE} of one kind; each year ends with its last basket of {FULL} products or more",
            self.seed, self.days
        );
        File { rule, ids, households }
    }
}

/// The baskets up to the last full one; none where there is none.
fn until_full(baskets: &[Basket]) -> &[Basket] {
    let last = baskets.iter().rposition(|basket| basket.items.len() >= FULL);
    &baskets[..last.map_or(0, |last| last + 1)]
}

/// The users that a file of households holds.
pub fn numbers(path: &Path) -> Result<HashSet<String>> {
    let bytes = std::fs::read(path).map_err(Error::file(path))?;
    let file: File = serde_json::from_slice(&bytes)
        .map_err(|error| Error::content(path, format!("is not what `homebody households` writes: {error}")))?;
    Ok(file.households.into_iter().map(|household| household.number).collect())
}

/// The category of each item of a table, by number.
struct Categories {
    names: Vec<String>,
    of: Vec<Option<usize>>,
}

fn categories(data: &Path, table: &Table) -> Result<Categories> {
    let items = import::items(&data.join("items.parquet"))?;
    let category: HashMap<&str, &str> = items.iter().map(|item| (item.id.as_str(), item.category.as_str())).collect();
    let mut names: Vec<String> = items.iter().map(|item| item.category.clone()).collect();
    names.sort_unstable();
    names.dedup();
    let place = |id: &String| {
        let category = category.get(id.as_str())?;
        names.binary_search_by(|name| name.as_str().cmp(category)).ok()
    };
    let of = table.items.iter().map(place).collect();
    Ok(Categories { names, of })
}

impl Categories {
    /// In how many lines each stands.
    fn count<'a>(&self, baskets: impl IntoIterator<Item = &'a Basket>) -> Vec<f64> {
        let mut counts = vec![0.0; self.names.len()];
        for item in baskets.into_iter().flat_map(|basket| &basket.items) {
            if let Some(category) = self.of[*item as usize] {
                counts[category] += 1.0;
            }
        }
        counts
    }

    /// The categories that add most to the divergence (Kullback–Leibler) of this household's lines from
    /// everybody's: bought often, and more often than others do.
    fn that_set_apart(&self, own: &[f64], all: &[f64]) -> Vec<String> {
        let (sum_own, sum_all) = (own.iter().sum::<f64>(), all.iter().sum::<f64>());
        let surplus = |place: usize| own[place] * libm::log((own[place] / sum_own) / (all[place] / sum_all));
        let says =
            |place: &usize| own[*place] > 0.0 && surplus(*place) > 0.0 && !self.names[*place].starts_with(UNSAID);
        let mut places: Vec<usize> = (0..own.len()).filter(says).collect();
        places.sort_by(|a, b| surplus(*b).total_cmp(&surplus(*a)));
        places.into_iter().take(WORDS).map(|place| self.names[place].clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_bought_more_than_by_others_comes_first() {
        let names = ["Bakery > Bread", "Baby > Nappies", "Dairy > Milk"].map(String::from).to_vec();
        let categories = Categories { names, of: vec![Some(0), Some(1), Some(2), None] };
        let basket = |items: &[u32]| Basket { user: 0, at: 0, items: items.into() };
        let own = categories.count(&[basket(&[0, 1, 3]), basket(&[1, 2])]);
        assert_eq!(own, [1.0, 2.0, 1.0]);
        assert_eq!(categories.that_set_apart(&own, &[10.0, 4.0, 10.0]), ["Baby > Nappies"]);
        // The control: who buys as everybody does is set apart by nothing.
        assert!(categories.that_set_apart(&own, &own).is_empty());
    }

    #[test]
    fn a_year_ends_with_a_full_basket() {
        let basket = |items: u32| Basket { user: 0, at: 0, items: (0..items).collect() };
        let year = [basket(1), basket(FULL as u32), basket(3), basket(FULL as u32), basket(1)];
        assert_eq!(until_full(&year).len(), 4);
        assert!(until_full(&year[..1]).is_empty());
    }
}
