//! What a shopper did to an item: the kinds, their labels and weights, and their bytes in the log.

use crate::bytes::{Reader, Writer};
use crate::error::{Error, shortened};

/// A time in milliseconds since 1970 (UTC).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Millis(pub i64);

impl Millis {
    /// So many whole days.
    pub const fn days(days: i64) -> Self {
        Self(days * 86_400_000)
    }

    /// Milliseconds from `earlier` to here; 0 where the clock went back.
    pub fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0).max(0)
    }

    /// Days since 1970.
    pub fn day(self) -> i32 {
        self.0.div_euclid(86_400_000).clamp(0, i64::from(i32::MAX)) as i32
    }
}

/// What is left of 1 after `elapsed` milliseconds when half goes every `half_life` (0 = never).
pub fn decay(elapsed: i64, half_life: Millis) -> f32 {
    if half_life.0 <= 0 { 1.0 } else { libm::exp2f(-(elapsed as f32 / half_life.0 as f32)) }
}

/// How what was learnt fades.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Forgetting {
    /// It stays.
    Never,
    /// Half of it goes in this time.
    Time(Millis),
    /// This share of it is left after each further interaction, 0 to 1.
    Event(f32),
}

impl Forgetting {
    /// What is left of 1 after a time in which nothing happened.
    pub fn left(self, elapsed: i64) -> f32 {
        match self {
            Self::Time(half_life) => decay(elapsed, half_life),
            Self::Never | Self::Event(_) => 1.0,
        }
    }

    /// What is left of 1 once the next interaction is there, `elapsed` after the last one.
    pub fn before_next(self, elapsed: i64) -> f32 {
        match self {
            Self::Event(left) => left.clamp(0.0, 1.0),
            other => other.left(elapsed),
        }
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $name:literal,)*) => {
        /// What was done. The names are those of the field (GA4: `view_item`, `add_to_cart` …), short.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Kind { $($(#[$doc])* $kind,)* }

        impl Kind {
            /// All kinds, in the order of their numbers.
            pub const ALL: &[Self] = &[$(Self::$kind,)*];

            /// The name that the page uses.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$kind => $name,)* }
            }
        }
    };
}

kinds! {
    /// The item was on screen.
    Impression "impression",
    /// Its page was looked at.
    View "view",
    /// It was chosen from a list.
    Click "click",
    /// It was the best match of a search. The query's text is never kept.
    Search "search",
    /// It was put into the cart.
    Cart "cart",
    /// It was taken out of the cart.
    Uncart "uncart",
    /// It was put on a wish list.
    Wish "wish",
    /// It was ordered.
    Purchase "purchase",
    /// Its order was paid.
    Payment "payment",
    /// It was delivered.
    Delivery "delivery",
    /// It was sent back.
    Refund "refund",
    /// It was rated.
    Rate "rate",
}

impl core::str::FromStr for Kind {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let known = Self::ALL.iter().find(|kind| kind.name() == name);
        known.copied().ok_or_else(|| Error::UnknownKind { given: shortened(name) })
    }
}

impl Kind {
    fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }

    /// How long the log keeps an interaction of this kind. What it taught fades by itself.
    pub const fn kept_for(self) -> Millis {
        match self {
            Self::Impression => Millis::days(7),
            Self::View | Self::Click | Self::Search => Millis::days(90),
            Self::Cart | Self::Uncart | Self::Wish => Millis::days(180),
            Self::Purchase | Self::Payment | Self::Delivery | Self::Refund | Self::Rate => Millis::days(400),
        }
    }
}

/// What an interaction teaches: 1 = wanted, 0 = not wanted, and how strongly.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Signal {
    /// 0 to 1; of a rating −1 to 1.
    pub label: f32,
    /// 0 (teaches nothing) to [`Signal::MAX_WEIGHT`].
    pub weight: f32,
}

impl Signal {
    /// No interaction weighs more.
    pub const MAX_WEIGHT: f32 = 4.0;
}

/// The one table of kind → label and weight; a shop may change each row.
#[derive(Debug, Clone, PartialEq)]
pub struct Signals([Signal; Kind::ALL.len()]);

impl Signals {
    /// The row of a kind.
    pub fn of(&self, kind: Kind) -> Signal {
        self.0[kind as usize]
    }

