//! Data → what is thought → which items moved.

use super::super::Settings;
use super::*;
use crate::profile::{Correction, Subject, Wish};
use crate::testing::{factors, test};

const NOW: i64 = 1_700_000_000_000;

fn did(kind: Kind, item: &str, minute: i64) -> Vec<u8> {
    Interaction::new(kind, item, Millis(NOW + minute * 60_000), minute as u64).to_bytes()
}

fn said(category: &str, wish: Wish) -> Vec<u8> {
    Correction { subject: Subject::Category(category), wish, at: Millis(NOW) }.to_bytes()
}

fn keyed(log: &[Vec<u8>]) -> Vec<(u64, &[u8])> {
    (1..).zip(log.iter().map(Vec::as_slice)).collect()
}

fn profiler() -> Profiler {
    Profiler::new(factors(), Settings::default()).unwrap()
}

#[test]
fn each_event_has_what_it_changed() {
    let log = [
        did(Kind::View, "brie", 0),
        did(Kind::Impression, "milk", 1),
        did(Kind::Click, "apples", 2),
        did(Kind::View, "gouda", 3),
    ];
    let changes = profiler().history(&keyed(&log), 20).unwrap();
    assert_eq!(changes.len(), 3, "impressions are learnt, not told");
    let [brie, apples, unknown] = &changes[..] else { panic!() };
    assert_eq!((brie.category, brie.share, brie.unlearnt), (Some(0), [0.0, 1.0], None));
    assert!(apples.share[0] == 0.0 && apples.share[1] > 0.5);
    assert_eq!(apples.moved[0], Move { item: 5, from: Some(5), to: 1 }, "from the last place but one to the first");
    assert_eq!((unknown.unlearnt, unknown.moved.len()), (Some(Unlearnt::Unknown), 0));
    let last = profiler().history(&keyed(&log), 2).unwrap();
    for wrong in [0, 201] {
        assert_eq!(profiler().history(&keyed(&log), wrong).unwrap_err().code(), "invalid-option");
    }
    assert!(last == changes[1..], "the last ones are the same, however many are asked for");
}

#[test]
fn it_ends_where_the_profile_is() {
    let mut profiler = profiler();
    let log = [
        did(Kind::Cart, "brie", 0),
        did(Kind::View, "bread", 1),
        said("Dairy > Cheese", Wish::Lock),
        did(Kind::Click, "cheddar", 2),
        did(Kind::Click, "apples", 3),
        said("Produce", Wish::NotMe),
        did(Kind::Click, "pasta", 4),
    ];
    let (profile, _) = profiler.restore(None, &keyed(&log));
    let changes = profiler.history(&keyed(&log), 20).unwrap();
    let told: Vec<_> = changes.iter().map(|change| change.unlearnt).collect();
    assert_eq!(told, [None, None, Some(Unlearnt::Locked), Some(Unlearnt::NotMe), None]);
    let pasta = changes.last().unwrap();
    let shares = profile.shares(profiler.factors(), 0.0);
    assert!((pasta.share[1] - shares[3]).abs() < 1e-6);
}

#[test]
fn few_events_are_a_guess_and_many_are_sure() {
    let profiler = profiler();
    let log = |times: i64| -> Vec<Vec<u8>> {
        (0..times).flat_map(|time| [did(Kind::Cart, "brie", 2 * time), did(Kind::Cart, "milk", 2 * time + 1)]).collect()
    };
    let of = |times| {
        let log = log(times);
        let (profile, _) = profiler.restore(None, &keyed(&log));
        let interests = profiler.interests(&profile, &keyed(&log));
        assert_eq!(interests.len(), 2);
        assert!((interests.iter().map(|one| one.share).sum::<f32>() - 1.0).abs() < 1e-6);
        assert_eq!(interests.iter().filter_map(|one| one.changed).max(), Some(Millis(NOW + (2 * times - 1) * 60_000)));
        interests[0]
    };
    assert_eq!((of(1).sure(), of(4).sure(), of(20).sure()), ("guess", "likely", "sure"));
    assert!(of(20).error < of(4).error);
}
