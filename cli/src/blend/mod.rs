//! The learnt mix: its parts from the past, its curves from what came after it.

mod ease;
pub mod fit;
mod items;
pub mod past;
pub mod rows;

use std::collections::BTreeMap;

use homebody::blend::{Condition, Curve, Feature, Purpose, Source};
use homebody::interaction::{Kind, Millis};
use homebody::profiler::Profiler;

use crate::bundle::{self, Parts, Tensor};
use crate::content::Items;
use crate::error::{Error, Result};
use crate::progress::Progress;
use crate::random::Random;
use crate::table::Basket;
use crate::train::{self, ListSettings, Lists, Quantised, fit as fit_als, neural, next, together};
use items::ItemFigures;
use past::Past;
use rows::{Rows, Scored, Wanted};

/// What the mix is made of, and how.
#[derive(Clone, Debug)]
pub struct Plan {
    pub als: train::Settings,
    /// λ, g, a, half-life in days (0 = none), what is left after each event (1 = all).
    pub fold_in: [f32; 5],
    /// The longest lists.
    pub most: usize,
    /// The fewest shoppers behind a pair of items.
    pub min_users: u32,
    pub fit: fit::Settings,
    /// Train a learnt update function, too.
    pub neural: Option<neural::Settings>,
    /// What the mix does without, to see what it is worth.
    pub without: Vec<Source>,
    pub seed: u64,
}

impl Plan {
    /// Chosen on the slice before the test: for visits of a few events, or for orders over months.
    pub fn usual(visits: bool, als: train::Settings) -> Self {
        Self {
            als,
            fold_in: if visits { [1.0, 1.0, 32.0, 0.0, 0.2] } else { [40.0, 1.0, 2.0, 30.0, 1.0] },
            most: 50,
            min_users: 1,
            fit: if visits { fit::Settings::OF_VISITS } else { fit::Settings::USUAL },
            neural: None,
            without: Vec::new(),
            seed: als.seed,
        }
    }
}

/// The parts that are learnt from a past, for a bundle.
#[derive(Clone)]
pub struct Learnt {
    factors: train::Factors,
    together: Lists,
    next: Lists,
    habit: Lists,
    figures: ItemFigures,
    popularity: Vec<f32>,
}

/// What steps count at distances 0 to 10: nothing at 0, and 0.7 of the one before further on.
fn following() -> Vec<f32> {
    std::iter::once(0.0).chain((0..10).map(|distance| libm::powf(0.7, distance as f32))).collect()
}

/// What goes together and what comes next, of pairs of so many shoppers or more.
pub fn pairs(past: &Past<'_>, plan: &Plan, min_users: u32) -> [Lists; 2] {
    let settings = ListSettings { most: plan.most, shrink: if past.visits { 0.0 } else { 2.0 } };
    [together(&past.together(), &settings, min_users), next(&past.sequences(), &following(), 0.7, &settings, min_users)]
}

impl Learnt {
    pub fn new(past: &Past<'_>, categories: &[u16], plan: &Plan) -> Self {
        Self::with(fit_als(&past.matrix(), &plan.als, |_, _, _| {}), past, categories, plan)
    }

    /// With factors that are there already.
    pub fn with(factors: train::Factors, past: &Past<'_>, categories: &[u16], plan: &Plan) -> Self {
        let ease = ease::Settings {
            regularization: 500.0,
            half_life: 120.0,
            most: plan.most,
            min_users: plan.min_users,
            histories: 3_000,
        };
        let habit = if past.visits { None } else { ease::ease(past, &ease) };
        let [together, next] = pairs(past, plan, plan.min_users);
        Self {
            factors,
            together,
            next,
            habit: habit.unwrap_or_else(|| Lists::none(past.items)),
            figures: items::figures(past, categories, plan.min_users),
            popularity: past.popularity(),
        }
    }