    /// Changes a row; label must be within 0 and 1, weight within 0 and [`Signal::MAX_WEIGHT`].
    pub fn set(&mut self, kind: Kind, signal: Signal) -> Result<(), Error> {
        if !(0.0..=1.0).contains(&signal.label) {
            return Err(Error::InvalidOption { option: "signals.label", wanted: "from 0 to 1" });
        }
        if !(0.0..=Signal::MAX_WEIGHT).contains(&signal.weight) {
            return Err(Error::InvalidOption { option: "signals.weight", wanted: "from 0 to 4" });
        }
        self.0[kind as usize] = signal;
        Ok(())
    }
}

impl Default for Signals {
    fn default() -> Self {
        let row = |label, weight| Signal { label, weight };
        Self(core::array::from_fn(|kind| match Kind::ALL[kind] {
            Kind::Impression => row(0.0, 0.02),
            Kind::View => row(1.0, 0.5),
            Kind::Click => row(1.0, 0.7),
            Kind::Search => row(1.0, 0.3),
            Kind::Cart => row(1.0, 1.0),
            Kind::Uncart => row(0.0, 0.7),
            Kind::Wish => row(1.0, 0.8),
            Kind::Purchase => row(1.0, 1.0),
            // Stages of an order whose purchase has taught already: they are counted, not learnt.
            Kind::Payment | Kind::Delivery => row(1.0, 0.0),
            Kind::Refund => row(0.0, 1.0),
            // The label is multiplied by how far the rating is from the shopper's own mean, −1 to 1.
            Kind::Rate => row(1.0, 1.0),
        }))
    }
}

/// What a list was ranked by, where the shop compares: drawn for each browser and day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Arm {
    /// The profile.
    #[default]
    Personal,
    /// What is ordered most.
    Popular,
}

impl Arm {
    /// Both, in the order of their numbers.
    pub const ALL: [Self; 2] = [Self::Personal, Self::Popular];

    /// The name that the page uses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Personal => "personal",
            Self::Popular => "popular",
        }
    }

    /// The arm of a name, if it is one.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|arm| arm.name() == name)
    }
}

/// A clean interaction. `seed` is drawn when it is taken, so that a replay draws the same negatives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interaction<'a> {
    /// What was done.
    pub kind: Kind,
    /// To which item: its id, at most 256 bytes.
    pub item: &'a str,
    /// When.
    pub at: Millis,
    /// Of the negatives that are sampled against it.
    pub seed: u64,
    /// Paid for one piece.
    pub price: Option<f32>,
    /// Pieces, at least 1.
    pub quantity: u32,
    /// Stars.
    pub rating: Option<f32>,
    /// Milliseconds looked at.
    pub dwell: Option<f32>,
    /// It came from a list that homebody ranked.
    pub recommended: bool,
    /// How likely it was to be in that list, where the list explored.
    pub propensity: Option<f32>,
    /// What the list was ranked by, where the shop compares. It teaches nothing.
    pub arm: Option<Arm>,
}

impl<'a> Interaction<'a> {
    const FORMAT: u8 = 1;

    /// One of one piece, of which nothing more is known.
    pub fn new(kind: Kind, item: &'a str, at: Millis, seed: u64) -> Self {
        let [price, rating, dwell, propensity] = [None; 4];
        Self { kind, item, at, seed, price, quantity: 1, rating, dwell, recommended: false, propensity, arm: None }
    }

