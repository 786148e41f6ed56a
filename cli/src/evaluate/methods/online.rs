//! The profile as the browser has it: the library's own code, fed basket by basket.

use std::collections::HashMap;

use homebody::interaction::{Interaction, Kind, Millis};
use homebody::profiler::{Profiler, Settings};
use homebody::rank::Query;
use homebody::{Factors, Profile};

use super::options::Options;
use super::{Method, Shopper};
use crate::bundle::{self, Labels, Parts};
use crate::error::{Error, Result};
use crate::evaluate::split::Protocol;
use crate::evaluate::training::Training;
use crate::import::Item;
use crate::table::Basket;

/// A blank profile at each user's first basket, moved by each item taken.
struct OnlineProfile {
    profiler: Profiler,
    kind: Kind,
}

/// Packs the factors into a bundle and reads it as a browser would: int8, categories and all.
pub fn make(training: &Training<'_>, _: &mut Options) -> Result<Box<dyn Method>> {
    let bundle = bundle(training)?;
    let read = Factors::read(&bundle).map_err(|error| Error::request(format!("the bundle made here: {error}")))?;
    let kind = match training.protocol() {
        Protocol::Purchases => Kind::Purchase,
        Protocol::Sessions | Protocol::Strangers => Kind::Click,
    };
    Ok(Box::new(OnlineProfile {
        profiler: Profiler::new(read, Settings::default()).map_err(|error| Error::request(error.to_string()))?,
        kind,
    }))
}

/// The bundle that a browser would download.
fn bundle(training: &Training<'_>) -> Result<Vec<u8>> {
    let known: HashMap<&str, &Item> = training.known.iter().map(|item| (item.id.as_str(), item)).collect();
    let category = |id: &String| known.get(id.as_str()).map_or("All > All", |item| item.category.as_str());
    let categories: Vec<&str> = training.items().iter().map(category).collect();
    let factors = training.factors();
    let (table, scale) = homebody::factors::quantise(&factors.items, factors.dim);
    let parts = Parts {
        ids: training.items().to_vec(),
        factors: table,
        scale,
        popularity: training.popularity(),
        categories: Labels::new(&categories, None)?,
        brands: Labels::new(&vec![""; training.items().len()], None)?,
        prices: Vec::new(),
        ratings: [1.0, 3.5, 5.0],
        metadata: [("homebody.model".to_owned(), "als".to_owned())].into(),
    };
    Ok(bundle::write(&parts)?.1)
}

impl Method for OnlineProfile {
    fn start(&self, user: usize) -> Box<dyn Shopper + '_> {
        let profile = Profile::new(self.profiler.factors());
        Box::new(Learner { profiler: &self.profiler, profile, kind: self.kind, seed: user as u64 })
    }
}

struct Learner<'a> {
    profiler: &'a Profiler,
    profile: Profile,
    kind: Kind,
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
                kind: self.kind,
                item: self.profiler.factors().id(*item),
                at: Millis(basket.at),
                seed: self.seed,
                price: None,
                quantity: 1,
                rating: None,
                dwell: None,
                recommended: false,
                propensity: None,
            };
            self.profiler.apply(&mut self.profile, &interaction);
        }
    }
}
