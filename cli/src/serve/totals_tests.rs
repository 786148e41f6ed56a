//! Sums are right on average, and their intervals hold it.

use homebody::factors::Factors;
use homebody::interaction::{Arm, Interaction, Kind, Millis};
use homebody::privacy::{Budget, Clipped, Report, Settings, Tally};
use proptest::prelude::*;

use super::*;
use crate::random::Random;
use crate::serve::report::{self, Terms};

const BUNDLE: &[u8] = include_bytes!("../../../tests/golden/grocery.safetensors");
const DAY: i32 = 20_000;

fn entropy(seed: u64) -> impl FnMut(&mut [u8]) {
    let mut random = Random::new(seed);
    move |out| random.fill(out)
}

/// The variance's formula against the distribution's own sum.
#[test]
fn the_variance_is_the_distributions() {
    for (epsilon_milli, clip) in [(1_000, 10), (500, 3), (4_000, 1)] {
        let q = (-f64::from(epsilon_milli) / 1000.0 / f64::from(2 * clip)).exp_m1() + 1.0;
        let sum: f64 = (1..2_000).map(|k| 2.0 * f64::from(k * k) * q.powi(k)).sum::<f64>() * (1.0 - q) / (1.0 + q);
        let got = laplace(epsilon_milli, clip);
        assert!((got - sum).abs() < 1e-9 * sum, "{got} {sum}");
    }
}

/// A household's day: a look, sometimes an order, in one of the arms.
fn day(factors: &Factors, n: u64) -> Clipped {
    let arm = if n.is_multiple_of(4) { Arm::Popular } else { Arm::Personal };
    let mut tally = Tally::new(factors, arm);
    let at = Millis::days(i64::from(DAY));
    let mut add = |kind, item, arm| tally.add(&Interaction { arm, ..Interaction::new(kind, item, at, 0) }, factors);
    add(Kind::View, "brie", None);
    if n.is_multiple_of(2) {
        add(Kind::Impression, "apples", Some(arm));
    }
    if n.is_multiple_of(3) {
        add(Kind::Click, "apples", Some(arm));
        add(Kind::Purchase, "apples", None);
    }
    tally.segment(Some((n % 3) as u16));
    let changed = |every| u32::from(n.is_multiple_of(every));
    tally.changes(changed(5), std::iter::repeat_n(changed(7), 6));
    tally.clipped(&mut entropy(n))
}

/// What a report's true values add to the sums of the vocabulary.
fn truth(kind: Type, clipped: &Clipped, into: &mut [f64]) {
    let values = clipped.values(kind);
    match kind.declared().mechanism {
        Mechanism::Response { .. } => into[values[0] as usize] += 1.0,
        _ => into.iter_mut().zip(values).for_each(|(sum, value)| *sum += f64::from(*value)),
    }
}

/// Of 300 collections of 60 browsers, through the browser's own code, about 95 % of the intervals of every type
/// must hold the truth; and those of 0.7 of the width must not.
#[test]
fn intervals_cover_the_truth() {
    let factors = Factors::read(BUNDLE).unwrap();
    let departments = factors.departments().len();
    let days: Vec<Clipped> = (0..60).map(|n| day(&factors, n)).collect();
    let mut entropy = entropy(5);
    for kind in Type::ALL {
        let settings = Settings::default().with(kind, None).unwrap();
        let mut happened = vec![0.0; kind.vocabulary(departments)];
        days.iter().for_each(|day| truth(kind, day, &mut happened));
        let (mut held, mut narrow, mut all) = (0.0, 0.0, 0.0);
        for _ in 0..300 {
            let mut totals = Totals::new(kind, departments);
            for day in &days {
                let made =
                    Report::all(day, "v", &settings, &mut Budget::default(), Millis::days(DAY.into()), &mut entropy);
                let sent = report::Report::read(&made.unwrap()[0].body()).unwrap();
                totals.add(sent.day, sent.epsilon_milli, sent.clip, &sent.values);
            }
            for (place, happened) in happened.iter().enumerate() {
                let (away, half) = ((totals.all.values[place] - happened).abs(), totals.all.half(place));
                held += f64::from(u8::from(away <= half));
                narrow += f64::from(u8::from(away <= 0.7 * half));
                all += 1.0;
            }
        }
        let name = kind.declared().name;
        assert!((0.93..=0.97).contains(&(held / all)), "{name}: {}", held / all);
        assert!(narrow / all < 0.93, "{name}: control {}", narrow / all);
    }
}

