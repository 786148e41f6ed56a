//! Nobody spends more than the caps, by whatever trick.

use super::*;
use crate::testing::test;
use proptest::prelude::*;

fn on(day: i64) -> Millis {
    Millis(Millis::days(day).0 + 3_600_000)
}

/// So much of each type.
const DAY: Losses = [400, 250, 150, 100, 100];

/// Spends on each of these days; returns on how many it could.
fn spend(budget: &mut Budget, losses: &Losses, days: impl Iterator<Item = i64>) -> usize {
    days.filter(|day| budget.spend(losses, on(*day)).is_ok()).count()
}

#[test]
fn one_report_a_day_and_no_more_than_the_caps() {
    let mut budget = Budget::default();
    assert_eq!(budget.spend(&[1_001, 0, 0, 0, 0], on(100)), Err(Withheld::OverBudget));
    assert_eq!(budget.spend(&[0, 0, 501, 0, 0], on(100)), Err(Withheld::OverBudget), "its own cap is lower");
    assert_eq!(budget.spend(&[500, 0, 500, 1, 0], on(100)), Err(Withheld::OverBudget), "all together");
    assert_eq!(budget, Budget::default(), "what was refused costs nothing");
    assert_eq!(budget.spend(&DAY, on(100)), Ok(100));
    assert_eq!(budget.spend(&[1, 0, 0, 0, 0], on(100)), Err(Withheld::SentToday));
    assert_eq!(spend(&mut budget, &DAY, 101..130), 7, "eight days' worth within thirty");
    assert_eq!(budget.spend(&DAY, on(129)), Err(Withheld::OverBudget), "the month");
    assert_eq!(budget.spent(None, on(129)), [0, 8_000, 8_000]);
    assert_eq!(budget.spent(Some(Type::Orders), on(107)), [150, 1_200, 1_200]);
    assert_eq!(budget.spend(&DAY, on(130)), Ok(130), "the first day is out of the month");
}

#[test]
fn one_type_alone_has_its_own_month() {
    let mut budget = Budget::default();
    assert_eq!(spend(&mut budget, &[0, 0, 500, 0, 0], 100..130), 8);
    assert_eq!(budget.spend(&[0, 0, 1, 0, 0], on(129)), Err(Withheld::OverBudget));
    assert!(budget.spend(&[500, 0, 0, 0, 0], on(129)).is_ok(), "control: the month of another type is open");
}

#[test]
fn a_clock_set_back_opens_no_day_again() {
    let mut budget = Budget::default();
    budget.spend(&DAY, on(100)).unwrap();
    assert_eq!(budget.spend(&DAY, on(50)), Err(Withheld::SentToday));
    assert_eq!(budget.spent(None, on(50))[0], 1_000);
}

#[test]
fn erasing_and_coming_back_gives_no_second_budget() {
    let mut budget = Budget::default();
    assert_eq!(spend(&mut budget, &DAY, 100..108), 8);
    let mut erased = Budget::from_bytes(&budget.after_erasure(on(107)).to_bytes()).unwrap();
    assert_eq!(erased.spent(None, on(107)), [0; 3], "what was spent is forgotten");
    assert_eq!(erased.not_before(), Some(Millis::days(137)), "thirty days after the last report");
    assert_eq!(erased.spend(&DAY, on(136)), Err(Withheld::NotBefore));
    let again = erased.after_erasure(on(107)).not_before();
    assert!(again > erased.not_before() && again < Some(on(137)), "later, on the same day");
    assert!(erased.spend(&DAY, on(137)).is_ok());
    // Control: a budget that merely starts anew would have allowed it.
    assert!(Budget::default().spend(&DAY, on(136)).is_ok());
}

#[test]
fn damage_gives_no_budget() {
    let mut budget = Budget::exhausted(on(100), Some(on(7)));
    assert_eq!(budget.not_before(), Some(on(7)), "tabs still agree on the last erasure");
    for day in [100, 101, 464] {
        assert_eq!(budget.spend(&[1, 0, 0, 0, 0], on(day)), Err(Withheld::OverBudget));
    }
}

#[test]
fn the_budget_survives_its_bytes() {
    let mut budget = Budget::default();
    budget.spend(&DAY, on(100)).unwrap();
    let bytes = budget.to_bytes();
    assert_eq!(Budget::from_bytes(&bytes).unwrap(), budget);
    for at in 0..bytes.len() {
        assert!(Budget::from_bytes(&bytes[..at]).is_err());
        let mut broken = bytes.clone();
        broken[at] ^= 4;
        assert!(Budget::from_bytes(&broken).is_err(), "byte {at}");
    }
}

#[test]
fn what_a_budget_of_one_type_had_spent_still_counts() {
    let mut old = Writer::default();
    old.u8(1);
    old.i64(0);
    old.u16(12);
    for day in 100..112 {
        old.u32(day);
        old.u32(1_000);
    }
    let mut budget = Budget::from_bytes(&sealed(old)).unwrap();
    assert_eq!(budget.spent(Some(Type::Departments), on(112)), [0, 12_000, 12_000]);
    assert_eq!(budget.spend(&DAY, on(112)), Err(Withheld::OverBudget), "more than today's month has");
    assert_eq!(budget.spend(&DAY, on(133)), Err(Withheld::OverBudget), "eight of them are in it still");
    assert!(budget.spend(&DAY, on(134)).is_ok());
}

proptest! {
    /// Whatever is tried (reloads, a clock set back on the day of a report, erasures, other sizes), no 1, 30 or 365
    /// days hold more than the caps.
    #[test]
    fn no_window_holds_more_than_its_cap(
        steps in proptest::collection::vec((0i64..4, 0u32..20, 1i64..40, 0u32..1_100), 1..400),
    ) {
        let (mut budget, mut today, mut made) = (Budget::default(), 1_000i64, Vec::new());
        for (days, what, back, loss) in steps {
            today += days;
            let losses = [loss, 0, 0, 0, 0];
            if what == 0 {
                budget = budget.after_erasure(on(today));
            } else if what == 1 {
                budget = Budget::from_bytes(&budget.to_bytes()).unwrap();
            } else if budget.spend(&losses, on(today)).is_ok() {
                made.push((today, loss));
                prop_assert_eq!(budget.spend(&losses, on(today - back)), Err(Withheld::SentToday));
            }
        }
        for (first, _) in &made {
            for (days, cap) in Caps::PERIODS.into_iter().zip(CAPS.all()) {
                let within = made.iter().filter(|(day, _)| (*first..first + i64::from(days)).contains(day));
                let sum: u32 = within.map(|(_, loss)| loss).sum();
                prop_assert!(sum <= cap, "{} in {} days", sum, days);
            }
        }
    }
}
