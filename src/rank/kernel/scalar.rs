//! The reference, short enough to be seen correct.

use super::{Beside, Bounds, Scan, Take, Words};
use crate::lanes::blocks::{GROUP, LANES};

/// Hands over each block in which the value of an item that may be found reaches `bar`. A block whose bound does
/// not reach it is not read, and a block that is read gets a bound.
#[allow(dead_code, reason = "the fast path takes its place where there is one")]
pub(crate) fn each(scan: &Scan<'_>, bounds: &mut Bounds, mut bar: f32, take: Take<'_>) {
    let whole = bounds.whole;
    let blocks = scan.blocks.chunks_exact(scan.block().max(1)).zip(&mut bounds.highest).enumerate();
    for (block, (bytes, bound)) in blocks {
        if (*bound < bar && !whole) || scan.allowed_in(block) == 0 {
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
        let reach = (0..LANES).filter(|lane| values[*lane] >= bar).fold(0, |bits, lane| bits | 1 << lane);
        match scan.allowed_in(block) & reach {
            0 => {}
            bits => bar = take(block, bits, &values),
        }
    }
}

/// The highest of a block's values.
pub(super) fn highest(values: &[f32; LANES]) -> f32 {
    values.iter().fold(f32::NEG_INFINITY, |highest, value| value.max(highest))
}

/// Σ item[j] · query[j] of each item of a block.
pub(super) fn sums(block: &[u8], words: &Words) -> [i32; LANES] {
    let mut sums = [0; LANES];
    for (group, [a, b, c, d]) in block.as_chunks::<{ LANES * GROUP }>().0.iter().zip(&words.fours) {
        let [a, b, c, d] = [a, b, c, d].map(|q| i32::from(*q));
        for (sum, [w, x, y, z]) in sums.iter_mut().zip(group.as_chunks::<GROUP>().0) {
            let (w, y) = (i32::from(*w) - 128, i32::from(*y) - 128);
            *sum += w * a + i32::from(*x as i8) * b + y * c + i32::from(*z as i8) * d;
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
