//! What is compared: a method ranks all items for a shopper, and learns from each basket.

mod alone;
mod blend;
mod frequency;
mod item_knn;
mod item_table;
mod online;
pub mod options;
mod popular;
mod seq_rules;
mod static_factors;

use options::Options;

use super::metrics::top;
use super::split::Protocol::{self, Purchases, Sessions};
use super::training::Training;
use crate::error::{Error, Result};
use crate::table::Basket;

/// A way of ranking; what it has learnt from all users before the cut is fixed.
pub trait Method: Sync {
    /// A shopper without a history.
    fn start(&self, user: usize) -> Box<dyn Shopper + '_>;
}

/// One shopper's state.
pub trait Shopper {
    /// Scores all items at a time (milliseconds since 1970), the better the higher. Of equal scores
    /// the more popular item goes first.
    fn scores(&mut self, at: i64, scores: &mut [f32]);

    /// The same where only items that the shopper never had are candidates.
    fn discover(&mut self, at: i64, scores: &mut [f32]) {
        self.scores(at, scores);
    }

    /// The best items, best first; with `had` only those that the shopper never had. `scores` is room for all.
    fn best(&mut self, at: i64, had: Option<&[bool]>, scores: &mut [f32]) -> Vec<u32> {
        match had {
            None => {
                self.scores(at, scores);
                top(scores, |_| false)
            }
            Some(had) => {
                self.discover(at, scores);
                top(scores, |item| had[item])
            }
        }
    }

    /// Learns from what was taken.
    fn feed(&mut self, basket: &Basket);
}

/// A method's name, and how it is made from what was before the cut.
pub struct Entry {
    pub name: &'static str,
    pub what: &'static str,
    /// Whether a shopper's list changes with what is fed; one that does not is never advised for that.
    pub learns: bool,
    /// For which data `homebody advise` tries it.
    pub advised: &'static [Protocol],
    make: fn(&Training<'_>, &mut Options) -> Result<Box<dyn Method>>,
}

const fn entry(
    name: &'static str, what: &'static str, learns: bool, advised: &'static [Protocol],
    make: fn(&Training<'_>, &mut Options) -> Result<Box<dyn Method>>,
) -> Entry {
    Entry { name, what, learns, advised, make }
}

const BOTH: &[Protocol] = &[Purchases, Sessions];

/// All methods there are, the simpler first: of two that cannot be told apart, it is advised.
pub const ALL: &[Entry] = &[
    entry("popular", "what most orders held before the cut", false, &[Purchases, Sessions], popular::make),
    entry("frequency", "how often the shopper had each item", true, &[Purchases, Sessions], frequency::make),
    entry(
        "freq-decay",
        "how often the shopper had each item, the recent times more",
        true,
        &[Purchases],
        frequency::make_decayed,
    ),
    entry("seq-rules", "after this item, that one", true, &[Sessions], seq_rules::make),
    entry("item-knn", "items in the same baskets as the shopper's", true, &[Purchases, Sessions], item_knn::make),
    entry(
        "static",
        "the shopper's factors from the training, never changed",
        false,
        &[Purchases],
        static_factors::make,
    ),
    entry("online", "the browser's profile, learning item by item", true, &[Purchases, Sessions], online::make),
    entry(
        "preset",
        "the same on names and attributes alone, as a shop that has sold nothing yet",
        true,
        &[],
        online::preset,
    ),
    entry("sgd", "one step for each item on the factors, from nothing", true, &[Sessions], alone::sgd),
    entry("fold-in", "the exact solution on the factors, with forgetting", true, BOTH, alone::fold_in),
    entry("neighbour", "what goes with the last items, by the bundle's lists", true, &[Sessions], alone::neighbour),
    entry("neural", "a recurrent network over the factors, trained before the cut", true, &[], alone::neural),
    entry("repeat", "the shopper's own decayed counts", true, &[Purchases], alone::repeat),
    entry("blend", "the learnt mix of all that a profile knows", true, BOTH, blend::make),
];

/// A method as it was asked for.
pub struct Made {
    /// As on the command line: `item-knn`, `item-knn:k=50`.
    pub label: String,
    /// Each setting it asked for, and the value that it got.
    pub settings: Vec<(&'static str, f32)>,
    pub method: Box<dyn Method>,
}

/// Looks a method up by `name` or `name:setting=value:…`; learns nothing yet.
pub fn find(label: &str) -> Result<(&'static Entry, Options)> {
    let (name, options) = Options::parse(label)?;
    let entry = ALL.iter().find(|entry| entry.name == name).ok_or_else(|| {
        let known: Vec<&str> = ALL.iter().map(|entry| entry.name).collect();
        Error::request(format!("there is no method {name:?}; right would be one of {}", known.join(", ")))
    })?;
    Ok((entry, options))
}

/// Makes a method: everything it learns before the cut, it learns here.
pub fn make(label: &str, training: &Training<'_>) -> Result<Made> {
    let (entry, mut options) = find(label)?;
    let method = (entry.make)(training, &mut options)?;
    Ok(Made { label: label.into(), settings: options.finish(entry.name)?, method })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_an_unknown_one_is_told_them() {
        for entry in ALL {
            assert_eq!(ALL.iter().filter(|other| other.name == entry.name).count(), 1, "{}", entry.name);
            assert!(find(entry.name).is_ok());
        }
        let error = find("popularity").err().unwrap().to_string();
        assert!(error.contains("\"popularity\"") && error.contains("popular, frequency, freq-decay"), "{error}");
    }
}
