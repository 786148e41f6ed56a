//! What methods may learn from: everything before the cut, and nothing after it.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use homebody::factors::View;
use homebody::interaction::Kind;

use super::methods::options::Options;
use super::split::{Protocol, Split};
use crate::blend::past::Past;
use crate::blend::{Learnt, Plan};
use crate::content::Items;
use crate::error::Result;
use crate::import::Item;
use crate::progress::Progress;
use crate::table::Basket;
use crate::train::{Factors, Matrix, Settings, fit, neural};

/// The past of a split.
pub struct Training<'a> {
    split: &'a Split,
    /// What is known of the items, in any order.
    pub known: Vec<Item>,
    pub settings: Settings,
    factors: OnceLock<Arc<Factors>>,
    parts: OnceLock<Arc<Learnt>>,
    network: OnceLock<Option<Arc<neural::Weights>>>,
}

impl<'a> Training<'a> {
    pub fn new(split: &'a Split, known: Vec<Item>, settings: Settings) -> Self {
        Self { split, known, settings, factors: OnceLock::new(), parts: OnceLock::new(), network: OnceLock::new() }
    }

    pub fn protocol(&self) -> Protocol {
        self.split.protocol
    }

    /// The names of the items, in falling popularity.
    pub fn items(&self) -> &'a [String] {
        &self.split.items
    }

    /// All histories before the cut, in order of time, with their users.
    pub fn histories(&self) -> impl Iterator<Item = (usize, &'a [Basket])> {
        let past = |(user, history): (usize, &'a super::split::History)| (user, history.past());
        self.split.users.iter().enumerate().map(past).filter(|(_, baskets)| !baskets.is_empty())
    }

    /// The past as the mix learns from it.
    pub fn past(&self) -> Past<'a> {
        let histories = self.histories().map(|(_, baskets)| baskets).collect();
        Past { items: self.items().len(), histories, visits: self.visits() }
    }

    /// The same up to a later moment, for a method that is told each night what was ordered.
    pub fn past_until(&self, at: i64) -> Past<'a> {
        let until = |history: &'a super::split::History| {
            &history.baskets[..history.baskets.partition_point(|basket| basket.at < at)]
        };
        let histories = self.split.users.iter().map(until).filter(|baskets| !baskets.is_empty()).collect();
        Past { histories, ..self.past() }
    }

    /// When the past ends, and when the last order that is scored was.
    pub fn span(&self) -> [i64; 2] {
        let last = self.split.users.iter().filter_map(|history| history.baskets.last()).map(|basket| basket.at).max();
        [self.split.cut, last.unwrap_or(self.split.cut)]
    }

    fn visits(&self) -> bool {
        self.protocol() == Protocol::Sessions
    }

    /// What an event is to a profile.
    pub fn kind(&self) -> Kind {
        match self.protocol() {
            Protocol::Purchases => Kind::Purchase,
            Protocol::Sessions | Protocol::Strangers => Kind::Click,
        }
    }

    pub fn plan(&self) -> Plan {
        Plan::usual(self.visits(), self.settings)
    }

    /// All parts of a bundle, learnt when they are first asked for.
    pub fn parts(&self) -> Result<Arc<Learnt>> {
        if let Some(parts) = self.parts.get() {
            return Ok(parts.clone());
        }
        let items = self.known_items()?;
        Ok(self.parts.get_or_init(|| Arc::new(Learnt::new(&self.past(), &items.categories.of, &self.plan()))).clone())
    }

    /// The settings of the learnt update function.
    pub fn neural(&self) -> neural::Settings {
        neural::Settings { seed: self.settings.seed, ..neural::Settings::default() }
    }

    /// The learnt update function, trained when it is first asked for.
    pub fn network(&self) -> Result<Option<Arc<neural::Weights>>> {
        if let Some(network) = self.network.get() {
            return Ok(network.clone());
        }
        let plan = Plan { neural: Some(self.neural()), ..self.plan() };
        let network = self.parts()?.network(&self.past(), &plan)?.map(Arc::new);
        Ok(self.network.get_or_init(|| network).clone())
    }

    /// The items as a bundle has them, in the order of the vocabulary, without further views.
    pub fn known_items(&self) -> Result<Items> {
        self.items_with(&[])
    }

    /// The same with some views of what they are.
    pub fn items_with(&self, views: &[View]) -> Result<Items> {
        Ok(described(&self.known, self.items())?.with_views(views, self.settings.seed))
    }

    /// How many baskets hold each item.
    pub fn popularity(&self) -> Vec<f32> {
        let mut popularity = vec![0.0; self.items().len()];
        self.split.past_pairs().for_each(|(_, item)| popularity[item as usize] += 1.0);
        popularity
    }

    /// How often each user took each item.
    pub fn matrix(&self) -> Matrix {
        self.split.matrix()
    }

    /// The factors of users and items; trained when they are first asked for.
    pub fn factors(&self) -> Arc<Factors> {
        let train = || {
            let progress = Progress::steps(self.settings.iterations as u64, "training");
            Arc::new(fit(&self.matrix(), &self.settings, |iteration, _, loss| {
                progress.step(&format!("iteration {iteration:>2}: loss {loss:.6}"));
            }))
        };
        self.factors.get_or_init(train).clone()
    }
}

