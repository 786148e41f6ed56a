//! The mix on the small grocery.

use super::*;
use crate::fixture;
use crate::interaction::{Kind, Millis};
use crate::profile::{Profile, Step};
use crate::testing::factors;
use crate::testing::test;

const NOW: Millis = Millis::days(100);

fn curve(feature: Feature, condition: Condition, slope: f32) -> Curve {
    let knots = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0];
    Curve { feature, condition, knots, values: [knots.map(|knot| slope * knot); 4] }
}

fn shopper() -> Profile {
    let factors = factors();
    let mut profile = Profile::new(&factors);
    for day in [10, 40, 70] {
        profile.counts.order(2, factors.category(2), Millis::days(day));
    }
    profile.counts.order(0, factors.category(0), Millis::days(70));
    profile.trail.push(Step { item: 4, kind: Kind::View, at: Millis::days(99) });
    profile
}

#[test]
fn curves_are_linear_between_their_knots_and_flat_outside() {
    let curve = curve(Feature::Orders, Condition::Any, 2.0);
    let at = |x| curve.at(Purpose::Next, x);
    assert_eq!([at(-5.0), at(0.0), at(0.25), at(6.5), at(99.0)], [0.0, 0.0, 0.5, 13.0, 14.0]);
    let name = curve.name();
    assert_eq!(
        Curve::new(&name, &curve.knots, [0, 1, 2, 3].map(|purpose: usize| &curve.values[purpose][..])),
        Some(curve)
    );
    assert_eq!(Curve::new("orders sometimes", &[0.0; 8], [&[0.0; 8]; 4]), None);
}

#[test]
fn features_have_names_of_their_own() {
    for feature in Feature::ALL {
        assert_eq!(Feature::named(feature.name()), Some(*feature));
    }
    assert_eq!(Feature::named("orders-121"), None);
}

#[test]
fn features_say_what_they_are_said_to_say() {
    let (factors, profile) = (factors(), shopper());
    let evidence =
        Evidence::new(&profile, &factors, NOW, [vec![1.0, 0.0, 0.0, 0.0], Vec::new(), Vec::new()], Vec::new());
    let of = |feature: Feature, item| feature.of(item, &evidence);
    assert_eq!(of(Feature::Orders, 2), libm::log1pf(3.0));
    assert_eq!(of(Feature::Since, 2), libm::logf(30.25));
    assert_eq!(of(Feature::OrdersSince, 2), libm::logf(1.0), "both were in the last order");
    assert_eq!(of(Feature::CategorySince, 1), of(Feature::Since, 0), "cheddar is a cheese as brie is");
    assert_eq!(of(Feature::Orders, 1), 0.0);
    assert!(of(Feature::Taste, 0) > of(Feature::Taste, 5));
    assert_eq!((of(Feature::SeenCount, 4), evidence.is_known(4), evidence.is_known(5)), (0.0, true, false));
    for feature in Feature::ALL.iter().filter(|feature| feature.source() != Source::Content) {
        assert!((0..6).all(|item| of(*feature, item).is_finite()), "{feature:?}");
    }
}

#[test]
fn a_view_that_an_item_lacks_weighs_nothing() {
    let factors = Factors::read(&fixture::bundle_with_text()).unwrap();
    let profile = Profile::new(&factors);
    let tastes = [vec![0.0; 4], Vec::new(), vec![2.0, 0.0]];
    let evidence = Evidence::new(&profile, &factors, NOW, tastes, Vec::new());
    let blend = Blend::new(vec![curve(Feature::TasteText, Condition::Any, 1.0)]);
    let score = |item| blend.score(Purpose::Next, item, &evidence);
    assert!(score(0) > score(3) && score(3) > 0.0, "brie has more of the word than bread");
    assert_eq!((score(5), blend.parts(Purpose::Next, 5, &evidence)), (0.0, [0.0; Source::COUNT]), "apples have none");
    // The control: a vector of zeros that counted as one would be scored by the curve at 0.
    let mut raised = curve(Feature::TasteText, Condition::Any, 1.0);
    raised.values[Purpose::Next as usize].iter_mut().for_each(|height| *height += 3.0);
    let blend = Blend::new(vec![raised]);
    assert_eq!((blend.score(Purpose::Next, 5, &evidence), blend.curves()[0].at(Purpose::Next, 0.0)), (0.0, 3.0));
}

#[test]
fn a_score_is_the_sum_of_its_parts_and_conditions_hold() {
    let (factors, profile) = (factors(), shopper());
    let evidence =
        Evidence::new(&profile, &factors, NOW, [vec![1.0, 0.0, 0.0, 0.0], Vec::new(), Vec::new()], Vec::new());
    let blend = Blend::new(vec![
        curve(Feature::Orders, Condition::Known, 1.0),
        curve(Feature::Taste, Condition::Any, 2.0),
        curve(Feature::Popular, Condition::Fresh, 0.5),
    ]);
    for item in 0..6 {
        let parts: f64 = blend.parts(Purpose::Next, item, &evidence).iter().sum();
        assert!((parts - blend.score(Purpose::Next, item, &evidence)).abs() < 1e-6);
    }
    let popularity = |item| blend.parts(Purpose::Next, item, &evidence)[Source::Popularity as usize];
    assert!(popularity(2) == 0.0 && popularity(5) > 0.0, "milk is known, apples are not");
    let candidates = Blend::candidates(&evidence, [5].into_iter());
    assert_eq!(candidates, [0, 1, 2, 3, 4, 5], "a small shop is all candidates, each once");
}
