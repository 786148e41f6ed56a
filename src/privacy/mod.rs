//! The one door out: count, clip, noise, budget, ledger → [`Report`].

mod budget;
mod clip;
mod ledger;
mod noise;
mod report;

pub use budget::{Budget, Caps, MilliEpsilon};
pub use clip::clip;
pub use ledger::{Entry, State};
pub use noise::{Entropy, discrete_laplace};
pub use report::{Report, Settings};

use crate::factors::Factors;
use crate::interaction::{Interaction, Kind};

/// Why a report was not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Withheld {
    /// There is nothing to report.
    Nothing,
    /// A report was made today.
    SentToday,
    /// The budget of the day, month or year is used up.
    OverBudget,
    /// The profile was erased; the next report may be made on a later day.
    NotBefore,
    /// The vocabulary does not fit into a report.
    TooManyDepartments,
}

impl Withheld {
    /// In words, for the ledger.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Nothing => "Nothing was done that a report would count.",
            Self::SentToday => "A report was already made today; what came since waits for tomorrow's.",
            Self::OverBudget => "The privacy budget is used up; nothing was sent.",
            Self::NotBefore => "The profile was erased: no report before the date shown.",
            Self::TooManyDepartments => "The shop has more departments than a report can hold; nothing was sent.",
        }
    }
}

/// What a report counts: interactions by department, then clicks on recommendations by department.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    counts: Vec<u32>,
}

impl Tally {
    /// Nothing yet.
    pub fn new(factors: &Factors) -> Self {
        Self { counts: vec![0; 2 * factors.departments().len()] }
    }

    /// Counts one interaction: a look, a choice or a purchase. Impressions, searches and what
    /// follows an order are not counted.
    pub fn add(&mut self, interaction: &Interaction<'_>, factors: &Factors) {
        let counted = matches!(interaction.kind, Kind::View | Kind::Click | Kind::Cart | Kind::Wish | Kind::Purchase);
        let department = factors.find(interaction.item).and_then(|item| factors.department(item));
        let Some(department) = department.filter(|_| counted) else { return };
        let department = usize::from(department);
        self.counts[department] = self.counts[department].saturating_add(1);
        if interaction.kind == Kind::Click && interaction.recommended {
            let clicks = self.counts.len() / 2 + department;
            self.counts[clicks] = self.counts[clicks].saturating_add(1);
        }
    }
}

#[cfg(test)]
mod tests;
