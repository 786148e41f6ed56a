//! Of what a taste is made.

use crate::interaction::{Kind, Millis};
use crate::lanes;
use crate::lanes::blocks::GROUP;

/// What one interaction put into a taste.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// What was done.
    pub kind: Kind,
    /// When.
    pub at: Millis,
    /// The item's place in the bundle, and those of the negatives it was learnt against.
    pub items: [u32; Part::VECTORS],
    /// How much of each one's vector is in the taste because of it; below 0 it pushes away. 0 where there were fewer.
    pub amounts: [f32; Part::ROOM],
}

impl Part {
    /// Negatives of one example.
    pub const NEGATIVES: usize = 8;
    /// Vectors of one example.
    pub const VECTORS: usize = 1 + Self::NEGATIVES;
    /// Room for a number of each vector, in whole groups of lanes; behind the last they are 0.
    pub const ROOM: usize = Self::VECTORS.next_multiple_of(GROUP);

    /// The item's place in the bundle.
    pub fn item(&self) -> u32 {
        self.items[0]
    }

    /// How much of the item's vector it put in.
    pub fn amount(&self) -> f32 {
        self.amounts[0]
    }

    /// The part times a factor.
    #[must_use]
    pub fn times(mut self, factor: f32) -> Self {
        lanes::scale(&mut self.amounts, factor);
        self
    }
}

/// The largest parts of a taste, oldest first. Each stays where it was written, and their order is kept beside them:
/// else a step would move four thousand bytes.
#[derive(Debug, Clone, Default)]
pub(super) struct Parts {
    slots: Vec<Part>,
    /// Places in `slots`.
    order: Vec<u8>,
    /// As in `slots`, without a sign: side by side, since each step looks for the smallest.
    amounts: Vec<f32>,
}

impl Parts {
    /// Parts kept: the smallest gives way.
    pub(super) const MOST: usize = 48;

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &Part> {
        self.order.iter().map(|slot| &self.slots[usize::from(*slot)])
    }

    pub(super) fn push(&mut self, part: Part) {
        let amount = part.amount().abs();
        if self.slots.len() < Self::MOST {
            self.order.push(self.slots.len() as u8);
            self.slots.push(part);
            self.amounts.push(amount);
            return;
        }
        // As bits: of numbers that are compared, each could be none.
        let least = lanes::lowest(&self.amounts).to_bits();
        let lowest = |slot: &u8| self.amounts[usize::from(*slot)].to_bits() == least;
        let place = self.order.iter().position(lowest).unwrap_or(0);
        let slot = self.order[place];
        // Carried from the end to its place: to move the others along in one piece is a call out of the module.
        let mut next = slot;
        self.order[place..].iter_mut().rev().for_each(|own| core::mem::swap(own, &mut next));
        let slot = usize::from(slot);
        (self.slots[slot], self.amounts[slot]) = (part, amount);
    }

    pub(super) fn scale(&mut self, factor: f32) {
        self.slots.iter_mut().for_each(|part| lanes::scale(&mut part.amounts, factor));
        lanes::scale(&mut self.amounts, factor);
    }
}

/// Where they lie does not matter.
impl PartialEq for Parts {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::test;
    use crate::update::Random;

    #[test]
    fn the_smallest_gives_way_and_the_others_keep_their_order() {
        let (mut parts, mut plain) = (Parts::default(), Vec::new());
        let mut random = Random(5);
        for at in 0..500 {
            let mut amounts = [0.0; Part::ROOM];
            amounts[0] = random.normal() as f32;
            let part = Part { kind: Kind::View, at: Millis(at), items: [7; Part::VECTORS], amounts };
            if plain.len() == Parts::MOST {
                let least = |a: &usize, b: &usize| {
                    let amount = |place: &usize| f32::abs(Part::amount(&plain[*place]));
                    amount(a).total_cmp(&amount(b))
                };
                plain.remove((0..plain.len()).min_by(least).unwrap());
            }
            plain.push(part);
            parts.push(part);
            assert!(parts.iter().eq(plain.iter()), "{at}");
        }
        let mut again = Parts::default();
        plain.into_iter().for_each(|part| again.push(part));
        assert_eq!(parts, again, "as they are read from a stored profile");
        again.scale(0.5);
        assert_ne!(parts, again);
    }
}
