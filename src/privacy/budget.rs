//! The budget: how much may be said about one browser in a day, a month, a year, by type and in all.

use super::Withheld;
use super::composition::renyi;
use super::registry::{CAPS, Type};
use crate::bytes::{Reader, Writer, sealed, unsealed};
use crate::error::Error;
use crate::interaction::Millis;

/// Privacy loss in thousandths of ε, so that sums are exact.
pub type MilliEpsilon = u32;

/// The loss of each type.
pub type Losses = [MilliEpsilon; Type::ALL.len()];

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

impl Caps {
    /// The periods, in days.
    pub const PERIODS: [i32; 3] = [1, 30, 365];
    /// Days' worth of reports in a month: a shopper comes once or twice a week.
    const DAYS: u32 = 8;

    /// Of so much a day. The year's is what its thirteen months could add up to, so that it is no other than the
    /// month's, and a month's silence after an erasure gives nothing back of either.
    pub const fn of_days(day: MilliEpsilon) -> Self {
        let month = Self::DAYS * day;
        Self { day, month, year: 13 * month }
    }

    /// In the order of [`Caps::PERIODS`].
    pub const fn all(&self) -> [MilliEpsilon; 3] {
        [self.day, self.month, self.year]
    }
}

/// What was spent, by day and type. Survives reload; a clock that is set back opens no day again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Budget {
    /// Day and losses, in the order of the days; none older than a year.
    spent: Vec<(i32, Losses)>,
    /// No report on a day before this time's. All that is left after an erasure.
    not_before: Millis,
}

impl Budget {
    const FORMAT: u8 = 2;

    /// After an erasure: no report before a time at which a budget that remembers would be whole again, so that
    /// erasing and coming back gives no second one. Each erasure's time is later than the one before, so that
    /// tabs can tell erasures apart by it.
    pub fn after_erasure(&self, now: Millis) -> Self {
        let month = self.spent.last().map_or(0, |(day, _)| day.saturating_add(Caps::PERIODS[1]));
        let next = Millis::days(i64::from(month.max(self.today(now).saturating_add(1))));
        Self { spent: Vec::new(), not_before: next.max(Millis(self.not_before.0 + 1)) }
    }

    /// The budget that an erasure left, from its date.
    pub fn erased_until(not_before: Millis) -> Self {
        Self { spent: Vec::new(), not_before }
    }

    /// Nothing may be said any more for a year: what a damaged record counts as, so that nobody
    /// gains by damaging it. The date of an erasure stays.
    pub fn exhausted(now: Millis, not_before: Option<Millis>) -> Self {
        let all = [MilliEpsilon::MAX; Type::ALL.len()];
        Self { spent: vec![(now.day(), all)], not_before: not_before.unwrap_or_default() }
    }

    /// The time before whose day no report is made.
    pub fn not_before(&self) -> Option<Millis> {
        (self.not_before.0 > 0).then_some(self.not_before)
    }

    /// Was anything spent since the last erasure?
    pub fn is_spent(&self) -> bool {
        !self.spent.is_empty()
    }

    /// Spent in all, or on one type, today, in the last 30 and in the last 365 days: the sums that the caps bound.
    pub fn spent(&self, of: Option<Type>, now: Millis) -> [MilliEpsilon; 3] {
        Caps::PERIODS.map(|days| self.within(of, now, days).fold(0, u32::saturating_add))
    }

    /// The same by Rényi composition, at δ = 10⁻⁶: less than the sum once there is much of it.
    pub fn renyi(&self, of: Option<Type>, now: Millis) -> [MilliEpsilon; 3] {
        Caps::PERIODS.map(|days| renyi(self.within(of, now, days)))
    }

    /// The losses of so many days up to today.
    fn within(&self, of: Option<Type>, now: Millis, days: i32) -> impl Iterator<Item = MilliEpsilon> + '_ {
        let today = self.today(now);
        let recent = self.spent.iter().filter(move |(day, _)| *day > today - days);
        recent
            .flat_map(move |(_, losses)| match of {
                Some(one) => &losses[one as usize..=one as usize],
                None => losses.as_slice(),
            })
            .copied()
    }

    /// Takes the loss of each type out of the budget, or says why it cannot be had. At most one report of a type a day:
    /// all types that are wanted go at once.
    pub fn spend(&mut self, losses: &Losses, now: Millis) -> Result<i32, Withheld> {
        let today = self.today(now);
        if today < self.not_before.day() {
            return Err(Withheld::NotBefore);
        }
        let within = |of, loss: MilliEpsilon, caps: Caps| {
            let spent = self.spent(of, now);
            spent.iter().zip(caps.all()).all(|(spent, cap)| spent.saturating_add(loss) <= cap)
        };
        // Above the year's cap already: nobody can spend that, so the record was damaged.
        if self.spent(None, now)[2] > CAPS.year {
            return Err(Withheld::OverBudget);
        }
        if self.spent.last().is_some_and(|(day, _)| *day == today) {
            return Err(Withheld::SentToday);
        }
        let each = Type::ALL.into_iter().zip(losses).all(|(one, loss)| within(Some(one), *loss, one.declared().caps));
        if !each || !within(None, losses.iter().sum(), CAPS) {
            return Err(Withheld::OverBudget);
        }
        self.spent.retain(|(day, _)| *day > today - Caps::PERIODS[2]);
        self.spent.push((today, *losses));
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
        for (day, losses) in &self.spent {
            out.u32(*day as u32);
            losses.iter().for_each(|loss| out.u32(*loss));
        }
        sealed(out)
    }

    /// Reads what the store kept.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        unsealed("budget", bytes, Self::read)
    }

    fn read(input: &mut Reader<'_>) -> Option<Self> {
        // The first format knew one type.
        let types = match input.u8() {
            1 => 1,
            Self::FORMAT => Type::ALL.len(),
            _ => return None,
        };
        let not_before = Millis(input.i64());
        let mut spent = Vec::new();
        let days = input.u16();
        for _ in 0..input.count(days.into(), 4 + 4 * types, usize::MAX) {
            let day = i32::try_from(input.u32()).ok()?;
            let mut losses = Losses::default();
            for loss in &mut losses[..types] {
                *loss = input.u32();
            }
            spent.push((day, losses));
        }
        let rising = spent.windows(2).all(|pair| pair[0].0 < pair[1].0);
        rising.then_some(Self { spent, not_before })
    }
}

#[cfg(test)]
#[path = "budget_tests.rs"]
mod tests;
