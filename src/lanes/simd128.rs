//! simd128: a lane for each of four dimensions.
#![allow(unsafe_code)]

use super::blocks::{GROUP, SIGNS};
use super::{STRIDE, scalar, units};
use core::arch::wasm32::{
    f32x4_abs, f32x4_add, f32x4_convert_i32x4, f32x4_div, f32x4_extract_lane, f32x4_floor, f32x4_mul, f32x4_ne,
    f32x4_neg, f32x4_pmax, f32x4_pmin, f32x4_splat, f32x4_sub, f64x2_add, f64x2_convert_low_i32x4, f64x2_extract_lane,
    f64x2_mul, f64x2_promote_low_f32x4, f64x2_splat, i16x8_extend_high_i8x16, i16x8_extend_low_i8x16,
    i16x8_narrow_i32x4, i16x8_shuffle, i32x4, i32x4_add, i32x4_dot_i16x8, i32x4_extend_low_i16x8, i32x4_extract_lane,
    i32x4_shl, i32x4_shuffle, i32x4_splat, i32x4_sub, i32x4_trunc_sat_f32x4, u32x4_extract_lane, u32x4_max, u32x4_min,
    v128, v128_load, v128_load32_zero, v128_load64_zero, v128_or, v128_store, v128_xor,
};
use core::hint::black_box;

/// How many whole groups there are: of so many items beside each other, of `scale`, and of another vector.
fn groups(own: &[u8], items: usize, scale: &[f32], other: &[f32]) -> usize {
    groups_of(own, items).min(scale.len() / GROUP).min(other.len() / GROUP)
}

/// Whole groups of so many items.
fn groups_of(own: &[u8], items: usize) -> usize {
    if own.len() < items * GROUP { 0 } else { (own.len() - items * GROUP) / STRIDE + 1 }
}

/// The group of an item whose bytes begin here, times its scales.
///
/// # Safety
/// 4 bytes and 16 bytes must be readable.
#[inline(always)]
unsafe fn scaled(bytes: *const u8, scale: *const f32) -> v128 {
    // SAFETY: as the caller says; wasm loads need no alignment.
    let (four, scale) = unsafe { (signed(bytes), v128_load(scale.cast())) };
    f32x4_mul(f32x4_convert_i32x4(i32x4_extend_low_i16x8(i16x8_extend_low_i8x16(four))), scale)
}

/// Four stored bytes as values.
///
/// # Safety
/// They must be readable.
#[inline(always)]
unsafe fn signed(bytes: *const u8) -> v128 {
    // SAFETY: as the caller says.
    v128_xor(unsafe { v128_load32_zero(bytes.cast()) }, i32x4(i32::from_le_bytes(SIGNS), 0, 0, 0))
}

pub(super) fn score(own: &[u8], weights: &[f64]) -> [f64; 4] {
    let (mut low, mut high) = (f64x2_splat(0.0), f64x2_splat(0.0));
    let weights = weights.as_chunks::<GROUP>().0;
    let mut at = own.as_ptr();
    for weights in &weights[..groups_of(own, 1).min(weights.len())] {
        // SAFETY: 4 and 32 readable bytes.
        unsafe {
            let values = i32x4_extend_low_i16x8(i16x8_extend_low_i8x16(signed(at)));
            let others = i32x4_shuffle::<2, 3, 2, 3>(values, values);
            let (a, b) = (v128_load(weights.as_ptr().cast()), v128_load(weights.as_ptr().add(2).cast()));
            low = f64x2_add(low, f64x2_mul(f64x2_convert_low_i32x4(values), a));
            high = f64x2_add(high, f64x2_mul(f64x2_convert_low_i32x4(others), b));
        }
        at = at.wrapping_add(STRIDE);
    }
    [
        f64x2_extract_lane::<0>(low),
        f64x2_extract_lane::<1>(low),
        f64x2_extract_lane::<0>(high),
        f64x2_extract_lane::<1>(high),
    ]
}

