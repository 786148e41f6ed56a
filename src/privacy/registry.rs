//! The registry: every type of report that there is, and all that bounds it. Browser, server, simulation and
//! `docs/reports.md` read this one table.
//!
//! The floats here are what the server reckons with; the mechanisms themselves have none.

use super::budget::{Caps, MilliEpsilon};
use crate::error::Error;
use crate::interaction::Arm;

/// A type of report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Type {
    /// Interactions by department.
    Departments,
    /// Click-through of a shelf, by what ranked it.
    Shelf,
    /// Conversion and revenue.
    Orders,
    /// Sizes of segments.
    Segments,
    /// Drift alarms and anomalies.
    Changes,
}

/// How a type's numbers are hidden. In each, one day of a browser may become any other day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mechanism {
    /// Counts whose sum is clipped, each under discrete Laplace noise (Canonne, Kamath, Steinke 2020).
    Laplace {
        /// Counted at most, over all values together.
        clip: u32,
    },
    /// One choice of `choices`, under k-ary randomised response (Kairouz, Oh, Viswanath 2014). A vocabulary of
    /// several times as many is made of arms, of which a coin has drawn one: that one is not hidden.
    Response {
        /// Choices of one arm.
        choices: u32,
    },
    /// One choice as a row of bits, each hidden by itself: optimised unary encoding (Wang et al. 2017).
    Unary,
}

/// A row of the registry.
#[derive(Debug)]
pub struct Declared {
    /// In the report, in the shop's settings, on the server.
    pub name: &'static str,
    /// How it is hidden.
    pub mechanism: Mechanism,
    /// ε of one report, which is one a day, where the shop says nothing.
    pub epsilon: MilliEpsilon,
    /// The most that a shop may choose: its settings can only be stricter.
    pub caps: Caps,
    /// The setting, and what it may be, for an error.
    option: (&'static str, &'static str),
}

/// What all types together may cost one browser.
pub const CAPS: Caps = Caps::of_days(1_000);

/// Upper bounds of an order's worth, in whole units of the shop's currency; above them all is "more".
pub const REVENUE: [u32; 5] = [5, 10, 20, 50, 100];

/// What changes are counted, after the drift alarms: the reasons of a refusal.
pub const ANOMALIES: [&str; 6] =
    ["unknown-item", "impossible-time", "duplicate", "absurd-size", "invalid-value", "too-many"];

/// What became of a shelf in a day.
pub const SHELF: [&str; 3] = ["not seen", "seen", "chosen from"];

/// The segment of those who like no department best.
pub const NO_SEGMENT: &str = "none";

static REGISTRY: [Declared; Type::ALL.len()] = [
    Declared {
        name: "departments",
        mechanism: Mechanism::Laplace { clip: 3 },
        epsilon: 400,
        caps: Caps::of_days(1_000),
        option: ("reports.types.departments.epsilon", "from 0.001 to 1"),
    },
    Declared {
        name: "shelf",
        mechanism: Mechanism::Response { choices: SHELF.len() as u32 },
        epsilon: 250,
        caps: Caps::of_days(1_000),
        option: ("reports.types.shelf.epsilon", "from 0.001 to 1"),
    },
    Declared {
        name: "orders",
        mechanism: Mechanism::Response { choices: REVENUE.len() as u32 + 2 },
        epsilon: 150,
        caps: Caps::of_days(500),
        option: ("reports.types.orders.epsilon", "from 0.001 to 0.5"),
    },
    Declared {
        name: "segments",
        mechanism: Mechanism::Unary,
        epsilon: 100,
        caps: Caps::of_days(500),
        option: ("reports.types.segments.epsilon", "from 0.001 to 0.5"),
    },
    Declared {
        name: "changes",
        mechanism: Mechanism::Laplace { clip: 2 },
        epsilon: 100,
        caps: Caps::of_days(500),
        option: ("reports.types.changes.epsilon", "from 0.001 to 0.5"),
    },
];

/// What is in each type, for the shopper and for the shop.
static PURPOSES: [&str; Type::ALL.len()] = [
    "How often you looked at, chose or bought something in each department, and chose it from a recommendation.",
    "Whether you saw the shelf of recommendations, and chose something from it; and whether it was yours or everybody's that day, as a coin had drawn.",
    "Whether you ordered, and for about how much.",
    "The department that you like best.",
    "Whether your interests moved, and what of your doings could not be taken in.",
];

/// What the values of each type stand for.
static MEANINGS: [&str; Type::ALL.len()] = [
    "for each department: views, clicks, carts, wishes and purchases; then for each: clicks on recommendations",
    "for each arm (personal, popular): not seen, seen, chosen from",
    "no order, up to 5, 10, 20, 50, 100, more",
    "for each department: liked best; then: none",
    "drift alarms; then refused interactions by reason",
];

impl Type {
    /// All types, in the order of the registry.
    pub const ALL: [Self; 5] = [Self::Departments, Self::Shelf, Self::Orders, Self::Segments, Self::Changes];

