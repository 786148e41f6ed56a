//! simd128: an item in each lane, two dimensions in each 16 bits.
//!
//! Read as i16, two stored bytes are v = 256·x₁ + (x₀ + 128). Then v·q₀ + (v >> 8)·(q₁ − 256·q₀) = x₀q₀ + x₁q₁ + 128·q₀: two
//! multiplications of eight pairs at once, nothing is widened, nothing is added across lanes, and the last term depends on
//! the query alone.
#![allow(unsafe_code)]

use super::{Beside, Bounds, Scan, Take, scalar};
use crate::lanes::blocks::{GROUP, LANES};
use core::arch::wasm32::{
    f32x4_add, f32x4_convert_i32x4, f32x4_ge, f32x4_mul, f32x4_splat, i16x8_shr, i32x4_add, i32x4_bitmask,
    i32x4_dot_i16x8, i32x4_max, i32x4_shuffle, i32x4_splat, v128, v128_any_true, v128_load, v128_load32_lane,
    v128_load32_splat, v128_load32_zero, v128_store, v128_store32_lane,
};

/// Of four times four items.
type Lanes = [v128; 4];
/// A query's words by twos, and the last one if they are odd.
type Pairs<'a> = (&'a [[[i16; GROUP]; 2]], &'a [[i16; GROUP]]);

/// As [`scalar::each`].
pub(crate) fn each(scan: &Scan<'_>, bounds: &mut Bounds, mut bar: f32, take: Take<'_>) {
    let next = if scan.beside.is_some() { next::<true> } else { next::<false> };
    let blocks = bounds.highest.len();
    assert!(blocks * scan.block() <= scan.blocks.len() && blocks <= scan.allowed.len() * 4, "a bound for each block");
    let (mut block, mut found) = (0, [0.0; LANES]);
    loop {
        // SAFETY: as it was asked just now.
        block = unsafe { next(scan, bounds, block, bar, &mut found) };
        if block >= blocks {
            return;
        }
        if let Some(beside) = &scan.beside {
            // The last block may end before its sixteenth item.
            let add = if inside(beside, block) { add } else { scalar::add };
            found = add(found, block, beside);
            bounds.highest[block] = scalar::highest(&found);
        }
        match scan.allowed_in(block) & reach(&found, bar) {
            0 => {}
            bits => bar = take(block, bits, &found),
        }
        block += 1;
    }
}

/// The first block from `from` on whose bound reaches the bar after it was read, and what its sums are; behind the last if
/// there is none. A function of its own that calls none, so that what it needs stays in registers.
///
/// # Safety
/// There must be a block, and sixteen bits in `allowed`, for each bound.
#[inline(never)]
unsafe fn next<const BESIDE: bool>(
    scan: &Scan<'_>, bounds: &mut Bounds, from: usize, bar: f32, found: &mut [f32; LANES],
) -> usize {
    let (bytes, blocks) = (scan.block(), bounds.highest.len());
    let least = if bounds.whole { f32::NEG_INFINITY } else { bar };
    let (start, words) = (i32x4_splat(scan.words.start), scan.words.pairs.as_chunks::<2>());
    let (bars, mut block) = (f32x4_splat(bar), from);
    // SAFETY: as the caller says; the first of the bits is the lowest, since wasm is little-endian.
    unsafe {
        let mut at = scan.blocks.as_ptr().add(from * bytes);
        let mut bits = scan.allowed.as_ptr().cast::<u16>().add(from);
        let mut bound = bounds.highest.as_mut_ptr().add(from);
        while block < blocks {
            if *bits != 0 && *bound >= least {
                bounds.read += 1;
                let sums = sums(at, start, words);
                let high = highest(&sums);
                v128_store32_lane::<0>(high, bound.cast());
                // Not a comparison of two numbers, which took longer (decision 16).
                let reached = match &scan.beside {
                    Some(beside) if BESIDE => {
                        *bound = beside.bound(*bound, block);
                        *bound >= bar
                    }
                    _ => v128_any_true(f32x4_ge(high, bars)),
                };
                if reached {
                    for (four, sum) in found.as_chunks_mut::<4>().0.iter_mut().zip(sums) {
                        v128_store(four.as_mut_ptr().cast(), f32x4_convert_i32x4(sum));
                    }
                    break;
                }
            }
            (at, bits, bound, block) = (at.add(bytes), bits.add(1), bound.add(1), block + 1);
        }
    }
    block
}