pub(super) fn square(own: &[u8]) -> i32 {
    let mut sum = i32x4_splat(0);
    for four in own.chunks(STRIDE).filter_map(|group| group.first_chunk::<GROUP>()) {
        // SAFETY: 4 readable bytes.
        let values = i16x8_extend_low_i8x16(unsafe { signed(four.as_ptr()) });
        sum = i32x4_add(sum, i32x4_dot_i16x8(values, values));
    }
    // Four values are in the lower half.
    i32x4_extract_lane::<0>(sum) + i32x4_extract_lane::<1>(sum)
}

pub(super) fn write(own: &[u8], scale: &[f32], out: &mut [f32]) -> usize {
    let count = groups(own, 1, scale, out);
    let (mut own, mut scale, mut out) = (own.as_ptr(), scale.as_ptr(), out.as_mut_ptr());
    for _ in 0..count {
        // SAFETY: `count` groups of each are there, and one is read or written a turn.
        unsafe {
            v128_store(out.cast(), scaled(own, scale));
            (own, scale, out) = (own.wrapping_add(STRIDE), scale.add(GROUP), out.add(GROUP));
        }
    }
    count * GROUP
}

pub(super) fn add(own: &[u8], scale: &[f32], amount: f32, p: &mut [f32]) -> usize {
    let count = groups(own, 1, scale, p);
    let amount = f32x4_splat(amount);
    let (mut own, mut scale, mut p) = (own.as_ptr(), scale.as_ptr(), p.as_mut_ptr());
    for _ in 0..count {
        // SAFETY: as in `write`.
        unsafe {
            v128_store(p.cast(), f32x4_add(v128_load(p.cast()), f32x4_mul(amount, scaled(own, scale))));
            (own, scale, p) = (own.wrapping_add(STRIDE), scale.add(GROUP), p.add(GROUP));
        }
    }
    count * GROUP
}

pub(super) fn dot(own: &[u8], scale: &[f32], p: &[f32]) -> ([f32; 4], usize) {
    let count = groups(own, 1, scale, p);
    let mut sum = f32x4_splat(0.0);
    let (mut own, mut scale, mut p) = (own.as_ptr(), scale.as_ptr(), p.as_ptr());
    for _ in 0..count {
        // SAFETY: as in `write`.
        unsafe {
            sum = f32x4_add(sum, f32x4_mul(v128_load(p.cast()), scaled(own, scale)));
            (own, scale, p) = (own.wrapping_add(STRIDE), scale.add(GROUP), p.add(GROUP));
        }
    }
    let mut lanes = [0.0; 4];
    // SAFETY: 16 writable bytes.
    unsafe { v128_store(lanes.as_mut_ptr().cast(), sum) };
    (lanes, count * GROUP)
}

pub(super) fn add_both(own: &[u8], scale: &[f32], [a, b]: [f32; 2], [p, r]: [&mut [f32]; 2]) -> usize {
    let count = groups(own, 1, scale, p).min(r.len() / GROUP);
    let (a, b) = (f32x4_splat(a), f32x4_splat(b));
    let (mut own, mut scale, mut p, mut r) = (own.as_ptr(), scale.as_ptr(), p.as_mut_ptr(), r.as_mut_ptr());
    for _ in 0..count {
        // SAFETY: as in `write`.
        unsafe {
            let q = scaled(own, scale);
            v128_store(p.cast(), f32x4_add(v128_load(p.cast()), f32x4_mul(a, q)));
            v128_store(r.cast(), f32x4_add(v128_load(r.cast()), f32x4_mul(b, q)));
            (own, scale, p, r) = (own.wrapping_add(STRIDE), scale.add(GROUP), p.add(GROUP), r.add(GROUP));
        }
    }
    count * GROUP
}

