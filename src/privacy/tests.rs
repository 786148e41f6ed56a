//! Laws of the door out.

use super::*;
use crate::interaction::Millis;
use crate::testing::{factors, test};
use crate::update::Random;

fn seeded(seed: u64) -> impl Entropy {
    let mut random = Random(seed);
    move |out: &mut [u8]| out.iter_mut().for_each(|byte| *byte = random.bits() as u8)
}

fn interaction(kind: Kind, item: &str, recommended: bool) -> Interaction<'_> {
    Interaction {
        kind,
        item,
        at: Millis::days(20_000),
        seed: 0,
        price: None,
        quantity: 1,
        rating: None,
        dwell: None,
        recommended,
        propensity: None,
    }
}

fn tally(times: usize) -> Tally {
    let factors = factors();
    let mut tally = Tally::new(&factors);
    for _ in 0..times {
        tally.add(&interaction(Kind::Click, "brie", true), &factors);
        tally.add(&interaction(Kind::Purchase, "apples", false), &factors);
    }
    tally
}

fn report(times: usize, epsilon: u32, seed: u64) -> Report {
    let settings = Settings::new(epsilon).unwrap();
    let now = Millis::days(20_000);
    Report::new(tally(times), "v1", &settings, &mut Budget::default(), now, &mut seeded(seed)).unwrap()
}

fn values(report: &Report) -> Vec<i64> {
    let body = report.body();
    let text = core::str::from_utf8(&body).unwrap();
    let list = text.split("\"values\":[").nth(1).and_then(|rest| rest.split(']').next()).unwrap();
    list.split(',').map(|value| value.parse().unwrap()).collect()
}

#[test]
fn looks_choices_and_purchases_are_counted_by_department() {
    // Dairy, Bakery, Grocery, Produce; then the clicks on recommendations.
    assert_eq!(tally(3).counts, [3, 0, 0, 3, 3, 0, 0, 0]);
    let mut other = Tally::new(&factors());
    for kind in [Kind::Impression, Kind::Search, Kind::Payment, Kind::Delivery, Kind::Refund] {
        other.add(&interaction(kind, "brie", false), &factors());
    }
    other.add(&interaction(Kind::View, "an item of another bundle", false), &factors());
    assert_eq!(other, Tally::new(&factors()));
}

#[test]
fn every_report_has_one_size_and_only_the_declared_fields() {
    for times in [1, 3, 10_000] {
        let report = report(times, 1_000, times as u64);
        assert_eq!(report.body().len(), Report::BYTES);
        let text = String::from_utf8(report.body()).unwrap().trim_end().to_owned();
        let keys: Vec<&str> = text.split('"').skip(1).step_by(2).collect();
        let id = keys[4];
        assert_eq!(
            keys,
            ["type", "departments", "format", "id", id, "day", "bundle", "v1", "epsilon_milli", "clip", "values"]
        );
        assert!(!text.contains("brie") && !text.contains("apples"));
    }
}

#[test]
fn the_noise_is_there_and_is_centred_on_the_clipped_counts() {
    let reports = 16_000;
    let mut sums = [0i64; 8];
    for seed in 0..reports {
        sums.iter_mut().zip(values(&report(1, 1_000, seed))).for_each(|(sum, value)| *sum += value);
    }
    // Scale 20: one value's deviation is about 28.3, the mean's 0.22.
    let truth = [1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0];
    for (sum, truth) in sums.iter().zip(truth) {
        let mean = *sum as f64 / reports as f64;
        assert!((mean - truth).abs() < 1.1, "{mean} for {truth}");
    }
    assert_ne!(values(&report(1, 1_000, 1)), values(&report(1, 1_000, 2)));
}

#[test]
fn a_flood_counts_for_no_more_than_the_clip() {
    let mut counts = tally(1_000_000).counts;
    clip(&mut counts, Report::CLIP, &mut seeded(1));
    assert_eq!(counts.iter().sum::<u32>(), Report::CLIP);
}

#[test]
fn nothing_is_spent_on_nothing() {
    let mut budget = Budget::default();
    let settings = Settings::new(1_000).unwrap();
    let made = Report::new(Tally::new(&factors()), "v1", &settings, &mut budget, Millis::days(20_000), &mut seeded(1));
    assert_eq!(made, Err(Withheld::Nothing));
    assert_eq!(budget, Budget::default());
}

#[test]
fn epsilon_stays_within_its_bounds() {
    assert!(Settings::new(0).is_err() && Settings::new(1_001).is_err() && Settings::new(1_000).is_ok());
}

#[test]
fn a_waiting_report_is_the_same_after_the_store() {
    let report = report(2, 1_000, 5);
    let entry = Entry::waiting(&report, Millis(5));
    let bytes = entry.to_bytes();
    assert_eq!(Entry::from_bytes(&bytes).unwrap().report(), Some(report));
    for at in 0..bytes.len() {
        let mut broken = bytes.clone();
        broken[at] ^= 1;
        assert!(Entry::from_bytes(&broken).is_err(), "byte {at}");
    }
    let sent = Entry { state: State::Sent, ..entry.clone() };
    assert_eq!(sent.report(), None, "what was sent is not sent again");
    // Whatever else stands in the ledger is no report, however it came there.
    let text = String::from_utf8(entry.body.clone()).unwrap();
    let swapped = text.replacen("\"format\":1", "\"format\":1,\"shopper\":\"anna\"", 1);
    for other in [
        "{\"bought\":\"brie\"}".to_owned(),
        text.trim_end().to_owned(),
        format!("{:2048.2048}", swapped),
        text.replace("\"clip\":10", "\"clip\":99"),
    ] {
        let smuggled = Entry { body: other.clone().into_bytes(), ..entry.clone() };
        assert_eq!(smuggled.report(), None, "{other}");
    }
}
