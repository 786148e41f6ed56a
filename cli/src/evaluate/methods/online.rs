//! The profile as the browser has it: the library's own code, fed basket by basket.

use homebody::interaction::{Kind, Millis};
use homebody::profiler::{Profiler, Settings};
use homebody::rank::Query;
use homebody::{Factors, Profile};

use super::options::Options;
use super::{Method, Shopper};
use crate::blend::rows;
use crate::bundle::{self, Parts};
use crate::error::{Error, Result};
use crate::evaluate::training::Training;
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
    Ok(Box::new(OnlineProfile {
        profiler: Profiler::new(read, Settings::default()).map_err(|error| Error::request(error.to_string()))?,
        kind: training.kind(),
    }))
}

/// The bundle that a browser would download.
fn bundle(training: &Training<'_>) -> Result<Vec<u8>> {
    let items = training.known_items()?;
    let factors = training.factors();
    let (table, scale) = homebody::factors::quantise(&factors.items, factors.dim);
    let parts = Parts {
        ids: items.ids,
        factors: table,
        scale,
        popularity: training.popularity(),
        categories: items.categories,
        brands: items.brands,
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
        // Any seed will do, as long as each is another and every run draws them again.
        let seed = || {
            self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            self.seed
        };
        rows::feed(self.profiler, &mut self.profile, basket, self.kind, seed);
    }
}
