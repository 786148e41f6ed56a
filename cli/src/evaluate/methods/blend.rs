//! The learnt mix, which is what a browser does by itself (`auto`): trained before the cut, fed as it goes.

use std::collections::HashMap;

use homebody::Profile;
use homebody::interaction::{Kind, Millis};
use homebody::profiler::Profiler;
use homebody::rank::Scratch;

use super::options::Options;
use super::{Method, Shopper};
use crate::blend::past::Past;
use crate::blend::{Items, Plan, fit, learn, profiler, rows};
use crate::bundle::Labels;
use crate::error::Result;
use crate::evaluate::split::Protocol;
use crate::evaluate::training::Training;
use crate::import::Item;
use crate::random::Random;
use crate::table::Basket;

struct Blend {
    profiler: Profiler,
    kind: Kind,
}

pub fn make(training: &Training<'_>, options: &mut Options) -> Result<Box<dyn Method>> {
    let visits = training.protocol() == Protocol::Sessions;
    let past = Past {
        items: training.items().len(),
        histories: training.histories().map(|(_, baskets)| baskets).collect(),
        visits,
    };
    let fold_in = if visits { [0.3, 1.0, 32.0, 0.0, 0.3] } else { [40.0, 1.0, 2.0, 30.0, 1.0] };
    let usual = fit::Settings::USUAL;
    let plan = Plan {
        als: training.settings,
        fold_in,
        most: options.number("k", 50.0) as usize,
        min_users: options.number("min", 1.0) as u32,
        fit: fit::Settings {
            power: options.number("power", usual.power as f32).into(),
            smoothness: options.number("smooth", usual.smoothness as f32).into(),
            ridge: options.number("ridge", usual.ridge as f32).into(),
            iterations: options.number("iterations", usual.iterations as f32) as u64,
        },
        seed: training.settings.seed,
    };
    let items = items(training)?;
    let (learnt, curves) = learn(&past, &items, &plan)?;
    let bundle = learnt.bundle(&items, &plan, &curves)?;
    Ok(Box::new(Blend { profiler: profiler(&bundle)?, kind: if visits { Kind::Click } else { Kind::Purchase } }))
}

fn items(training: &Training<'_>) -> Result<Items> {
    let known: HashMap<&str, &Item> = training.known.iter().map(|item| (item.id.as_str(), item)).collect();
    let text = |get: fn(&Item) -> &str, other: &'static str| {
        training.items().iter().map(|id| known.get(id.as_str()).map_or(other, |item| get(item))).collect::<Vec<&str>>()
    };
    Ok(Items {
        ids: training.items().to_vec(),
        categories: Labels::new(&text(|item| &item.category, "All > All"), None)?,
        brands: Labels::new(&text(|item| &item.brand, ""), Some(""))?,
        prices: Vec::new(),
    })
}

impl Method for Blend {
    fn start(&self, user: usize) -> Box<dyn Shopper + '_> {
        Box::new(Learner {
            profiler: &self.profiler,
            profile: Profile::new(self.profiler.factors()),
            kind: self.kind,
            random: Random::new(user as u64),
            scratch: Scratch::default(),
        })
    }
}

struct Learner<'a> {
    profiler: &'a Profiler,
    profile: Profile,
    kind: Kind,
    random: Random,
    scratch: Scratch,
}

impl Learner<'_> {
    fn fill(&mut self, at: i64, scores: &mut [f32], pick: fn(&(u32, f64, f64)) -> f64) {
        scores.fill(f32::NEG_INFINITY);
        let mix = self.profiler.mix(&self.profile, Millis(at), &mut self.scratch);
        for one in mix.iter().flatten() {
            scores[one.0 as usize] = pick(one) as f32;
        }
    }
}

impl Shopper for Learner<'_> {
    fn scores(&mut self, at: i64, scores: &mut [f32]) {
        self.fill(at, scores, |one| one.1);
    }

    fn discover(&mut self, at: i64, scores: &mut [f32]) {
        self.fill(at, scores, |one| one.2);
    }

    fn feed(&mut self, basket: &Basket) {
        rows::feed(self.profiler, &mut self.profile, basket, self.kind, &mut self.random);
    }
}
