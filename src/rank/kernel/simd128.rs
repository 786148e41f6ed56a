//! simd128: an item in each lane, two dimensions in each 16 bits.
//!
//! Read as i16, two stored bytes are v = 256·x₁ + (x₀ + 128). Then v·q₁ + (v & 255)·(256·q₀ − q₁) =
//! 256·(x₁q₁ + x₀q₀) + 256·128·q₀: two multiplications of eight pairs at once, nothing is widened, nothing is added
//! across lanes, and the last term depends on the query alone.
#![allow(unsafe_code)]

use super::{Beside, Found, Scan, scalar};
use crate::lanes::blocks::LANES;
use core::arch::wasm32::{
    f32x4_add, f32x4_convert_i32x4, f32x4_ge, f32x4_mul, f32x4_splat, i16x8_splat, i32x4_add, i32x4_dot_i16x8,
    i32x4_splat, v128, v128_and, v128_any_true, v128_load, v128_load32_lane, v128_load32_splat, v128_load32_zero,
    v128_or, v128_store,
};

/// The values of four times four items.
type Values = [v128; 4];

/// As [`scalar::next`].
pub(crate) fn next(scan: &Scan<'_>, from: usize, bar: f32) -> Option<Found> {
    let (size, high) = (scan.block(), f32x4_splat(bar));
    let low = scan.beside.as_ref().map_or(high, |beside| f32x4_splat(bar - beside.most));
    let blocks = scan.blocks.len() / size.max(1);
    for block in from..blocks {
        if scan.allowed_in(block) == 0 {
            continue;
        }
        // SAFETY: `block` is one of the whole blocks of `size` bytes, which is what `values` asks for.
        let values = unsafe { values(scan.blocks.as_ptr().add(block * size), &scan.words.pairs, scan.words.start) };
        if !any(&values, low) {
            continue;
        }
        let Some(beside) = &scan.beside else { return Some((block, numbers(&values))) };
        let values = match inside(beside, block) {
            true => add(values, block, beside),
            // The last block may end before its sixteenth item.
            false => {
                return Some((block, scalar::add(numbers(&values), block, beside)))
                    .filter(|(_, values)| values.iter().any(|value| *value >= bar));
            }
        };
        if any(&values, high) {
            return Some((block, numbers(&values)));
        }
    }
    None
}

/// The sums of a block as f32. Two groups a turn: the browser looks for interruptions at each.
///
/// # Safety
/// From `block` on 64 bytes for each of `words` must be readable.
#[inline(always)]
unsafe fn values(mut block: *const u8, words: &[[i16; 4]], start: i32) -> Values {
    let mut sums = [i32x4_splat(start); 4];
    let (pairs, rest) = words.as_chunks::<2>();
    // SAFETY: the caller answers for the block.
    unsafe {
        for [one, two] in pairs {
            sums = group(sums, block, one);
            sums = group(sums, block.add(64), two);
            block = block.add(128);
        }
        if let [one] = rest {
            sums = group(sums, block, one);
        }
    }
    let [a, b, c, d] = sums;
    [f32x4_convert_i32x4(a), f32x4_convert_i32x4(b), f32x4_convert_i32x4(c), f32x4_convert_i32x4(d)]
}

/// What four dimensions add to the sums.
///
/// # Safety
/// From `block` on 64 bytes must be readable.
#[inline(always)]
unsafe fn group([a, b, c, d]: Values, block: *const u8, word: &[i16; 4]) -> Values {
    let low = i16x8_splat(255);
    // SAFETY: the word is 8 readable bytes; the caller answers for the block. wasm loads need no alignment.
    unsafe {
        let (second, first) = (v128_load32_splat(word.as_ptr().cast()), v128_load32_splat(word.as_ptr().add(2).cast()));
        let (v, w) = (v128_load(block.cast()), v128_load(block.add(16).cast()));
        let (x, y) = (v128_load(block.add(32).cast()), v128_load(block.add(48).cast()));
        [
            i32x4_add(a, i32x4_add(i32x4_dot_i16x8(v, second), i32x4_dot_i16x8(v128_and(v, low), first))),
            i32x4_add(b, i32x4_add(i32x4_dot_i16x8(w, second), i32x4_dot_i16x8(v128_and(w, low), first))),
            i32x4_add(c, i32x4_add(i32x4_dot_i16x8(x, second), i32x4_dot_i16x8(v128_and(x, low), first))),
            i32x4_add(d, i32x4_add(i32x4_dot_i16x8(y, second), i32x4_dot_i16x8(v128_and(y, low), first))),
        ]
    }
}

/// Does one of them reach the bar?
#[inline(always)]
fn any([a, b, c, d]: &Values, bar: v128) -> bool {
    let (ab, cd) = (v128_or(f32x4_ge(*a, bar), f32x4_ge(*b, bar)), v128_or(f32x4_ge(*c, bar), f32x4_ge(*d, bar)));
    v128_any_true(v128_or(ab, cd))
}

/// Are there a bias and a category for each of the block's items, as far as there are any?
fn inside(beside: &Beside<'_>, block: usize) -> bool {
    let end = (block + 1) * LANES;
    [beside.bias.len(), beside.category.len()].iter().all(|len| *len == 0 || *len >= end)
}

/// As [`scalar::add`] of a block that [`inside`] says yes to.
#[inline(always)]
fn add([mut a, mut b, mut c, mut d]: Values, block: usize, beside: &Beside<'_>) -> Values {
    if let Some(bias) = beside.bias.get(block * LANES..(block + 1) * LANES) {
        let (prior, bias) = (f32x4_splat(beside.prior), bias.as_ptr());
        // SAFETY: four times four readable numbers.
        unsafe {
            a = f32x4_add(a, f32x4_mul(prior, v128_load(bias.cast())));
            b = f32x4_add(b, f32x4_mul(prior, v128_load(bias.add(4).cast())));
            c = f32x4_add(c, f32x4_mul(prior, v128_load(bias.add(8).cast())));
            d = f32x4_add(d, f32x4_mul(prior, v128_load(bias.add(12).cast())));
        }
    }
    if let Some(category) = beside.category.get(block * LANES..(block + 1) * LANES) {
        let (category, interest) = (category.as_ptr(), beside.interest.as_ptr());
        // SAFETY: four times four categories are readable, and `Beside` has an interest for each category.
        unsafe {
            a = f32x4_add(a, gather(category, interest));
            b = f32x4_add(b, gather(category.add(4), interest));
            c = f32x4_add(c, gather(category.add(8), interest));
            d = f32x4_add(d, gather(category.add(12), interest));
        }
    }
    [a, b, c, d]
}

/// The interest in four categories.
///
/// # Safety
/// Four categories must be readable, and each must have an interest.
#[inline(always)]
unsafe fn gather(category: *const u16, interest: *const f32) -> v128 {
    // SAFETY: as the caller says.
    unsafe {
        let of = |at: usize| interest.add(usize::from(*category.add(at))).cast::<u32>();
        let first = v128_load32_zero(of(0));
        v128_load32_lane::<3>(v128_load32_lane::<2>(v128_load32_lane::<1>(first, of(1)), of(2)), of(3))
    }
}

fn numbers(values: &Values) -> [f32; LANES] {
    let mut out = [0.0; LANES];
    for (four, value) in out.as_chunks_mut::<4>().0.iter_mut().zip(values) {
        // SAFETY: 16 writable bytes.
        unsafe { v128_store(four.as_mut_ptr().cast(), *value) };
    }
    out
}
