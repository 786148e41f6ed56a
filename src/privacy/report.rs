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
    /// Largest ε of one report, in thousandths.
    pub const MAX_EPSILON: MilliEpsilon = 4_000;

    /// Reports with this ε (in thousandths, 1 to [`Settings::MAX_EPSILON`]).
    pub fn new(epsilon: MilliEpsilon) -> Result<Self, Error> {
        if !(1..=Self::MAX_EPSILON).contains(&epsilon) {
            return Err(Error::InvalidOption { option: "reports.epsilon", wanted: "from 0.001 to 4" });
        }
        Ok(Self { epsilon, caps: Caps::default() })
    }
}

/// A report by department: clipped, noised, padded. Nothing else can be sent, and only
/// [`Report::new`] makes one.
#[derive(Clone, PartialEq, Eq)]
pub struct Report {
    body: Vec<u8>,
    words: String,
    epsilon: MilliEpsilon,
}

impl Report {
    /// Every body has this size, whatever is in it.
    pub const BYTES: usize = 2_048;
    /// Interactions of one report that count, over all departments and both measures.
    pub const CLIP: u32 = 10;
    /// Two days of one browser differ by at most this: [`Report::CLIP`] gone here, as many come there.
    pub const SENSITIVITY: u32 = Self::sensitivity(Self::CLIP);

    /// By how much two days of one browser can differ under a clip.
    pub const fn sensitivity(clip: u32) -> u32 {
        2 * clip
    }

    /// Longest value in characters; noise is cut there, which has a chance below e⁻⁴⁹ at the smallest ε.
    const LARGEST: i64 = 999_999;

    /// Makes the report of what was counted since the last one, and takes its ε out of the budget.
    pub fn new(
        tally: Tally, bundle: &str, settings: &Settings, budget: &mut Budget, now: Millis, entropy: &mut impl Entropy,
    ) -> Result<Self, Withheld> {
        let Tally { mut counts } = tally;
        if counts.iter().all(|count| *count == 0) {
            return Err(Withheld::Nothing);
        }
        let departments = counts.len() / 2;
        if departments > Self::MAX_DEPARTMENTS {
            return Err(Withheld::TooManyDepartments);
        }
        let day = budget.spend(settings.epsilon, &settings.caps, now)?;
        clip(&mut counts, Self::CLIP, entropy);
        let scale = (u64::from(Self::SENSITIVITY) * 1_000, u64::from(settings.epsilon));
        let values: Vec<String> = counts
            .iter()
            .map(|count| i64::from(*count).saturating_add(discrete_laplace(scale.0, scale.1, entropy)))
            .map(|value| value.clamp(-Self::LARGEST, Self::LARGEST).to_string())
            .collect();
        let mut id = [0; 16];
        entropy.fill(&mut id);
        let id: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut body = format!(
            "{{\"type\":\"departments\",\"format\":1,\"id\":\"{id}\",\"day\":{day},\"bundle\":\"{}\",\
             \"epsilon_milli\":{},\"clip\":{},\"values\":[{}]}}",
            escaped(bundle),
            settings.epsilon,
            Self::CLIP,
            values.join(",")
        )
        .into_bytes();
        debug_assert!(body.len() <= Self::BYTES, "the departments are capped so that it fits");
        body.resize(Self::BYTES, b' ');
        let words = format!(
            "How often you looked at, chose or bought something in each of {departments} departments, and chose it \
             from a recommendation, since the last report: {} at most are counted, and each of the {} numbers is \
             hidden under random noise of about ±{}.",
            Self::CLIP,
            values.len(),
            1_414 * Self::SENSITIVITY / settings.epsilon
        );
        Ok(Self { body, words, epsilon: settings.epsilon })
    }

    /// Departments that fit into [`Report::BYTES`].
    pub const MAX_DEPARTMENTS: usize = 96;

    /// A report that was made before and waits in the ledger.
    pub(super) fn stored(body: Vec<u8>, words: String, epsilon: MilliEpsilon) -> Self {
        Self { body, words, epsilon }
    }

    /// What is sent, byte for byte.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// What is in it, for the shopper.
    pub fn words(&self) -> &str {
        &self.words
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

/// A version as it stands in JSON. Versions are plain; what is not becomes a dot.
fn escaped(version: &str) -> String {
    version.chars().map(|c| if c == '"' || c == '\\' || c.is_control() || !c.is_ascii() { '.' } else { c }).collect()
}
