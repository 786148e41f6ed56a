//! The Report: the one thing that may leave, and its one constructor.

use super::budget::{Budget, MilliEpsilon};
use super::noise::{Entropy, discrete_laplace};
use super::registry::{Mechanism, Type};
use super::response::{respond, unary};
use super::{Clipped, Settings, Withheld};
use crate::interaction::Millis;
use crate::text::{decimal, hex, whole};

/// A report of one type: clipped, noised, padded. Nothing else can be sent. [`Report::all`] makes them; one that
/// waited in the ledger is read back only if its bytes are those that would be written.
#[derive(Clone, PartialEq, Eq)]
pub struct Report {
    kind: Type,
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
    /// Departments that fit into [`Report::BYTES`].
    pub const MAX_DEPARTMENTS: usize = 96;
    /// What the format of all types is called in a body.
    pub const FORMAT: u32 = 1;
    /// Noise is cut there, which has a chance below e⁻⁴⁹ at the smallest ε.
    const LARGEST: i64 = 999_999;

    /// Makes the day's report of each wanted type, and takes their ε out of the budget: all of them or none. They are
    /// made whenever anything was done, so that there being one says nothing of what.
    pub fn all(
        clipped: &Clipped, bundle: &str, settings: &Settings, budget: &mut Budget, now: Millis,
        entropy: &mut impl Entropy,
    ) -> Result<Vec<Self>, Withheld> {
        if !clipped.active || settings.wanted().next().is_none() {
            return Err(Withheld::Nothing);
        }
        if clipped.departments > Self::MAX_DEPARTMENTS {
            return Err(Withheld::TooManyDepartments);
        }
        let day = budget.spend(settings.losses(), now)?;
        let report = |(kind, epsilon): (Type, _)| {
            let values = noised(kind, clipped.values(kind), epsilon, entropy);
            let mut id = [0; 16];
            entropy.fill(&mut id);
            Self { kind, id: hex(&id), day, bundle: bundle.to_owned(), epsilon, values }
        };
        Ok(settings.wanted().map(report).collect())
    }

    /// What is sent, byte for byte.
    pub fn body(&self) -> Vec<u8> {
        let Self { kind, id, day, bundle, epsilon, values } = self;
        let values: Vec<String> = values.iter().map(|value| decimal(*value)).collect();
        let declared = kind.declared();
        let numbers = [
            ["{\"type\":\"", declared.name, "\",\"format\":", &decimal(Self::FORMAT.into())],
            [",\"id\":\"", id, "\",\"day\":", &decimal(i64::from(*day))],
            [",\"bundle\":\"", bundle, "\",\"epsilon_milli\":", &decimal(i64::from(*epsilon))],
            [",\"clip\":", &decimal(i64::from(declared.mechanism.clip())), ",\"values\":[", &values.join(",")],
        ];
        let mut body = [&numbers.concat().concat(), "]}"].concat().into_bytes();
        debug_assert!(body.len() <= Self::BYTES, "the departments are capped so that it fits");
        body.resize(Self::BYTES, b' ');
        body
    }

    /// A report that was made before: `None` unless [`Report::body`] would write just these bytes.
    pub(super) fn from_body(body: &[u8]) -> Option<Self> {
        // Between quotation marks names and texts take turns with what stands between them, as `body` wrote them.
        let parts: Vec<&[u8]> = body.split(|byte| *byte == b'"').collect();
        let plain = |byte: &u8| !b":,[]} ".contains(byte);
        let between = |at: usize| {
            let part = *parts.get(at)?;
            let (from, to) = (part.iter().position(plain)?, part.iter().rposition(plain)?);
            Some(&part[from..=to])
        };
        let text = |at| core::str::from_utf8(between(at)?).ok();
        let number = |at| whole(between(at)?);
        let id = text(9)?.to_owned();
        let hex = id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        let report = Self {
            kind: Type::named(text(3)?).ok()?,
            id,
            day: number(12)?.try_into().ok()?,
            bundle: text(15)?.to_owned(),
            epsilon: number(18)?.try_into().ok()?,
            values: between(22)?.split(|byte| *byte == b',').map(whole).collect::<Option<_>>()?,
        };
        (hex && report.values.len() <= 2 * Self::MAX_DEPARTMENTS && report.body() == body).then_some(report)
    }

    /// What is in it, for the shopper.
    pub fn words(&self) -> String {
        let (purpose, mechanism) = (self.kind.purpose(), self.kind.declared().mechanism);
        let count = decimal(self.values.len() as i64);
        match mechanism {
            Mechanism::Laplace { clip } => {
                let noise = decimal(i64::from(1_414 * mechanism.sensitivity() / self.epsilon.max(1)));
                let counted =
                    [purpose, " At most ", &decimal(clip.into()), " are counted, and each of the ", &count].concat();
                [&counted, " numbers is hidden under random noise of about ±", &noise, "."].concat()
            }
            Mechanism::Response { choices } => {
                let drawn = " answers, drawn by chance: the true one is only a little likelier than each other.";
                [purpose, " One of ", &decimal(choices.into()), drawn].concat()
            }
            Mechanism::Unary => {
                let drawn = " answers, yes or no, is drawn by chance: the true one is only a little likelier.";
                [purpose, " Each of the ", &count, drawn].concat()
            }
        }
    }

    /// Its type.
    pub fn kind(&self) -> Type {
        self.kind
    }

    /// Its numbers, as they are sent.
    pub fn values(&self) -> &[i64] {
        &self.values
    }

    /// What it costs.
    pub fn epsilon(&self) -> MilliEpsilon {
        self.epsilon
    }
}

/// The values as they leave.
fn noised(kind: Type, values: &[u32], epsilon: MilliEpsilon, entropy: &mut impl Entropy) -> Vec<i64> {
    let mechanism = kind.declared().mechanism;
    let scale = (u64::from(mechanism.sensitivity()) * 1_000, u64::from(epsilon));
    let mut noised = |value: u32| match mechanism {
        Mechanism::Laplace { .. } => {
            let value = i64::from(value).saturating_add(discrete_laplace(scale.0, scale.1, entropy));
            value.clamp(-Report::LARGEST, Report::LARGEST)
        }
        // The arm is not hidden: a coin has drawn it.
        Mechanism::Response { choices } => {
            let first = value - value % choices;
            i64::from(first + respond(value - first, choices, epsilon, entropy))
        }
        Mechanism::Unary => i64::from(unary(value == 1, epsilon, entropy)),
    };
    values.iter().map(|value| noised(*value)).collect()
}

impl core::fmt::Debug for Report {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Report(…)")
    }
}
