//! Lists by the learnt mix, on the small grocery with three curves.

use super::*;
use crate::fixture;
use crate::profiler::{List, Request};
use crate::testing::test;

const NOW: Millis = Millis(1_700_000_000_000);

/// Orders count 2 each, taste 4, popularity a little; heights alike for each purpose.
fn profiler() -> Profiler {
    let mut tensors = fixture::tensors();
    tensors.push(("fold-in", "F32", &[5], fixture::f32s(&[0.5, 0.1, 2.0, 30.0, 1.0])));
    with_curves(tensors, [("orders known", 2.0), ("taste any", 4.0), ("popular any", 0.1)])
}

type Tensors = Vec<(&'static str, &'static str, &'static [usize], Vec<u8>)>;

/// Curves that rise evenly.
fn with_curves(mut tensors: Tensors, curves: [(&str, f32); 3]) -> Profiler {
    let (names, offsets) = fixture::strings(&curves.map(|(name, _)| name));
    let knots: Vec<f32> = curves.iter().flat_map(|_| (0..8).map(|knot| knot as f32)).collect();
    let heights: Vec<f32> = curves.iter().flat_map(|(_, slope)| (0..8).map(move |knot| slope * knot as f32)).collect();
    let (size, heights) = (names.len(), heights.repeat(4));
    let shape: &'static [usize] = Box::leak(Box::new([size]));
    tensors.push(("blend.features", "U8", shape, names));
    tensors.push(("blend.features.offsets", "U32", &[4], offsets));
    tensors.push(("blend.knots", "F32", &[3, 8], fixture::f32s(&knots)));
    tensors.push(("blend.values", "F32", &[12, 8], fixture::f32s(&heights)));
    Profiler::open(&fixture::safetensors(&tensors, &[("homebody.version", "mix-1")])).unwrap()
}

fn did(profiler: &Profiler, profile: &mut Profile, kind: Kind, item: &str, minute: i64) {
    let at = Millis(NOW.0 - 100 * 86_400_000 + minute * 60_000);
    profiler.apply(profile, &crate::interaction::Interaction::new(kind, item, at, 7));
}

fn ids(profiler: &mut Profiler, profile: &Profile, request: &Request<'_>) -> Vec<String> {
    let list = profiler.recommend(profile, request, NOW).unwrap();
    list.iter().map(|one| profiler.factors().id(one.item).to_owned()).collect()
}

fn all<'a>(list: List) -> Request<'a> {
    Request { list, limit: 6, hide_bought: false, per_category: 0, ..Request::default() }
}

#[test]
fn a_stranger_sees_what_everybody_buys() {
    let mut profiler = profiler();
    let profile = Profile::new(profiler.factors());
    let list = ids(&mut profiler, &profile, &all(List::ForYou));
    assert_eq!(list, ["brie", "cheddar", "milk", "bread", "pasta", "apples"]);
}

#[test]
fn what_is_ordered_again_leads_and_says_why_and_discover_leaves_it_out() {
    let mut profiler = profiler();
    let mut profile = Profile::new(profiler.factors());
    (0..4).for_each(|day| did(&profiler, &mut profile, Kind::Purchase, "apples", day * 1_440));
    did(&profiler, &mut profile, Kind::Purchase, "milk", 6_000);
    let list = profiler.recommend(&profile, &all(List::ForYou), NOW).unwrap();
    assert_eq!(profiler.factors().id(list[0].item), "apples");
    let Because::Did(deed) = list[0].reasons[0].because else { panic!("an order is the reason") };
    assert_eq!((deed.kind, profiler.factors().id(deed.item)), (Kind::Purchase, "apples"));
    assert_eq!(ids(&mut profiler, &profile, &all(List::BuyAgain)), ["apples", "milk"]);
    let fresh = ids(&mut profiler, &profile, &all(List::Discover));
    assert!(fresh.len() == 4 && !fresh.contains(&"apples".to_owned()), "{fresh:?}");
    let explained = profiler.explain(&profile, "apples", NOW).unwrap();
    assert_eq!(explained.position, 1);
    assert!(explained.reasons[0].1 > 1, "without its orders it stands further down");
}

#[test]
fn words_alone_bring_an_item_up_and_the_order_that_taught_them_is_the_reason() {
    let curves = |text| [("taste-text any", text), ("orders known", 0.1), ("popular any", 0.001)];
    let place = |text| {
        let mut profiler = with_curves(fixture::tensors_with_text(), curves(text));
        let mut profile = Profile::new(profiler.factors());
        did(&profiler, &mut profile, Kind::Purchase, "brie", 0);
        let request = Request { limit: 5, ..all(List::Discover) };
        let list = profiler.recommend(&profile, &request, NOW).unwrap();
        let place = list.iter().position(|one| profiler.factors().id(one.item) == "cheddar").unwrap();
        (place, list[place].reasons[0].because)
    };
    let (first, because) = place(90.0);
    let Because::Did(deed) = because else { panic!("an order is the reason") };
    assert_eq!((first, deed.kind, deed.item), (0, Kind::Purchase, 0));
    // The control: where the words count for nothing, popularity alone says it.
    assert_eq!(place(0.0).1, Because::Popular);
}

#[test]
fn while_a_shopper_looks_around_every_other_place_is_near_the_clicks() {
    let mut profiler = profiler();
    let mut profile = Profile::new(profiler.factors());
    (0..4).for_each(|day| did(&profiler, &mut profile, Kind::Purchase, "apples", day * 1_440));
    let before = ids(&mut profiler, &profile, &all(List::ForYou));
    did(&profiler, &mut profile, Kind::Click, "brie", 100 * 1_440 - 5);
    let after = ids(&mut profiler, &profile, &all(List::ForYou));
    let place = |list: &[String], id: &str| list.iter().position(|known| known == id);
    assert!(after[..3].contains(&"apples".to_owned()), "the mix keeps its places: {after:?}");
    assert!(place(&after, "cheddar") < place(&before, "cheddar"), "{before:?} then {after:?}");
    assert_eq!(after.len(), 6);
    assert!((0..6).all(|at| !after[..at].contains(&after[at])), "no item twice");
}

#[test]
fn an_exploring_list_has_propensities_and_a_plain_one_has_none() {
    let mut profiler = profiler();
    let mut profile = Profile::new(profiler.factors());
    did(&profiler, &mut profile, Kind::Purchase, "milk", 0);
    let request = Request { explore: 1.0, seed: 3, limit: 3, ..all(List::ForYou) };
    let list = profiler.recommend(&profile, &request, NOW).unwrap();
    assert!(list.iter().all(|one| one.propensity.is_some_and(|chance| chance > 0.0 && chance < 1.0)));
    let plain = profiler.recommend(&profile, &all(List::ForYou), NOW).unwrap();
    assert!(plain.iter().all(|one| one.propensity.is_none()));
    let wrong = Request { explore: 1.5, ..all(List::ForYou) };
    assert!(profiler.recommend(&profile, &wrong, NOW).is_err());
}

#[test]
fn a_stated_propensity_is_the_share_of_lists_that_hold_the_item() {
    const SEEDS: u64 = if cfg!(debug_assertions) { 300 } else { 4_000 };
    let mut profiler = profiler();
    let mut profile = Profile::new(profiler.factors());
    did(&profiler, &mut profile, Kind::Purchase, "milk", 0);
    did(&profiler, &mut profile, Kind::Cart, "brie", 9);
    // Capped by category, and in turn with what is near: both change who is shown.
    let request = |seed| Request { explore: 1.0, seed, limit: 3, per_category: 1, reasons: false, ..all(List::ForYou) };
    let (mut held, mut stated, mut before) = ([0u32; 6], [0f64; 6], [0u32; 6]);
    for seed in 0..SEEDS {
        for one in profiler.recommend(&profile, &request(seed), NOW).unwrap() {
            held[one.item as usize] += 1;
            // Without the rule of Laplace, whose pull is not by chance.
            let draws = f64::from(crate::update::Bandit::DRAWS);
            stated[one.item as usize] += (f64::from(one.propensity.unwrap()) * (draws + 2.0) - 1.0) / draws;
        }
        let mixed = profiler.mixed(&profile, NOW, (1.0, seed)).unwrap();
        let list = mixed.list(mixed.usual(), &Allowed::all(6));
        list[..3].iter().for_each(|scored| before[scored.item as usize] += 1);
    }
    let off = |item: usize, chance: f64| {
        let share = f64::from(held[item]) / SEEDS as f64;
        // Of the share, and of the stated means: each is over 64 draws, of as many lists as held it.
        let spread = (share * (1.0 - share)).max(1.0 / SEEDS as f64);
        let of_stated = f64::from(crate::update::Bandit::DRAWS) * f64::from(held[item].max(1));
        (chance - share).abs() / (spread / SEEDS as f64 + spread / of_stated).sqrt()
    };
    let shown = (0..6).filter(|item| held[*item] > 0);
    let worst = shown.clone().map(|item| off(item, stated[item] / f64::from(held[item]))).fold(0.0, f64::max);
    assert!(worst < 4.0, "{worst} standard errors: {held:?}");
    assert!(held.iter().filter(|held| (1..SEEDS as u32).contains(held)).count() >= 3, "the draws decide: {held:?}");
    // The control: the chance to be among the first of the mix alone is another one.
    let wrong = shown.map(|item| off(item, f64::from(before[item]) / SEEDS as f64)).fold(0.0, f64::max);
    assert!(wrong > 10.0, "{wrong} standard errors: {held:?} against {before:?}");
}