    /// The learnt update function over these factors, where the plan wants one.
    pub fn network(&self, past: &Past<'_>, plan: &Plan) -> Result<Option<neural::Weights>> {
        let Some(settings) = &plan.neural else { return Ok(None) };
        let kind = past.kind();
        let event = |basket: &Basket, item: &u32| neural::Event { item: *item, kind, at: Millis(basket.at) };
        let events = |history: &&[Basket]| {
            history.iter().flat_map(|basket| basket.items.iter().map(move |item| event(basket, item))).collect()
        };
        let sequences: Vec<Vec<neural::Event>> = past.histories.iter().map(events).collect();
        let (restored, bias) = (self.quantised().restore(), bundle::bias(&self.popularity));
        let items = neural::Items { dim: self.factors.dim, vectors: &restored, bias: &bias };
        let progress = Progress::steps(settings.epochs as u64, "training the network");
        let each = |epoch, train: f64, held: f64| {
            progress.step(&format!("epoch {epoch}: loss {train:.4}, held out {held:.4}"))
        };
        neural::train(&sequences, &items, settings, each).map(Some)
    }

    /// The same with the counts of a later day, as a shop packs them anew each night: how often each item was
    /// ordered, of late and since when. The items keep their places.
    #[must_use]
    pub fn counted(&self, until: &Past<'_>, categories: &[u16], plan: &Plan) -> Self {
        let ItemFigures { recent, age, .. } = items::figures(until, categories, plan.min_users);
        let figures = ItemFigures { recent, age, ..self.figures.clone() };
        Self { figures, popularity: until.popularity(), ..self.clone() }
    }

    /// What goes together, and what comes next.
    pub fn lists(&self) -> [&Lists; 2] {
        [&self.together, &self.next]
    }

    fn quantised(&self) -> Quantised {
        Quantised::of(&self.factors.items, self.factors.dim)
    }

    /// What the mix reads beside the factors.
    pub fn tensors(&self, plan: &Plan) -> BTreeMap<String, Tensor> {
        let mut tensors = BTreeMap::from([
            ("fold-in".to_owned(), Tensor::f32(&plan.fold_in)),
            ("recent".to_owned(), Tensor::f32(&self.figures.recent)),
            ("age".to_owned(), Tensor::f32(&self.figures.age)),
            ("repeat.interval".to_owned(), Tensor::f32(&self.figures.interval)),
            ("repeat.rate".to_owned(), Tensor::f32(&self.figures.rate)),
        ]);
        for (name, lists) in [("together", &self.together), ("next", &self.next), ("habit", &self.habit)] {
            tensors.extend(lists.tensors(name));
        }
        tensors
    }

    /// The bundle with these parts and curves.
    pub fn bundle(
        &self, items: &Items, plan: &Plan, curves: &[Curve], network: Option<&neural::Weights>,
    ) -> Result<Vec<u8>> {
        let quantised = self.quantised();
        let mut tensors = self.tensors(plan);
        let gram = train::gram(&quantised.restore(), self.factors.dim);
        tensors.insert("gram".to_owned(), Tensor::f32(&gram));
        tensors.extend(items.views.tensors());
        tensors.extend(curve_tensors(curves)?);
        let mut parts = Parts {
            ids: items.ids.clone(),
            factors: quantised.values,
            scale: quantised.scale,
            popularity: self.popularity.clone(),
            categories: items.categories.clone(),
            brands: items.brands.clone(),
            prices: items.prices.clone(),
            ratings: [1.0, 3.5, 5.0],
            metadata: [("homebody.model".to_owned(), "als".to_owned())].into(),
        };
        if let Some(network) = network {
            let cell = network.cell.name().to_owned();
            parts.metadata.insert("homebody.neural".to_owned(), cell);
            tensors.extend(network_tensors(network));
        }
        Ok(bundle::write_with(&parts, tensors)?.1)
    }
}

/// A network's weights as tensors.
pub fn network_tensors(network: &neural::Weights) -> impl Iterator<Item = (String, Tensor)> {
    let tensor = |part: &neural::Part| Tensor::raw(part.dtype, part.shape.clone(), part.data.clone());
    network.tensors.iter().map(move |part| (part.name.clone(), tensor(part)))
}

