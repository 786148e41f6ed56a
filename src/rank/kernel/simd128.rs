//! simd128, widening: 8 bytes become 8 words, `i32x4_dot_i16x8` multiplies and adds them in pairs.
//! Four rows at a time share each load of the query and hide each other's latency.
#![allow(unsafe_code)]

use super::scalar;
use core::arch::wasm32::{
    i16x8_load_extend_i8x8, i32x4_add, i32x4_dot_i16x8, i32x4_extract_lane, i32x4_splat, v128, v128_load,
};

/// As [`scalar::scores`].
pub(crate) fn scores(table: &[i8], query: &[i16], out: &mut [i32]) {
    let dim = query.len();
    let mut outs = out.chunks_exact_mut(4);
    let mut blocks = table.chunks_exact(4 * dim);
    for (out, block) in (&mut outs).zip(&mut blocks) {
        let (a, b) = block.split_at(2 * dim);
        let ((r0, r1), (r2, r3)) = (a.split_at(dim), b.split_at(dim));
        out.copy_from_slice(&four([r0, r1, r2, r3], query));
    }
    scalar::scores(blocks.remainder(), query, outs.into_remainder());
}

/// The sums of four rows.
fn four(rows: [&[i8]; 4], query: &[i16]) -> [i32; 4] {
    let (words, tail) = query.as_chunks::<8>();
    let mut sums = [i32x4_splat(0); 4];
    let rows = rows.map(|row| row.as_chunks::<8>());
    for (at, word) in words.iter().enumerate() {
        // SAFETY: `word` is 16 readable bytes; wasm loads need no alignment.
        let word = unsafe { v128_load(word.as_ptr().cast()) };
        for (sum, row) in sums.iter_mut().zip(&rows) {
            // SAFETY: each chunk is 8 readable bytes.
            let bytes = unsafe { i16x8_load_extend_i8x8(row.0[at].as_ptr()) };
            *sum = i32x4_add(*sum, i32x4_dot_i16x8(bytes, word));
        }
    }
    core::array::from_fn(|row| lanes(sums[row]) + scalar::dot(rows[row].1, tail))
}

fn lanes(sum: v128) -> i32 {
    i32x4_extract_lane::<0>(sum)
        + i32x4_extract_lane::<1>(sum)
        + i32x4_extract_lane::<2>(sum)
        + i32x4_extract_lane::<3>(sum)
}