/// Items by their names, with what is known of them.
pub fn described(known: &[Item], ids: &[String]) -> Result<Items> {
    let known: HashMap<&str, &Item> = known.iter().map(|item| (item.id.as_str(), item)).collect();
    let of = |id: &String| known.get(id.as_str()).map_or_else(|| Item::unknown(id), |item| (*item).clone());
    Items::of(&ids.iter().map(of).collect::<Vec<Item>>())
}

/// How what was taken loses its weight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fading {
    /// With each basket, what came before it keeps this share.
    Step(f32),
    /// Half goes in so many days (0 = never).
    HalfLife(f32),
}

impl Fading {
    pub const NONE: Self = Self::HalfLife(0.0);

    /// Sessions fade by the event (setting `g`), purchases by the day (setting `half`).
    pub fn choose(protocol: Protocol, options: &mut Options, half: f32, g: f32) -> Self {
        match protocol {
            Protocol::Sessions => Self::Step(options.number("g", g)),
            Protocol::Purchases | Protocol::Strangers => Self::HalfLife(options.number("half", half)),
        }
    }

    /// Fades values from the time of the last basket to that of the next.
    pub fn apply(self, last: &mut i64, at: i64, values: &mut [f32]) {
        let left = match self {
            Self::Step(share) => share,
            Self::HalfLife(days) if days > 0.0 => libm::exp2f(-((at - *last).max(0) as f32 / 86_400_000.0) / days),
            Self::HalfLife(_) => 1.0,
        };
        *last = at;
        if left != 1.0 {
            values.iter_mut().for_each(|value| *value *= left);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::settings::Model;
    use crate::evaluate::split::History;

    #[test]
    fn what_was_ordered_since_is_known_up_to_a_moment_and_not_beyond() {
        let basket = |at, item| Basket { user: 0, at, items: vec![item] };
        let history = History { baskets: vec![basket(1, 0), basket(5, 1), basket(9, 1)], past: 1, first: 1 };
        let items = vec!["a".into(), "b".into()];
        let split = Split { protocol: Protocol::Purchases, items, users: vec![history], cut: 4, coverage: 1.0 };
        let training = Training::new(&split, Vec::new(), Model::USUAL.settings(Protocol::Purchases));
        assert_eq!(training.span(), [4, 9]);
        let counts = |at| training.past_until(at).popularity();
        assert_eq!([counts(4), counts(5), counts(6), counts(10)], [[1.0, 0.0], [1.0, 0.0], [1.0, 1.0], [1.0, 2.0]]);
        assert_eq!(training.past().popularity(), [1.0, 0.0], "methods learn from what was before the cut");
    }

    #[test]
    fn fading_by_step_and_by_day() {
        let day = 86_400_000;
        for (fading, expected) in [(Fading::Step(0.25), 0.25), (Fading::HalfLife(2.0), 0.5), (Fading::NONE, 1.0)] {
            let (mut last, mut values) = (7 * day, [1.0]);
            fading.apply(&mut last, 9 * day, &mut values);
            assert_eq!((last, values), (9 * day, [expected]), "{fading:?}");
        }
    }
}
