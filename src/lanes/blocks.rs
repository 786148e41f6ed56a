//! How item vectors lie in memory: sixteen items side by side, so that a scan has an item in each lane.
//!
//! `[N/16][d/4][16 items][4 dimensions]`, the last block and the last group filled up with zeros. Of two
//! dimensions beside each other the first is stored as x + 128, without a sign: as one 16-bit lane the two
//! are 256·second + first (`rank::kernel` multiplies both at once).

use core::ops::Range;

/// Items of a block.
pub const LANES: usize = 16;
/// Dimensions of one item that lie together.
pub const GROUP: usize = 4;
/// What turns stored bytes into values and back.
pub const SIGNS: [u8; GROUP] = [0x80, 0, 0x80, 0];

/// The values of four stored bytes.
pub fn value([a, b, c, d]: [u8; GROUP]) -> [i8; GROUP] {
    [a ^ SIGNS[0], b ^ SIGNS[1], c ^ SIGNS[2], d ^ SIGNS[3]].map(|byte| byte as i8)
}

/// N × d values in blocks.
#[derive(Debug, Clone, Default)]
pub struct Blocks {
    bytes: Vec<u8>,
    dim: usize,
}

impl Blocks {
    /// Bytes of so many items in blocks.
    pub fn size(items: usize, dim: usize) -> usize {
        items.div_ceil(LANES) * dim.div_ceil(GROUP) * LANES * GROUP
    }

    /// Brings N × d values that stand row by row into blocks, in the buffer that they are in: beside it only
    /// one block is copied. Back to front, since blocks that are filled up are longer than their rows.
    pub fn arrange(mut bytes: Vec<u8>, items: usize, dim: usize) -> Self {
        let (groups, row_block) = (dim.div_ceil(GROUP), LANES * dim);
        let block = groups * LANES * GROUP;
        bytes.resize(items * dim, 0);
        bytes.resize(Self::size(items, dim), 0);
        let mut rows = vec![0; row_block];
        for at in (0..items.div_ceil(LANES)).rev() {
            let here = (items - at * LANES).min(LANES) * dim;
            rows[..here].copy_from_slice(&bytes[at * row_block..][..here]);
            rows[here..].fill(0);
            let out = &mut bytes[at * block..][..block];
            for (lane, row) in rows.chunks_exact(dim.max(1)).enumerate() {
                let stored = out[lane * GROUP..].chunks_mut(LANES * GROUP);
                let (whole, rest) = row.as_chunks::<GROUP>();
                for (group, stored) in stored.enumerate() {
                    let values = whole
                        .get(group)
                        .copied()
                        .unwrap_or_else(|| core::array::from_fn(|at| rest.get(at).map_or(0, |value| *value)));
                    let signed = u32::from_ne_bytes(values) ^ u32::from_ne_bytes(SIGNS);
                    stored[..GROUP].copy_from_slice(&signed.to_ne_bytes());
                }
            }
        }
        bytes.shrink_to_fit();
        Self { bytes, dim }
    }

    /// All of it, as a scan reads it.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// From the first bytes of an item to the end of its block: every sixteenth four bytes are its own.
    pub fn own(&self, item: u32) -> &[u8] {
        let item = item as usize;
        let block = self.dim.div_ceil(GROUP) * LANES * GROUP;
        let own = &self.bytes[item / LANES * block..][..block];
        own.get(item % LANES * GROUP..).unwrap_or_default()
    }

    /// The values of one item, four at a time; behind the last there are zeros.
    pub fn groups(&self, item: u32) -> impl ExactSizeIterator<Item = [i8; GROUP]> + '_ {
        self.own(item).chunks(LANES * GROUP).map(|group| value(group.first_chunk().copied().unwrap_or(SIGNS)))
    }

    /// None of these items' vectors is longer, in steps.
    pub fn longest(&self, items: Range<usize>) -> f32 {
        let squares = items.map(|item| super::square(self.own(item as u32)));
        (f64::from(squares.max().unwrap_or(0)).sqrt() as f32).next_up()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::test;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn each_item_is_found_again(seed in any::<u64>(), items in 1usize..70, dim in 1usize..40) {
            let mut random = crate::update::Random(seed);
            let rows: Vec<u8> = (0..items * dim).map(|_| random.bits() as u8).collect();
            let blocks = Blocks::arrange(rows.clone(), items, dim);
            prop_assert_eq!(blocks.bytes().len(), items.div_ceil(16) * 16 * dim.div_ceil(4) * 4);
            for (item, row) in rows.chunks_exact(dim).enumerate() {
                let values: Vec<u8> = blocks.groups(item as u32).flatten().map(|value| value as u8).collect();
                prop_assert_eq!(&values[..dim], row);
                prop_assert!(values[dim..].iter().all(|value| *value == 0));
            }
        }
    }
}
