//! What every update function owes its caller: one list of laws for all of them.

use super::*;
use crate::testing::factors;
use crate::testing::test;
use proptest::prelude::*;

fn all() -> Vec<(&'static str, Box<dyn Update>)> {
    let day = Millis::days(1);
    let sgd = |loss, half_life| Sgd { loss, rate: 0.3, l2: 0.01, sharpness: 4.0, half_life };
    vec![
        ("logistic", Box::new(sgd(Loss::Logistic { offset: -2.0 }, day))),
        ("logistic, never forgets", Box::new(sgd(Loss::Logistic { offset: 0.0 }, Millis(0)))),
        ("bpr", Box::new(sgd(Loss::Bpr, day))),
        ("a step size beyond reason", Box::new(Sgd { rate: 1e6, ..sgd(Loss::Bpr, day) })),
    ]
}

/// A wrong one, for the controls: it multiplies where it should add, and has no bound.
struct Runaway;

impl Update for Runaway {
    fn learn(&self, taste: &mut Taste, example: &Example<'_>, _: &Factors) -> f32 {
        for value in &mut taste.vector {
            *value = *value * 1e9 + 1.0 + example.weight;
        }
        f32::INFINITY
    }
}

fn example(item: u32, day: i64, label: f32, weight: f32) -> Example<'static> {
    Example { item, kind: Kind::View, at: Millis::days(day), label, weight, negatives: &[2, 3] }
}

fn finite_and_bounded(f: &dyn Update, examples: &[Example<'_>]) -> bool {
    let factors = factors();
    let mut taste = Taste::neutral(factors.dim());
    examples.iter().all(|example| {
        let loss = f.learn(&mut taste, example, &factors);
        let norm: f32 = taste.vector.iter().map(|p| p * p).sum();
        loss.is_finite() && norm <= 1.001 * Sgd::MAX_NORM * Sgd::MAX_NORM
    })
}

#[test]
fn weight_zero_changes_nothing() {
    let factors = factors();
    let unmoved = |f: &dyn Update| {
        let mut taste = Taste::neutral(factors.dim());
        f.learn(&mut taste, &example(1, 5, 1.0, 0.0), &factors);
        taste == Taste::neutral(factors.dim())
    };
    for (name, f) in all() {
        assert!(unmoved(f.as_ref()), "{name}");
    }
    assert!(!unmoved(&Runaway), "control");
}

#[test]
fn a_million_equal_clicks_stay_finite_and_bounded() {
    let clicks = vec![example(1, 0, 1.0, 4.0); if cfg!(debug_assertions) { 20_000 } else { 1_000_000 }];
    for (name, f) in all() {
        assert!(finite_and_bounded(f.as_ref(), &clicks), "{name}");
    }
    assert!(!finite_and_bounded(&Runaway, &clicks), "control");
}

#[test]
fn what_is_wanted_scores_higher_and_what_is_not_lower() {
    let factors = factors();
    for (name, f) in all() {
        for (label, sign) in [(1.0, 1.0), (0.0, -1.0)] {
            let mut taste = Taste::neutral(factors.dim());
            f.learn(&mut taste, &example(1, 0, label, 1.0), &factors);
            let mut vector = vec![0.0; factors.dim()];
            factors.vector(1, &mut vector);
            let score: f32 = taste.vector.iter().zip(&vector).map(|(p, q)| p * q).sum();
            assert!(score * sign > 0.0, "{name}: label {label} gave {score}");
        }
    }
}

#[test]
fn the_loss_on_the_same_example_falls() {
    let factors = factors();
    for (name, f) in all().into_iter().take(3) {
        let mut taste = Taste::neutral(factors.dim());
        let before = f.learn(&mut taste, &example(1, 0, 1.0, 1.0), &factors);
        let after = f.learn(&mut taste, &example(1, 0, 1.0, 1.0), &factors);
        assert!(after < before, "{name}: {before} then {after}");
    }
}

#[test]
fn parts_add_up_to_the_taste() {
    let factors = factors();
    for (name, f) in all().into_iter().take(3) {
        let mut taste = Taste::neutral(factors.dim());
        for day in 0..20 {
            f.learn(&mut taste, &example((day % 4) as u32, day, 1.0, 0.5), &factors);
        }
        let mut sum = vec![0.0; factors.dim()];
        let mut vector = vec![0.0; factors.dim()];
        for part in taste.parts() {
            for (item, amount) in part.pushes.into_iter().chain([(part.item, part.amount)]) {
                factors.vector(item, &mut vector);
                sum.iter_mut().zip(&vector).for_each(|(sum, q)| *sum += amount * q);
            }
        }
        for (sum, value) in sum.iter().zip(&taste.vector) {
            assert!((sum - value).abs() < 1e-4, "{name}: {sum} against {value}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_sequence_stays_finite_and_replays_to_the_same_bits(
        steps in proptest::collection::vec((0u32..4, -100i64..100_000, 0f32..=1.0, 0f32..=4.0), 0..60)
    ) {
        let factors = factors();
        let examples: Vec<_> = steps.iter().map(|(item, day, label, weight)| example(*item, *day, *label, *weight)).collect();
        for (name, f) in all() {
            prop_assert!(finite_and_bounded(f.as_ref(), &examples), "{}", name);
            let replay = || {
                let mut taste = Taste::neutral(factors.dim());
                examples.iter().for_each(|one| { f.learn(&mut taste, one, &factors); });
                taste.vector.iter().map(|p| p.to_bits()).collect::<Vec<_>>()
            };
            prop_assert_eq!(replay(), replay());
        }
    }
}
