//! Raw event in, clean interaction or reason of refusal out.

use crate::factors::{Factors, MAX_ID};
use crate::interaction::{Arm, Interaction, Kind, Millis, Signal, Signals};

/// An event as the page gave it: numbers may be anything.
#[derive(Debug, Clone, Copy)]
pub struct Event<'a> {
    /// What was done.
    pub kind: Kind,
    /// To which item.
    pub item: &'a str,
    /// When, in milliseconds since 1970.
    pub at: f64,
    /// Drawn for this event.
    pub seed: u64,
    /// Paid for one piece.
    pub price: Option<f64>,
    /// Pieces.
    pub quantity: Option<f64>,
    /// Stars.
    pub rating: Option<f64>,
    /// Milliseconds looked at.
    pub dwell: Option<f64>,
    /// What a review says: −1 (all bad) to 1, in place of stars.
    pub sentiment: Option<f64>,
    /// It came from a list that homebody ranked.
    pub recommended: bool,
    /// How likely it was to be in that list.
    pub propensity: Option<f64>,
    /// What that list was ranked by, where the shop compares.
    pub arm: Option<Arm>,
}

/// Why an event was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The bundle does not hold the item.
    UnknownItem,
    /// Not a time, before 2000, or ahead of the clock.
    ImpossibleTime,
    /// The same kind and item within [`Intake::DUPLICATE_WITHIN`]: a handler that ran twice.
    Duplicate,
    /// An id above 256 bytes or a number beyond reason.
    AbsurdSize,
    /// A number that is none, a negative price, a rating off the scale or missing.
    InvalidValue,
    /// Too much waits to be stored already.
    TooMany,
    /// The item is of a sensitive category: nothing is learnt from it, and it is written nowhere.
    Sensitive,
}

impl Refusal {
    /// All reasons, in the order of the counts.
    pub const ALL: &[Self] = &[
        Self::UnknownItem,
        Self::ImpossibleTime,
        Self::Duplicate,
        Self::AbsurdSize,
        Self::InvalidValue,
        Self::TooMany,
        Self::Sensitive,
    ];

    /// The name that the page sees.
    pub const fn name(self) -> &'static str {
        match self {
            Self::UnknownItem => "unknown-item",
            Self::ImpossibleTime => "impossible-time",
            Self::Duplicate => "duplicate",
            Self::AbsurdSize => "absurd-size",
            Self::InvalidValue => "invalid-value",
            Self::TooMany => "too-many",
            Self::Sensitive => "sensitive",
        }
    }
}

/// Cleans events and counts what it refuses.
#[derive(Debug, Clone, Default)]
pub struct Intake {
    /// Kind and item of the last events, and when they were: apart, since each event looks through all of the first.
    recent: [u64; Self::REMEMBERED],
    times: [i64; Self::REMEMBERED],
    next: usize,
    refused: [u32; Refusal::ALL.len()],
}

impl Intake {
    /// Events of one kind with one item closer than this are one (milliseconds).
    pub const DUPLICATE_WITHIN: i64 = 300;
    /// Events against which a new one is compared.
    const REMEMBERED: usize = 32;
    /// 2000-01-01: no shop's event is older.
    const EARLIEST: f64 = 946_684_800_000.0;
    /// Clocks of one device differ by less.
    pub(crate) const AHEAD: f64 = 300_000.0;
    /// No price and no quantity is larger.
    const LARGEST: f64 = 1e7;
    /// A day: no look is longer.
    const LONGEST_DWELL: f64 = 86_400_000.0;

    /// How many events were refused, by reason.
    pub fn refused(&self) -> impl Iterator<Item = (Refusal, u32)> {
        Refusal::ALL.iter().copied().zip(self.refused)
    }

    /// What was refused, without the last events: items have other places in another bundle.
    pub fn counts_alone(&self) -> Self {
        Self { refused: self.refused, ..Self::default() }
    }

    /// Goes on counting from these counts, by reason.
    pub fn recall_refused(&mut self, refused: [u32; Refusal::ALL.len()]) {
        self.refused = refused;
    }

