//! Laws of the door out.

use super::*;
use crate::factors::Factors;
use crate::interaction::{Arm, Interaction, Kind, Millis};
use crate::testing::{factors, test};
use crate::update::Random;
use proptest::prelude::*;

fn seeded(seed: u64) -> impl Entropy {
    let mut random = Random(seed);
    move |out: &mut [u8]| out.iter_mut().for_each(|byte| *byte = random.bits() as u8)
}

fn interaction(kind: Kind, item: &str, recommended: bool) -> Interaction<'_> {
    Interaction { recommended, ..Interaction::new(kind, item, Millis::days(20_000), 0) }
}

fn counted(all: &[Interaction<'_>]) -> Tally {
    let factors = factors();
    let mut tally = Tally::new(&factors, Arm::Personal);
    all.iter().for_each(|one| tally.add(one, &factors));
    tally
}

fn tally(times: usize) -> Tally {
    let both = [interaction(Kind::Click, "brie", true), interaction(Kind::Purchase, "apples", false)];
    counted(&both.repeat(times))
}

fn clipped(all: &[Interaction<'_>]) -> Clipped {
    counted(all).clipped(&mut seeded(1))
}

fn only(one: Type) -> Settings {
    Settings::default().with(one, None).unwrap()
}

fn reports(tally: Tally, settings: &Settings, seed: u64) -> Vec<Report> {
    let (entropy, now) = (&mut seeded(seed), Millis::days(20_000));
    let clipped = tally.clipped(entropy);
    Report::all(&clipped, "v1", settings, &mut Budget::default(), now, entropy).unwrap()
}

fn values(report: &Report) -> Vec<i64> {
    let body = report.body();
    let text = core::str::from_utf8(&body).unwrap();
    let list = text.split("\"values\":[").nth(1).and_then(|rest| rest.split(']').next()).unwrap();
    list.split(',').map(|value| value.parse().unwrap()).collect()
}

/// Dairy, Bakery, Grocery, Produce.
const DEPARTMENTS: usize = 4;

#[test]
fn looks_choices_and_purchases_are_counted_by_department() {
    assert_eq!(tally(1).clipped(&mut seeded(1)).values(Type::Departments), [1, 0, 0, 1, 1, 0, 0, 0]);
    let quiet = [Kind::Impression, Kind::Search, Kind::Payment, Kind::Delivery, Kind::Refund];
    let quiet: Vec<_> = quiet.into_iter().map(|kind| interaction(kind, "brie", false)).collect();
    assert_eq!(clipped(&quiet).values(Type::Departments), [0; 8]);
    let foreign = interaction(Kind::View, "an item of another bundle", false);
    assert_eq!(counted(&[foreign]), Tally::new(&factors(), Arm::Personal));
}

#[test]
fn the_shelf_is_told_of_the_latest_arm() {
    let armed = |kind, arm| Interaction { arm: Some(arm), ..interaction(kind, "brie", false) };
    let (seen, chosen) = (armed(Kind::Impression, Arm::Personal), armed(Kind::Click, Arm::Personal));
    let other = armed(Kind::Impression, Arm::Popular);
    let told = |all: &[Interaction<'_>]| clipped(all).values(Type::Shelf).to_vec();
    assert_eq!(told(&[interaction(Kind::Impression, "brie", true)]), [0], "another list");
    assert_eq!(told(&[seen]), [1]);
    assert_eq!(told(&[seen, chosen, seen, seen]), [2], "once is all that counts");
    assert_eq!(told(&[seen, chosen, other]), [4]);
    assert_eq!(told(&[armed(Kind::View, Arm::Popular)]), [0], "its page can be reached otherwise");
    let drawn = Tally::new(&factors(), Arm::Popular).clipped(&mut seeded(1));
    assert_eq!(drawn.values(Type::Shelf), [3], "not seen, in the arm that the coin drew");
}

#[test]
fn an_order_is_told_by_its_bucket() {
    let bought =
        |price: Option<f32>, quantity| Interaction { price, quantity, ..interaction(Kind::Purchase, "brie", false) };
    let bucket = |all: &[Interaction<'_>]| clipped(all).values(Type::Orders)[0];
    assert_eq!(bucket(&[interaction(Kind::View, "brie", false)]), 0);
    assert_eq!(bucket(&[bought(Some(5.0), 1)]), 1, "the bound is within");
    assert_eq!(bucket(&[bought(None, 1)]), 1, "at the bundle's price, 5");
    assert_eq!(bucket(&[bought(Some(5.0), 2), bought(Some(0.01), 1)]), 3);
    assert_eq!(bucket(&[bought(Some(100.0), 1)]), 5);
    assert_eq!(bucket(&[bought(Some(1e7), u32::MAX)]), 6);
}

#[test]
fn one_segment_and_a_few_changes_are_told() {
    let mut tally = tally(1);
    assert_eq!(tally.clone().clipped(&mut seeded(1)).values(Type::Segments), [0, 0, 0, 0, 1]);
    tally.segment(Some(2));
    tally.changes(1, [0, 0, 1, 0, 0, 0].into_iter());
    let few = tally.clone().clipped(&mut seeded(1));
    assert_eq!(
        (few.values(Type::Segments), few.values(Type::Changes)),
        (&[0, 0, 1, 0, 0][..], &[1, 0, 0, 1, 0, 0, 0][..])
    );
    tally.changes(9, [u32::MAX; 6].into_iter());
    assert_eq!(tally.clipped(&mut seeded(1)).values(Type::Changes).iter().sum::<u32>(), 2);
    // All but the last: that something sensitive was there is told to nobody.
    let reasons = crate::intake::Refusal::ALL.iter().map(|reason| reason.name());
    assert!(reasons.eq(registry::ANOMALIES.into_iter().chain(["sensitive"])), "in intake's order");
}

#[test]
fn every_report_has_one_size_and_only_the_declared_fields() {
    for times in [1, 3, 10_000] {
        for report in reports(tally(times), &Settings::all(), times as u64) {
            assert_eq!(report.body().len(), Report::BYTES);
            let text = String::from_utf8(report.body()).unwrap().trim_end().to_owned();
            let keys: Vec<&str> = text.split('"').skip(1).step_by(2).collect();
            let (id, name) = (keys[4], report.kind().declared().name);
            assert_eq!(
                keys,
                ["type", name, "format", "id", id, "day", "bundle", "v1", "epsilon_milli", "clip", "values"]
            );
            assert!(!text.contains("brie") && !text.contains("apples"));
            let epsilon = report.epsilon();
            assert_eq!(values(&report).len(), report.kind().length(DEPARTMENTS));
            assert!(values(&report).iter().all(|value| report.kind().accepts(*value, epsilon, DEPARTMENTS)));
        }
    }
}

#[test]
fn the_largest_report_of_each_type_fits() {
    let mut random = Random(3);
    let names: Vec<String> = (0..Report::MAX_DEPARTMENTS).map(|n| format!("{n:02} > a")).collect();
    let bundle = crate::fixture::with_categories(&names);
    let factors = Factors::read(&bundle).unwrap();
    assert_eq!(factors.departments().len(), Report::MAX_DEPARTMENTS);
    let mut tally = Tally::new(&factors, Arm::Popular);
    tally.add(&interaction(Kind::View, "brie", false), &factors);
    // At the smallest ε the noise is longest.
    let settings = Type::ALL.into_iter().try_fold(Settings::default(), |all, one| all.with(one, Some(1))).unwrap();
    let entropy = &mut |out: &mut [u8]| out.iter_mut().for_each(|byte| *byte = random.bits() as u8);
    let clipped = tally.clipped(entropy);
    let made = Report::all(&clipped, &"f".repeat(64), &settings, &mut Budget::default(), Millis::days(20_000), entropy);
    assert!(made.unwrap().iter().all(|report| report.body().len() == Report::BYTES));
}

#[test]
fn the_noise_is_there_and_is_centred_on_the_clipped_counts() {
    let reports_made = 16_000;
    let mut sums = [0i64; 8];
    let settings = Settings::default().with(Type::Departments, Some(1_000)).unwrap();
    for seed in 0..reports_made {
        sums.iter_mut().zip(values(&reports(tally(1), &settings, seed)[0])).for_each(|(sum, value)| *sum += value);
    }
    // Scale 6: one value's deviation is about 8.5, the mean's 0.07.
    let truth = [1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0];
    for (sum, truth) in sums.iter().zip(truth) {
        let mean = *sum as f64 / reports_made as f64;
        assert!((mean - truth).abs() < 0.33, "{mean} for {truth}");
    }
    let all = |seed| reports(tally(1), &Settings::all(), seed).iter().flat_map(values).collect::<Vec<_>>();
    assert_ne!(all(1), all(2));
}

#[test]
fn nothing_is_spent_on_nothing() {
    let mut budget = Budget::default();
    let (now, entropy) = (Millis::days(20_000), &mut seeded(1));
    let idle = clipped(&[]);
    assert_eq!(Report::all(&idle, "v1", &Settings::all(), &mut budget, now, entropy), Err(Withheld::Nothing));
    let busy = tally(1).clipped(entropy);
    assert_eq!(Report::all(&busy, "v1", &Settings::default(), &mut budget, now, entropy), Err(Withheld::Nothing));
    assert_eq!(budget, Budget::default());
    // The control: to have seen something is something, whether or not a type counts it.
    let seen = clipped(&[interaction(Kind::Impression, "brie", false)]);
    assert_eq!(Report::all(&seen, "v1", &Settings::all(), &mut budget, now, entropy).unwrap().len(), 5);
}

#[test]
fn a_shop_can_only_be_stricter_than_the_registry() {
    for one in Type::ALL {
        let (name, caps) = (one.declared().name, one.declared().caps);
        assert_eq!(Type::named(name), Ok(one));
        assert!(one.declared().epsilon <= caps.day);
        assert!(Settings::default().with(one, Some(caps.day)).is_ok());
        for wrong in [0, caps.day + 1] {
            let words = Settings::default().with(one, Some(wrong)).unwrap_err().to_string();
            let cap = ["0.5", "1"][usize::from(caps.day == 1_000)];
            assert_eq!(words, format!("option reports.types.{name}.epsilon must be from 0.001 to {cap}"));
        }
    }
    let sum: u32 = Settings::all().losses().iter().sum();
    assert_eq!((sum, registry::CAPS.day), (1_000, 1_000), "the defaults are a day's worth");
    let full = Settings::all().with(Type::Departments, Some(401)).unwrap_err().to_string();
    assert!(full.contains("an epsilon of 1 together"), "{full}");
    let names = Type::ALL.map(|one| one.declared().name).join(", ");
    assert!(Type::named("items").unwrap_err().to_string().contains(&names));
}

#[test]
fn a_waiting_report_is_the_same_after_the_store() {
    for report in reports(tally(2), &Settings::all(), 5) {
        let entry = Entry::waiting(&report, Millis(5));
        let bytes = entry.to_bytes();
        assert!(bytes.len() < 600, "blanks are not kept");
        assert_eq!(Entry::from_bytes(&bytes).unwrap(), entry);
        assert_eq!(Entry::from_bytes(&bytes).unwrap().report(), Some(report));
        for at in 0..bytes.len() {
            let mut broken = bytes.clone();
            broken[at] ^= 1;
            assert!(Entry::from_bytes(&broken).is_err(), "byte {at}");
        }
    }
    let names = Type::ALL.map(|one| one.declared().name);
    assert_eq!(names, ["departments", "shelf", "orders", "segments", "changes"], "their numbers are stored");
    let report = &reports(tally(2), &only(Type::Departments), 5)[0];
    let entry = Entry::waiting(report, Millis(5));
    assert_eq!(entry.body(), report.body());
    // Whatever else stands in the ledger is no report, however it came there.
    let parts = |at: usize, other: &[u8]| {
        let mut parts = entry.parts.clone();
        parts.splice(at..at + other.len().min(parts.len() - at), other.iter().copied());
        Entry { parts, ..entry.clone() }.report()
    };
    assert_eq!(parts(0, &[]).as_ref(), Some(report));
    let (day, version, value) = (1 + 4 + 4 + 16, 1 + 4 + 4 + 16 + 4 + 2, entry.parts.len() - 4);
    let epsilon = value - 4 * report.values().len();
    for len in 0..entry.parts.len() {
        let short = Entry { parts: entry.parts[..len].to_vec(), ..entry.clone() };
        let values = short.report().map_or(0, |short| short.values().len());
        let whole = len.checked_sub(epsilon + 4).filter(|rest| rest % 4 == 0).map_or(0, |rest| rest / 4);
        assert_eq!((values, short.report().is_some()), (whole, whole > 0), "{len} bytes");
    }
    for (at, other) in [
        (0, &[Type::ALL.len() as u8][..]),
        (0, &[Type::Changes as u8]),
        (1, &[9]),
        (5, &[4]),
        (day + 3, &[0xff]),
        (epsilon, &[0; 4]),
        (epsilon + 3, &[1]),
        (version, b"\""),
        (version, b","),
        (version, b" "),
        (version - 2, &[65, 0]),
        (version, &[0xc3, 0xa9]),
        (value, &1_000_000_i32.to_le_bytes()),
        (value, &(-1_000_000_i32).to_le_bytes()),
        (value, &i32::MIN.to_le_bytes()),
        (entry.parts.len(), &[0]),
        (entry.parts.len(), &[0; 4 * 2 * Report::MAX_DEPARTMENTS]),
    ] {
        assert_eq!(parts(at, other), None, "{other:?} at {at}");
    }
}

#[test]
fn a_line_of_the_former_format_is_shown_and_not_sent() {
    let body = reports(tally(2), &only(Type::Departments), 5)[0].body();
    let entry = Entry { parts: body.trim_ascii_end().to_vec(), format: Entry::FORMER, ..withheld() };
    let former = Entry { state: State::Waiting, why: String::new(), ..entry };
    let read = Entry::from_bytes(&former.to_bytes()).unwrap();
    assert_eq!((read.body(), read.report()), (body, None));
    assert_eq!(read.words(), "A report that this version does not read.");
    let given_up = Entry { state: State::Failed, ..read.clone() };
    assert_eq!(Entry::from_bytes(&given_up.to_bytes()).unwrap().body(), read.body());
}

fn withheld() -> Entry {
    Entry::withheld(Withheld::SetBack, Millis(5))
}

#[test]
fn a_line_says_in_words_what_it_was_or_why_there_was_none() {
    for report in reports(tally(2), &Settings::all(), 5) {
        let stored = Entry::from_bytes(&Entry::waiting(&report, Millis(5)).to_bytes()).unwrap();
        assert_eq!(stored.words(), report.words());
        assert!(stored.words().starts_with(report.kind().purpose()));
    }
    let withheld = withheld();
    let stored = |line: &Entry| Entry::from_bytes(&line.to_bytes()).unwrap().words();
    assert_eq!(stored(&withheld), Withheld::SetBack.words());
    let former = Entry { why: "The profile was erased.".to_owned(), ..withheld };
    assert_eq!(stored(&former), former.why, "a line that was stored with its words");
}

#[test]
fn no_float_occurs_in_the_mechanisms() {
    let floats = |source: &str| ["f32", "f64", "as f", "libm", "float"].iter().any(|float| source.contains(float));
    let code = |source: &'static str| {
        let code = source.split("#[cfg(test)]").next().unwrap_or_default();
        code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
    };
    let mechanisms = [
        (include_str!("noise.rs"), "fn discrete_laplace"),
        (include_str!("response.rs"), "fn unary"),
        (include_str!("clip.rs"), "fn clip"),
        (include_str!("report.rs"), "fn noised"),
    ];
    for (source, holds) in mechanisms {
        assert!(code(source).contains(holds) && !floats(&code(source)), "{holds}");
    }
    assert!(floats(&code(include_str!("composition.rs"))), "control: there are floats elsewhere");
}

#[test]
fn the_documents_have_the_registrys_table() {
    let documented = include_str!("../../docs/reports.md");
    let thousandths = |epsilon: u32| (f64::from(epsilon) / 1_000.0).to_string();
    for one in Type::ALL {
        let registry::Declared { name, mechanism, epsilon, caps, .. } = one.declared();
        let influence = format!("{:.1}", mechanism.influence(*epsilon));
        let row = format!(
            "| `{name}` | {} | {} | {} | {} | {} | {} | {} | {} |",
            one.purpose(),
            one.meaning(),
            mechanism.clip(),
            mechanism.sensitivity(),
            mechanism.name(),
            thousandths(*epsilon),
            thousandths(caps.day),
            influence.trim_end_matches(".0"),
        );
        assert_eq!(documented.matches(&row).count(), 1, "docs/reports.md should have\n{row}");
    }
    let Caps { day, month, year } = registry::CAPS;
    let caps =
        format!("ε = {} a day, {} in 30 days, {} in 365", thousandths(day), thousandths(month), thousandths(year));
    assert!(documented.contains(&caps), "docs/reports.md should say: {caps}");
}

/// Kind, item, recommended, arm, price, quantity.
type Deed = (usize, usize, bool, Option<usize>, Option<f32>, u32);

/// A thing that a browser can be made to record.
fn deed() -> impl Strategy<Value = Deed> {
    let (kinds, items) = (0..Kind::ALL.len(), 0usize..6);
    let price = proptest::option::of(0f32..1e7);
    (kinds, items, any::<bool>(), proptest::option::of(0usize..2), price, 1u32..1_000_000)
}

proptest! {
    /// At its bounds, ten times beyond them, repeated and in another order: what one browser's day comes to
    /// differs from any other day's by no more than the sensitivity.
    #[test]
    fn no_day_differs_from_another_by_more_than_the_sensitivity(
        deeds in proptest::collection::vec(deed(), 0..60), others in proptest::collection::vec(deed(), 0..60),
        times in 1usize..10, refused in any::<u32>(), seed in any::<u64>(),
    ) {
        let items = ["brie", "cheddar", "milk", "bread", "pasta", "apples"];
        let day = |deeds: &[Deed], refused: u32| {
            let all: Vec<_> = deeds.iter().map(|&(kind, item, recommended, arm, price, quantity)| Interaction {
                arm: arm.map(|arm| Arm::ALL[arm]), price, quantity,
                ..interaction(Kind::ALL[kind], items[item], recommended)
            }).collect();
            let mut tally = counted(&all.repeat(times));
            tally.changes(refused, [refused; 6].into_iter());
            tally.segment(deeds.first().map(|deed| (deed.1 % DEPARTMENTS) as u16));
            tally.clipped(&mut seeded(seed))
        };
        let (one, other) = (day(&deeds, refused), day(&others, 0));
        let turned = day(&deeds.iter().rev().copied().collect::<Vec<_>>(), refused);
        for kind in Type::ALL {
            let mechanism = kind.declared().mechanism;
            for (a, b) in [(&one, &other), (&one, &turned)] {
                let (a, b) = (a.values(kind), b.values(kind));
                prop_assert_eq!(a.len(), kind.length(DEPARTMENTS));
                match mechanism {
                    Mechanism::Response { .. } => prop_assert!((a[0] as usize) < kind.vocabulary(DEPARTMENTS)),
                    _ => {
                        let apart: u32 = a.iter().zip(b).map(|(a, b)| a.abs_diff(*b)).sum();
                        prop_assert!(apart <= mechanism.sensitivity(), "{} apart", apart);
                    }
                }
            }
        }
    }
}
