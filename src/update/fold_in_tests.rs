//! What the exact solution promises: that it is exact, adds up, merges and forgets.

use super::*;
use crate::interaction::Kind;
use crate::profile::Drift;
use crate::profile::Statistics;
use crate::testing::test;
use crate::testing::{factors, random};
use crate::update::Bandit;
use proptest::prelude::*;

fn by_time(days: i64) -> FoldIn {
    FoldIn {
        view: View::Collaborative,
        ridge: 0.5,
        unseen: 0.3,
        confidence: 2.0,
        forgetting: Forgetting::Time(Millis::days(days)),
        drifts: 0,
    }
}

fn example(item: u32, hour: i64, label: f32) -> Example<'static> {
    Example { item, kind: Kind::View, at: Millis(hour * 3_600_000), label, weight: 0.7, negatives: &[] }
}

fn learnt<'a>(f: &FoldIn, examples: impl IntoIterator<Item = &'a Example<'static>>, factors: &Factors) -> Statistics {
    let mut state = f.start(factors);
    examples.into_iter().for_each(|one| f.learn(&mut state, one, factors));
    state
}

fn close(a: &[f32], b: &[f32], tolerance: f32) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() <= tolerance * (1.0 + a.abs()))
}

fn examples(steps: &[(u32, i64, bool)]) -> Vec<Example<'static>> {
    steps.iter().map(|(item, hour, liked)| example(*item, *hour, f32::from(u8::from(*liked)))).collect()
}