pub(super) fn dot_both(own: &[u8], scale: &[f32], [p, r]: [&[f32]; 2]) -> ([[f32; 4]; 2], usize) {
    let count = groups(own, 1, scale, p).min(r.len() / GROUP);
    let (mut a, mut b) = (f32x4_splat(0.0), f32x4_splat(0.0));
    let (mut own, mut scale, mut p, mut r) = (own.as_ptr(), scale.as_ptr(), p.as_ptr(), r.as_ptr());
    for _ in 0..count {
        // SAFETY: as in `write`.
        unsafe {
            let q = scaled(own, scale);
            a = f32x4_add(a, f32x4_mul(v128_load(p.cast()), q));
            b = f32x4_add(b, f32x4_mul(v128_load(r.cast()), q));
            (own, scale, p, r) = (own.wrapping_add(STRIDE), scale.add(GROUP), p.add(GROUP), r.add(GROUP));
        }
    }
    let mut lanes = [[0.0; 4]; 2];
    // SAFETY: 16 writable bytes each.
    unsafe {
        v128_store(lanes[0].as_mut_ptr().cast(), a);
        v128_store(lanes[1].as_mut_ptr().cast(), b);
    }
    (lanes, count * GROUP)
}

/// The groups of eight items beside each other whose bytes begin here, two to a vector.
///
/// # Safety
/// 32 bytes must be readable.
#[inline(always)]
unsafe fn eight_groups(bytes: *const u8, signs: v128) -> [v128; 4] {
    // SAFETY: as the caller says.
    let (a, b) = unsafe { (v128_load(bytes.cast()), v128_load(bytes.add(4 * GROUP).cast())) };
    let (a, b) = (v128_xor(a, signs), v128_xor(b, signs));
    [i16x8_extend_low_i8x16(a), i16x8_extend_high_i8x16(a), i16x8_extend_low_i8x16(b), i16x8_extend_high_i8x16(b)]
}

/// In each lane, and kept in a register: a constant would be made anew in each turn of a loop.
#[inline(always)]
fn kept(value: u32) -> v128 {
    i32x4_splat(black_box(value) as i32)
}

pub(super) fn add_eight(eight: &[u8], scale: &[f32], amounts: [&[f32; 8]; 2], [p, r]: [&mut [f32]; 2]) {
    let count = groups(eight, 8, scale, p).min(r.len() / GROUP);
    let (signs, rounding) = (kept(u32::from_le_bytes(SIGNS)), kept(scalar::ROUNDING.to_bits()));
    let [(one, unit), (two, other)] = amounts.map(|amounts| {
        // SAFETY: 16 readable bytes each.
        let (a, b) = unsafe { (v128_load(amounts.as_ptr().cast()), v128_load(amounts.as_ptr().add(4).cast())) };
        let [per, unit] = units(highest(f32x4_pmax(f32x4_abs(a), f32x4_abs(b))));
        let fixed = |numbers| fixed(f32x4_mul(numbers, f32x4_splat(per)), rounding);
        let whole = i16x8_narrow_i32x4(fixed(a), fixed(b));
        // In pairs as the items come to lie beside each other below.
        (i16x8_shuffle::<0, 2, 1, 3, 4, 6, 5, 7>(whole, whole), f32x4_splat(unit))
    });
    let (a, b, c, d) = (each::<0>(one), each::<1>(one), each::<2>(one), each::<3>(one));
    let (e, f, g, h) = (each::<0>(two), each::<1>(two), each::<2>(two), each::<3>(two));
    let (mut own, mut scale, mut p, mut r) = (eight.as_ptr(), scale.as_ptr(), p.as_mut_ptr(), r.as_mut_ptr());
    for _ in 0..count {
        // SAFETY: `count` groups of each are there, and one is read or written a turn.
        unsafe {
            let [s, t, u, v] = eight_groups(own, signs);
            let (w, x) = (low(s, t), high(s, t));
            let (y, z) = (low(u, v), high(u, v));
            let sum = |a, b, c, d| {
                let first = i32x4_add(i32x4_dot_i16x8(w, a), i32x4_dot_i16x8(x, b));
                i32x4_add(first, i32x4_add(i32x4_dot_i16x8(y, c), i32x4_dot_i16x8(z, d)))
            };
            let scaled = v128_load(scale.cast());
            let more = |sum, unit| f32x4_mul(f32x4_convert_i32x4(sum), f32x4_mul(scaled, unit));
            v128_store(p.cast(), f32x4_add(v128_load(p.cast()), more(sum(a, b, c, d), unit)));
            v128_store(r.cast(), f32x4_add(v128_load(r.cast()), more(sum(e, f, g, h), other)));
            (own, scale, p, r) = (own.wrapping_add(STRIDE), scale.add(GROUP), p.add(GROUP), r.add(GROUP));
        }
    }
}

