//! What every update function owes its caller: one list of laws for all of them.

use super::*;
use crate::factors::View;
use crate::interaction::Forgetting;
use crate::testing::factors;
use crate::testing::test;
use proptest::prelude::*;

/// An update function with its state: what the laws are about.
trait Learner {
    fn learn(&mut self, example: &Example<'_>, factors: &Factors) -> f32;
    fn opinion(&self, day: i64, factors: &Factors) -> Opinion;
    fn knows_nothing(&self, factors: &Factors) -> bool;

    fn score(&self, item: u32, day: i64, factors: &Factors) -> f32 {
        self.opinion(day, factors).score(item, factors)
    }
}

struct Running<U: Update>(U, U::State);

impl<U: Update> Learner for Running<U> {
    fn learn(&mut self, example: &Example<'_>, factors: &Factors) -> f32 {
        let loss = self.0.loss(&self.1, example, factors);
        self.0.learn(&mut self.1, example, factors);
        loss
    }

    fn opinion(&self, day: i64, factors: &Factors) -> Opinion {
        self.0.opinion(&self.1, Millis::days(day), factors)
    }

    fn knows_nothing(&self, factors: &Factors) -> bool {
        self.1 == self.0.start(factors)
    }
}

fn running<U: Update + 'static>(f: U, factors: &Factors) -> Box<dyn Learner> {
    let state = f.start(factors);
    Box::new(Running(f, state))
}

/// A network belongs to the factors that it was trained over.
struct Trained(Running<Network>, Factors);

impl Learner for Trained {
    fn learn(&mut self, example: &Example<'_>, _: &Factors) -> f32 {
        self.0.learn(example, &self.1)
    }

    fn opinion(&self, day: i64, _: &Factors) -> Opinion {
        self.0.opinion(day, &self.1)
    }

    fn knows_nothing(&self, _: &Factors) -> bool {
        self.0.knows_nothing(&self.1)
    }

    fn score(&self, item: u32, day: i64, _: &Factors) -> f32 {
        self.0.score(item, day, &self.1)
    }
}

fn trained(bundle: &[u8]) -> Box<dyn Learner> {
    let factors = Factors::read(bundle).expect("the golden bundle is valid");
    let network = Network::read(&bundle, &factors).expect("and so is its network").expect("which it has");
    let state = network.start(&factors);
    Box::new(Trained(Running(network, state), factors))
}

type Entry = (&'static str, fn(&Factors) -> Box<dyn Learner>);

const DAY: Forgetting = Forgetting::Time(Millis::days(1));

fn sgd(loss: Loss, rate: Rate, forgetting: Forgetting) -> Sgd {
    Sgd { loss, rate, l2: 0.01, sharpness: 4.0, forgetting }
}

fn fold_in(forgetting: Forgetting) -> FoldIn {
    FoldIn { view: View::Collaborative, ridge: 0.5, unseen: 0.1, confidence: 2.0, forgetting, drifts: 0 }
}

/// Those that learn from every wanted item.
const LEARNERS: &[Entry] = &[
    ("logistic", |f| running(sgd(Loss::Logistic { offset: -2.0 }, Rate::Fixed(0.3), DAY), f)),
    ("logistic, never forgets", |f| {
        running(sgd(Loss::Logistic { offset: 0.0 }, Rate::Fixed(0.3), Forgetting::Never), f)
    }),
    ("bpr", |f| running(sgd(Loss::Bpr, Rate::Fixed(0.3), DAY), f)),
    ("als", |f| {
        let loss = Loss::Als { confidence: 2.0, unseen: 0.1 };
        running(Sgd { sharpness: 1.0, ..sgd(loss, Rate::Fixed(0.1), Forgetting::Event(0.9)) }, f)
    }),
    ("a rate by dimension", |f| running(sgd(Loss::Bpr, Rate::PerDimension(0.3), DAY), f)),
    ("fold-in by time", |f| running(fold_in(DAY), f)),
    ("fold-in by event", |f| running(fold_in(Forgetting::Event(0.5)), f)),
    ("fold-in, never forgets", |f| running(fold_in(Forgetting::Never), f)),
];

/// Those that speak of few items only, or learn from some kinds only, or have absurd settings.
const OTHERS: &[Entry] = &[
    ("a step size beyond reason", |f| running(sgd(Loss::Bpr, Rate::Fixed(1e6), DAY), f)),
    ("als beyond reason", |f| {
        running(sgd(Loss::Als { confidence: 1e6, unseen: 1e6 }, Rate::Fixed(1e3), Forgetting::Never), f)
    }),
    ("neighbours", |f| running(Neighbour { relation: Relation::Together, keep: 0.5, half_life: Millis::days(1) }, f)),
    ("rules", |f| running(Neighbour { relation: Relation::Next, keep: 0.5, half_life: Millis(0) }, f)),
    ("repeat", |f| running(Repeat, f)),
];

/// Three laws are not theirs. What is read need not score higher, and its loss need not fall: they were
/// trained to say what comes next, which may be anything but the item just read. And nothing fades by
/// itself: time passes for them with the next event, which brings how much it was.
const NETWORKS: &[Entry] = &[
    ("gru", |_| trained(include_bytes!("../../tests/golden/neural-gru.safetensors"))),
    ("mlp", |_| trained(include_bytes!("../../tests/golden/neural-mlp.safetensors"))),
];

fn all() -> impl Iterator<Item = &'static Entry> {
    LEARNERS.iter().chain(OTHERS).chain(NETWORKS)
}

