//! The whole crate without a browser: what is recorded changes what is ranked, and replays.

use super::*;
use crate::bytes::crc32;
use crate::fixture;
use crate::insight::PageHinkley;
use crate::profile::Taste;
use crate::testing::{factors, test};
use crate::update::Random;
use proptest::prelude::*;

const NOW: Millis = Millis(1_700_000_000_000);

fn profiler() -> Profiler {
    Profiler::new(factors(), Settings::default()).unwrap()
}

fn one(kind: Kind, item: &str, minute: i64) -> Interaction<'_> {
    let plain = Interaction::new(kind, item, Millis(NOW.0 + minute * 60_000), minute as u64);
    Interaction { price: Some(2.0), rating: Some(5.0), ..plain }
}

fn learnt(profiler: &Profiler, interactions: &[Interaction<'_>]) -> Profile {
    let mut profile = Profile::new(profiler.factors());
    for one in interactions {
        profiler.apply(&mut profile, one);
    }
    profile
}

fn ids(profiler: &mut Profiler, profile: &Profile, request: &Request<'_>) -> Vec<String> {
    let list = profiler.recommend(profile, request, NOW).unwrap();
    list.iter().map(|one| profiler.factors().id(one.item).to_owned()).collect()
}

#[test]
fn a_stranger_gets_what_is_popular_and_the_reason_says_so() {
    let mut profiler = profiler();
    let blank = Profile::new(profiler.factors());
    let list = profiler.recommend(&blank, &Request::default(), NOW).unwrap();
    assert_eq!(list.iter().map(|one| one.item).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
    assert!(list.iter().all(|one| one.reasons[0].because == Because::Popular));
}

#[test]
fn one_click_moves_the_list_and_is_its_reason() {
    let mut profiler = profiler();
    let profile = learnt(&profiler, &[one(Kind::Click, "apples", 0)]);
    let list = profiler.recommend(&profile, &Request::default(), NOW).unwrap();
    assert_eq!(list[0].item, 5, "the least popular item, clicked, is first");
    let Because::Did(deed) = list[0].reasons[0].because else { panic!("{:?}", list[0].reasons) };
    assert_eq!((deed.kind, deed.item), (Kind::Click, 5));
    let explanation = profiler.explain(&profile, "apples", NOW).unwrap();
    assert_eq!((explanation.position, explanation.reasons[0].1), (1, 6), "without this click it would be the last");
}

#[test]
fn the_popular_arm_has_one_order_for_everybody_under_each_ones_rules() {
    let mut profiler = profiler();
    let clicked = learnt(&profiler, &[one(Kind::Click, "apples", 0), one(Kind::Purchase, "cheddar", 1)]);
    let blank = Profile::new(profiler.factors());
    let all = Request { arm: Arm::Popular, hide_bought: false, ..Request::default() };
    let everybody = ["brie", "cheddar", "milk", "bread", "pasta", "apples"];
    assert_eq!(ids(&mut profiler, &clicked, &all), everybody);
    assert_eq!(ids(&mut profiler, &blank, &all), everybody);
    let personal = Request { arm: Arm::Personal, ..all.clone() };
    assert_ne!(ids(&mut profiler, &clicked, &personal), everybody, "control: the profile ranks otherwise");
    // What may not be in the list is not in it in either arm.
    let exclude = ["milk".to_owned()];
    let ruled = Request { hide_bought: true, exclude: &exclude, per_category: 1, limit: 3, ..all };
    assert_eq!(ids(&mut profiler, &clicked, &ruled), ["brie", "bread", "pasta"]);
    let reasons = profiler.recommend(&clicked, &ruled, NOW).unwrap();
    assert!(reasons.iter().all(|one| one.reasons[0].because == Because::Popular));
}

#[test]
fn an_arm_teaches_nothing() {
    let profiler = profiler();
    let plain = one(Kind::Click, "apples", 0);
    let armed = Interaction { arm: Some(Arm::Popular), ..plain };
    let bytes = |one| learnt(&profiler, &[one]).to_bytes(profiler.factors());
    assert!(bytes(plain) == bytes(armed));
}

#[test]
fn the_segment_is_the_department_of_the_largest_share() {
    let profiler = profiler();
    assert_eq!(profiler.segment(&Profile::new(profiler.factors())), None);
    let liked = learnt(&profiler, &[one(Kind::View, "brie", 0), one(Kind::Purchase, "apples", 1)]);
    let best = profiler.segment(&liked).map(|place| profiler.factors().departments()[usize::from(place)].as_str());
    assert_eq!(best, Some("Produce"));
}

#[test]
fn what_was_bought_is_bought_again_and_hidden_from_discovery() {
    let mut profiler = profiler();
    let profile = learnt(
        &profiler,
        &[one(Kind::Purchase, "pasta", 0), one(Kind::Purchase, "milk", 1), one(Kind::Purchase, "milk", 9)],
    );
    let again = Request { list: List::BuyAgain, hide_bought: false, ..Request::default() };
    assert_eq!(ids(&mut profiler, &profile, &again), ["milk", "pasta"]);
    let reason = profiler.recommend(&profile, &again, NOW).unwrap()[0].reasons[0];
    let last = Deed { kind: Kind::Purchase, item: 2, at: Millis(NOW.0 + 9 * 60_000) };
    assert_eq!(reason.because, Because::Did(last), "not what led to other items");
    let discover = ids(&mut profiler, &profile, &Request::default());
    assert!(!discover.contains(&"milk".to_owned()) && discover.len() == 4);
    let refunded = learnt(&profiler, &[one(Kind::Purchase, "pasta", 0), one(Kind::Refund, "pasta", 1)]);
    assert!(ids(&mut profiler, &refunded, &again).is_empty());
}

#[test]
fn filters_hold() {
    let mut profiler = profiler();
    let blank = Profile::new(profiler.factors());
    let exclude = ["brie".to_owned(), "no such item".to_owned()];
    let request = Request { category: Some("Dairy"), exclude: &exclude, ..Request::default() };
    assert_eq!(ids(&mut profiler, &blank, &request), ["cheddar", "milk"]);
    let seen = learnt(&profiler, &[one(Kind::View, "bread", 0), one(Kind::Impression, "milk", 1)]);
    let unseen = ids(&mut profiler, &seen, &Request { hide_seen: true, ..Request::default() });
    assert!(!unseen.contains(&"bread".to_owned()) && unseen.contains(&"milk".to_owned()));
    let unknown = Request { category: Some("Toys"), ..Request::default() };
    assert_eq!(profiler.recommend(&blank, &unknown, NOW).unwrap_err().code(), "invalid-option");
    let none = Request { limit: 0, ..Request::default() };
    assert_eq!(profiler.recommend(&blank, &none, NOW).unwrap_err().code(), "invalid-option");
    assert_eq!(profiler.explain(&blank, "gouda", NOW).unwrap_err().code(), "unknown-item");
}

#[test]
fn similar_items_point_the_same_way() {
    let mut profiler = profiler();
    let blank = Profile::new(profiler.factors());
    let list = profiler.similar(&blank, "brie", &[], 2).unwrap();
    assert_eq!(list[0].item, 1, "cheddar");
    assert!(list[0].score > 0.9 && list[0].score <= 1.0 + 1e-6);
}

#[test]
fn an_unwanted_item_sinks() {
    let mut profiler = profiler();
    let cart = learnt(&profiler, &[one(Kind::Cart, "pasta", 0)]);
    let back = learnt(&profiler, &[one(Kind::Cart, "pasta", 0), one(Kind::Uncart, "pasta", 1)]);
    let score = |profiler: &mut Profiler, profile| profiler.explain(profile, "pasta", NOW).unwrap().score;
    assert!(score(&mut profiler, &back) < score(&mut profiler, &cart));
}

#[test]
fn impressions_and_stages_of_an_order_do_not_count_against_a_category() {
    let profiler = profiler();
    let shown: Vec<_> = (0..30).map(|minute| one(Kind::Impression, "brie", minute)).collect();
    let mut all = vec![one(Kind::Click, "cheddar", 0)];
    all.extend(shown);
    let (clicked, seen) = (learnt(&profiler, &all[..1]), learnt(&profiler, &all));
    assert!(seen.behaviour().categories()[0] > 0.99 * clicked.behaviour().categories()[0]);
    let paid = learnt(&profiler, &[one(Kind::Payment, "brie", 0), one(Kind::Delivery, "brie", 1)]);
    assert_eq!(paid.long, Taste::neutral(4));
    assert_eq!(paid.behaviour().of_kind(Kind::Delivery), 1);
}

#[test]
fn rfm_and_price_follow_the_purchases() {
    let profiler = profiler();
    let day = 24 * 60;
    let profile = learnt(
        &profiler,
        &[one(Kind::Purchase, "milk", 0), one(Kind::Purchase, "brie", 1), one(Kind::Purchase, "milk", day)],
    );
    let rfm = profile.behaviour().rfm();
    assert_eq!((rfm.days, rfm.spent, rfm.first), (2, 6.0, NOW));
    assert_eq!(rfm.last, Millis(NOW.0 + day * 60_000));
    assert!(profile.behaviour().price_affinity().is_some_and(|quantile| quantile > 0.0 && quantile < 0.5));
}

/// Five hundred interactions over two months, from a seed.
fn story(profiler: &Profiler) -> Profile {
    let mut random = Random(42);
    let mut profile = Profile::new(profiler.factors());
    for step in 0..500 {
        let kind = Kind::ALL[random.below(Kind::ALL.len() as u32) as usize];
        let item = profiler.factors().id(random.below(profiler.factors().len() as u32)).to_owned();
        let stars = random.below(5) as f32 + 1.0;
        let interaction = Interaction { seed: random.bits(), rating: Some(stars), ..one(kind, &item, step * 173) };
        profiler.apply(&mut profile, &interaction);
        profile.seq = step as u64 + 1;
    }
    profile
}

#[test]
fn equal_bytes_natively_and_in_wasm() {
    // One golden file for every target: what a browser computes, a bug report replays.
    // `HOMEBODY_GOLDEN=write cargo test` writes it anew after an intended change.
    let golden = include_bytes!("../../tests/golden/profile.bin");
    let profiler = Profiler::new(crate::testing::random(9, 200, 24, false), Settings::default()).unwrap();
    let bytes = story(&profiler).to_bytes(profiler.factors());
    if std::env::var("HOMEBODY_GOLDEN").is_ok_and(|wish| wish == "write") {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/profile.bin"), &bytes).unwrap();
        return;
    }
    assert_eq!((bytes.len(), crc32(&bytes)), (golden.len(), crc32(golden)));
    assert!(bytes == golden);
}

#[test]
fn another_seed_or_another_time_gives_other_bytes() {
    // The control of the test above.
    let profiler = profiler();
    let bytes = |seed, minute| {
        let interaction = Interaction { seed, ..one(Kind::Cart, "brie", minute) };
        learnt(&profiler, &[interaction, one(Kind::View, "milk", 90)]).to_bytes(profiler.factors())
    };
    assert_eq!(bytes(1, 0), bytes(1, 0));
    assert_ne!(bytes(1, 0), bytes(2, 0));
    assert_ne!(bytes(1, 0), bytes(1, 1));
}

#[test]
fn a_profile_survives_its_bytes_and_damage_is_seen() {
    let profiler = profiler();
    let mut profile = story(&profiler);
    profile.declare("diet", "vegetarian").unwrap();
    let bytes = profile.to_bytes(profiler.factors());
    let (read, fit) = Profile::from_bytes(&bytes, profiler.factors()).unwrap();
    assert_eq!((read == profile, fit), (true, Fit::Same));
    // Each look reads the whole record: a debug build in a browser has not the time for every byte.
    let step = if cfg!(debug_assertions) { 7 } else { 1 };
    for cut in (0..bytes.len()).step_by(step) {
        assert!(Profile::from_bytes(&bytes[..cut], profiler.factors()).is_err(), "cut at {cut}");
    }
    for at in (0..bytes.len()).step_by(step) {
        let mut broken = bytes.clone();
        broken[at] ^= 0x10;
        assert!(Profile::from_bytes(&broken, profiler.factors()).is_err(), "byte {at}");
    }
}

#[test]
fn another_bundle_keeps_what_was_counted_and_no_vector() {
    let old = profiler();
    let profile = learnt(&old, &[one(Kind::Purchase, "milk", 0), one(Kind::Rate, "brie", 1)]);
    let bytes = profile.to_bytes(old.factors());
    // The new one has the items in another order, without brie, in two dimensions.
    let (ids, offsets) = fixture::strings(&["apples", "milk"]);
    let tensors: [(&str, &str, &[usize], Vec<u8>); 3] = [
        ("ids", "U8", &[10], ids),
        ("ids.offsets", "U32", &[3], offsets),
        ("factors", "F32", &[2, 2], fixture::f32s(&[1.0, 0.0, 0.0, 1.0])),
    ];
    let new = Profiler::open(&fixture::safetensors(&tensors, &[("homebody.version", "test-2")])).unwrap();
    let (carried, fit) = Profile::from_bytes(&bytes, new.factors()).unwrap();
    assert_eq!(fit, Fit::OtherBundle);
    assert_eq!(carried.counts.iter().map(|count| count.item).collect::<Vec<_>>(), [1]);
    assert_eq!((carried.long.vector.len(), carried.ratings.iter().len()), (2, 0));
    assert_eq!(carried.long, Taste::neutral(2));
    let mut again = carried.clone();
    new.relearn(&mut again, &one(Kind::Purchase, "milk", 0), fit);
    assert_eq!(again.counts, carried.counts, "learnt again, not counted again");
    assert_ne!(again.long, carried.long);
}

/// The small grocery after a new training: its items in the reverse order, its space turned, and the map.
fn turned(with_map: bool) -> Profiler {
    let (c, s) = (libm::cosf(0.6), libm::sinf(0.6));
    #[rustfmt::skip]
    let map = [c, s, 0.0, 0.0,  -s, c, 0.0, 0.0,  0.0, 0.0, 0.0, 1.0,  0.0, 0.0, 1.0, 0.0];
    let old = Factors::read(&fixture::bundle_with_text()).unwrap();
    let (mut ids, mut factors, mut words) = (Vec::new(), Vec::new(), Vec::new());
    for item in (0..6).rev() {
        ids.push(old.id(item).to_owned());
        let q = old.space().vector(item);
        factors.extend((0..4).map(|j| (0..4).map(|i| q[i] * map[i * 4 + j]).sum::<f32>()));
        words.extend(old.view(View::Text).vector(item));
    }
    let (text, offsets) = fixture::strings(&ids);
    let settings = fixture::f32s(&[1.0, 0.1, 2.0, 30.0, 1.0]);
    let mut tensors: Vec<(&str, &str, &[usize], Vec<u8>)> = vec![
        ("ids", "U8", &[31], text),
        ("ids.offsets", "U32", &[7], offsets),
        ("factors", "F32", &[6, 4], fixture::f32s(&factors)),
        ("factors.text", "F32", &[6, 2], fixture::f32s(&words)),
        ("fold-in", "F32", &[5], settings.clone()),
        ("fold-in.text", "F32", &[5], settings),
    ];
    let mut metadata = vec![("homebody.version", "test-2")];
    if with_map {
        tensors.push(("map", "F32", &[4, 4], fixture::f32s(&map)));
        metadata.push(("homebody.map.from", "test-1"));
    }
    Profiler::open(&fixture::safetensors(&tensors, &metadata)).unwrap()
}

#[test]
fn the_map_carries_a_profile_to_the_next_bundle() {
    let old = Profiler::open(&fixture::bundle_with_text()).unwrap();
    let log = [one(Kind::Purchase, "milk", 0), one(Kind::View, "pasta", 5), one(Kind::Cart, "brie", 9)];
    let bytes = learnt(&old, &log).to_bytes(old.factors());
    // What the log still has: the first entry is gone.
    let carried = |new: &Profiler| {
        let (mut profile, fit) = Profile::from_bytes(&bytes, new.factors()).unwrap();
        log[1..].iter().for_each(|one| new.relearn(&mut profile, one, fit));
        (profile, fit)
    };
    let scores = |profiler: &Profiler, profile: &Profile| {
        let fold_in = &profiler.settings.fold_in[0];
        let vector = fold_in.opinion(&profile.statistics[0], NOW, profiler.factors()).vector;
        let space =
            |id: &str, vector: &[f32]| profiler.factors().space().dot(vector, profiler.factors().find(id).unwrap());
        ["brie", "cheddar", "milk", "bread", "pasta", "apples"]
            .map(|id| [space(id, &vector), space(id, &profile.long.vector)])
    };
    let wanted = scores(&old, &learnt(&old, &log));
    let off = |new: &Profiler, profile: &Profile| {
        let found = scores(new, profile);
        found.iter().flatten().zip(wanted.iter().flatten()).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
    };
    let new = turned(true);
    let (moved, fit) = carried(&new);
    assert_eq!(fit, Fit::Moved);
    assert!(off(&new, &moved) < 0.02, "{}", off(&new, &moved));
    let trail: Vec<&str> = moved.trail.wanted().iter().map(|step| new.factors().id(step.item)).collect();
    assert_eq!(trail, ["milk", "pasta", "brie"]);
    assert_eq!(moved.statistics[0].deeds().len(), 3);
    assert_eq!(moved.statistics[View::Text as usize].deeds().len(), 2, "learnt again from the log");
    // The control: without the map, what the log has lost is lost.
    let new = turned(false);
    let (replayed, fit) = carried(&new);
    assert_eq!(fit, Fit::OtherBundle);
    assert!(off(&new, &replayed) > 0.05, "{}", off(&new, &replayed));
    assert_eq!(replayed.statistics[0].deeds().len(), 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn hostile_bytes_never_become_a_profile(mut bytes in proptest::collection::vec(any::<u8>(), 0..400), frame in any::<bool>()) {
        let profiler = profiler();
        if frame {
            // A right frame around anything: the body must stand for itself.
            let mut framed = b"HBPF\x01\x00".to_vec();
            framed.extend(7u64.to_le_bytes());
            framed.extend((bytes.len() as u32).to_le_bytes());
            framed.extend((crc32(&bytes) ^ crc32(&7u64.to_le_bytes())).to_le_bytes());
            framed.append(&mut bytes);
            bytes = framed;
        }
        prop_assert!(Profile::from_bytes(&bytes, profiler.factors()).is_err());
    }

    #[test]
    fn all_that_is_ranked_is_finite_and_in_order(
        steps in proptest::collection::vec((0usize..12, 0u32..6, -10_000_000i64..10_000_000), 0..80)
    ) {
        let mut profiler = profiler();
        let items = ["brie", "cheddar", "milk", "bread", "pasta", "apples"];
        let interactions: Vec<_> = steps.iter().map(|(kind, item, minute)| one(Kind::ALL[*kind], items[*item as usize], *minute)).collect();
        let profile = learnt(&profiler, &interactions);
        let request = Request { hide_bought: false, per_category: 0, ..Request::default() };
        let list = profiler.recommend(&profile, &request, NOW).unwrap();
        prop_assert_eq!(list.len(), 6);
        prop_assert!(list.iter().all(|one| one.score.is_finite() && !one.reasons.is_empty()));
        prop_assert!(list.windows(2).all(|pair| pair[0].score >= pair[1].score));
    }
}

#[test]
fn ten_years_fit_into_the_bytes_of_two_and_an_old_steady_taste_is_recalled() {
    let profiler = Profiler::new(crate::testing::random(3, 300, 16, false), Settings::default()).unwrap();
    let mut profile = Profile::new(profiler.factors());
    let mut random = Random(1);
    let mut order = |profile: &mut Profile, week: i64, items: core::ops::Range<u32>| {
        for item in items {
            let id = profiler.factors().id(item).to_owned();
            let interaction = Interaction { seed: random.bits(), ..one(Kind::Purchase, &id, week * 7 * 1_440) };
            profiler.apply(profile, &interaction);
        }
    };
    let mut bytes = Vec::new();
    for week in 0..520 {
        // The same ten items each week; for a month in every year something else beside them.
        order(&mut profile, week, 0..10);
        if week % 52 > 47 {
            order(&mut profile, week, 100 + (week / 52 % 10) as u32 * 10..110 + (week / 52 % 10) as u32 * 10);
        }
        if week % 104 == 103 {
            bytes.push(profile.to_bytes(profiler.factors()).len());
        }
    }
    // After the last fling the weeks are as they were.
    (520..528).for_each(|week| order(&mut profile, week, 0..10));
    // Each fling adds ten counts until the list is full; nothing grows with the weeks.
    let a_year_of_counts = 10 * 100;
    assert!(bytes[4] <= bytes[0] + 8 * a_year_of_counts, "{bytes:?}");
    let mean = |items: core::ops::Range<u32>| {
        let factors = profiler.factors();
        let score = |item: u32| {
            let mut q = vec![0.0; factors.dim()];
            factors.space().write(item, &mut q);
            profile.long.vector.iter().zip(&q).map(|(p, q)| p * q).sum::<f32>()
        };
        items.clone().map(score).sum::<f32>() / items.len() as f32
    };
    assert!(mean(0..10) > mean(190..200), "two months later the steady taste stands before the last fling");
    assert!(mean(190..200) > mean(200..300), "the control: the fling stands before what was never bought");
}

#[test]
fn a_drift_is_noted_and_takes_half_of_the_taste_but_not_of_the_counts() {
    // Eighty orders of brie, then four of what was never ordered.
    let after = |threshold| {
        let drift = PageHinkley { threshold, ..PageHinkley::default() };
        let profiler = Profiler::new(factors(), Settings { drift, ..Settings::default() }).unwrap();
        let mut profile = Profile::new(profiler.factors());
        let mut random = Random(9);
        for (minute, item) in (0i64..).zip([vec!["brie"; 80], vec!["apples", "pasta", "milk", "bread"]].concat()) {
            profiler.apply(&mut profile, &Interaction { seed: random.bits(), ..one(Kind::Purchase, item, minute) });
        }
        profile
    };
    let (alert, calm) = (after(3.5), after(f32::MAX));
    assert_eq!(alert.drift.seen, [Millis(NOW.0 + 83 * 60_000)], "the fourth says it");
    assert!(calm.drift.seen.is_empty());
    for (half, whole) in alert.long.vector.iter().zip(&calm.long.vector) {
        assert!((half - whole / 2.0).abs() < 1e-6, "{half} is half of {whole}");
    }
    assert_eq!(alert.counts, calm.counts);
    // The fold-in's part is faded by its clock: half of it counts from then on.
    let later = Millis(NOW.0 + 90 * 60_000);
    let [fold_in, ..] = Settings::default().fold_in;
    assert_eq!(fold_in.after(&alert.drift, later).drifts, 1);
    assert_eq!(fold_in.after(&alert.drift, NOW).drifts, 0, "and not of what was before");
}

#[test]
fn only_orders_are_watched() {
    let profiler = Profiler::new(
        factors(),
        Settings { drift: PageHinkley { threshold: 0.5, ..PageHinkley::default() }, ..Settings::default() },
    )
    .unwrap();
    let after = |kind| {
        let looks = (0..40).map(|minute| one(Kind::Purchase, "brie", minute));
        let then = (40..46).map(|minute| one(kind, ["apples", "pasta"][(minute % 2) as usize], minute));
        learnt(&profiler, &looks.chain(then).collect::<Vec<_>>()).drift.seen.len()
    };
    assert_eq!((after(Kind::View), after(Kind::Purchase)), (0, 1), "one looks around without meaning anything");
}
