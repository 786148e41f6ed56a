//! The profile as the browser has it: the library's own code, fed basket by basket.

use homebody::Profile;
use homebody::interaction::{Kind, Millis};
use homebody::profiler::Profiler;
use homebody::rank::{self, Allowed, Query, Scratch};

use super::options::Options;
use super::{Method, Shopper};
use crate::blend::{self, rows};
use crate::bundle::{self, Parts};
use crate::content;
use crate::error::{Error, Result};
use crate::evaluate::metrics::AT;
use crate::evaluate::training::Training;
use crate::table::Basket;

/// A blank profile at each user's first basket, moved by each item taken.
struct OnlineProfile {
    profiler: Profiler,
    kind: Kind,
}

/// On the factors of the training.
pub fn make(training: &Training<'_>, _: &mut Options) -> Result<Box<dyn Method>> {
    let factors = training.factors();
    profile(training, &factors.items, factors.dim, training.popularity())
}

/// On what a shop knows that has not sold anything yet: names, categories, brands, prices.
pub fn preset(training: &Training<'_>, options: &mut Options) -> Result<Box<dyn Method>> {
    let dim = options.number("dim", f32::from(crate::preset::DIM)) as usize;
    let items = training.known_items()?;
    let factors = content::factors(&items, dim, training.settings.seed)
        .ok_or_else(|| Error::request("preset: no name, category, brand or price tells these items apart"))?;
    profile(training, &factors, dim, vec![0.0; items.ids.len()])
}

/// Packs factors into a bundle and reads it as a browser would: int8, categories and all.
fn profile(training: &Training<'_>, factors: &[f32], dim: usize, popularity: Vec<f32>) -> Result<Box<dyn Method>> {
    let items = training.known_items()?;
    let (table, scale) = homebody::factors::quantise(factors, dim);
    let parts = Parts {
        ids: items.ids,
        factors: table,
        scale,
        popularity,
        categories: items.categories,
        brands: items.brands,
        prices: Vec::new(),
        ratings: [1.0, 3.5, 5.0],
        metadata: [].into(),
    };
    let profiler = blend::profiler(&bundle::write(&parts)?.1)?;
    Ok(Box::new(OnlineProfile { profiler, kind: training.kind() }))
}

impl Method for OnlineProfile {
    fn start(&self, user: usize) -> Box<dyn Shopper + '_> {
        let profile = Profile::new(self.profiler.factors());
        Box::new(Learner {
            profiler: &self.profiler,
            profile,
            kind: self.kind,
            seed: user as u64,
            scratch: Scratch::default(),
        })
    }
}

struct Learner<'a> {
    profiler: &'a Profiler,
    profile: Profile,
    kind: Kind,
    seed: u64,
    scratch: Scratch,
}

impl Shopper for Learner<'_> {
    fn scores(&mut self, at: i64, scores: &mut [f32]) {
        let query = Query::of(&self.profile, self.profiler.factors(), &self.profiler.lens(Millis(at)));
        scores.iter_mut().zip(0..).for_each(|(score, item)| *score = query.score(item) as f32);
    }

    /// By the kernel, as in a browser.
    fn best(&mut self, at: i64, had: Option<&[bool]>, _: &mut [f32]) -> Vec<u32> {
        let query = Query::of(&self.profile, self.profiler.factors(), &self.profiler.lens(Millis(at)));
        let mut allowed = Allowed::all(self.profiler.factors().len());
        (0..).zip(had.unwrap_or_default()).filter(|(_, had)| **had).for_each(|(item, _)| allowed.forbid(item));
        rank::best(&query, &allowed, AT, 0, &mut self.scratch).iter().map(|one| one.item).collect()
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
