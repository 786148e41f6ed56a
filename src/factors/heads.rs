//! What is known of each block of sixteen items without reading it.

use super::Factors;
use crate::lanes::blocks::LANES;
use core::sync::atomic::{AtomicU32, Ordering};

/// One of each for each block.
#[derive(Debug, Clone, Default)]
pub struct Heads {
    /// Of this reading of a bundle; no other has it, and it is not 0.
    pub number: u32,
    /// No vector of the block is longer, in steps of int8.
    pub lengths: Vec<f32>,
    /// No vector of any block is.
    pub longest: f32,
    /// The highest bias; empty where the bundle has none.
    pub bias: Vec<f32>,
    /// The categories, as bits of their numbers modulo 64; empty where the bundle has none.
    pub kinds: Vec<u64>,
}

impl Factors {
    pub(crate) fn heads(&self) -> &Heads {
        &self.heads
    }

    /// Looks at all blocks, once the table is there.
    pub(super) fn look(&mut self) {
        static READINGS: AtomicU32 = AtomicU32::new(0);
        let blocks = self.space().blocks();
        let firsts = (0..self.len()).step_by(LANES);
        let lengths = firsts.map(|first| blocks.longest(first..(first + LANES).min(self.len()))).collect::<Vec<_>>();
        self.heads = Heads {
            number: READINGS.fetch_add(1, Ordering::Relaxed) + 1,
            longest: lengths.iter().fold(0.0, |longest, length| length.max(longest)),
            lengths,
            bias: self
                .bias
                .chunks(LANES)
                .map(|own| own.iter().fold(f32::NEG_INFINITY, |most, one| one.max(most)))
                .collect(),
            kinds: self
                .category
                .chunks(LANES)
                .map(|own| own.iter().fold(0, |kinds, one| kinds | 1 << (one % 64)))
                .collect(),
        };
    }
}
