//! The one door out: count, clip, noise, budget, ledger → [`Report`]. What there is to report, and what bounds it,
//! stands in the [`registry`].

mod budget;
mod clip;
mod composition;
mod ledger;
mod noise;
pub mod registry;
mod report;
mod response;
mod settings;
mod tally;

pub use budget::{Budget, Caps, Losses, MilliEpsilon};
pub use clip::clip;
pub use composition::{DELTA, renyi};
pub use ledger::{Entry, State};
pub use noise::{Entropy, discrete_laplace};
pub use registry::{Mechanism, Type};
pub use report::Report;
pub use response::{respond, unary};
pub use settings::Settings;
pub use tally::{Clipped, Tally};

/// Why reports were not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Withheld {
    /// There is nothing to report.
    Nothing,
    /// Reports were made today.
    SentToday,
    /// The budget of the day, month or year is used up, of one type or of all.
    OverBudget,
    /// The profile was erased; the next report may be made on a later day.
    NotBefore,
    /// The clock is behind what was done already.
    SetBack,
    /// The vocabulary does not fit into a report.
    TooManyDepartments,
}

impl Withheld {
    const ALL: [Self; 6] =
        [Self::Nothing, Self::SentToday, Self::OverBudget, Self::NotBefore, Self::SetBack, Self::TooManyDepartments];

    /// The name that the ledger stores.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::SentToday => "sent-today",
            Self::OverBudget => "over-budget",
            Self::NotBefore => "not-before",
            Self::SetBack => "set-back",
            Self::TooManyDepartments => "too-many-departments",
        }
    }

    /// The reason of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }

    /// In words, for the ledger.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Nothing => "Nothing was done that a report would count.",
            Self::SentToday => "Reports were already made today; what came since waits for the next ones.",
            Self::OverBudget => "The privacy budget is used up; nothing was sent.",
            Self::NotBefore => "The profile was erased: no report before the date shown.",
            Self::SetBack => "The clock is behind what you did before; nothing was sent.",
            Self::TooManyDepartments => "The shop has more departments than a report can hold; nothing was sent.",
        }
    }
}

#[cfg(test)]
mod tests;