/// The curves as tensors; none where there are none.
pub fn curve_tensors(curves: &[Curve]) -> Result<BTreeMap<String, Tensor>> {
    let mut tensors = BTreeMap::new();
    if curves.is_empty() {
        return Ok(tensors);
    }
    let names: Vec<String> = curves.iter().map(Curve::name).collect();
    let (text, offsets) = Tensor::texts(&names)?;
    let knots: Vec<f32> = curves.iter().flat_map(|curve| curve.knots).collect();
    let values: Vec<f32> =
        (0..Purpose::COUNT).flat_map(|purpose| curves.iter().flat_map(move |curve| curve.values[purpose])).collect();
    tensors.insert("blend.features".into(), text);
    tensors.insert("blend.features.offsets".into(), offsets);
    tensors.insert("blend.knots".into(), Tensor::f32(&knots).shaped(vec![curves.len(), Curve::KNOTS]));
    tensors
        .insert("blend.values".into(), Tensor::f32(&values).shaped(vec![Purpose::COUNT * curves.len(), Curve::KNOTS]));
    Ok(tensors)
}

/// Which curves there may be, but for some sources.
pub fn shapes(without: &[Source]) -> Vec<(Feature, Condition)> {
    use Condition::{Fresh, Known};
    use Feature as F;
    let known = [
        F::Popular,
        F::Recent,
        F::Age,
        F::Taste,
        F::TasteAttributes,
        F::TasteText,
        F::LastDot,
        F::LastCosine,
        F::LastAttributes,
        F::LastText,
        F::Neural,
        F::Together,
        F::TogetherLast,
        F::TogetherAll,
        F::Next,
        F::NextBefore,
        F::Lately,
        F::Habit,
        F::Orders,
        F::Slow,
        F::Month,
        F::Week,
        F::ByOrder,
        F::Since,
        F::OrdersSince,
        F::Rate,
        F::Due,
        F::Interval,
        F::ItemInterval,
        F::ItemRate,
        F::CategorySince,
        F::CategoryDue,
        F::CategoryOrders,
        F::CategoryShare,
        F::SeenRank,
        F::SeenCount,
        F::Returns,
        F::Length,
    ];
    let fresh = [
        F::Popular,
        F::Recent,
        F::Age,
        F::Taste,
        F::TasteAttributes,
        F::TasteText,
        F::LastDot,
        F::LastCosine,
        F::LastAttributes,
        F::LastText,
        F::Neural,
        F::Together,
        F::TogetherLast,
        F::TogetherAll,
        F::Next,
        F::NextBefore,
        F::Lately,
        F::Habit,
        F::ItemRate,
        F::CategorySince,
        F::CategoryOrders,
        F::CategoryLead,
    ];
    let known = known.into_iter().map(|feature| (feature, Known));
    let fresh = fresh.into_iter().map(|feature| (feature, Fresh));
    known.chain(fresh).filter(|(feature, _)| !without.contains(&feature.source())).collect()
}

/// A profiler on a bundle made here.
pub fn profiler(bundle: &[u8]) -> Result<Profiler> {
    let wrong = |error| Error::request(format!("the bundle made here: {error}"));
    Profiler::open(bundle).map_err(wrong)
}

/// Learns the curves on histories: the parts from an inner past, the curves from what follows it. The
/// parts that go with them are those of all.
pub fn curves(all: &Past<'_>, items: &Items, plan: &Plan) -> Result<Vec<Curve>> {
    let kind = all.kind();
    let mut samples = Samples::default();
    let folds = folds(all);
    let progress = Progress::steps(folds.len() as u64 + 1, "learning the mix");
    for fold in folds {
        let learnt = Learnt::new(&fold.past, &items.categories.of, plan);
        let network = learnt.network(&fold.past, plan)?;
        let profiler = profiler(&learnt.bundle(items, plan, &[], network.as_ref())?)?;
        samples.extend(&profiler, &fold, kind, plan.seed);
        let rows = &samples.next;
        progress.step(&format!("mix: {} candidates of {} baskets", rows.len(), rows.targets.len()));
    }
    if samples.next.targets.len() < LEAST_SCORED {
        return Ok(Vec::new());
    }
    let curves = fit::fit(&samples.by_purpose(), &shapes(&plan.without), &plan.fit);
    progress.step(&format!("mix: {} curves", curves.len()));
    Ok(curves)
}

