//! The Report: the one thing that may leave, and its one constructor.

use super::budget::{Budget, MilliEpsilon};
use super::noise::{Entropy, discrete_laplace};
use super::registry::{Mechanism, Type};
use super::response::{respond, unary};
use super::{Clipped, Settings, Withheld};
use crate::bytes::{Reader, Writer};
use crate::factors::is_version;
use crate::interaction::Millis;
use crate::text::{decimal, hex};

/// A report of one type: clipped, noised, padded. Nothing else can be sent. [`Report::all`] makes them; of one that
/// waited in the ledger the parts are read, and the body is written from them: nothing that stands there is sent but numbers
/// and the version of a bundle.
#[derive(Clone, PartialEq, Eq)]
pub struct Report {
    kind: Type,
    /// Random bits.
    id: [u8; 16],
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
            Self { kind, id, day, bundle: bundle.to_owned(), epsilon, values }
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
            [",\"id\":\"", &hex(id), "\",\"day\":", &decimal(i64::from(*day))],
            [",\"bundle\":\"", bundle, "\",\"epsilon_milli\":", &decimal(i64::from(*epsilon))],
            [",\"clip\":", &decimal(i64::from(declared.mechanism.clip())), ",\"values\":[", &values.join(",")],
        ];
        let mut body = [&numbers.concat().concat(), "]}"].concat().into_bytes();
        debug_assert!(body.len() <= Self::BYTES, "the departments are capped so that it fits");
        body.resize(Self::BYTES, b' ');
        body
    }

    /// Its parts, as the ledger keeps them, and what else the registry has put into its body.
    pub(super) fn write(&self, out: &mut Writer) {
        out.u8(self.kind as u8);
        out.u32(Self::FORMAT);
        out.u32(self.kind.declared().mechanism.clip());
        out.0.extend_from_slice(&self.id);
        out.u32(self.day as u32);
        out.text(&self.bundle);
        out.u32(self.epsilon);
        self.values.iter().for_each(|value| out.u32(*value as i32 as u32));
    }

    /// A report that was made before, of all that is left. One by another registry is none any more: its body would be
    /// another.
    pub(super) fn read(input: &mut Reader<'_>) -> Option<Self> {
        let kind = *Type::ALL.get(usize::from(input.u8()))?;
        let declared = (input.u32(), input.u32()) == (Self::FORMAT, kind.declared().mechanism.clip());
        let id = input.take(16).try_into().ok()?;
        let (day, bundle, epsilon) = (input.u32() as i32, input.text(), input.u32());
        let (values, rest) = input.rest().as_chunks();
        let values: Vec<_> = values.iter().map(|value| i64::from(i32::from_le_bytes(*value))).collect();
        let may_be = declared
            && day >= 0
            && is_version(bundle)
            && kind.within(epsilon).is_ok()
            && rest.is_empty()
            && !values.is_empty()
            && values.len() <= 2 * Self::MAX_DEPARTMENTS
            && values.iter().all(|value| value.abs() <= Self::LARGEST);
        may_be.then(|| Self { kind, id, day, bundle: bundle.to_owned(), epsilon, values })
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
