//! The inner loop: one query against all items, sixteen at a time. Sums are exact in i32 and what is added to
//! them is added in one order, so that the fast path and the reference agree to the bit.

mod scalar;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd128;
#[cfg(test)]
pub(super) mod tests;

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub(super) use scalar::each;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(super) use simd128::each;

use super::levels::Levels;
use crate::factors::Heads;
use crate::lanes::blocks::{GROUP, LANES};

/// Takes a block, which of its items may be found and reach the bar (the first in the lowest bit), and the values of
/// all; says what the bar is from then on.
pub(super) type Take<'a> = &'a mut dyn FnMut(usize, u16, &[f32; LANES]) -> f32;

/// What is known of the values before a scan, and better after it.
#[derive(Debug, Default)]
pub(super) struct Bounds {
    /// For each block: none of its values is above it.
    pub highest: Vec<f32>,
    /// How many blocks were read.
    pub read: usize,
    /// All are read, whatever their bounds.
    pub whole: bool,
}

impl Bounds {
    /// Of so many blocks nothing is known.
    pub fn open(&mut self, blocks: usize) {
        self.highest.clear();
        self.highest.resize(blocks, f32::INFINITY);
    }

    /// Looks at every sixteenth bound whether enough blocks stay below a bar: to leave out one here and there costs more
    /// than it spares, since no processor foresees which.
    pub fn weigh(&mut self, bar: f32) {
        let below = self.highest.iter().step_by(16).filter(|highest| **highest < bar).count();
        self.whole = below * 16 * 4 < self.highest.len();
    }
}

/// What is scanned, and with what.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scan<'a> {
    /// The items' vectors, as `lanes::blocks` has them.
    pub blocks: &'a [u8],
    /// A bit for each item that may be found; none behind the last.
    pub allowed: &'a [u64],
    pub words: &'a Words,
    pub beside: Option<Beside<'a>>,
}

/// What is added to an item's sum.
#[derive(Debug, Clone, Copy)]
pub(super) struct Beside<'a> {
    /// For each number that is in `category`.
    pub interest: &'a [f32],
    /// Of each item; empty where there are none.
    pub category: &'a [u16],
    /// Times the bias of an item.
    pub prior: f32,
    /// Of each item; empty where there are none.
    pub bias: &'a [f32],
    /// What a block's interest is at most.
    pub levels: &'a Levels,
    /// Of each block.
    pub heads: &'a Heads,
}

impl Beside<'_> {
    /// Of the highest sum of a block a bound of its values. The order is that of the values, so that it is rounded as they
    /// are and never below them.
    #[inline(always)]
    fn bound(&self, highest: f32, block: usize) -> f32 {
        let bias = self.heads.bias.get(block).map_or(highest, |bias| highest + self.prior * bias);
        self.heads.kinds.get(block).map_or(bias, |kinds| bias + self.levels.of_block(*kinds))
    }
}

impl Scan<'_> {
    /// Bytes of a block.
    fn block(&self) -> usize {
        self.words.fours.len() * GROUP * LANES
    }

    /// Which of a block's items may be found, the first in the lowest bit.
    #[inline(always)]
    pub fn allowed_in(&self, block: usize) -> u16 {
        (self.allowed[block / 4] >> (block % 4 * LANES)) as u16
    }
}

/// A query of 8 bits in each dimension, in the two forms that the loops read.
#[derive(Debug, Default)]
pub(super) struct Words {
    /// Four dimensions each, the last filled up with zeros.
    fours: Vec<[i8; GROUP]>,
    /// Of q₀ … q₃: q₀, q₂, q₁ − 256·q₀, q₃ − 256·q₂.
    pairs: Vec<[i16; GROUP]>,
    /// What takes the 128 of the unsigned bytes out of the sum.
    start: i32,
}

impl Words {
    /// Largest absolute value of a query's number.
    pub const MOST: i8 = 127;

    /// Takes the numbers of a query.
    pub fn fill(&mut self, query: &[i8]) {
        self.fours.clear();
        self.fours.extend(query.chunks(GROUP).map(|four| core::array::from_fn(|at| four.get(at).map_or(0, |q| *q))));
        self.pairs.clear();
        self.pairs.extend(self.fours.iter().map(|four| {
            let [a, b, c, d] = four.map(i16::from);
            [a, c, b - 256 * a, d - 256 * c]
        }));
        let firsts: i32 = self.fours.iter().map(|[a, _, c, _]| i32::from(*a) + i32::from(*c)).sum();
        self.start = -128 * firsts;
    }
}
