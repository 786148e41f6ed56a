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
#[derive(Debug, Clone, Default)]
pub struct Trail {
    /// Up to twice as many as count: so what goes is moved away seldom, and not at each step.
    pub(super) wanted: Vec<Step>,
    /// The same.
    pub(super) shown: Vec<Step>,
}

impl Trail {
    /// Interactions kept of each sort.
    pub const LENGTH: usize = 32;

    /// What was wanted, oldest first.
    pub fn wanted(&self) -> &[Step] {
        &self.wanted[Self::first(&self.wanted)..]
    }

    /// What was shown and not taken since, oldest first.
    pub fn shown(&self) -> &[Step] {
        &self.shown[Self::first(&self.shown)..]
    }

    /// From where on a list counts.
    fn first(list: &[Step]) -> usize {
        list.len().saturating_sub(Self::LENGTH)
    }

    /// Without those that count no longer.
    fn tidy(list: &mut Vec<Step>) {
        // What `drain` does, in fewer bytes.
        let first = Self::first(list);
        list.copy_within(first.., 0);
        list.truncate(list.len() - first);
    }

    /// Puts an interaction at the end. An item that is taken was not shown in vain.
    pub fn push(&mut self, step: Step) {
        let list = if step.kind == Kind::Impression {
            &mut self.shown
        } else {
            // Or one that counts no longer would count again.
            Self::tidy(&mut self.shown);
            self.shown.retain(|shown| shown.item != step.item);
            &mut self.wanted
        };
        if list.len() == 2 * Self::LENGTH {
            Self::tidy(list);
        }
        list.push(step);
    }
}

impl PartialEq for Trail {
    fn eq(&self, other: &Self) -> bool {
        self.wanted() == other.wanted() && self.shown() == other.shown()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::test;

    #[test]
    fn the_last_count_and_what_is_taken_was_not_shown_in_vain() {
        let mut trail = Trail::default();
        let (mut wanted, mut shown, mut taken): (Vec<u32>, Vec<u32>, usize) = Default::default();
        // Now many are shown and now many wanted; some of what was shown is.
        for at in 0..1_000u32 {
            let (item, seen) = (at * 7 % 23, at / 90 % 2 == 0 || at % 5 > 0);
            let kind = if seen { Kind::Impression } else { Kind::View };
            trail.push(Step { item, kind, at: Millis(at.into()) });
            if !seen {
                let before = shown.len();
                shown.retain(|one| *one != item);
                taken += before - shown.len();
            }
            let list = if seen { &mut shown } else { &mut wanted };
            list.push(item);
            if list.len() > Trail::LENGTH {
                list.remove(0);
            }
            let items = |steps: &[Step]| steps.iter().map(|step| step.item).collect::<Vec<_>>();
            assert_eq!((items(trail.wanted()), items(trail.shown())), (wanted.clone(), shown.clone()), "{at}");
        }
        assert_eq!((wanted.len(), shown.len() > 20, taken > 50), (Trail::LENGTH, true, true));
        let kept = Trail { wanted: trail.wanted().to_vec(), shown: trail.shown().to_vec() };
        assert_eq!(trail, kept, "as it is read from a stored profile");
        assert_ne!(trail, Trail::default(), "the control");
    }
}