    /// The clean interaction and the item's place, or why it is refused.
    pub fn clean<'a>(
        &mut self, event: &Event<'a>, factors: &Factors, now: Millis,
    ) -> Result<(Interaction<'a>, u32), Refusal> {
        let result = self.check(event, factors, now);
        if let Err(reason) = result {
            self.refuse(reason);
        }
        result
    }

    /// Counts a refusal.
    pub fn refuse(&mut self, reason: Refusal) {
        let count = &mut self.refused[reason as usize];
        *count = count.saturating_add(1);
    }

    fn check<'a>(
        &mut self, event: &Event<'a>, factors: &Factors, now: Millis,
    ) -> Result<(Interaction<'a>, u32), Refusal> {
        if event.item.len() > MAX_ID {
            return Err(Refusal::AbsurdSize);
        }
        let item = factors.find_to_learn(event.item).ok_or(Refusal::UnknownItem)?;
        if factors.is_sensitive(item) {
            return Err(Refusal::Sensitive);
        }
        let interaction = Self::values(event, factors, now)?;
        self.unseen(event.kind, item, interaction.at.0)?;
        Ok((interaction, item))
    }

    /// An interaction of an export: its values are as clean as one that is recorded, its item may be one of
    /// another bundle, and the same may have been done twice.
    pub fn restored<'a>(event: &Event<'a>, factors: &Factors, now: Millis) -> Result<Interaction<'a>, Refusal> {
        if event.item.len() > MAX_ID {
            return Err(Refusal::AbsurdSize);
        }
        Self::values(event, factors, now)
    }

    fn values<'a>(event: &Event<'a>, factors: &Factors, now: Millis) -> Result<Interaction<'a>, Refusal> {
        if !(Self::EARLIEST..=now.0 as f64 + Self::AHEAD).contains(&event.at) {
            return Err(Refusal::ImpossibleTime);
        }
        let at = Millis(event.at as i64);
        let price = number(event.price, Self::LARGEST)?;
        let dwell = number(event.dwell, f64::MAX)?.map(|dwell| dwell.min(Self::LONGEST_DWELL as f32));
        let quantity = number(event.quantity, Self::LARGEST)?.unwrap_or(1.0);
        if quantity < 1.0 || quantity.fract() != 0.0 {
            return Err(Refusal::InvalidValue);
        }
        let sentiment = event.sentiment.filter(|_| event.kind == Kind::Rate);
        if sentiment.is_some_and(|sentiment| !(-1.0..=1.0).contains(&sentiment)) {
            return Err(Refusal::InvalidValue);
        }
        let said = sentiment.map(|sentiment| factors.standards().stars(sentiment as f32));
        let rating = event.rating.map(|stars| stars as f32).or(said);
        let propensity = number(event.propensity, 1.0)?;
        let rated = rating.is_some_and(|stars| factors.standards().rating(stars).is_some());
        if rating.is_some() != rated || (event.kind == Kind::Rate && !rated) {
            return Err(Refusal::InvalidValue);
        }
        Ok(Interaction {
            kind: event.kind,
            item: event.item,
            at,
            seed: event.seed,
            price,
            quantity: quantity as u32,
            rating,
            dwell,
            recommended: event.recommended,
            propensity,
            arm: event.arm,
        })
    }

    fn unseen(&mut self, kind: Kind, item: u32, at: i64) -> Result<(), Refusal> {
        let what = u64::from(item) << 8 | (kind as u64 + 1); // 0 where there was none yet
        let near = |then: &i64| then.abs_diff(at) < Self::DUPLICATE_WITHIN.unsigned_abs();
        if self.recent.iter().zip(&self.times).any(|(known, then)| *known == what && near(then)) {
            return Err(Refusal::Duplicate);
        }
        (self.recent[self.next], self.times[self.next]) = (what, at);
        self.next = (self.next + 1) % Self::REMEMBERED;
        Ok(())
    }
}

/// A number of at least 0 and at most `largest`, where one was given.
fn number(given: Option<f64>, largest: f64) -> Result<Option<f32>, Refusal> {
    match given {
        None => Ok(None),
        Some(value) if !(0.0..=f64::INFINITY).contains(&value) => Err(Refusal::InvalidValue),
        Some(value) if value > largest => Err(Refusal::AbsurdSize),
        // f32::MAX is above every cap but the one of dwell, which is winsorised.
        Some(value) => Ok(Some(value.min(f64::from(f32::MAX)) as f32)),
    }
}