/// One lane in all. A shuffle would be as fast, and 14 bytes longer.
fn each<const LANE: usize>(lanes: v128) -> v128 {
    i32x4_splat(i32x4_extract_lane::<LANE>(lanes))
}

/// The lower halves' lanes in turn.
fn low(a: v128, b: v128) -> v128 {
    i16x8_shuffle::<0, 8, 1, 9, 2, 10, 3, 11>(a, b)
}

/// The upper halves' lanes in turn.
fn high(a: v128, b: v128) -> v128 {
    i16x8_shuffle::<4, 12, 5, 13, 6, 14, 7, 15>(a, b)
}

pub(super) fn dot_eight(eight: &[u8], scale: &[f32], [p, r]: [&[f32]; 2], out: [&mut [f32; 8]; 2]) {
    let count = groups(eight, 8, scale, p).min(r.len() / GROUP);
    let [[per, unit], [others, other]] = largest(scale, [p, r], count).map(units);
    let (per, others) = (f32x4_splat(per), f32x4_splat(others));
    let (signs, rounding) = (kept(u32::from_le_bytes(SIGNS)), kept(scalar::ROUNDING.to_bits()));
    let zero = i32x4_splat(0);
    // Named one by one: of an array the module would make memory.
    let (mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h) = (zero, zero, zero, zero, zero, zero, zero, zero);
    let (mut own, mut scale, mut p, mut r) = (eight.as_ptr(), scale.as_ptr(), p.as_ptr(), r.as_ptr());
    for _ in 0..count {
        // SAFETY: as in `add_eight`.
        unsafe {
            let [w, x, y, z] = eight_groups(own, signs);
            let scaled = v128_load(scale.cast());
            let twice = |p: *const f32, per| {
                let whole = fixed(f32x4_mul(f32x4_mul(v128_load(p.cast()), scaled), per), rounding);
                i16x8_narrow_i32x4(whole, whole)
            };
            let (one, two) = (twice(p, per), twice(r, others));
            (a, b) = (i32x4_add(a, i32x4_dot_i16x8(w, one)), i32x4_add(b, i32x4_dot_i16x8(x, one)));
            (c, d) = (i32x4_add(c, i32x4_dot_i16x8(y, one)), i32x4_add(d, i32x4_dot_i16x8(z, one)));
            (e, f) = (i32x4_add(e, i32x4_dot_i16x8(w, two)), i32x4_add(f, i32x4_dot_i16x8(x, two)));
            (g, h) = (i32x4_add(g, i32x4_dot_i16x8(y, two)), i32x4_add(h, i32x4_dot_i16x8(z, two)));
            (own, scale, p, r) = (own.wrapping_add(STRIDE), scale.add(GROUP), p.add(GROUP), r.add(GROUP));
        }
    }
    let sums = |a, b, unit| {
        let sum = i32x4_add(i32x4_shuffle::<0, 2, 4, 6>(a, b), i32x4_shuffle::<1, 3, 5, 7>(a, b));
        f32x4_mul(f32x4_convert_i32x4(sum), f32x4_splat(unit))
    };
    let [one, two] = out;
    // SAFETY: 16 writable bytes each.
    unsafe {
        v128_store(one.as_mut_ptr().cast(), sums(a, b, unit));
        v128_store(one.as_mut_ptr().add(4).cast(), sums(c, d, unit));
        v128_store(two.as_mut_ptr().cast(), sums(e, f, other));
        v128_store(two.as_mut_ptr().add(4).cast(), sums(g, h, other));
    }
}

