//! Of what a taste is made.

use crate::interaction::{Kind, Millis};
use crate::lanes;
use crate::lanes::blocks::GROUP;
use crate::sort;

/// What one interaction put into a taste.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// What was done.
    pub kind: Kind,
    /// When.
    pub at: Millis,
    /// The places in the bundle of the negatives it was learnt against, and behind them the item's own.
    pub items: [u32; Part::VECTORS],
    /// How much of each one's vector is in the taste because of it; below 0 it pushes away. 0 where there were fewer.
    pub amounts: [f32; Part::ROOM],
}

impl Part {
    /// Negatives of one example.
    pub const NEGATIVES: usize = 8;
    /// Vectors of one example.
    pub const VECTORS: usize = Self::NEGATIVES + 1;
    /// Where the item itself stands.
    pub const OWN: usize = Self::NEGATIVES;
    /// Room for a number of each vector, in whole groups of lanes; behind the last they are 0.
    pub const ROOM: usize = Self::VECTORS.next_multiple_of(GROUP);

    /// The item's place in the bundle.
    pub fn item(&self) -> u32 {
        self.items[Self::OWN]
    }

    /// How much of the item's vector it put in.
    pub fn amount(&self) -> f32 {
        self.amounts[Self::OWN]
    }

    /// The part times a factor.
    #[must_use]
    pub fn times(mut self, factor: f32) -> Self {
        lanes::scale(&mut self.amounts, factor);
        self
    }
}

/// The largest parts of a taste. Each stays where it was written: else a step would move four thousand bytes.
#[derive(Debug, Clone, Default)]
pub(super) struct Parts {
    places: Vec<Part>,
    /// As in `places`, without a sign: side by side, since each step looks for the smallest.
    amounts: Vec<f32>,
    /// When each came, and in the lower bits its place.
    keys: Vec<u32>,
    /// So many came. After 67 million in one tab the numbers begin again, and what is oldest is told no longer.
    came: u32,
}

impl Parts {
    /// Parts kept: the smallest gives way, the oldest of equals.
    pub(super) const MOST: usize = 48;
    /// Of a key.
    const PLACE_BITS: u32 = usize::BITS - Self::MOST.leading_zeros();

    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// Oldest first.
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &Part> {
        let mut keys = self.keys.clone();
        sort::short(&mut keys, |a, b| a < b);
        keys.into_iter().map(|key| &self.places[Self::place(key)])
    }

    fn place(key: u32) -> usize {
        (key % (1 << Self::PLACE_BITS)) as usize
    }

    /// The part times a factor.
    pub(super) fn push(&mut self, part: &Part, factor: f32) {
        let amount = (part.amount() * factor).abs();
        let place = if self.places.len() < Self::MOST {
            self.places.push(*part);
            self.amounts.push(amount);
            self.keys.push(0);
            self.places.len() - 1
        } else {
            // Of numbers that are none, any.
            Self::place(lanes::lowest(&self.amounts, &self.keys)).min(Self::MOST - 1)
        };
        let key = (self.came << Self::PLACE_BITS) | place as u32;
        let own = &mut self.places[place];
        own.clone_from(part);
        lanes::scale(&mut own.amounts, factor);
        (self.amounts[place], self.keys[place]) = (amount, key);
        self.came += 1;
    }

    pub(super) fn scale(&mut self, factor: f32) {
        self.places.iter_mut().for_each(|part| lanes::scale(&mut part.amounts, factor));
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
            // Some are equal.
            amounts[Part::OWN] = (random.normal() * 20.0).round() as f32;
            let part = Part { kind: Kind::View, at: Millis(at), items: [7; Part::VECTORS], amounts };
            if plain.len() == Parts::MOST {
                let least = |a: &usize, b: &usize| {
                    let amount = |place: &usize| f32::abs(Part::amount(&plain[*place]));
                    amount(a).total_cmp(&amount(b))
                };
                plain.remove((0..plain.len()).min_by(least).unwrap());
            }
            plain.push(part);
            parts.push(&part, 1.0);
            assert!(parts.iter().eq(plain.iter()), "{at}");
        }
        let mut again = Parts::default();
        plain.into_iter().for_each(|part| again.push(&part, 1.0));
        assert_eq!(parts, again, "as they are read from a stored profile");
        again.scale(0.5);
        assert_ne!(parts, again);
    }
}
