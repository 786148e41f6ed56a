//! The last interactions in their order: what a sequence teaches, and what was shown in vain.

use crate::interaction::{Kind, Millis};

/// An interaction as the trail keeps it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// The item's place in the bundle.
    pub item: u32,
    /// What was done to it.
    pub kind: Kind,
    /// When.
    pub at: Millis,
}

/// The last interactions, oldest first: those that wanted something and those that only saw it apart,
/// so that a long shelf does not push out what was chosen.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Trail {
    pub(super) wanted: Vec<Step>,
    pub(super) shown: Vec<Step>,
}

impl Trail {
    /// Interactions kept of each sort.
    pub const LENGTH: usize = 32;

    /// What was wanted, oldest first.
    pub fn wanted(&self) -> &[Step] {
        &self.wanted
    }

    /// What was shown and not taken since, oldest first.
    pub fn shown(&self) -> &[Step] {
        &self.shown
    }

    /// Puts an interaction at the end. An item that is taken was not shown in vain.
    pub fn push(&mut self, step: Step) {
        if step.kind != Kind::Impression {
            self.shown.retain(|shown| shown.item != step.item);
        }
        let list = if step.kind == Kind::Impression { &mut self.shown } else { &mut self.wanted };
        if list.len() == Self::LENGTH {
            list.remove(0);
        }
        list.push(step);
    }
}