    /// Its row.
    pub const fn declared(self) -> &'static Declared {
        &REGISTRY[self as usize]
    }

    /// What is in it. Texts are apart from the rows: the core's module needs only these.
    pub fn purpose(self) -> &'static str {
        PURPOSES[self as usize]
    }

    /// What its values stand for, in words.
    pub fn meaning(self) -> &'static str {
        MEANINGS[self as usize]
    }

    /// The type of a name.
    pub fn named(name: &str) -> Result<Self, Error> {
        let known = Self::ALL.into_iter().find(|one| one.declared().name == name);
        known.ok_or(Error::InvalidOption {
            option: "reports.types",
            wanted: "some of departments, shelf, orders, segments, changes",
        })
    }

    /// How many sums its reports add up to in a shop of so many departments.
    pub fn vocabulary(self, departments: usize) -> usize {
        match self {
            Self::Departments => 2 * departments,
            Self::Shelf => Arm::ALL.len() * SHELF.len(),
            Self::Orders => REVENUE.len() + 2,
            Self::Segments => departments + 1,
            Self::Changes => 1 + ANOMALIES.len(),
        }
    }

    /// What its sums are called, in their order.
    pub fn labels(self, departments: &[String]) -> Vec<String> {
        let each = |what: &'static str| departments.iter().map(move |name| format!("{name}: {what}"));
        let upto = |most: &u32| format!("up to {most}");
        match self {
            Self::Departments => each("interactions").chain(each("clicks on recommendations")).collect(),
            Self::Shelf => {
                let of = |arm: Arm| SHELF.map(|state| format!("{}: {state}", arm.name()));
                Arm::ALL.into_iter().flat_map(of).collect()
            }
            Self::Orders => {
                ["no order".into()].into_iter().chain(REVENUE.iter().map(upto)).chain(["more".into()]).collect()
            }
            Self::Segments => departments.iter().cloned().chain([NO_SEGMENT.into()]).collect(),
            Self::Changes => ["drift"].iter().chain(&ANOMALIES).map(|name| (*name).to_owned()).collect(),
        }
    }

    /// How many values one report has.
    pub fn length(self, departments: usize) -> usize {
        match self.declared().mechanism {
            Mechanism::Response { .. } => 1,
            _ => self.vocabulary(departments),
        }
    }

    /// Is this a value that a report may have? Beyond it, honest noise gets with a chance below 10⁻¹².
    pub fn accepts(self, value: i64, epsilon: MilliEpsilon, departments: usize) -> bool {
        match self.declared().mechanism {
            Mechanism::Laplace { .. } => value.unsigned_abs() <= self.declared().mechanism.farthest(epsilon),
            Mechanism::Response { .. } => {
                usize::try_from(value).is_ok_and(|value| value < self.vocabulary(departments))
            }
            Mechanism::Unary => value == 0 || value == 1,
        }
    }

    /// A shop's choice of ε, if it is within the cap.
    pub(super) fn within(self, epsilon: MilliEpsilon) -> Result<MilliEpsilon, Error> {
        let Declared { caps, option: (option, wanted), .. } = self.declared();
        if (1..=caps.day).contains(&epsilon) { Ok(epsilon) } else { Err(Error::InvalidOption { option, wanted }) }
    }
}

impl Mechanism {
    /// In words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Laplace { .. } => "discrete Laplace",
            Self::Response { .. } => "randomised response",
            Self::Unary => "unary encoding",
        }
    }

    /// How much of one browser's day counts.
    pub const fn clip(self) -> u32 {
        match self {
            Self::Laplace { clip } => clip,
            _ => 1,
        }
    }

    /// By how much two days of one browser can differ, over all values: all gone here, as many come there.
    pub const fn sensitivity(self) -> u32 {
        2 * self.clip()
    }

    /// Discrete Laplace noise beyond so many scales has probability e⁻³⁰.
    const SCALES: u64 = 30;

    /// The farthest from 0 that a clipped count with noise is taken to be.
    fn farthest(self, epsilon: MilliEpsilon) -> u64 {
        u64::from(self.clip()) + Self::SCALES * u64::from(self.sensitivity()) * 1_000 / u64::from(epsilon.max(1))
    }

    /// How likely a value that is true is said to be so, and one that is not: of a mechanism of choices.
    pub fn chances(self, epsilon: MilliEpsilon) -> [f64; 2] {
        let e = libm::exp(f64::from(epsilon) / 1_000.0);
        match self {
            Self::Laplace { .. } => [1.0, 0.0],
            Self::Response { choices } => {
                let all = e + f64::from(choices) - 1.0;
                [e / all, 1.0 / all]
            }
            Self::Unary => [0.5, 1.0 / (e + 1.0)],
        }
    }

    /// By how much one report can move a sum: its largest message that is taken, after debiasing.
    pub fn influence(self, epsilon: MilliEpsilon) -> f64 {
        match self {
            Self::Laplace { .. } => self.farthest(epsilon) as f64,
            _ => {
                let [p, q] = self.chances(epsilon);
                (1.0 - q) / (p - q)
            }
        }
    }
}