/// The largest |p·scale| of each vector's groups.
fn largest(scale: &[f32], [p, r]: [&[f32]; 2], count: usize) -> [f32; 2] {
    let (mut one, mut two) = (f32x4_splat(0.0), f32x4_splat(0.0));
    let groups = scale.as_chunks::<GROUP>().0.iter().zip(p.as_chunks::<GROUP>().0).zip(r.as_chunks::<GROUP>().0);
    for ((scale, p), r) in groups.take(count) {
        // SAFETY: 16 readable bytes each.
        unsafe {
            let scale = v128_load(scale.as_ptr().cast());
            one = f32x4_pmax(one, f32x4_abs(f32x4_mul(v128_load(p.as_ptr().cast()), scale)));
            two = f32x4_pmax(two, f32x4_abs(f32x4_mul(v128_load(r.as_ptr().cast()), scale)));
        }
    }
    [highest(one), highest(two)]
}

/// The largest of four.
#[inline(never)]
fn highest(lanes: v128) -> f32 {
    let pairs = f32x4_pmax(lanes, i32x4_shuffle::<2, 3, 0, 1>(lanes, lanes));
    f32x4_extract_lane::<0>(f32x4_pmax(pairs, i32x4_shuffle::<1, 0, 3, 2>(pairs, pairs)))
}

/// As [`scalar::fixed`], whose number is in each lane of `rounding`.
#[inline(always)]
fn fixed(values: v128, rounding: v128) -> v128 {
    i32x4_sub(f32x4_add(values, rounding), rounding)
}

/// The sum of each one's lanes, as the reference adds them up.
#[inline(always)]
fn sums(w: v128, x: v128, y: v128, z: v128) -> v128 {
    let (p, q) = (i32x4_shuffle::<0, 4, 1, 5>(w, x), i32x4_shuffle::<2, 6, 3, 7>(w, x));
    let (r, s) = (i32x4_shuffle::<0, 4, 1, 5>(y, z), i32x4_shuffle::<2, 6, 3, 7>(y, z));
    let first = f32x4_add(i32x4_shuffle::<0, 1, 4, 5>(p, r), i32x4_shuffle::<2, 3, 6, 7>(p, r));
    let second = f32x4_add(i32x4_shuffle::<0, 1, 4, 5>(q, s), i32x4_shuffle::<2, 3, 6, 7>(q, s));
    f32x4_add(first, second)
}

pub(super) fn grow(p: &mut [f32], amount: f32, q: &[f32]) {
    let amount = f32x4_splat(amount);
    for (p, q) in p.as_chunks_mut::<GROUP>().0.iter_mut().zip(q.as_chunks::<GROUP>().0) {
        // SAFETY: 16 readable bytes each, and those of p are writable.
        unsafe {
            let grown = f32x4_add(v128_load(p.as_ptr().cast()), f32x4_mul(amount, v128_load(q.as_ptr().cast())));
            v128_store(p.as_mut_ptr().cast(), grown);
        }
    }
}

pub(super) fn logistics(values: [&[f32]; 2], by: [f32; 2], offset: [f32; 2], [one, two]: [&mut [f32]; 2]) {
    let ([by, other], [offset, less]) = (by.map(|by| f32x4_splat(by)), offset.map(|offset| f32x4_splat(offset)));
    let values = values[0].as_chunks::<GROUP>().0.iter().zip(values[1].as_chunks::<GROUP>().0);
    let out = one.as_chunks_mut::<GROUP>().0.iter_mut().zip(two.as_chunks_mut::<GROUP>().0);
    for ((x, y), (one, two)) in values.zip(out) {
        // SAFETY: 16 readable and 16 writable bytes each.
        unsafe {
            let x = f32x4_add(f32x4_mul(v128_load(x.as_ptr().cast()), by), offset);
            let y = f32x4_add(f32x4_mul(v128_load(y.as_ptr().cast()), other), less);
            let (x, y) = two_logistics(x, y);
            v128_store(one.as_mut_ptr().cast(), x);
            v128_store(two.as_mut_ptr().cast(), y);
        }
    }
}

