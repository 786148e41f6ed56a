//! The profile as the browser has it: the library's own code, fed basket by basket.

use std::collections::HashMap;

use homebody::interaction::{Interaction, Kind, Millis};
use homebody::profiler::{Profiler, Settings};
use homebody::rank::Query;
use homebody::{Factors, Profile};

use super::method::{Method, Shopper};
use super::protocol::Split;
use crate::bundle::{self, Labels, Parts};
use crate::error::{Error, Result};
use crate::import::Item;
use crate::table::Basket;
use crate::train;

/// A blank profile at each user's first basket, moved by each item taken.
pub struct OnlineProfile(Profiler);

impl OnlineProfile {
    /// Packs the factors into a bundle and reads it as a browser would: int8, categories and all.
    pub fn new(split: &Split, factors: &train::Factors, known: &[Item]) -> Result<Self> {
        let bundle = bundle(split, factors, known)?;
        let read = Factors::read(&bundle).map_err(|error| Error::request(format!("the bundle made here: {error}")))?;
        Ok(Self(Profiler::new(read, Settings::default())))
    }
}

/// The bundle that a browser would download.
fn bundle(split: &Split, factors: &train::Factors, known: &[Item]) -> Result<Vec<u8>> {
    let known: HashMap<&str, &Item> = known.iter().map(|item| (item.id.as_str(), item)).collect();
    let category = |id: &String| known.get(id.as_str()).map_or("All > All", |item| item.category.as_str());
    let categories: Vec<&str> = split.items.iter().map(category).collect();
    let (table, scale) = homebody::factors::quantise(&factors.items, factors.dim);
    let parts = Parts {
        ids: split.items.clone(),
        factors: table,
        scale,
        popularity: split.popularity(),
        categories: Labels::new(&categories, None)?,
        brands: Labels::new(&vec![""; split.items.len()], None)?,
        prices: Vec::new(),
        ratings: [1.0, 3.5, 5.0],
        metadata: [("homebody.model".to_owned(), "als".to_owned())].into(),
    };
    Ok(bundle::write(&parts)?.1)
}

impl Method for OnlineProfile {
    fn name(&self) -> &str {
        "online profile"
    }

    fn start(&self, user: usize) -> Box<dyn Shopper + '_> {
        Box::new(Learner { profiler: &self.0, profile: Profile::new(self.0.factors()), seed: user as u64 })
    }
}

struct Learner<'a> {
    profiler: &'a Profiler,
    profile: Profile,
    seed: u64,
}

impl Shopper for Learner<'_> {
    fn scores(&mut self, at: i64, scores: &mut [f32]) {
        let query = Query::of(&self.profile, self.profiler.factors(), &self.profiler.lens(Millis(at)));
        scores.iter_mut().zip(0..).for_each(|(score, item)| *score = query.score(item) as f32);
    }

    fn feed(&mut self, basket: &Basket) {
        for item in &basket.items {
            // Any seed will do, as long as each is another and every run draws them again.
            self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let interaction = Interaction {
                kind: Kind::Purchase,
                item: self.profiler.factors().id(*item),
                at: Millis(basket.at),
                seed: self.seed,
                price: None,
                quantity: 1,
                rating: None,
                dwell: None,
                recommended: false,
            };
            self.profiler.apply(&mut self.profile, &interaction);
        }
    }
}
