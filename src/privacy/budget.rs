//! The budget: how much may be said about one browser in a day, a month, a year.

use super::Withheld;
use crate::bytes::{Reader, Writer, sealed, unsealed};
use crate::error::Error;
use crate::interaction::Millis;

/// Privacy loss in thousandths of ε, so that sums are exact.
pub type MilliEpsilon = u32;

/// Most that may be spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// In one day.
    pub day: MilliEpsilon,
    /// In 30 days.
    pub month: MilliEpsilon,
    /// In 365 days.
    pub year: MilliEpsilon,
}

impl Default for Caps {
    fn default() -> Self {
        Self { day: 1_000, month: 30_000, year: 365_000 }
    }
}

/// What was spent, by day. Survives reload; a clock that is set back opens no day again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Budget {
    /// Day and loss, in the order of the days; none older than a year.
    spent: Vec<(i32, MilliEpsilon)>,
    /// No report on a day before this time's. All that is left after an erasure.
    not_before: Millis,
}

impl Budget {
    const FORMAT: u8 = 1;

    /// After an erasure: no report before the next day that was not yet spent on, so that erasing
    /// and coming back gives no second budget. Each erasure's time is later than the one before,
    /// so that tabs can tell erasures apart by it.
    pub fn after_erasure(&self, now: Millis) -> Self {
        let next = Millis::days(i64::from(self.today(now)) + 1);
        Self { spent: Vec::new(), not_before: next.max(Millis(self.not_before.0 + 1)) }
    }

    /// The budget that an erasure left, from its date.
    pub fn erased_until(not_before: Millis) -> Self {
        Self { spent: Vec::new(), not_before }
    }

    /// Nothing may be said any more for a year: what a damaged record counts as, so that nobody
    /// gains by damaging it. The date of an erasure stays.
    pub fn exhausted(now: Millis, not_before: Option<Millis>) -> Self {
        Self { spent: vec![(now.day(), MilliEpsilon::MAX)], not_before: not_before.unwrap_or_default() }
    }

    /// The time before whose day no report is made.
    pub fn not_before(&self) -> Option<Millis> {
        (self.not_before.0 > 0).then_some(self.not_before)
    }

    /// Was anything spent since the last erasure?
    pub fn is_spent(&self) -> bool {
        !self.spent.is_empty()
    }

    /// Spent today, in the last 30 and in the last 365 days.
    pub fn spent(&self, now: Millis) -> [MilliEpsilon; 3] {
        let today = self.today(now);
        [1, 30, 365].map(|days| self.spent.iter().filter(|(day, _)| *day > today - days).map(|(_, loss)| *loss).sum())
    }

    /// Takes `loss` out of the budget, or says why it cannot be had. At most one report a day.
    pub fn spend(&mut self, loss: MilliEpsilon, caps: &Caps, now: Millis) -> Result<i32, Withheld> {
        let today = self.today(now);
        if today < self.not_before.day() {
            return Err(Withheld::NotBefore);
        }
        let spent = self.spent(now);
        // Above the cap already: nobody can spend that, so the record was damaged.
        if spent[2] > caps.year {
            return Err(Withheld::OverBudget);
        }
        if self.spent.last().is_some_and(|(day, _)| *day == today) {
            return Err(Withheld::SentToday);
        }
        let allowed = [caps.day, caps.month, caps.year];
        if spent.iter().zip(allowed).any(|(spent, cap)| spent.saturating_add(loss) > cap) {
            return Err(Withheld::OverBudget);
        }
        self.spent.retain(|(day, _)| *day > today - 365);
        self.spent.push((today, loss));
        Ok(today)
    }

    /// Today, never earlier than the last day spent on.
    fn today(&self, now: Millis) -> i32 {
        self.spent.last().map_or(0, |(day, _)| *day).max(now.day())
    }

