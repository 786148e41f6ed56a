//! The learnt mix, which is what a browser does by itself (`auto`): trained before the cut, fed as it goes.

use homebody::Profile;
use homebody::blend::Source;
use homebody::factors::View;
use homebody::interaction::{Kind, Millis};
use homebody::profiler::Profiler;
use homebody::rank::Scratch;
use rayon::prelude::*;

use super::options::Options;
use super::{Method, Shopper};
use crate::blend::{self, Learnt, rows};
use crate::error::{Error, Result};
use crate::evaluate::split::Protocol;
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
    nights: Nights,
    kind: Kind,
}

/// The bundle of each day.
struct Nights {
    /// Milliseconds since 1970: the day of the first one begins then.
    first: i64,
    /// One for each day; only the first where the counts stay those of the training.
    profilers: Vec<Profiler>,
}

const DAY: i64 = 86_400_000;

impl Nights {
    fn of(&self, at: i64) -> &Profiler {
        let day = (at - self.first).max(0) / DAY;
        &self.profilers[(day as usize).min(self.profilers.len() - 1)]
    }
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
    let daily = options.number("daily", 0.0) > 0.0;
    if daily && training.protocol() != Protocol::Purchases {
        return Err(Error::request("blend:daily=1 counts what others ordered since: it is for purchases with times"));
    }
    let mut views = VIEWS.to_vec();
    views.retain(|(_, name)| options.number(name, 0.0) > 0.0);
    let views: Vec<View> = views.into_iter().map(|(view, _)| view).collect();
    let items = training.items_with(&views)?;
    let curves = blend::curves(&training.past(), &items, &plan)?;
    let network = if plan.neural.is_some() { training.network()? } else { None };
    let learnt = training.parts()?;
    let profiler = |learnt: &Learnt| blend::profiler(&learnt.bundle(&items, &plan, &curves, network.as_deref())?);
    let [cut, last] = training.span();
    let midnight = cut.div_euclid(DAY) * DAY;
    let nights: Vec<i64> = if daily { (midnight..=last).step_by(DAY as usize).collect() } else { Vec::new() };
    let of_night = |night: &i64| {
        let until = training.past_until(cut.max(*night));
        profiler(&learnt.counted(&until, &items.categories.of, &plan))
    };
    let mut profilers = nights.par_iter().map(of_night).collect::<Result<Vec<_>>>()?;
    if profilers.is_empty() {
        profilers.push(profiler(&learnt)?);
    }
    Ok(Box::new(Blend { nights: Nights { first: midnight, profilers }, kind: training.kind() }))
}

impl Method for Blend {
    fn start(&self, user: usize) -> Box<dyn Shopper + '_> {
        Box::new(Learner {
            nights: &self.nights,
            profile: Profile::new(self.nights.of(0).factors()),
            kind: self.kind,
            random: Random::new(user as u64),
            scratch: Default::default(),
        })
    }
}

struct Learner<'a> {
    nights: &'a Nights,
    profile: Profile,
    kind: Kind,
    random: Random,
    scratch: [Scratch; 2],
}

impl Learner<'_> {
    fn fill(&mut self, at: i64, scores: &mut [f32], pick: fn(&(u32, f64, f64)) -> f64) {
        scores.fill(f32::NEG_INFINITY);
        let mix = self.nights.of(at).mix(&self.profile, Millis(at), &mut self.scratch);
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
        let profiler = self.nights.of(basket.at);
        rows::feed(profiler, &mut self.profile, basket, self.kind, || self.random.next());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_day_has_its_own_bundle_and_what_lies_outside_the_nearest() {
        let open = || Profiler::open(include_bytes!("../../../../tests/golden/grocery.safetensors")).unwrap();
        let nights = Nights { first: 10 * DAY, profilers: vec![open(), open(), open()] };
        let day = |at: i64| nights.profilers.iter().position(|profiler| std::ptr::eq(profiler, nights.of(at))).unwrap();
        assert_eq!([0, 10 * DAY, 11 * DAY - 1, 11 * DAY, 12 * DAY + 5, 99 * DAY].map(day), [0, 0, 0, 1, 2, 2]);
    }
}