/// The highest of a block's values, in the first lane; no other lane has more.
#[inline(always)]
fn highest([a, b, c, d]: &Lanes) -> v128 {
    let four = i32x4_max(i32x4_max(*a, *b), i32x4_max(*c, *d));
    let two = i32x4_max(four, i32x4_shuffle::<2, 3, 2, 3>(four, four));
    let one = i32x4_max(two, i32x4_shuffle::<1, 1, 1, 1>(two, two));
    f32x4_convert_i32x4(one)
}

/// Which values reach the bar.
fn reach(values: &[f32; LANES], bar: f32) -> u16 {
    let bar = f32x4_splat(bar);
    let fours = values.as_chunks::<4>().0.iter().enumerate();
    // SAFETY: 16 readable bytes.
    let bits = fours.map(|(at, four)| {
        u16::from(i32x4_bitmask(f32x4_ge(unsafe { v128_load(four.as_ptr().cast()) }, bar))) << (4 * at)
    });
    bits.fold(0, |all, four| all | four)
}

/// The sums of a block. Two groups a turn: the browser looks for interruptions at each.
///
/// # Safety
/// A block must be readable.
#[inline(always)]
unsafe fn sums(mut at: *const u8, start: v128, (pairs, rest): Pairs<'_>) -> Lanes {
    // Not `[start; 4]`, which a small module does by a loop over memory.
    let mut sums = [start, start, start, start];
    for [p, q] in pairs {
        // SAFETY: as the caller says, a block has so many groups.
        unsafe {
            sums = group(group(sums, at, p), at.add(LANES * GROUP), q);
            at = at.add(2 * LANES * GROUP);
        }
    }
    if let [p] = rest {
        // SAFETY: the same.
        sums = unsafe { group(sums, at, p) };
    }
    sums
}

/// What four dimensions add to the sums.
///
/// # Safety
/// A group of 64 bytes must be readable.
#[inline(always)]
unsafe fn group([a, b, c, d]: Lanes, bytes: *const u8, word: &[i16; GROUP]) -> Lanes {
    let word = word.as_ptr();
    // SAFETY: as the caller says, and 8 bytes of the word; wasm loads need no alignment.
    unsafe {
        let (whole, second) = (v128_load32_splat(word.cast()), v128_load32_splat(word.add(2).cast()));
        let (v, w) = (v128_load(bytes.cast()), v128_load(bytes.add(16).cast()));
        let (x, y) = (v128_load(bytes.add(32).cast()), v128_load(bytes.add(48).cast()));
        [
            i32x4_add(a, i32x4_add(i32x4_dot_i16x8(v, whole), i32x4_dot_i16x8(i16x8_shr(v, 8), second))),
            i32x4_add(b, i32x4_add(i32x4_dot_i16x8(w, whole), i32x4_dot_i16x8(i16x8_shr(w, 8), second))),
            i32x4_add(c, i32x4_add(i32x4_dot_i16x8(x, whole), i32x4_dot_i16x8(i16x8_shr(x, 8), second))),
            i32x4_add(d, i32x4_add(i32x4_dot_i16x8(y, whole), i32x4_dot_i16x8(i16x8_shr(y, 8), second))),
        ]
    }
}

/// Are there a bias and a category for each of the block's items, as far as there are any?
fn inside(beside: &Beside<'_>, block: usize) -> bool {
    let end = (block + 1) * LANES;
    [beside.bias.len(), beside.category.len()].iter().all(|len| *len == 0 || *len >= end)
}

/// As [`scalar::add`] of a block that [`inside`] says yes to.
fn add(mut values: [f32; LANES], block: usize, beside: &Beside<'_>) -> [f32; LANES] {
    let items = block * LANES..(block + 1) * LANES;
    let (bias, category) = (beside.bias.get(items.clone()), beside.category.get(items));
    for (four, at) in values.as_chunks_mut::<4>().0.iter_mut().zip([0, 4, 8, 12]) {
        // SAFETY: four numbers can be read and written, four of each kind read, and there is an interest for each category.
        unsafe {
            let mut sum = v128_load(four.as_ptr().cast());
            if let Some(bias) = bias {
                sum = f32x4_add(sum, f32x4_mul(f32x4_splat(beside.prior), v128_load(bias.as_ptr().add(at).cast())));
            }
            if let Some(category) = category {
                sum = f32x4_add(sum, gather(category.as_ptr().add(at), beside.interest.as_ptr()));
            }
            v128_store(four.as_mut_ptr().cast(), sum);
        }
    }
    values
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