    /// The bytes that the store keeps, with their checksum.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer::default();
        out.u8(Self::FORMAT);
        out.i64(self.not_before.0);
        out.u16(self.spent.len() as u16);
        for (day, loss) in &self.spent {
            out.u32(*day as u32);
            out.u32(*loss);
        }
        sealed(out)
    }

    /// Reads what the store kept.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        unsealed("budget", bytes, Self::read)
    }

    fn read(input: &mut Reader<'_>) -> Option<Self> {
        if input.u8()? != Self::FORMAT {
            return None;
        }
        let not_before = Millis(input.i64()?);
        let mut spent = Vec::new();
        for _ in 0..input.u16()? {
            spent.push((i32::try_from(input.u32()?).ok()?, input.u32()?));
        }
        let rising = spent.windows(2).all(|pair| pair[0].0 < pair[1].0);
        (rising && input.0.is_empty()).then_some(Self { spent, not_before })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::test;

    fn on(day: i64) -> Millis {
        Millis(Millis::days(day).0 + 3_600_000)
    }

    #[test]
    fn one_report_a_day_and_no_more_than_the_caps() {
        let caps = Caps { day: 1_000, month: 3_000, year: 5_000 };
        let mut budget = Budget::default();
        assert_eq!(budget.spend(1_001, &caps, on(100)), Err(Withheld::OverBudget));
        assert_eq!(budget.spend(1_000, &caps, on(100)), Ok(100));
        assert_eq!(budget.spend(1, &caps, on(100)), Err(Withheld::SentToday));
        assert!(budget.spend(1_000, &caps, on(101)).is_ok() && budget.spend(1_000, &caps, on(102)).is_ok());
        assert_eq!(budget.spend(1_000, &caps, on(103)), Err(Withheld::OverBudget), "the month");
        assert!(budget.spend(1_000, &caps, on(140)).is_ok() && budget.spend(1_000, &caps, on(141)).is_ok());
        assert_eq!(budget.spend(1_000, &caps, on(142)), Err(Withheld::OverBudget), "the year");
        assert_eq!(budget.spent(on(142)), [0, 2_000, 5_000]);
    }

    #[test]
    fn a_clock_set_back_opens_no_day_again() {
        let caps = Caps::default();
        let mut budget = Budget::default();
        budget.spend(1_000, &caps, on(100)).unwrap();
        assert_eq!(budget.spend(1_000, &caps, on(50)), Err(Withheld::SentToday));
        assert_eq!(budget.spent(on(50))[0], 1_000);
    }

    #[test]
    fn erasing_and_coming_back_gives_no_second_budget() {
        let caps = Caps::default();
        let mut budget = Budget::default();
        budget.spend(1_000, &caps, on(100)).unwrap();
        let mut erased = Budget::from_bytes(&budget.after_erasure(on(100)).to_bytes()).unwrap();
        assert_eq!(erased.spent(on(100)), [0; 3], "what was spent is forgotten");
        assert_eq!(erased.not_before(), Some(Millis::days(101)));
        assert_eq!(erased.spend(1_000, &caps, on(100)), Err(Withheld::NotBefore));
        let again = erased.after_erasure(on(100)).not_before();
        assert!(again > erased.not_before() && again < Some(on(101)), "later, on the same day");
        assert!(erased.spend(1_000, &caps, on(101)).is_ok());
        // Control: a budget that merely starts anew would have allowed it.
        assert!(Budget::default().spend(1_000, &caps, on(100)).is_ok());
    }

    #[test]
    fn damage_gives_no_budget() {
        let mut budget = Budget::exhausted(on(100), Some(on(7)));
        assert_eq!(budget.not_before(), Some(on(7)), "tabs still agree on the last erasure");
        assert_eq!(budget.spend(1, &Caps::default(), on(100)), Err(Withheld::OverBudget));
        assert_eq!(budget.spend(1, &Caps::default(), on(101)), Err(Withheld::OverBudget));
        assert_eq!(budget.spend(1, &Caps::default(), on(464)), Err(Withheld::OverBudget));
    }

    #[test]
    fn the_budget_survives_its_bytes() {
        let mut budget = Budget::default();
        budget.spend(700, &Caps::default(), on(100)).unwrap();
        let bytes = budget.to_bytes();
        assert_eq!(Budget::from_bytes(&bytes).unwrap(), budget);
        for at in 0..bytes.len() {
            assert!(Budget::from_bytes(&bytes[..at]).is_err());
            let mut broken = bytes.clone();
            broken[at] ^= 4;
            assert!(Budget::from_bytes(&broken).is_err(), "byte {at}");
        }
    }
}
