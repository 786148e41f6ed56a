//! One update function by itself: the library's own, on the bundle's int8 factors and lists.

use homebody::Factors;
use homebody::factors::View;
use homebody::interaction::{Forgetting, Kind, Millis};
use homebody::update::{
    Example, FoldIn, Loss, Neighbour, Network, Rate, Relation, Repeat, Sampling, Sgd, Update, negatives,
};

use super::options::Options;
use super::{Method, Shopper};
use crate::blend;
use crate::error::{Error, Result};
use crate::evaluate::split::Protocol;
use crate::evaluate::training::Training;
use crate::random::Random;
use crate::table::Basket;

struct Alone<U> {
    f: U,
    factors: Factors,
    kind: Kind,
}

/// In sessions, settings as chosen on the slice before the test; else those of the profile.
pub fn sgd(training: &Training<'_>, options: &mut Options) -> Result<Box<dyn Method>> {
    let sessions = training.protocol() == Protocol::Sessions;
    let factors = factors(training)?;
    let sharpness = options.number("sharpness", 4.0);
    // Rates in units of the items' mean length, so that one suits factors of any size.
    let length = mean_length(&factors);
    let rate = options.number("rate", if sessions { 1.0 } else { 0.05 }) / (sharpness * length * length);
    let offset = options.number("offset", if sessions { -4.0 } else { 0.0 });
    let left = options.number("left", if sessions { 0.3 } else { 1.0 });
    let half = options.number("half", if sessions { 0.0 } else { 120.0 });
    let forgetting = if left < 1.0 { Forgetting::Event(left) } else { Forgetting::Time(days(half)) };
    let loss = match options.number("loss", 0.0) as u32 {
        1 => Loss::Bpr,
        2 => Loss::Als { confidence: options.number("confidence", 4.0), unseen: options.number("unseen", 0.1) },
        _ => Loss::Logistic { offset },
    };
    let sharpness = if matches!(loss, Loss::Als { .. }) { 1.0 } else { sharpness };
    let f = Sgd { loss, rate: Rate::Fixed(rate), l2: options.number("l2", 0.01), sharpness, forgetting };
    Ok(Box::new(Alone { f, factors, kind: training.kind() }))
}

pub fn fold_in(training: &Training<'_>, options: &mut Options) -> Result<Box<dyn Method>> {
    let [ridge, unseen, confidence, half, left] = training.plan().fold_in;
    let (half, left) = (options.number("half", half), options.number("left", left));
    let forgetting = if left < 1.0 { Forgetting::Event(left) } else { Forgetting::Time(days(half)) };
    let f = FoldIn {
        view: View::Collaborative,
        ridge: options.number("reg", ridge),
        unseen: options.number("unseen", unseen),
        confidence: options.number("a", confidence),
        forgetting,
        drifts: 0,
    };
    Ok(Box::new(Alone { f, factors: factors(training)?, kind: training.kind() }))
}

pub fn neighbour(training: &Training<'_>, options: &mut Options) -> Result<Box<dyn Method>> {
    let relation = if options.number("next", 1.0) > 0.0 { Relation::Next } else { Relation::Together };
    let f = Neighbour { relation, keep: options.number("keep", 0.3), half_life: Millis(0) };
    Ok(Box::new(Alone { f, factors: factors(training)?, kind: training.kind() }))
}

pub fn repeat(training: &Training<'_>, _: &mut Options) -> Result<Box<dyn Method>> {
    Ok(Box::new(Alone { f: Repeat, factors: factors(training)?, kind: Kind::Purchase }))
}

/// A network trained on the past, over the same factors.
pub fn neural(training: &Training<'_>, _: &mut Options) -> Result<Box<dyn Method>> {
    let network = training.network()?;
    let bundle = training.parts()?.bundle(&training.known_items()?, &training.plan(), &[], network.as_deref())?;
    let wrong = |error| Error::request(format!("the bundle made here: {error}"));
    let factors = Factors::read(&bundle).map_err(wrong)?;
    let f = Network::read(&bundle.as_slice(), &factors).map_err(wrong)?;
    let f = f.ok_or_else(|| Error::request("no network was trained"))?;
    Ok(Box::new(Alone { f, factors, kind: training.kind() }))
}

fn factors(training: &Training<'_>) -> Result<Factors> {
    let bundle = training.parts()?.bundle(&training.known_items()?, &training.plan(), &[], None)?;
    Ok(blend::profiler(&bundle)?.factors().clone())
}

fn days(days: f32) -> Millis {
    Millis((days * 86_400_000.0) as i64)
}

fn mean_length(factors: &Factors) -> f32 {
    let mut vector = vec![0.0; factors.dim()];
    let mut length = |item| {
        factors.space().write(item, &mut vector);
        vector.iter().map(|q| q * q).sum::<f32>().sqrt()
    };
    (0..factors.len() as u32).map(&mut length).sum::<f32>() / factors.len() as f32
}

impl<U: Update + Sync> Method for Alone<U>
where
    U::State: 'static,
{
    fn start(&self, user: usize) -> Box<dyn Shopper + '_> {
        Box::new(Learner { method: self, state: self.f.start(&self.factors), random: Random::new(user as u64) })
    }
}

struct Learner<'a, U: Update> {
    method: &'a Alone<U>,
    state: U::State,
    random: Random,
}

impl<U: Update> Shopper for Learner<'_, U> {
    fn scores(&mut self, at: i64, scores: &mut [f32]) {
        let factors = &self.method.factors;
        let opinion = self.method.f.opinion(&self.state, Millis(at), factors);
        scores.fill(0.0);
        if !opinion.vector.is_empty() {
            let weighed: Vec<f32> = opinion.vector.iter().zip(factors.space().scale()).map(|(p, s)| p * s).collect();
            for (score, item) in scores.iter_mut().zip(0..) {
                *score = factors.space().values(item).zip(&weighed).map(|(q, p)| f32::from(q) * p).sum();
            }
        }
        opinion.items.iter().for_each(|(item, score)| scores[*item as usize] += score);
    }

    fn feed(&mut self, basket: &Basket) {
        let Alone { f, factors, kind } = self.method;
        for item in &basket.items {
            let mut drawn = [0; 8];
            let items = factors.len() as u32;
            negatives(Sampling::Popularity, self.random.next(), *item, items, std::iter::empty(), &mut drawn);
            let at = Millis(basket.at);
            let example = Example { item: *item, kind: *kind, at, label: 1.0, weight: 1.0, negatives: &drawn };
            f.learn(&mut self.state, &example, factors);
        }
    }
}