/// As [`scalar::logistic`], step by step; of two at once, since each step waits for the one before it.
#[inline(always)]
fn two_logistics(x: v128, y: v128) -> (v128, v128) {
    let (most, one) = (f32x4_splat(scalar::EXP_MOST), f32x4_splat(1.0));
    let within = |x| f32x4_pmin(most, f32x4_pmax(f32x4_neg(most), f32x4_neg(x)));
    let (x, y) = (within(x), within(y));
    let whole = |x| f32x4_floor(f32x4_add(f32x4_mul(x, f32x4_splat(scalar::LOG2_E)), f32x4_splat(0.5)));
    let (m, n) = (whole(x), whole(y));
    let less = |x, n, by| f32x4_sub(x, f32x4_mul(n, f32x4_splat(by)));
    let (x, y) = (less(x, m, scalar::LN_2_HIGH), less(y, n, scalar::LN_2_HIGH));
    let (r, s) = (less(x, m, scalar::LN_2_LOW), less(y, n, scalar::LN_2_LOW));
    let (mut p, mut q) = (f32x4_splat(scalar::EXP[0]), f32x4_splat(scalar::EXP[0]));
    for factor in &scalar::EXP[1..] {
        let factor = f32x4_splat(*factor);
        (p, q) = (f32x4_add(f32x4_mul(p, r), factor), f32x4_add(f32x4_mul(q, s), factor));
    }
    let end = |sum, r, n| {
        let power = i32x4_shl(i32x4_add(i32x4_trunc_sat_f32x4(n), i32x4_splat(127)), 23);
        let exp = f32x4_add(f32x4_add(f32x4_mul(sum, f32x4_mul(r, r)), r), one);
        f32x4_div(one, f32x4_add(one, f32x4_mul(exp, power)))
    };
    (end(p, r, m), end(q, s, n))
}

pub(super) fn scale(p: &mut [f32], factor: f32) -> usize {
    let (p, _) = p.as_chunks_mut::<GROUP>();
    let factor = f32x4_splat(factor);
    for p in p.iter_mut() {
        // SAFETY: 16 readable and writable bytes.
        unsafe { v128_store(p.as_mut_ptr().cast(), f32x4_mul(v128_load(p.as_ptr().cast()), factor)) };
    }
    p.len() * GROUP
}

pub(super) fn lowest(numbers: &[f32], keys: &[u32]) -> u32 {
    let (numbers, keys) = (numbers.as_chunks::<GROUP>().0, keys.as_chunks::<GROUP>().0);
    let mut least = f32x4_splat(f32::INFINITY);
    for four in numbers {
        // SAFETY: 16 readable bytes.
        least = f32x4_pmin(least, unsafe { v128_load(four.as_ptr().cast()) });
    }
    let least = f32x4_splat(-highest(f32x4_neg(least)));
    let mut first = i32x4_splat(-1);
    for (four, keys) in numbers.iter().zip(keys) {
        // SAFETY: 16 readable bytes each.
        let (four, keys) = unsafe { (v128_load(four.as_ptr().cast()), v128_load(keys.as_ptr().cast())) };
        first = u32x4_min(first, v128_or(keys, f32x4_ne(four, least)));
    }
    let pairs = u32x4_min(first, i32x4_shuffle::<2, 3, 0, 1>(first, first));
    u32x4_extract_lane::<0>(u32x4_min(pairs, i32x4_shuffle::<1, 0, 3, 2>(pairs, pairs)))
}

pub(super) fn reach(p: &[f32]) -> (u32, usize) {
    let (p, _) = p.as_chunks::<GROUP>();
    let mut most = i32x4_splat(0);
    for p in p {
        // SAFETY: 16 readable bytes.
        most = u32x4_max(most, i32x4_shl(unsafe { v128_load(p.as_ptr().cast()) }, 1));
    }
    let pairs = u32x4_max(most, i32x4_shuffle::<2, 3, 0, 1>(most, most));
    (u32x4_extract_lane::<0>(pairs).max(u32x4_extract_lane::<1>(pairs)), p.len() * GROUP)
}

