//! The laws of corrections: un-learning is exact, a lock holds, more is more; each with its control.

use super::super::{Request, Settings};
use super::*;
use crate::factors::Factors;
use crate::fixture;
use crate::interaction::Signal;
use crate::profile::{Correction, Subject, Wish, merged};
use crate::testing::{factors, random, test};
use proptest::prelude::*;

const NOW: Millis = Millis(1_700_000_000_000);
const CHEESE: Subject<'_> = Subject::Category("Dairy > Cheese");

fn profiler() -> Profiler {
    Profiler::new(factors(), Settings::default()).unwrap()
}

fn did(kind: Kind, item: &str, minute: i64) -> Interaction<'_> {
    let plain = Interaction::new(kind, item, Millis(NOW.0 + minute * 60_000), minute as u64);
    Interaction { price: Some(2.0), rating: Some(5.0), ..plain }
}

fn said(subject: Subject<'_>, wish: Wish) -> Correction<'_> {
    Correction { subject, wish, at: NOW }
}

/// The log as the store has it: positions from 1.
fn keyed(log: &[Vec<u8>]) -> Vec<(u64, &[u8])> {
    (1..).zip(log.iter().map(Vec::as_slice)).collect()
}

fn restored(profiler: &Profiler, log: &[Vec<u8>]) -> Profile {
    let (mut profile, problem) = profiler.restore(None, &keyed(log));
    assert_eq!(problem, None);
    profile.seq = 0;
    profile
}

/// Everything that the profile is, but for what the shopper said.
fn bytes(profiler: &Profiler, profile: &Profile) -> Vec<u8> {
    let mut plain = profile.clone();
    plain.corrections = Corrections::default();
    plain.to_bytes(profiler.factors())
}

fn lived(profiler: &Profiler, steps: &[Interaction<'_>]) -> Profile {
    let mut profile = Profile::new(profiler.factors());
    for one in steps {
        profiler.apply(&mut profile, one);
    }
    profile
}

fn visit(items: u32) -> impl Strategy<Value = Vec<(usize, u32, i64)>> {
    proptest::collection::vec((0usize..12, 0..items, -10_000i64..10_000), 2..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_is_forgotten_was_never_seen(steps in visit(40), which in any::<prop::sample::Index>(), by in 0..4) {
        let profiler = Profiler::new(random(7, 40, 6, false), Settings::default()).unwrap();
        let factors = profiler.factors();
        let steps: Vec<_> = steps.iter().map(|(kind, item, minute)| did(Kind::ALL[*kind], factors.id(*item), *minute)).collect();
        let log: Vec<_> = steps.iter().map(Interaction::to_bytes).collect();
        let gone = steps[which.index(steps.len())];
        let category = factors.category(factors.find(gone.item).unwrap()).unwrap();
        let forget = match by {
            0 => Forget { item: Some(gone.item), kind: Some(gone.kind), at: Some(gone.at), ..Forget::default() },
            1 => Forget { item: Some(gone.item), ..Forget::default() },
            2 => Forget { category: Some(factors.category_name(category)), ..Forget::default() },
            _ => Forget { before: Some(Millis(gone.at.0 + 1)), ..Forget::default() },
        };
        let left: Vec<_> = steps.iter().copied().filter(|one| !forget.means(one, &profiler)).collect();
        prop_assert!(left.len() < steps.len());
        let without: Vec<_> = log.iter().filter(|bytes| !forget.means(&Interaction::from_bytes(bytes).unwrap(), &profiler)).cloned().collect();
        let never = lived(&profiler, &left);
        prop_assert_eq!(bytes(&profiler, &restored(&profiler, &without)), bytes(&profiler, &never));
        // The control: the event that stays is seen in the bytes.
        prop_assert_ne!(bytes(&profiler, &restored(&profiler, &log)), bytes(&profiler, &never));
    }

    /// Two devices' logs, some of it on both: what they teach together is what the one teaches that did it all.
    #[test]
    fn two_logs_merge_into_the_one_that_saw_all(
        steps in visit(40), wishes in proptest::collection::vec((0usize..6, 0u32..40, -10_000i64..10_000), 0..6),
        on in proptest::collection::vec(0..3, 66), order in any::<bool>(),
    ) {
        let profiler = Profiler::new(random(7, 40, 6, false), Settings::default()).unwrap();
        let factors = profiler.factors();
        let did = steps.iter().zip(0u64..).map(|((kind, item, minute), n)| {
            let one = did(Kind::ALL[*kind], factors.id(*item), *minute);
            (Millis(one.at.0 + n as i64), Interaction { at: Millis(one.at.0 + n as i64), seed: n, ..one }.to_bytes())
        });
        let said = wishes.iter().zip(100i64..).map(|((wish, item, minute), n)| {
            let (subject, at) = (Subject::Item(factors.id(*item)), Millis(NOW.0 + minute * 60_000 + n));
            (at, Correction { subject, wish: Wish::ALL[*wish].0, at }.to_bytes())
        });
        let mut whole: Vec<_> = did.chain(said).collect();
        whole.sort();
        let whole: Vec<_> = whole.into_iter().map(|(_, entry)| entry).collect();
        let part = |not: i32| whole.iter().zip(&on).filter(|(_, on)| **on != not).map(|(entry, _)| entry.clone()).collect::<Vec<_>>();
        let (phone, desk) = (part(0), part(1));
        let both = if order { merged(phone.clone(), desk.clone()) } else { merged(desk.clone(), phone.clone()) };
        prop_assert_eq!(&both, &whole);
        prop_assert_eq!(bytes(&profiler, &restored(&profiler, &both)), bytes(&profiler, &restored(&profiler, &whole)));
        prop_assert_eq!(merged(both, desk), whole, "brought along twice, it is there once");
    }

    #[test]
    fn not_me_was_never_seen_until_it_is_taken_back(steps in visit(6), category in any::<bool>(), at in any::<prop::sample::Index>()) {
        let profiler = profiler();
        let items = ["brie", "cheddar", "milk", "bread", "pasta", "apples"];
        let mut steps: Vec<_> = steps.iter().map(|(kind, item, minute)| did(Kind::ALL[*kind], items[*item as usize], *minute)).collect();
        steps.push(did(Kind::Cart, "brie", 20_000));
        let subject = if category { CHEESE } else { Subject::Item("brie") };
        let mine = |one: &&Interaction<'_>| one.item != "brie" && !(category && one.item == "cheddar");
        let never = lived(&profiler, &steps.iter().filter(mine).copied().collect::<Vec<_>>());
        let whole = lived(&profiler, &steps);
        // Said at any point: what came before is unlearnt, what comes after is not learnt.
        let mut log: Vec<_> = steps.iter().map(Interaction::to_bytes).collect();
        log.insert(at.index(log.len() + 1), said(subject, Wish::NotMe).to_bytes());
        prop_assert_eq!(bytes(&profiler, &restored(&profiler, &log)), bytes(&profiler, &never));
        log.push(said(subject, Wish::Clear).to_bytes());
        prop_assert_eq!(bytes(&profiler, &restored(&profiler, &log)), bytes(&profiler, &whole));
        prop_assert_ne!(bytes(&profiler, &whole), bytes(&profiler, &never), "the control");
    }
}

/// The control: one log behind the other is another profile.
#[test]
fn logs_that_are_not_put_in_order_teach_something_else() {
    let profiler = profiler();
    let phone: Vec<_> = (0..9).map(|n| did(Kind::Click, "brie", 2 * n).to_bytes()).collect();
    let desk: Vec<_> = (0..9).map(|n| did(Kind::Cart, "apples", 2 * n + 1).to_bytes()).collect();
    let behind = [phone.clone(), desk.clone()].concat();
    assert_ne!(
        bytes(&profiler, &restored(&profiler, &behind)),
        bytes(&profiler, &restored(&profiler, &merged(phone, desk)))
    );
}

fn share_of_cheese(profiler: &Profiler, profile: &Profile) -> f32 {
    profile.shares(profiler.factors(), 0.0)[0]
}

#[test]
fn a_lock_survives_a_hundred_contrary_clicks() {
    let profiler = profiler();
    let after = |lock: bool, contrary: &[(Kind, &str)]| {
        let mut profile = lived(&profiler, &[did(Kind::Cart, "brie", 0), did(Kind::View, "bread", 1)]);
        if lock {
            profile.correct(&said(CHEESE, Wish::Lock), profiler.factors());
        }
        let before = (share_of_cheese(&profiler, &profile), interest(&profiler, &profile));
        for click in 0..100 {
            let (kind, item) = contrary[click % contrary.len()];
            profiler.apply(&mut profile, &did(kind, item, 10 + click as i64));
        }
        (before, (share_of_cheese(&profiler, &profile), interest(&profiler, &profile)))
    };
    for contrary in [
        &[(Kind::Click, "apples"), (Kind::Cart, "bread")][..],
        &[(Kind::Uncart, "brie"), (Kind::Refund, "cheddar")],
        &[(Kind::Click, "brie")],
    ] {
        let ((share, interest), (shared, interested)) = after(true, contrary);
        assert!((share - shared).abs() < 1e-6, "{contrary:?}: {share} became {shared}");
        assert!(interested >= interest - 1e-4, "{contrary:?}: {interest} became {interested}");
        // The control: without the lock each of them moves it.
        let ((share, _), (shared, _)) = after(false, contrary);
        assert!((share - shared).abs() > 0.05, "{contrary:?}: {share} became {shared}");
    }
}

/// The part of brie's score that its category has.
fn interest(profiler: &Profiler, profile: &Profile) -> f32 {
    profile.shares(profiler.factors(), profiler.settings.weights.reserve)[0]
}

#[test]
fn locking_changes_nothing_by_itself_and_unlocking_lets_go() {
    let profiler = profiler();
    let before =
        lived(&profiler, &[did(Kind::Cart, "brie", 0), did(Kind::View, "bread", 1), did(Kind::View, "milk", 2)]);
    let mut locked = before.clone();
    locked.correct(&said(CHEESE, Wish::Lock), profiler.factors());
    for reserve in [0.0, 1.0] {
        let pairs =
            before.shares(profiler.factors(), reserve).into_iter().zip(locked.shares(profiler.factors(), reserve));
        pairs.for_each(|(a, b)| assert!((a - b).abs() < 1e-6, "{a} {b}"));
    }
    // All of it locked: the rest still finds room.
    locked.correct(&said(Subject::Category("Bakery"), Wish::Lock), profiler.factors());
    locked.correct(&said(Subject::Category("Dairy"), Wish::Lock), profiler.factors());
    profiler.apply(&mut locked, &did(Kind::Cart, "apples", 5));
    let sum: f32 = locked.shares(profiler.factors(), 0.0).iter().sum();
    assert!((sum - 1.0).abs() < 1e-6 && locked.shares(profiler.factors(), 0.0)[4] > 0.05);
    for name in ["Dairy > Cheese", "Bakery", "Dairy"] {
        locked.correct(&said(Subject::Category(name), Wish::Unlock), profiler.factors());
    }
    assert!(locked.corrections.is_empty());
}

fn place(profiler: &mut Profiler, profile: &Profile, id: &str) -> usize {
    profiler.explain(profile, id, NOW).unwrap().position
}

#[test]
fn more_is_more_less_is_less_and_both_are_nothing() {
    let mut profiler = profiler();
    let profile = lived(&profiler, &[did(Kind::Click, "pasta", 0)]);
    let with = |wishes: &[Wish], subject| {
        let mut profile = profile.clone();
        wishes.iter().for_each(|wish| profile.correct(&said(subject, *wish), &factors()));
        profile
    };
    for subject in [Subject::Category("Produce > Fruit"), Subject::Category("Produce"), Subject::Item("apples")] {
        let mut score = |wishes: &[Wish]| profiler.explain(&with(wishes, subject), "apples", NOW).unwrap().score;
        let plain = score(&[]);
        assert!(score(&[Wish::More]) > plain && score(&[Wish::More; 2]) > score(&[Wish::More]));
        assert!(score(&[Wish::Less]) < plain);
        assert_eq!(score(&[Wish::More, Wish::Less]), plain);
        assert_eq!(score(&[Wish::More; 9]), score(&[Wish::More; 3]), "three steps are the most");
    }
    let asked = with(&[Wish::More; 3], Subject::Item("apples"));
    assert!(place(&mut profiler, &asked, "apples") < place(&mut profiler, &profile, "apples"));
    let reasons = profiler.explain(&asked, "apples", NOW).unwrap().reasons;
    let (_, without) = reasons.iter().find(|(reason, _)| reason.because == crate::rank::Because::Asked).unwrap();
    assert_eq!(*without, place(&mut profiler, &profile, "apples"), "and where it would be without");
}

#[test]
fn not_me_is_not_recommended_unless_it_is_asked_for_by_name() {
    let mut profiler = profiler();
    let mut profile = lived(&profiler, &[did(Kind::Click, "brie", 0)]);
    let mut ids = |profile: &Profile, category| {
        let list = profiler.recommend(profile, &Request { category, ..Request::default() }, NOW).unwrap();
        list.iter().map(|one| one.item).collect::<Vec<_>>()
    };
    assert!(ids(&profile, None).starts_with(&[0, 1]), "the control");
    profile.correct(&said(CHEESE, Wish::NotMe), &factors());
    assert!(!ids(&profile, None).contains(&0) && !ids(&profile, None).contains(&1));
    assert_eq!(ids(&profile, Some("Dairy > Cheese")).len(), 2);
    assert_eq!(ids(&profile, Some("Dairy")), [2], "a department is not the name that was said");
    profile.correct(&said(Subject::Item("brie"), Wish::NotMe), &factors());
    assert_eq!(ids(&profile, Some("Dairy > Cheese")), [1], "the item itself never");
    let mut similar = |profile: &Profile| profiler.similar(profile, "milk", &[], 5).unwrap();
    assert!(similar(&profile).iter().all(|one| one.item > 1), "nor beside another");
    assert!(similar(&Profile::new(&factors())).iter().any(|one| one.item < 2), "the control");
}

#[test]
fn steps_of_item_category_and_department_add_up_in_any_order() {
    let factors = factors();
    let three = |subject, wish| [said(subject, wish); 3];
    let parts = [
        three(Subject::Item("brie"), Wish::More),
        three(CHEESE, Wish::More),
        three(Subject::Category("Dairy"), Wish::Less),
    ];
    for order in [[0, 1, 2], [0, 2, 1], [2, 0, 1]] {
        let mut profile = Profile::new(&factors);
        order.iter().flat_map(|part| parts[*part]).for_each(|one| profile.correct(&one, &factors));
        assert_eq!(profile.corrections.on(0, &factors).level, 3, "{order:?}");
    }
}

#[test]
fn corrections_survive_their_bytes_and_a_new_bundle() {
    let profiler = profiler();
    let log: Vec<_> = [
        did(Kind::Cart, "brie", 0).to_bytes(),
        did(Kind::Click, "pasta", 1).to_bytes(),
        said(CHEESE, Wish::Lock).to_bytes(),
        said(Subject::Item("milk"), Wish::More).to_bytes(),
        did(Kind::Cart, "cheddar", 2).to_bytes(),
        said(Subject::Category("Produce"), Wish::NotMe).to_bytes(),
        did(Kind::Click, "apples", 3).to_bytes(),
    ]
    .into();
    let (profile, _) = profiler.restore(None, &keyed(&log));
    let stored = profile.to_bytes(profiler.factors());
    assert!(Profile::from_bytes(&stored, profiler.factors()).unwrap() == (profile.clone(), Fit::Same));
    assert_eq!(profile.corrections.of(CHEESE).locked, Some(share_of_cheese(&profiler, &profile)));

    let metadata = [("homebody.format", "1"), ("homebody.version", "next")];
    let next = Factors::read(&fixture::safetensors(&fixture::tensors(), &metadata)).unwrap();
    let next = Profiler::new(next, Settings::default()).unwrap();
    let (carried, fit) = Profile::from_bytes(&stored, next.factors()).unwrap();
    assert_eq!((fit, &carried.corrections), (Fit::OtherBundle, &profile.corrections));
    let (again, _) = next.restore(Some((carried.clone(), fit)), &keyed(&log));
    assert_eq!(again.corrections, profile.corrections);
    assert!(
        again.long == profile.long,
        "the same factors under another name: not me and lock hold in what is learnt again"
    );
    // The log is gone: what the record had still stands.
    let (alone, _) = next.restore(Some((carried, fit)), &keyed(&[]));
    assert_eq!(alone.corrections, profile.corrections);
}

#[test]
fn what_goes_over_by_the_map_is_corrected_already() {
    let profiler = profiler();
    let mut log: Vec<_> = [
        did(Kind::Cart, "brie", 0).to_bytes(),
        did(Kind::Click, "pasta", 1).to_bytes(),
        said(CHEESE, Wish::Lock).to_bytes(),
        said(Subject::Category("Produce"), Wish::NotMe).to_bytes(),
    ]
    .into();
    let (profile, _) = profiler.restore(None, &keyed(&log));
    let mut tensors = fixture::tensors();
    let identity: Vec<f32> = (0..16).map(|at| f32::from(u8::from(at % 5 == 0))).collect();
    tensors.push(("map", "F32", &[4, 4], fixture::f32s(&identity)));
    let metadata = [("homebody.format", "1"), ("homebody.version", "next"), ("homebody.map.from", "test-1")];
    let next = Factors::read(&fixture::safetensors(&tensors, &metadata)).unwrap();
    let next = Profiler::new(next, Settings::default()).unwrap();
    let (carried, fit) = Profile::from_bytes(&profile.to_bytes(profiler.factors()), next.factors()).unwrap();
    assert_eq!(fit, Fit::Moved);
    log.push(did(Kind::Click, "apples", 2).to_bytes());
    log.push(did(Kind::Cart, "cheddar", 3).to_bytes());
    let (moved, _) = next.restore(Some((carried, fit)), &keyed(&log));
    assert_eq!(moved.corrections, profile.corrections);
    assert_eq!(moved.long.vector, profile.long.vector, "neither the one that is not me nor the locked one was learnt");
    assert!((share_of_cheese(&next, &moved) - share_of_cheese(&profiler, &profile)).abs() < 1e-6);
}

#[test]
fn a_damaged_correction_is_refused() {
    let whole = said(CHEESE, Wish::Lock).to_bytes();
    assert_eq!(Logged::from_bytes(&whole), Ok(Logged::Said(said(CHEESE, Wish::Lock))));
    for cut in 1..whole.len() {
        assert!(Logged::from_bytes(&whole[..cut]).is_err(), "cut at {cut}");
    }
    assert!(Logged::from_bytes(&[whole.as_slice(), &[0]].concat()).is_err());
    let mut wish = whole;
    wish[1] = 6;
    assert_eq!(Logged::from_bytes(&wish).unwrap_err().code(), "record-damaged");
}

#[test]
fn no_more_than_so_many_are_kept() {
    let mut corrections = Corrections::default();
    for number in 0..300 {
        corrections.follow(&said(Subject::Item(&number.to_string()), Wish::More), 0.0);
    }
    assert_eq!(corrections.iter().len(), Corrections::MOST);
    corrections.follow(&said(Subject::Item("7"), Wish::Less), 0.0);
    assert_eq!(corrections.iter().len(), Corrections::MOST - 1, "taken back, it leaves room");
}

#[test]
fn what_was_taught_has_its_label_and_where_nothing_was_no_weight() {
    let profiler = profiler();
    let with = |wish: Option<Wish>| {
        let mut profile = Profile::new(profiler.factors());
        wish.iter().for_each(|wish| profile.correct(&said(CHEESE, *wish), profiler.factors()));
        profile
    };
    let taught = |kind, wish| profiler.apply(&mut with(wish), &did(kind, "brie", 1)).signal;
    let cart = profiler.settings.signals.of(Kind::Cart);
    assert!(taught(Kind::Cart, None) == cart && cart.weight > 0.0);
    let nothing = [(Kind::Payment, None), (Kind::Cart, Some(Wish::Lock)), (Kind::Cart, Some(Wish::NotMe))];
    for (kind, wish) in nothing {
        let label = profiler.settings.signals.of(kind).label;
        assert_eq!(taught(kind, wish), Signal { label, weight: 0.0 }, "{kind:?} {wish:?}");
    }
}
