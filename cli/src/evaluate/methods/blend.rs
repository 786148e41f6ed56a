//! The learnt mix, which is what a browser does by itself (`auto`): trained before the cut, fed as it goes.

use homebody::Profile;
use homebody::blend::Source;
use homebody::factors::View;
use homebody::interaction::{Kind, Millis};
use homebody::profiler::Profiler;
use homebody::rank::Scratch;

use super::options::Options;
use super::{Method, Shopper};
use crate::blend::{self, rows};
use crate::error::Result;
use crate::evaluate::training::Training;
use crate::random::Random;
use crate::table::Basket;

/// What can be left out (`repeat=0`), to see what it is worth.
const SOURCES: &[(Source, &str)] = &[
    (Source::Popularity, "popularity"),
    (Source::Taste, "taste"),
    (Source::Content, "content"),
    (Source::Neighbour, "neighbour"),
    (Source::Habit, "habit"),
    (Source::Repeat, "repeat"),
    (Source::Category, "category"),
    (Source::Seen, "seen"),
];
/// What can be added (`text=1`).
const VIEWS: &[(View, &str)] = &[(View::Attributes, "attributes"), (View::Text, "text")];

struct Blend {
    profiler: Profiler,
    kind: Kind,
}

pub fn make(training: &Training<'_>, options: &mut Options) -> Result<Box<dyn Method>> {
    let mut plan = training.plan();
    let fit = &mut plan.fit;
    fit.power = options.number("power", fit.power as f32).into();
    fit.smoothness = options.number("smooth", fit.smoothness as f32).into();
    fit.ridge = options.number("ridge", fit.ridge as f32).into();
    fit.iterations = options.number("iterations", fit.iterations as f32) as u64;
    fit.refinements = options.number("refine", fit.refinements as f32) as u64;
    fit.temperature = options.number("tau", fit.temperature as f32).into();
    if options.number("neural", 0.0) > 0.0 {
        plan.neural = Some(training.neural());
    }
    for (source, name) in SOURCES {
        if options.number(name, 1.0) == 0.0 {
            plan.without.push(*source);
        }
    }
    let mut views = VIEWS.to_vec();
    views.retain(|(_, name)| options.number(name, 0.0) > 0.0);
    let views: Vec<View> = views.into_iter().map(|(view, _)| view).collect();
    let items = training.items_with(&views)?;
    let curves = blend::curves(&training.past(), &items, &plan)?;
    let network = if plan.neural.is_some() { training.network()? } else { None };
    let bundle = training.parts()?.bundle(&items, &plan, &curves, network.as_deref())?;
    Ok(Box::new(Blend { profiler: blend::profiler(&bundle)?, kind: training.kind() }))
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
        rows::feed(self.profiler, &mut self.profile, basket, self.kind, || self.random.next());
    }
}