/// A wrong one, for the controls: it multiplies where it should add, and has no bound.
struct Runaway;

impl Update for Runaway {
    type State = Vec<f32>;

    fn start(&self, factors: &Factors) -> Vec<f32> {
        vec![0.0; factors.dim()]
    }

    fn loss(&self, state: &Vec<f32>, _: &Example<'_>, _: &Factors) -> f32 {
        state[0] * f32::INFINITY
    }

    fn learn(&self, state: &mut Vec<f32>, example: &Example<'_>, _: &Factors) {
        state.iter_mut().for_each(|value| *value = *value * 1e9 + 1.0 + example.weight);
    }

    fn opinion(&self, state: &Vec<f32>, _: Millis, _: &Factors) -> Opinion {
        Opinion { vector: state.iter().map(|value| -value).collect(), items: Vec::new() }
    }
}

fn example(item: u32, day: i64, label: f32, weight: f32) -> Example<'static> {
    Example { item, kind: Kind::Purchase, at: Millis::days(day), label, weight, negatives: &[2, 3] }
}

fn finite_and_bounded(learner: &mut dyn Learner, examples: &[Example<'_>], factors: &Factors) -> bool {
    let learnt = examples.iter().all(|example| learner.learn(example, factors).is_finite());
    let last = examples.last().map_or(0, |example| example.at.0 / Millis::days(1).0);
    let opinion = learner.opinion(last, factors);
    let norm: f32 = opinion.vector.iter().map(|p| p * p).sum();
    let scores = opinion.items.iter().all(|(item, score)| (*item as usize) < factors.len() && score.is_finite());
    let ordered = opinion.items.windows(2).all(|pair| pair[0].0 < pair[1].0);
    learnt && norm <= 1.001 * Sgd::MAX_NORM * Sgd::MAX_NORM && scores && ordered
}

#[test]
fn weight_zero_changes_nothing() {
    let factors = factors();
    let unmoved = |mut learner: Box<dyn Learner>| {
        learner.learn(&example(1, 5, 1.0, 0.0), &factors);
        learner.knows_nothing(&factors)
    };
    for (name, make) in all() {
        assert!(unmoved(make(&factors)), "{name}");
    }
    assert!(!unmoved(running(Runaway, &factors)), "control");
}

#[test]
fn many_equal_orders_stay_finite_and_bounded() {
    let factors = factors();
    let orders = vec![example(1, 0, 1.0, 4.0); if cfg!(debug_assertions) { 5_000 } else { 200_000 }];
    for (name, make) in all() {
        assert!(finite_and_bounded(make(&factors).as_mut(), &orders, &factors), "{name}");
    }
    assert!(!finite_and_bounded(running(Runaway, &factors).as_mut(), &orders, &factors), "control");
}

#[test]
fn what_is_wanted_scores_higher_and_what_is_not_no_higher() {
    let factors = factors();
    let score = |mut learner: Box<dyn Learner>, label| {
        learner.learn(&example(1, 0, label, 1.0), &factors);
        learner.score(1, 0, &factors)
    };
    for (name, make) in LEARNERS {
        assert!(score(make(&factors), 1.0) > 0.0, "{name}");
    }
    for (name, make) in LEARNERS.iter().chain(NETWORKS) {
        assert!(score(make(&factors), 0.0) <= 0.0, "{name}");
    }
    assert!(score(running(Runaway, &factors), 1.0) < 0.0, "control");
}

#[test]
fn the_loss_on_the_same_example_falls() {
    let factors = factors();
    for (name, make) in LEARNERS {
        let mut learner = make(&factors);
        let before = learner.learn(&example(1, 0, 1.0, 1.0), &factors);
        let after = learner.learn(&example(1, 0, 1.0, 1.0), &factors);
        assert!(after < before, "{name}: {before} then {after}");
    }
}

#[test]
fn what_is_not_refreshed_fades() {
    let factors = factors();
    for (name, make) in LEARNERS.iter().filter(|(name, _)| !name.contains("never") && !name.contains("event")) {
        let mut learner = make(&factors);
        learner.learn(&example(1, 0, 1.0, 1.0), &factors);
        let (now, later) = (learner.score(1, 0, &factors), learner.score(1, 30, &factors));
        // By event, only events fade.
        assert!(later < 0.01 * now || *name == "als", "{name}: {now} then {later}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_sequence_stays_finite_and_replays_to_the_same_bits(
        steps in proptest::collection::vec((0u32..4, -100i64..100_000, 0f32..=1.0, 0f32..=4.0), 0..60)
    ) {
        let factors = factors();
        let examples: Vec<_> = steps.iter().map(|(item, day, label, weight)| example(*item, *day, *label, *weight)).collect();
        for (name, make) in all() {
            prop_assert!(finite_and_bounded(make(&factors).as_mut(), &examples, &factors), "{}", name);
            let replay = || {
                let mut learner = make(&factors);
                examples.iter().for_each(|one| { learner.learn(one, &factors); });
                let opinion = learner.opinion(100_000, &factors);
                let bits = opinion.vector.iter().chain(opinion.items.iter().map(|(_, score)| score)).map(|p| p.to_bits());
                bits.collect::<Vec<_>>()
            };
            prop_assert_eq!(replay(), replay());
        }
    }
}

#[test]
fn a_network_reads_what_is_wanted_and_nothing_else() {
    let factors = factors();
    for (name, make) in NETWORKS {
        let after = |label| {
            let mut learner = make(&factors);
            learner.learn(&example(1, 0, label, 1.0), &factors);
            learner.knows_nothing(&factors)
        };
        assert!(after(0.0), "{name}");
        assert!(!after(1.0), "{name}: the control");
    }
}

#[test]
fn parts_add_up_to_the_taste() {
    let factors = factors();
    for loss in [Loss::Logistic { offset: -2.0 }, Loss::Bpr] {
        let f = sgd(loss, Rate::Fixed(0.3), DAY);
        let mut taste = f.start(&factors);
        for day in 0..20 {
            f.learn(&mut taste, &example((day % 4) as u32, day, 1.0, 0.5), &factors);
        }
        let mut sum = vec![0.0; factors.dim()];
        let mut vector = vec![0.0; factors.dim()];
        for part in taste.parts() {
            for (item, amount) in part.items.into_iter().zip(part.amounts) {
                factors.space().write(item, &mut vector);
                sum.iter_mut().zip(&vector).for_each(|(sum, q)| *sum += amount * q);
            }
        }
        for (sum, value) in sum.iter().zip(&taste.vector) {
            assert!((sum - value).abs() < 1e-4, "{loss:?}: {sum} against {value}");
        }
    }
}
