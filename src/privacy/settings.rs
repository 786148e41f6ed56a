//! Which reports a shop wants: its choice among the types, never above their caps.

use super::budget::{Losses, MilliEpsilon};
use super::registry::{CAPS, Type};
use crate::error::Error;

/// The reports that are wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Settings {
    losses: Losses,
    /// How many of a thousand days a browser spends in the arm "popular".
    pub popular: u16,
}

impl Settings {
    /// All types, each with its own ε.
    pub fn all() -> Self {
        Self { losses: Type::ALL.map(|one| one.declared().epsilon), popular: 0 }
    }

    /// Adds a type, with its own ε or a stricter one.
    pub fn with(mut self, one: Type, epsilon: Option<MilliEpsilon>) -> Result<Self, Error> {
        self.losses[one as usize] = match epsilon {
            Some(epsilon) => one.within(epsilon)?,
            None => one.declared().epsilon,
        };
        if self.losses.iter().sum::<MilliEpsilon>() > CAPS.day {
            return Err(Error::InvalidOption {
                option: "reports.types",
                wanted: "of an epsilon of 1 together, at most",
            });
        }
        Ok(self)
    }

    /// The wanted types, each with its ε.
    pub fn wanted(&self) -> impl Iterator<Item = (Type, MilliEpsilon)> + '_ {
        Type::ALL.into_iter().zip(self.losses).filter(|(_, epsilon)| *epsilon > 0)
    }

    /// ε of each type, 0 of one that is not wanted.
    pub fn losses(&self) -> &Losses {
        &self.losses
    }

    /// The ε of a type, where it is wanted.
    pub fn epsilon(&self, one: Type) -> Option<MilliEpsilon> {
        Some(self.losses[one as usize]).filter(|epsilon| *epsilon > 0)
    }
}