/// What the curves of each purpose are fitted to.
#[derive(Default)]
struct Samples {
    next: Rows,
    /// More baskets, and only what was not known before them; of visits the same as `next`.
    discover: Rows,
    /// Orders as a stranger would put them together, after the first clicks; of visits the same as `next`.
    first: Rows,
    /// The same after some more clicks.
    visit: Rows,
}

impl Samples {
    fn extend(&mut self, profiler: &Profiler, fold: &Fold<'_>, kind: Kind, seed: u64) {
        if fold.past.visits {
            self.next.extend(rows::rows(profiler, &fold.scored, kind, seed, Wanted::All));
            return;
        }
        let some = sampled(&fold.scored, MOST_SCORED, seed);
        self.next.extend(rows::rows(profiler, &some, kind, seed, Wanted::All));
        let more = sampled(&fold.scored, MOST_DISCOVERED, seed);
        self.discover.extend(rows::rows(profiler, &more, kind, seed, Wanted::Fresh));
        self.first.extend(rows::clicked(profiler, &fold.scored, &FIRST_CLICKS, seed));
        self.visit.extend(rows::clicked(profiler, &fold.scored, &LATER_CLICKS, seed));
    }

    fn by_purpose(&self) -> [&Rows; Purpose::COUNT] {
        [&self.next, &self.discover, &self.first, &self.visit]
            .map(|rows| if rows.targets.is_empty() { &self.next } else { rows })
    }
}

/// Some of the histories, with no more scored baskets than `most`.
fn sampled<'a>(scored: &[Scored<'a>], most: usize, seed: u64) -> Vec<Scored<'a>> {
    let mut random = Random::new(seed);
    let mut scored = scored.to_vec();
    let count = |scored: &Scored<'_>| scored.baskets.len() - scored.first;
    let mut baskets: usize = scored.iter().map(count).sum();
    while baskets > most && scored.len() > 1 {
        let place = random.next() as usize % scored.len();
        baskets -= count(&scored.swap_remove(place));
    }
    scored
}

/// A past, and what is scored after it.
struct Fold<'a> {
    past: Past<'a>,
    scored: Vec<Scored<'a>>,
}

/// Visits are independent of each other: each fifth is scored by the parts of the others. Of orders, the
/// last tenth of the time is scored by what came before it.
fn folds<'a>(all: &Past<'a>) -> Vec<Fold<'a>> {
    if all.visits {
        const FOLDS: usize = 5;
        // Some ten thousand events are enough for a few hundred heights.
        const USED: usize = 2;
        let part = |fold: usize, out: bool| {
            let histories = all.histories.iter().enumerate().filter(move |(n, _)| (n % FOLDS == fold) == out);
            histories.map(|(_, history)| *history).collect::<Vec<&[Basket]>>()
        };
        let scored = |history: &'a [Basket]| Scored { baskets: history, first: 1.min(history.len()) };
        return (0..USED)
            .map(|fold| Fold {
                past: Past { histories: part(fold, false), ..*all },
                scored: part(fold, true).into_iter().map(scored).collect(),
            })
            .collect();
    }
    let first = all.histories.iter().filter_map(|history| history.first()).map(|basket| basket.at).min().unwrap_or(0);
    let cut = first + (all.now() - first) / 10 * 9;
    let before = |history: &&'a [Basket]| history.partition_point(|basket| basket.at < cut);
    let past = all.histories.iter().map(|history| &history[..before(history)]).collect();
    let scored = all
        .histories
        .iter()
        .map(|history| Scored { baskets: history, first: before(history) })
        .filter(|scored| scored.first < scored.baskets.len())
        .collect();
    vec![Fold { past: Past { histories: past, ..*all }, scored }]
}

/// Clicks after which a stranger's list is scored: at first, and later in the visit.
const FIRST_CLICKS: [usize; Purpose::FEW] = [1, 2, 3];
const LATER_CLICKS: [usize; 4] = [4, 6, 8, 11];
/// From fewer baskets no curve is learnt.
const LEAST_SCORED: usize = 200;
/// Baskets of orders that the curves are fitted to at most: enough for a few hundred heights, and
/// what they take fits into memory.
const MOST_SCORED: usize = 3_000;
/// The same where only what was not known counts, of which a basket holds less.
const MOST_DISCOVERED: usize = 9_000;