pub(super) fn rise(bounds: &mut [f32], lengths: &[f32], ratio: f32, by: [f32; 2], most: f32) -> usize {
    let (bounds, _) = bounds.as_chunks_mut::<GROUP>();
    let [by_length, all] = by.map(|by| f32x4_splat(by));
    let (ratio, most) = (f32x4_splat(ratio), f32x4_splat(most));
    for (bounds, lengths) in bounds.iter_mut().zip(lengths.as_chunks::<GROUP>().0) {
        // SAFETY: 16 readable bytes each, and the bounds' are writable.
        unsafe {
            let (bound, length) = (v128_load(bounds.as_ptr().cast()), v128_load(lengths.as_ptr().cast()));
            let risen = f32x4_add(f32x4_mul(bound, ratio), f32x4_add(f32x4_mul(length, by_length), all));
            v128_store(bounds.as_mut_ptr().cast(), f32x4_pmin(most, risen));
        }
    }
    bounds.len() * GROUP
}

pub(super) fn products(rows: &[f32], b: &[f32], out: &mut [f32]) {
    let (groups, dim) = (b.as_chunks::<GROUP>().0, b.len());
    let mut a = rows[..out.len() * dim].as_ptr();
    for out in out.as_chunks_mut::<4>().0 {
        let zero = f32x4_splat(0.0);
        let (mut w, mut x, mut y, mut z) = (zero, zero, zero, zero);
        for b in groups {
            // SAFETY: `dim` numbers of each of four rows are there, and four of each are read a turn.
            unsafe {
                let b = v128_load(b.as_ptr().cast());
                w = f32x4_add(w, f32x4_mul(v128_load(a.cast()), b));
                x = f32x4_add(x, f32x4_mul(v128_load(a.wrapping_add(dim).cast()), b));
                y = f32x4_add(y, f32x4_mul(v128_load(a.wrapping_add(2 * dim).cast()), b));
                z = f32x4_add(z, f32x4_mul(v128_load(a.wrapping_add(3 * dim).cast()), b));
                a = a.add(GROUP);
            }
        }
        a = a.wrapping_add(3 * dim);
        // SAFETY: 16 writable bytes.
        unsafe { v128_store(out.as_mut_ptr().cast(), sums(w, x, y, z)) };
    }
}

pub(super) fn product_f64(a: &[f64], b: &[f64]) -> ([f64; 4], usize) {
    let (mut low, mut high) = (f64x2_splat(0.0), f64x2_splat(0.0));
    let ((a, _), (b, _)) = (a.as_chunks::<GROUP>(), b.as_chunks::<GROUP>());
    for (a, b) in a.iter().zip(b) {
        // SAFETY: 32 readable bytes each.
        unsafe {
            low = f64x2_add(low, f64x2_mul(v128_load(a.as_ptr().cast()), v128_load(b.as_ptr().cast())));
            high = f64x2_add(high, f64x2_mul(v128_load(a.as_ptr().add(2).cast()), v128_load(b.as_ptr().add(2).cast())));
        }
    }
    let mut lanes = [0.0; 4];
    // SAFETY: 32 writable bytes.
    unsafe {
        v128_store(lanes.as_mut_ptr().cast(), low);
        v128_store(lanes.as_mut_ptr().add(2).cast(), high);
    }
    (lanes, a.len() * GROUP)
}

pub(super) fn add_f64(sum: &mut [f64], amount: f64, q: &[f32]) -> usize {
    let amount = f64x2_splat(amount);
    let ((sum, _), (q, _)) = (sum.as_chunks_mut::<GROUP>(), q.as_chunks::<GROUP>());
    for (sum, q) in sum.iter_mut().zip(q) {
        let (sum, q) = (sum.as_mut_ptr(), q.as_ptr());
        // SAFETY: 32 readable and writable bytes, and 16 readable ones: two of each at a time.
        unsafe {
            let add = |sum: *mut f64, q: *const f32| {
                let q = f64x2_promote_low_f32x4(v128_load64_zero(q.cast()));
                v128_store(sum.cast(), f64x2_add(v128_load(sum.cast()), f64x2_mul(amount, q)));
            };
            add(sum, q);
            add(sum.add(2), q.add(2));
        }
    }
    sum.len() * GROUP
}
