//! The reference, short enough to be seen correct.

use super::{Beside, Found, Scan, Words};
use crate::lanes::blocks::{GROUP, LANES};

/// The first block from `from` on in which a value reaches `bar`, of those with an item that may be found.
#[allow(dead_code, reason = "the fast path takes its place where there is one")]
pub(crate) fn next(scan: &Scan<'_>, from: usize, bar: f32) -> Option<Found> {
    let blocks = scan.blocks.chunks_exact(scan.block().max(1)).enumerate().skip(from);
    let valued = blocks.filter(|(block, _)| scan.allowed_in(*block) != 0).filter_map(|(block, bytes)| {
        let sums = sums(bytes, scan.words).map(|sum| sum as f32);
        let Some(beside) = &scan.beside else { return Some((block, sums)) };
        // The first look spares most items the second.
        let low = bar - beside.most;
        sums.iter().any(|sum| *sum >= low).then(|| (block, add(sums, block, beside)))
    });
    valued.into_iter().find(|(_, values)| values.iter().any(|value| *value >= bar))
}

/// 256·Σ item[j] · query[j] of each item of a block.
pub(super) fn sums(block: &[u8], words: &Words) -> [i32; LANES] {
    let mut sums = [0; LANES];
    for (group, [a, b, c, d]) in block.as_chunks::<{ LANES * GROUP }>().0.iter().zip(&words.fours) {
        let [a, b, c, d] = [a, b, c, d].map(|q| i32::from(*q));
        for (sum, [w, x, y, z]) in sums.iter_mut().zip(group.as_chunks::<GROUP>().0) {
            let (w, y) = (i32::from(*w) - 128, i32::from(*y) - 128);
            *sum += 256 * (w * a + i32::from(*x as i8) * b + y * c + i32::from(*z as i8) * d);
        }
    }
    sums
}

/// What stands beside the sums, added to them.
pub(super) fn add(mut values: [f32; LANES], block: usize, beside: &Beside<'_>) -> [f32; LANES] {
    for (value, item) in values.iter_mut().zip(block * LANES..) {
        if let Some(bias) = beside.bias.get(item) {
            *value += beside.prior * bias;
        }
        if let Some(category) = beside.category.get(item) {
            *value += beside.interest[usize::from(*category)];
        }
    }
    values
}
