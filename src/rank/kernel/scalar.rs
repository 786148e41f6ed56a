//! The reference, short enough to be seen correct.

use super::{Beside, Bounds, Found, Scan, Words};
use crate::lanes::blocks::{GROUP, LANES};

/// The first block from `from` on in which a value reaches `bar`, of those with an item that may be found. A block whose
/// bound does not reach it is not read, and a block that is read gets a bound.
#[allow(dead_code, reason = "the fast path takes its place where there is one")]
pub(crate) fn next(scan: &Scan<'_>, bounds: &mut Bounds, from: usize, bar: f32) -> Option<Found> {
    let least = bounds.least(bar);
    let blocks = scan.blocks.chunks_exact(scan.block().max(1)).zip(&mut bounds.highest).enumerate().skip(from);
    for (block, (bytes, bound)) in blocks {
        if *bound < least || scan.allowed_in(block) == 0 {
            continue;
        }
        bounds.read += 1;
        let mut values = sums(bytes, scan.words).map(|sum| sum as f32);
        *bound = highest(&values);
        if let Some(beside) = &scan.beside {
            // The first look spares most items the second.
            *bound = beside.bound(*bound, block);
            if *bound < bar {
                continue;
            }
            values = add(values, block, beside);
            *bound = highest(&values);
        }
        if *bound >= bar {
            return Some((block, values));
        }
    }
    None
}

/// The highest of a block's values.
pub(super) fn highest(values: &[f32; LANES]) -> f32 {
    values.iter().fold(f32::NEG_INFINITY, |highest, value| value.max(highest))
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