/// The normal equations written out in the plainest way, and solved by Gauss's elimination.
fn plain(f: &FoldIn, examples: &[Example<'_>], now: Millis, factors: &Factors) -> Vec<f64> {
    let dim = factors.dim();
    let vector = |item| {
        let mut q = vec![0.0; dim];
        factors.space().write(item, &mut q);
        q.into_iter().map(f64::from).collect::<Vec<_>>()
    };
    let mut a = vec![vec![0.0; dim + 1]; dim];
    for item in 0..factors.len() as u32 {
        let q = vector(item);
        (0..dim).for_each(|j| (0..dim).for_each(|k| a[j][k] += f64::from(f.unseen) * q[j] * q[k]));
    }
    for x in examples {
        let Forgetting::Time(half_life) = f.forgetting else { panic!("by time") };
        let w = f64::from(x.weight) * (-(now.0 - x.at.0) as f64 / half_life.0 as f64).exp2_libm();
        let (q, c) = (vector(x.item), f64::from(f.confidence));
        for j in 0..dim {
            (0..dim).for_each(|k| a[j][k] += w * c * q[j] * q[k]);
            a[j][dim] += w * (1.0 + c) * f64::from(x.label) * q[j];
        }
    }
    (0..dim).for_each(|j| a[j][j] += f64::from(f.ridge));
    for pivot in 0..dim {
        for row in (0..dim).filter(|row| *row != pivot) {
            let factor = a[row][pivot] / a[pivot][pivot];
            (0..=dim).for_each(|k| a[row][k] -= factor * a[pivot][k]);
        }
    }
    (0..dim).map(|j| a[j][dim] / a[j][j]).collect()
}

trait Exp2 {
    fn exp2_libm(self) -> f64;
}

impl Exp2 for f64 {
    fn exp2_libm(self) -> f64 {
        libm::exp2(self)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn it_is_the_exact_solution(
        steps in proptest::collection::vec((0u32..6, 0i64..2_000, any::<bool>()), 1..40), seed in any::<u64>(),
    ) {
        let factors = random(seed, 6, 5, false);
        let (f, all) = (by_time(9), examples(&steps));
        let now = Millis::days(100);
        let vector = f.opinion(&learnt(&f, &all, &factors), now, &factors).vector;
        let expected: Vec<f32> = plain(&f, &all, now, &factors).into_iter().map(|value| value as f32).collect();
        prop_assert!(close(&vector, &expected, 1e-4), "{:?} {:?}", vector, expected);
    }

    #[test]
    fn attributions_add_up_to_the_score(
        steps in proptest::collection::vec((0u32..6, 0i64..2_000, any::<bool>()), 1..90), item in 0u32..6,
    ) {
        let factors = factors();
        for f in [by_time(9), FoldIn { forgetting: Forgetting::Event(0.8), ..by_time(1) }] {
            let state = learnt(&f, &examples(&steps), &factors);
            let posterior = f.posterior(&state, Millis::days(90), &factors);
            let (named, rest) = posterior.attributions(&state, item, &factors);
            let score = f64::from(factors.space().dot(&posterior.vector(), item));
            prop_assert_eq!(named.len(), state.deeds().len());
            prop_assert!((named.iter().sum::<f64>() + rest - score).abs() < 1e-6);
            // And the rest is what has no name: nothing, as long as all are known by name.
            if steps.iter().filter(|(_, _, liked)| *liked).count() <= Statistics::MAX_DEEDS {
                prop_assert!(rest.abs() < 1e-6, "rest {}", rest);
            }
        }
    }

    #[test]
    fn two_devices_merge_into_the_one_that_saw_all(
        steps in proptest::collection::vec((0u32..6, 0i64..200_000, any::<bool>(), any::<bool>()), 0..60),
    ) {
        let factors = factors();
        let f = by_time(9);
        let of = |which: fn(&(u32, i64, bool, bool)) -> bool| {
            examples(&steps.iter().filter(|step| which(step)).map(|step| (step.0, step.1, step.2)).collect::<Vec<_>>())
        };
        let mut one = learnt(&f, &of(|step| step.3), &factors);
        let other = learnt(&f, &of(|step| !step.3), &factors);
        prop_assert!(f.merge(&mut one, &other).is_some());
        let all = learnt(&f, &of(|_| true), &factors);
        let now = Millis(200_000 * 3_600_000);
        let vector = |state: &Statistics| f.opinion(state, now, &factors).vector;
        prop_assert!(close(&vector(&one), &vector(&all), 1e-6));
    }

    #[test]
    fn what_is_forgotten_has_never_been(
        steps in proptest::collection::vec((0u32..6, 0i64..5_000, any::<bool>()), 1..60), which in any::<proptest::sample::Index>(),
    ) {
        let factors = factors();
        let (f, all) = (by_time(30), examples(&steps));
        let gone = which.index(all.len());
        let mut state = learnt(&f, &all, &factors);
        prop_assert!(f.forget(&mut state, &all[gone], &factors).is_some());
        let others = all.iter().enumerate().filter(|(at, _)| *at != gone).map(|(_, one)| one);
        let never = learnt(&f, others, &factors);
        let now = Millis(5_000 * 3_600_000);
        let vector = |state: &Statistics| f.opinion(state, now, &factors).vector;
        prop_assert!(close(&vector(&state), &vector(&never), 1e-6));
    }
}

#[test]
fn forgetting_another_one_is_seen() {
    // The control of the test above.
    let factors = factors();
    let f = by_time(30);
    let all = [example(0, 1, 1.0), example(4, 2, 1.0), example(2, 3, 1.0)];
    let mut state = learnt(&f, &all, &factors);
    f.forget(&mut state, &all[0], &factors).expect("by time");
    let vector = |state: &Statistics| f.opinion(state, Millis::days(1), &factors).vector;
    assert!(close(&vector(&state), &vector(&learnt(&f, &all[1..], &factors)), 1e-6));
    assert!(!close(&vector(&state), &vector(&learnt(&f, &all[..2], &factors)), 1e-3));
}

#[test]
fn by_event_only_a_replay_forgets_and_merges() {
    let factors = factors();
    let f = FoldIn { forgetting: Forgetting::Event(0.5), ..by_time(1) };
    let all = [example(0, 1, 1.0), example(4, 2, 1.0)];
    let mut state = learnt(&f, &all, &factors);
    let before = state.clone();
    assert!(f.forget(&mut state, &all[0], &factors).is_none() && f.merge(&mut state, &before).is_none());
    assert_eq!(state, before, "refused, and nothing was touched");
}

#[test]
fn draws_spread_as_the_posterior_says() {
    let factors = factors();
    let f = by_time(30);
    let state = learnt(&f, &[example(0, 1, 1.0), example(4, 2, 1.0)], &factors);
    let posterior = f.posterior(&state, Millis::days(1), &factors);
    let (mut random, mut q) = (Random(3), vec![0.0; 4]);
    factors.space().write(1, &mut q);
    let mean = f64::from(factors.space().dot(&posterior.vector(), 1));
    let squares = |spread, random: &mut Random| {
        let miss = |_| f64::from(factors.space().dot(&posterior.sample(spread, random), 1)) - mean;
        (0..4_000).map(miss).map(|miss| miss * miss).sum::<f64>() / 4_000.0
    };
    let ratio = squares(1.0, &mut random) / posterior.variance(&q);
    assert!((0.9..1.1).contains(&ratio), "{ratio}");
    assert_eq!(posterior.sample(0.0, &mut random), posterior.vector(), "the dial at 0 is the mean");
    assert!(squares(0.5, &mut random) / posterior.variance(&q) < 0.4, "control");
}

#[test]
fn propensities_are_how_often_it_happens() {
    let factors = factors();
    let state = learnt(&by_time(30), &[example(0, 1, 1.0)], &factors);
    let posterior = by_time(30).posterior(&state, Millis::days(1), &factors);
    let best_two = |taste: &[f32]| {
        let mut items: Vec<u32> = (0..6).collect();
        let score = |item: &u32| factors.space().dot(taste, *item);
        items.sort_by(|a, b| score(b).total_cmp(&score(a)));
        items[..2].to_vec()
    };
    let chances = |dial| Bandit { dial }.propensities(&posterior, &[0, 1, 2, 3, 4, 5], &mut Random(9), best_two);
    let still = chances(0.0);
    assert_eq!(still.iter().filter(|chance| **chance > 0.9).count(), 2, "without a draw, the best two: {still:?}");
    let moving = chances(1.0);
    assert!(moving.iter().filter(|chance| (0.05..0.95).contains(*chance)).count() >= 4, "{moving:?}");
    let places: f32 =
        moving.iter().map(|chance| chance * (Bandit::DRAWS + 2) as f32 - 1.0).sum::<f32>() / Bandit::DRAWS as f32;
    assert!((places - 2.0).abs() < 1e-3, "two places are taken in each draw");
}

#[test]
fn a_drift_is_one_half_life_more_and_what_is_forgotten_is_gone_all_the_same() {
    let factors = factors();
    let (f, hour) = (by_time(30), |hour: i64| Millis(hour * 3_600_000));
    let drift = Drift { seen: vec![hour(5)], ..Drift::default() };
    let learn = |state: &mut Statistics, x: &Example<'_>| f.after(&drift, x.at).learn(state, x, &factors);
    let all = [example(0, 1, 1.0), example(4, 2, 1.0), example(2, 7, 1.0)];
    let mut state = Statistics::new(factors.dim());
    all.iter().for_each(|x| learn(&mut state, x));
    // As if what was before it had happened a half-life earlier.
    let earlier = |x: &Example<'static>| Example { at: Millis(x.at.0 - Millis::days(30).0), ..*x };
    let shifted = learnt(&f, &[earlier(&all[0]), earlier(&all[1]), all[2]], &factors);
    let vector = |f: FoldIn, state: &Statistics| f.opinion(state, hour(9), &factors).vector;
    let now = f.after(&drift, hour(9));
    assert!(close(&vector(now, &state), &vector(f, &shifted), 1e-6));
    assert!(!close(&vector(now, &state), &vector(f, &learnt(&f, &all, &factors)), 1e-3), "the control");
    // Forgotten with the drifts that lay before it, an example leaves nothing.
    f.after(&drift, all[0].at).forget(&mut state, &all[0], &factors).expect("by time");
    let mut without = Statistics::new(factors.dim());
    all[1..].iter().for_each(|x| learn(&mut without, x));
    assert!(close(&vector(now, &state), &vector(now, &without), 1e-6));
    // Two devices that saw the same drift add up.
    let mut one = Statistics::new(factors.dim());
    learn(&mut one, &all[1]);
    let mut other = Statistics::new(factors.dim());
    learn(&mut other, &all[2]);
    f.merge(&mut one, &other).expect("by time");
    assert!(close(&vector(now, &one), &vector(now, &without), 1e-6));
}