proptest! {
    /// A client at every bound, ten times over it, repeated and in another order, through count, clip and noise; or one
    /// that sends whatever it likes. What the server takes of it moves no sum by more than the stated influence.
    #[test]
    fn no_report_moves_a_sum_by_more_than_its_influence(
        items in proptest::collection::vec((0usize..12, 0usize..6), 1..30), times in 1usize..200, seed in any::<u64>(),
        forged in proptest::collection::vec(-3_000i64..3_000, 1..14), kind in 0usize..5, share in 1u32..=10,
    ) {
        let factors = Factors::read(BUNDLE).unwrap();
        let (departments, kind) = (factors.departments().to_vec(), Type::ALL[kind]);
        let epsilon = kind.declared().caps.day * share / 10;
        let wanted = Settings::default().with(kind, Some(epsilon)).unwrap();
        let terms = Terms { bundle: "v".into(), departments: departments.clone(), wanted, oldest: 7 };
        let names = ["brie", "cheddar", "milk", "bread", "pasta", "apples"];
        let mut tally = Tally::new(&factors, Arm::Personal);
        for (kind, item) in items.iter().chain(items.iter().rev()).cycle().take(2 * items.len() * times) {
            let at = Millis::days(DAY.into());
            let arm = Some(Arm::ALL[kind % 2]);
            let one = Interaction { arm, recommended: true, ..Interaction::new(Kind::ALL[*kind], names[*item], at, 0) };
            tally.add(&one, &factors);
        }
        tally.changes(times as u32, std::iter::repeat_n(u32::MAX, 6));
        let mut entropy = entropy(seed);
        let clipped = tally.clipped(&mut entropy);
        let made = Report::all(&clipped, "v", &wanted, &mut Budget::default(), Millis::days(DAY.into()), &mut entropy);
        let honest = report::Report::read(&made.unwrap()[0].body()).unwrap();
        prop_assert_eq!(honest.check(&terms, DAY.into()), Ok(kind), "honest noise is taken");
        let forger = report::Report { values: forged, ..honest.clone() };
        let influence = kind.declared().mechanism.influence(epsilon);
        for sent in [honest, forger] {
            let taken = sent.check(&terms, DAY.into()).is_ok();
            let mut totals = Totals::new(kind, departments.len());
            totals.add(sent.day, sent.epsilon_milli, sent.clip, &sent.values);
            let moved = totals.all.values.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
            prop_assert!(!taken || moved <= influence + 1e-9, "{} above {}", moved, influence);
        }
    }
}

/// The bound is no wider than it need be: just at it a report is taken, and moves a sum by just so much.
#[test]
fn the_influence_is_reached_and_beyond_it_nothing_is_taken() {
    let departments = vec!["A".to_owned(), "B".into()];
    for kind in Type::ALL {
        let declared = kind.declared();
        let terms = Terms { bundle: "v".into(), departments: departments.clone(), wanted: Settings::all(), oldest: 7 };
        let most = match declared.mechanism {
            Mechanism::Laplace { .. } => declared.mechanism.influence(declared.epsilon) as i64,
            Mechanism::Response { .. } => kind.vocabulary(2) as i64 - 1,
            Mechanism::Unary => 1,
        };
        let mut sent = report::Report {
            kind: declared.name.into(),
            format: 1,
            id: "0".repeat(32),
            day: DAY.into(),
            bundle: "v".into(),
            epsilon_milli: declared.epsilon,
            clip: declared.mechanism.clip(),
            values: vec![most; kind.length(2)],
        };
        assert_eq!(sent.check(&terms, DAY.into()), Ok(kind));
        let mut totals = Totals::new(kind, 2);
        totals.add(sent.day, sent.epsilon_milli, sent.clip, &sent.values);
        let moved = totals.all.values.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
        assert!((moved - declared.mechanism.influence(declared.epsilon)).abs() < 1.0, "{}", declared.name);
        sent.values[0] += 1;
        assert_eq!(sent.check(&terms, DAY.into()).unwrap_err().code, "absurd-value", "{}", declared.name);
    }
}

#[test]
fn days_add_up_to_the_whole() {
    let mut totals = Totals::new(Type::Departments, 1);
    assert_eq!((totals.all.values.as_slice(), totals.all.half(0)), ([0.0, 0.0].as_slice(), 0.0), "no report, no doubt");
    for (day, values) in [(1, [5, -3]), (2, [1, 1]), (1, [0, 2])] {
        totals.add(day, 1_000, 10, &values);
    }
    assert_eq!((totals.all.values.as_slice(), totals.all.reports), ([6.0, 0.0].as_slice(), 3));
    let halves: f64 = totals.days.values().map(|day| day.half(0).powi(2)).sum();
    assert!((halves.sqrt() - totals.all.half(0)).abs() < 1e-9);
    let days: Vec<_> = totals.days.into_iter().map(|(day, sums)| (day, sums.reports, sums.values)).collect();
    assert_eq!(days, [(1, 2, vec![5.0, -1.0]), (2, 1, vec![1.0, 1.0])]);
}

#[test]
fn an_arms_choices_add_up_to_its_reports_and_leave_the_other_alone() {
    let mut totals = Totals::new(Type::Shelf, 1);
    [0, 2, 2, 4].into_iter().for_each(|said| totals.add(1, 250, 1, &[said]));
    let [personal, popular] = [&totals.all.values[..3], &totals.all.values[3..]].map(|arm| arm.iter().sum::<f64>());
    assert!((personal - 3.0).abs() < 1e-9 && (popular - 1.0).abs() < 1e-9);
    assert!(totals.all.half(0) > totals.all.half(3), "three reports have more noise than one");
}