/// What a clean interaction teaches: its row of the table, standardised by the bundle's constants. The
/// label of a rating is the rating itself, −1 to 1, against `mean`, the shopper's own.
pub fn signal(interaction: &Interaction<'_>, signals: &Signals, factors: &Factors, mean: f32) -> Signal {
    let row = signals.of(interaction.kind);
    let standards = factors.standards();
    match interaction.kind {
        // Half the weight for a glance, all of it for a long look.
        Kind::View => {
            let looked = interaction.dwell.map_or(0.5, |dwell| standards.dwell(dwell));
            Signal { weight: row.weight * (0.5 + 0.5 * looked), ..row }
        }
        Kind::Rate => {
            let rating = interaction.rating.and_then(|stars| standards.rating(stars));
            Signal { label: row.label * rating.map_or(0.0, |rating| (rating - mean).clamp(-1.0, 1.0)), ..row }
        }
        _ => row,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::factors;
    use crate::testing::test;

    const NOW: Millis = Millis(1_700_000_000_000);

    fn event(kind: Kind, item: &str) -> Event<'_> {
        let at = NOW.0 as f64;
        Event {
            kind,
            item,
            at,
            seed: 1,
            price: None,
            quantity: None,
            rating: None,
            dwell: None,
            recommended: false,
            propensity: None,
            arm: None,
            sentiment: None,
        }
    }

    fn refusal(event: Event<'_>) -> Option<Refusal> {
        Intake::default().clean(&event, &factors(), NOW).err()
    }

    #[test]
    fn a_plain_event_passes() {
        assert_eq!(refusal(event(Kind::View, "brie")), None);
    }

    #[test]
    fn each_defect_has_its_reason() {
        let long = "x".repeat(300);
        assert_eq!(refusal(event(Kind::View, &long)), Some(Refusal::AbsurdSize));
        assert_eq!(refusal(event(Kind::View, "gouda")), Some(Refusal::UnknownItem));
        assert_eq!(refusal(event(Kind::View, "__proto__")), Some(Refusal::UnknownItem));
        for at in [f64::NAN, f64::INFINITY, 0.0, -1.0, NOW.0 as f64 + 3.2e11] {
            assert_eq!(refusal(Event { at, ..event(Kind::View, "brie") }), Some(Refusal::ImpossibleTime));
        }
        for price in [f64::NAN, -1.0] {
            assert_eq!(
                refusal(Event { price: Some(price), ..event(Kind::Purchase, "brie") }),
                Some(Refusal::InvalidValue)
            );
        }
        let purchase = event(Kind::Purchase, "brie");
        assert_eq!(refusal(Event { price: Some(1e300), ..purchase }), Some(Refusal::AbsurdSize));
        assert_eq!(refusal(Event { quantity: Some(0.5), ..purchase }), Some(Refusal::InvalidValue));
        assert_eq!(refusal(Event { quantity: Some(1e9), ..purchase }), Some(Refusal::AbsurdSize));
        let rate = event(Kind::Rate, "brie");
        assert_eq!(refusal(rate), Some(Refusal::InvalidValue), "no stars");
        assert_eq!(refusal(Event { rating: Some(11.0), ..rate }), Some(Refusal::InvalidValue));
        assert_eq!(refusal(Event { sentiment: Some(1.5), ..rate }), Some(Refusal::InvalidValue));
        assert_eq!(refusal(Event { propensity: Some(1.5), ..purchase }), Some(Refusal::AbsurdSize));
    }

    #[test]
    fn a_handler_that_runs_twice_counts_once() {
        let mut intake = Intake::default();
        let factors = factors();
        let later = |milliseconds: f64| Event { at: NOW.0 as f64 + milliseconds, ..event(Kind::Cart, "brie") };
        assert!(intake.clean(&later(0.0), &factors, NOW).is_ok());
        assert_eq!(intake.clean(&later(20.0), &factors, NOW).err(), Some(Refusal::Duplicate));
        assert!(intake.clean(&later(400.0), &factors, NOW).is_ok(), "a second piece");
        assert!(intake.clean(&Event { kind: Kind::View, ..later(0.0) }, &factors, NOW).is_ok(), "another kind");
        assert!(intake.clean(&Event { item: "milk", ..later(0.0) }, &factors, NOW).is_ok(), "another item");
        let refused: Vec<_> = intake.refused().filter(|(_, count)| *count > 0).collect();
        assert_eq!(refused, [(Refusal::Duplicate, 1)]);
    }

    #[test]
    fn dwell_and_rating_weigh() {
        let factors = factors();
        let signals = Signals::default();
        let of = |event: Event<'_>| {
            let (clean, _) = Intake::default().clean(&event, &factors, NOW).unwrap();
            signal(&clean, &signals, &factors, 0.0)
        };
        let glance = of(Event { dwell: Some(100.0), ..event(Kind::View, "brie") });
        let look = of(Event { dwell: Some(1e9), ..event(Kind::View, "brie") });
        assert!(glance.weight < look.weight && look.weight == signals.of(Kind::View).weight);
        let liked = of(Event { rating: Some(5.0), ..event(Kind::Rate, "brie") });
        let loathed = of(Event { rating: Some(1.0), ..event(Kind::Rate, "brie") });
        assert_eq!((liked.label, loathed.label), (1.0, -1.0));
        assert_eq!(of(Event { rating: Some(3.5), ..event(Kind::Rate, "brie") }).label, 0.0);
        let praised = of(Event { sentiment: Some(0.5), ..event(Kind::Rate, "brie") });
        assert!((praised.label - 0.5).abs() < 1e-6, "a review's sentiment stands for stars");
    }
}
