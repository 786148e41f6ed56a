//! The Report: the one thing that may leave, and its one constructor.

use super::budget::{Budget, Caps, MilliEpsilon};
use super::clip::clip;
use super::noise::{Entropy, discrete_laplace};
use super::{Tally, Withheld};
use crate::error::Error;
use crate::interaction::Millis;

/// Settings of the reports; the shop's choice within fixed bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    epsilon: MilliEpsilon,
    caps: Caps,
}

impl Settings {
    /// Largest ε of one report, in thousandths. With one report a day, no cap of a month or year can
    /// then be used up, so that an erasure, which forgets what was spent, gives nothing back.
    pub const MAX_EPSILON: MilliEpsilon = 1_000;

    /// Reports with this ε (in thousandths, 1 to [`Settings::MAX_EPSILON`]).
    pub fn new(epsilon: MilliEpsilon) -> Result<Self, Error> {
        if !(1..=Self::MAX_EPSILON).contains(&epsilon) {
            return Err(Error::InvalidOption { option: "reports.epsilon", wanted: "from 0.001 to 1" });
        }
        Ok(Self { epsilon, caps: Caps::default() })
    }
}

/// A report by department: clipped, noised, padded. Nothing else can be sent. [`Report::new`] makes
/// one; one that waited in the ledger is read back only if its bytes are those that would be written.
#[derive(Clone, PartialEq, Eq)]
pub struct Report {
    /// 128 random bits in hex.
    id: String,
    day: i32,
    bundle: String,
    epsilon: MilliEpsilon,
    values: Vec<i64>,
}

impl Report {
    /// Every body has this size, whatever is in it.
    pub const BYTES: usize = 2_048;
    /// Interactions of one report that count, over all departments and both measures.
    pub const CLIP: u32 = 10;
    /// Two days of one browser differ by at most this: [`Report::CLIP`] gone here, as many come there.
    pub const SENSITIVITY: u32 = Self::sensitivity(Self::CLIP);
    /// Departments that fit into [`Report::BYTES`].
    pub const MAX_DEPARTMENTS: usize = 96;
    /// Noise is cut there, which has a chance below e⁻⁴⁹ at the smallest ε.
    const LARGEST: i64 = 999_999;

    /// By how much two days of one browser can differ under a clip.
    pub const fn sensitivity(clip: u32) -> u32 {
        2 * clip
    }

    /// Makes the report of what was counted since the last one, and takes its ε out of the budget.
    pub fn new(
        tally: Tally, bundle: &str, settings: &Settings, budget: &mut Budget, now: Millis, entropy: &mut impl Entropy,
    ) -> Result<Self, Withheld> {
        let Tally { mut counts } = tally;
        if counts.iter().all(|count| *count == 0) {
            return Err(Withheld::Nothing);
        }
        if counts.len() / 2 > Self::MAX_DEPARTMENTS {
            return Err(Withheld::TooManyDepartments);
        }
        let epsilon = settings.epsilon;
        let day = budget.spend(epsilon, &settings.caps, now)?;
        clip(&mut counts, Self::CLIP, entropy);
        let (numerator, denominator) = (u64::from(Self::SENSITIVITY) * 1_000, u64::from(epsilon));
        let noised = counts
            .iter()
            .map(|count| i64::from(*count).saturating_add(discrete_laplace(numerator, denominator, entropy)));
        let values = noised.map(|value| value.clamp(-Self::LARGEST, Self::LARGEST)).collect();
        let mut id = [0; 16];
        entropy.fill(&mut id);
        let id = id.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { id, day, bundle: bundle.to_owned(), epsilon, values })
    }

    /// What is sent, byte for byte.
    pub fn body(&self) -> Vec<u8> {
        let Self { id, day, bundle, epsilon, values } = self;
        let values: Vec<String> = values.iter().map(i64::to_string).collect();
        let mut body = format!(
            "{{\"type\":\"departments\",\"format\":1,\"id\":\"{id}\",\"day\":{day},\"bundle\":\"{bundle}\",\
             \"epsilon_milli\":{epsilon},\"clip\":{},\"values\":[{}]}}",
            Self::CLIP,
            values.join(",")
        )
        .into_bytes();
        debug_assert!(body.len() <= Self::BYTES, "the departments are capped so that it fits");
        body.resize(Self::BYTES, b' ');
        body
    }

    /// A report that was made before: `None` unless [`Report::body`] would write just these bytes.
    pub(super) fn from_body(body: &[u8]) -> Option<Self> {
        let text = core::str::from_utf8(body).ok()?;
        let value = |key: &str| {
            let (_, rest) = text.split_once(key)?;
            rest.split(['"', ',', ']']).next()
        };
        let id = value("\"id\":\"")?.to_owned();
        let hex = id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        let list = text.split_once("\"values\":[")?.1.split(']').next()?;
        let report = Self {
            id,
            day: value("\"day\":")?.parse().ok()?,
            bundle: value("\"bundle\":\"")?.to_owned(),
            epsilon: value("\"epsilon_milli\":")?.parse().ok()?,
            values: list.split(',').map(|value| value.parse().ok()).collect::<Option<_>>()?,
        };
        (hex && report.values.len() <= 2 * Self::MAX_DEPARTMENTS && report.body() == body).then_some(report)
    }

    /// What is in it, for the shopper.
    pub fn words(&self) -> String {
        format!(
            "How often you looked at, chose or bought something in each of {} departments, and chose it from a \
             recommendation, since the last report: {} at most are counted, and each of the {} numbers is hidden \
             under random noise of about ±{}.",
            self.values.len() / 2,
            Self::CLIP,
            self.values.len(),
            1_414 * Self::SENSITIVITY / self.epsilon.max(1)
        )
    }

    /// What it costs.
    pub fn epsilon(&self) -> MilliEpsilon {
        self.epsilon
    }
}

impl core::fmt::Debug for Report {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Report(…)")
    }
}
