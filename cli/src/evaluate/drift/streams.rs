//! Losses before learning, order by order, of households as they are and of such as jump in the middle.

use homebody::insight::PageHinkley;
use homebody::interaction::{Interaction, Kind, Millis};
use homebody::profiler::{Profiler, Settings};
use homebody::update::{Example, Repeat, Sampling, Update, negatives};
use homebody::{Factors, Profile};
use rayon::prelude::*;

use super::super::data::Data;
use super::super::split::Protocol;
use crate::blend::past::Past;
use crate::blend::{Learnt, Plan};
use crate::error::{Error, Result};
use crate::random::Random;
use crate::table::{Basket, Table};
use crate::train::Vocabulary;

/// What may be watched, each within 0 and 1:
/// - long taste: l/(1+l), l the logistic loss of one step;
/// - fold-in, miss: 1 − p·q; fold-in, rank: the share of [`OTHERS`] drawn by popularity that score no lower;
/// - repeat: 1/(1 + decayed orders of the item); category: the same of its category;
/// - never ordered: 1 for an item that was not ordered before. The profile watches this one.
pub const LOSSES: [&str; 6] = ["long taste", "fold-in, miss", "fold-in, rank", "repeat", "category", "never ordered"];

/// Orders that a household must have in each half of the time.
pub const LEAST: usize = 10;

/// The losses of one order's items.
pub type Losses = [Vec<f32>; LOSSES.len()];

/// A household's losses, order by order.
pub struct Stream {
    pub steady: Vec<Losses>,
    /// The same up to `jump`, from where on it is another household's.
    pub jumping: Vec<Losses>,
    /// The first order of the second half, in either.
    pub jump: usize,
    /// From its first order to its last.
    pub years: f64,
}

/// Items of an order are ranked against so many others.
const OTHERS: usize = 16;

/// Learns from a half of the households, and watches others.
pub fn read(table: &Table, data: &Data, households: usize) -> Result<Vec<Stream>> {
    let baskets = table.baskets();
    let mut random = Random::new(data.model.seed ^ 0x6472_6966_7400_0000);
    let taught: Vec<bool> = table.users.iter().map(|_| random.next().is_multiple_of(2)).collect();
    let of_taught = || baskets.iter().filter(|basket| taught[basket.user as usize]);
    // Half of what an evaluation asks for, of half of the households.
    let vocabulary = Vocabulary::choose(of_taught(), &table.items, 13, 5)?;
    let known = |basket: &Basket| Basket { items: vocabulary.places(basket), ..basket.clone() };
    let baskets: Vec<Basket> = baskets.iter().map(known).filter(|basket| !basket.items.is_empty()).collect();
    let (learnt, watched): (Vec<&[Basket]>, Vec<&[Basket]>) =
        baskets.chunk_by(|a, b| a.user == b.user).partition(|history| taught[history[0].user as usize]);
    let profiler = profiler(&vocabulary, table, data, learnt)?;

    let times = || baskets.iter().map(|basket| basket.at);
    let middle = times().min().unwrap_or(0).midpoint(times().max().unwrap_or(0));
    let halves = |history: &'_ [Basket]| history.partition_point(|basket| basket.at < middle);
    let mut watched: Vec<&[Basket]> = watched
        .into_iter()
        .filter(|history| halves(history) >= LEAST && history.len() - halves(history) >= LEAST)
        .collect();
    watched.truncate(households);
    if watched.len() < 2 {
        return Ok(Vec::new());
    }
    let stream = |(place, own): (usize, &&[Basket])| {
        let other = watched[(place + 1) % watched.len()];
        let (jump, from) = (halves(own), halves(other));
        let span = own[own.len() - 1].at - own[0].at;
        Stream {
            steady: losses(&profiler, own.iter()),
            jumping: losses(&profiler, own[..jump].iter().chain(&other[from..])),
            jump,
            years: span as f64 / (365.25 * 86_400_000.0),
        }
    };
    Ok(watched.par_iter().enumerate().map(stream).collect())
}

/// On the bundle that these households' orders make; it heeds no drift, so that all detectors see the same.
fn profiler(vocabulary: &Vocabulary, table: &Table, data: &Data, histories: Vec<&[Basket]>) -> Result<Profiler> {
    let plan = Plan::usual(false, data.model.settings(Protocol::Purchases));
    let names: Vec<String> = vocabulary.items.iter().map(|item| table.items[*item as usize].clone()).collect();
    let items = data.items(&names)?;
    let past = Past { items: vocabulary.len(), histories, visits: false };
    let bundle = Learnt::new(&past, &items.categories.of, &plan).bundle(&items, &plan, &[], None)?;
    let wrong = |error| Error::request(format!("the bundle made here: {error}"));
    let factors = Factors::read(&bundle).map_err(wrong)?;
    let calm = PageHinkley { threshold: f32::MAX, ..PageHinkley::default() };
    let settings = Settings { drift: calm, ..Settings::of(&factors) };
    Profiler::new(factors, settings).map_err(wrong)
}

fn losses<'a>(profiler: &Profiler, orders: impl Iterator<Item = &'a Basket>) -> Vec<Losses> {
    let factors = profiler.factors();
    let [fold_in, ..] = Settings::of(factors).fold_in;
    let mut profile = Profile::new(factors);
    let mut random = Random::new(1);
    let mut one = |order: &Basket| {
        let at = Millis(order.at);
        let taste = fold_in.opinion(&profile.statistics[0], at, factors);
        let mut losses = Losses::default();
        // All items of an order were chosen at once: none is known before the other.
        for item in &order.items {
            let example = Example { item: *item, kind: Kind::Purchase, at, label: 1.0, weight: 1.0, negatives: &[] };
            let score = taste.score(*item, factors);
            let mut others = [0; OTHERS];
            negatives(Sampling::Popularity, random.next(), *item, factors.len() as u32, [].into_iter(), &mut others);
            let ahead = others.iter().filter(|other| taste.score(**other, factors) >= score).count();
            let need = factors.category(*item).and_then(|category| profile.counts.need(category));
            losses[1].push((1.0 - score).clamp(0.0, 1.0));
            losses[2].push(ahead as f32 / OTHERS as f32);
            losses[3].push(Repeat.loss(&profile.counts, &example, factors));
            losses[4].push(1.0 / (1.0 + need.map_or(0.0, |need| need.faded)));
            losses[5].push(if profile.counts.of(*item).is_some() { 0.0 } else { 1.0 });
        }
        for item in &order.items {
            let one = Interaction::new(Kind::Purchase, factors.id(*item), at, random.next());
            let loss = profiler.apply(&mut profile, &one).loss();
            losses[0].push(loss / (1.0 + loss));
        }
        losses
    };
    orders.map(&mut one).collect()
}