    /// The bytes of a log entry, about 20 and the id.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer::default();
        self.write(&mut out);
        out.0
    }

    /// Puts them behind what is written.
    pub(crate) fn write(&self, out: &mut Writer) {
        let given = [self.price, self.rating, self.dwell, self.propensity];
        let flags = given.iter().enumerate().fold(
            u8::from(self.recommended) << 7 | self.arm.map_or(0, |arm| arm as u8 + 1) << 4,
            |flags, (bit, value)| flags | (u8::from(value.is_some()) << bit),
        );
        // In one piece: each value put behind the last would be a call, and each event makes an entry.
        let mut head = [0; 41];
        head[..3].copy_from_slice(&[Self::FORMAT, self.kind as u8, flags]);
        head[3..11].copy_from_slice(&self.at.0.to_le_bytes());
        head[11..19].copy_from_slice(&self.seed.to_le_bytes());
        head[19..23].copy_from_slice(&self.quantity.to_le_bytes());
        let mut end = 23;
        for value in given.into_iter().flatten() {
            head[end..end + 4].copy_from_slice(&value.to_le_bytes());
            end += 4;
        }
        head[end..end + 2].copy_from_slice(&(self.item.len() as u16).to_le_bytes());
        out.0.extend_from_slice(&head[..end + 2]);
        out.0.extend_from_slice(self.item.as_bytes());
    }

    /// Reads a log entry.
    pub fn from_bytes(bytes: &'a [u8]) -> Result<Self, Error> {
        let mut input = Reader::new(bytes);
        let format = input.u8();
        if format > 1 {
            return Err(Error::RecordFormat { what: "interaction", given: format.into(), known: 1 });
        }
        Self::body(&mut input)
            .filter(|_| !input.has_failed())
            .ok_or(Error::RecordDamaged { what: "interaction", defect: "it ends too early or holds no valid value" })
    }

    fn body(input: &mut Reader<'a>) -> Option<Self> {
        let kind = Kind::from_number(input.u8())?;
        let flags = input.u8();
        let (at, seed, quantity) = (Millis(input.i64()), input.u64(), input.u32());
        let mut value = |bit: u8| (flags & (1 << bit) != 0).then(|| input.f32());
        let (price, rating, dwell, propensity) = (value(0), value(1), value(2), value(3));
        let item = input.text();
        // Logs from before there were arms have no such bits.
        let arm = usize::from(flags >> 4 & 3).checked_sub(1).and_then(|arm| Arm::ALL.get(arm).copied());
        let recommended = flags & 128 != 0;
        Some(Self { kind, item, at, seed, price, quantity, rating, dwell, recommended, propensity, arm })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::test;
    use proptest::prelude::*;

    #[test]
    fn names_are_read_back() {
        for kind in Kind::ALL {
            assert_eq!(kind.name().parse(), Ok(*kind));
            assert_eq!(Kind::from_number(*kind as u8), Some(*kind));
        }
        assert_eq!("veiw".parse::<Kind>().unwrap_err().code(), "unknown-kind");
    }

    #[test]
    fn half_is_left_after_a_half_life_and_the_clock_cannot_run_backwards() {
        assert_eq!(decay(1_000, Millis(1_000)), 0.5);
        assert_eq!(decay(i64::MAX, Millis(1_000)), 0.0);
        assert_eq!(decay(5, Millis(0)), 1.0);
        assert_eq!(Millis(5).since(Millis(9)), 0);
        assert_eq!(Millis(i64::MAX).since(Millis(i64::MIN)), i64::MAX);
    }

    #[test]
    fn the_table_refuses_weights_out_of_range() {
        let mut signals = Signals::default();
        assert!(signals.set(Kind::View, Signal { label: 1.0, weight: 0.1 }).is_ok());
        assert_eq!(signals.of(Kind::View).weight, 0.1);
        assert!(signals.set(Kind::View, Signal { label: 1.0, weight: f32::NAN }).is_err());
        assert!(signals.set(Kind::View, Signal { label: 2.0, weight: 1.0 }).is_err());
    }

    #[test]
    fn an_entry_from_before_there_were_arms_is_read() {
        let mut one = Interaction::new(Kind::Click, "brie", Millis(5), 7);
        one.recommended = true;
        // Format, kind, flags: as they were written then.
        assert_eq!(one.to_bytes()[..3], [1, 2, 128]);
        assert_eq!(Interaction::from_bytes(&one.to_bytes()), Ok(one));
        let arms = Arm::ALL.map(|arm| Interaction { arm: Some(arm), ..one }.to_bytes()[2]);
        assert_eq!(arms, [128 | 16, 128 | 32]);
        assert_eq!((Arm::named("popular"), Arm::named("neither")), (Some(Arm::Popular), None));
    }

    proptest! {
        #[test]
        fn log_entries_are_read_back(
            kind in 0..Kind::ALL.len(), item in "\\PC{0,40}", at in any::<i64>(), seed in any::<u64>(),
            price in proptest::option::of(0f32..1e6), dwell in proptest::option::of(0f32..1e6),
            quantity in any::<u32>(), recommended in any::<bool>(), propensity in proptest::option::of(0f32..1.0),
            arm in proptest::option::of(0usize..2),
        ) {
            let arm = arm.map(|arm| Arm::ALL[arm]);
            let kind = Kind::ALL[kind];
            let one = Interaction { kind, item: &item, at: Millis(at), seed, price, quantity, rating: None, dwell, recommended, propensity, arm };
            let bytes = one.to_bytes();
            prop_assert_eq!(Interaction::from_bytes(&bytes).unwrap(), one);
            for cut in 0..bytes.len() {
                prop_assert!(Interaction::from_bytes(&bytes[..cut]).is_err(), "cut at {}", cut);
            }
        }
    }
}
