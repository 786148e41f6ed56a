//! simd128: an item in each lane, two dimensions in each 16 bits.
//!
//! Read as i16, two stored bytes are v = 256·x₁ + (x₀ + 128). Then v·q₁ + (v & 255)·(256·q₀ − q₁) =
//! 256·(x₁q₁ + x₀q₀) + 256·128·q₀: two multiplications of eight pairs at once, nothing is widened, nothing is added
//! across lanes, and the last term depends on the query alone.
#![allow(unsafe_code)]

use super::{Beside, Bounds, Found, Scan, Words, scalar};
use crate::lanes::blocks::{GROUP, LANES};
use core::arch::wasm32::{
    f32x4_add, f32x4_convert_i32x4, f32x4_ge, f32x4_mul, f32x4_pmax, f32x4_splat, i16x8_splat, i32x4_add,
    i32x4_dot_i16x8, i32x4_max, i32x4_shuffle, i32x4_splat, v128, v128_and, v128_any_true, v128_load, v128_load32_lane,
    v128_load32_splat, v128_load32_zero, v128_store, v128_store32_lane,
};

/// Of four times four items.
type Lanes = [v128; 4];

/// As [`scalar::next`].
pub(crate) fn next(scan: &Scan<'_>, bounds: &mut Bounds, from: usize, bar: f32) -> Option<Found> {
    let (size, least) = (scan.words.pairs.len(), bounds.least(bar));
    let (groups, _) = scan.blocks.as_chunks::<{ LANES * GROUP }>();
    // Not `skip`, which a small module does step by step.
    for (block, bound) in (from..).zip(bounds.highest.get_mut(from..).into_iter().flatten()) {
        if *bound < least || scan.allowed_in(block) == 0 {
            continue;
        }
        bounds.read += 1;
        let sums = sums(groups.get(block * size..).unwrap_or_default(), scan.words);
        let high = highest(&sums);
        // SAFETY: 4 writable bytes.
        unsafe { v128_store32_lane::<0>(across(high), core::ptr::from_mut(bound).cast()) };
        let Some(beside) = &scan.beside else {
            if v128_any_true(f32x4_ge(high, f32x4_splat(bar))) {
                return Some((block, numbers(&values(&sums))));
            }
            continue;
        };
        *bound = beside.bound(*bound, block);
        if *bound < bar {
            continue;
        }
        let values = match inside(beside, block) {
            true => numbers(&add(values(&sums), block, beside)),
            // The last block may end before its sixteenth item.
            false => scalar::add(numbers(&values(&sums)), block, beside),
        };
        *bound = scalar::highest(&values);
        if *bound >= bar {
            return Some((block, values));
        }
    }
    None
}

/// The highest of each four sums, as values.
#[inline(always)]
fn highest([a, b, c, d]: &Lanes) -> v128 {
    f32x4_convert_i32x4(i32x4_max(i32x4_max(*a, *b), i32x4_max(*c, *d)))
}

/// The highest of four, in the first lane.
#[inline(always)]
fn across(four: v128) -> v128 {
    let two = f32x4_pmax(four, i32x4_shuffle::<2, 3, 2, 3>(four, four));
    f32x4_pmax(two, i32x4_shuffle::<1, 1, 1, 1>(two, two))
}

/// The sums of the block that comes first. Two groups a turn: the browser looks for interruptions at each.
#[inline(always)]
fn sums(groups: &[[u8; LANES * GROUP]], words: &Words) -> Lanes {
    let start = i32x4_splat(words.start);
    // Not `[start; 4]`, which a small module does by a loop over memory.
    let mut sums = [start, start, start, start];
    let (pairs, rest) = words.pairs.as_chunks::<2>();
    for ([a, b], [p, q]) in groups.as_chunks::<2>().0.iter().zip(pairs) {
        sums = group(group(sums, a, p), b, q);
    }
    if let ([p], Some(a)) = (rest, groups.get(2 * pairs.len())) {
        sums = group(sums, a, p);
    }
    sums
}

#[inline(always)]
fn values(sums: &Lanes) -> Lanes {
    let [a, b, c, d] = sums;
    [f32x4_convert_i32x4(*a), f32x4_convert_i32x4(*b), f32x4_convert_i32x4(*c), f32x4_convert_i32x4(*d)]
}

/// What four dimensions add to the sums.
#[inline(always)]
fn group([a, b, c, d]: Lanes, bytes: &[u8; LANES * GROUP], word: &[i16; GROUP]) -> Lanes {
    let low = i16x8_splat(255);
    let (bytes, word) = (bytes.as_ptr(), word.as_ptr());
    // SAFETY: 64 and 8 readable bytes; wasm loads need no alignment.
    unsafe {
        let (second, first) = (v128_load32_splat(word.cast()), v128_load32_splat(word.add(2).cast()));
        let (v, w) = (v128_load(bytes.cast()), v128_load(bytes.add(16).cast()));
        let (x, y) = (v128_load(bytes.add(32).cast()), v128_load(bytes.add(48).cast()));
        [
            i32x4_add(a, i32x4_add(i32x4_dot_i16x8(v, second), i32x4_dot_i16x8(v128_and(v, low), first))),
            i32x4_add(b, i32x4_add(i32x4_dot_i16x8(w, second), i32x4_dot_i16x8(v128_and(w, low), first))),
            i32x4_add(c, i32x4_add(i32x4_dot_i16x8(x, second), i32x4_dot_i16x8(v128_and(x, low), first))),
            i32x4_add(d, i32x4_add(i32x4_dot_i16x8(y, second), i32x4_dot_i16x8(v128_and(y, low), first))),
        ]
    }
}

/// Are there a bias and a category for each of the block's items, as far as there are any?
fn inside(beside: &Beside<'_>, block: usize) -> bool {
    let end = (block + 1) * LANES;
    [beside.bias.len(), beside.category.len()].iter().all(|len| *len == 0 || *len >= end)
}

/// As [`scalar::add`] of a block that [`inside`] says yes to.
#[inline(always)]
fn add([mut a, mut b, mut c, mut d]: Lanes, block: usize, beside: &Beside<'_>) -> Lanes {
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

fn numbers(values: &Lanes) -> [f32; LANES] {
    let mut out = [0.0; LANES];
    for (four, value) in out.as_chunks_mut::<4>().0.iter_mut().zip(values) {
        // SAFETY: 16 writable bytes.
        unsafe { v128_store(four.as_mut_ptr().cast(), *value) };
    }
    out
}
