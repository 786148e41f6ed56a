//! The reference. Each returns up to where it came: whole groups of four.
#![allow(dead_code, reason = "where simd128 is on, only the tests ask for it")]

use super::blocks::{GROUP, value};
use super::{STRIDE, sum, units};

/// The values of one group of an item; zeros where it has none.
pub(super) fn group(own: &[u8], group: usize) -> [f32; GROUP] {
    let four = own.get(group * STRIDE..).and_then(<[u8]>::first_chunk);
    four.map_or([0.0; GROUP], |four| value(*four).map(f32::from))
}

pub(super) fn score(own: &[u8], weights: &[f64]) -> [f64; 4] {
    let mut sums = [0.0; 4];
    let groups = own.chunks(STRIDE).filter_map(|group| group.first_chunk()).map(|four| value(*four));
    for (x, w) in groups.zip(weights.as_chunks::<GROUP>().0) {
        sums = core::array::from_fn(|at| sums[at] + f64::from(x[at]) * w[at]);
    }
    sums
}

pub(super) fn square(own: &[u8]) -> i32 {
    let values = own.chunks(STRIDE).filter_map(|group| group.first_chunk()).flat_map(|four| value(*four));
    values.map(|value| i32::from(value) * i32::from(value)).sum()
}

pub(super) fn write(own: &[u8], scale: &[f32], out: &mut [f32]) -> usize {
    let ((out, _), (scale, _)) = (out.as_chunks_mut::<GROUP>(), scale.as_chunks::<GROUP>());
    for (at, (out, s)) in out.iter_mut().zip(scale).enumerate() {
        let q = group(own, at);
        *out = core::array::from_fn(|lane| q[lane] * s[lane]);
    }
    out.len().min(scale.len()) * GROUP
}

pub(super) fn add(own: &[u8], scale: &[f32], amount: f32, p: &mut [f32]) -> usize {
    let ((p, _), (scale, _)) = (p.as_chunks_mut::<GROUP>(), scale.as_chunks::<GROUP>());
    for (at, (p, s)) in p.iter_mut().zip(scale).enumerate() {
        let q = group(own, at);
        *p = core::array::from_fn(|lane| p[lane] + amount * (q[lane] * s[lane]));
    }
    p.len().min(scale.len()) * GROUP
}

pub(super) fn dot(own: &[u8], scale: &[f32], p: &[f32]) -> ([f32; 4], usize) {
    let ((p, _), (scale, _)) = (p.as_chunks::<GROUP>(), scale.as_chunks::<GROUP>());
    let mut lanes = [0f32; 4];
    for (at, (p, s)) in p.iter().zip(scale).enumerate() {
        let q = group(own, at);
        lanes = core::array::from_fn(|lane| lanes[lane] + p[lane] * (q[lane] * s[lane]));
    }
    (lanes, p.len().min(scale.len()) * GROUP)
}

pub(super) fn add_both(own: &[u8], scale: &[f32], amounts: [f32; 2], [p, r]: [&mut [f32]; 2]) -> usize {
    add(own, scale, amounts[0], p).min(add(own, scale, amounts[1], r))
}

pub(super) fn dot_both(own: &[u8], scale: &[f32], [p, r]: [&[f32]; 2]) -> ([[f32; 4]; 2], usize) {
    let ((lanes, whole), (others, same)) = (dot(own, scale, p), dot(own, scale, r));
    ([lanes, others], whole.min(same))
}

/// The next whole number, of numbers far below 2²²: adding this leaves no place behind the point.
pub(super) fn fixed(value: f32) -> i32 {
    let whole = (value + ROUNDING).to_bits().wrapping_sub(ROUNDING.to_bits()) as i32;
    whole.clamp(i32::from(i16::MIN), i32::from(i16::MAX))
}

/// 1.5 · 2²³.
pub(super) const ROUNDING: f32 = 12_582_912.0;

/// Fixed point for these numbers: how many units are 1, and what a unit is.
fn units_of(numbers: impl Iterator<Item = f32>) -> [f32; 2] {
    units(numbers.map(f32::abs).fold(0.0, |most, number| if most < number { number } else { most }))
}

pub(super) fn add_eight(eight: &[u8], scale: &[f32], amounts: [&[f32; 8]; 2], vectors: [&mut [f32]; 2]) {
    for (amounts, p) in amounts.into_iter().zip(vectors) {
        let [units, unit] = units_of(amounts.iter().copied());
        let by = amounts.map(|amount| fixed(amount * units));
        for (at, (p, s)) in p.as_chunks_mut::<GROUP>().0.iter_mut().zip(scale.as_chunks::<GROUP>().0).enumerate() {
            let mut sums = [0; GROUP];
            for (item, by) in by.iter().enumerate() {
                let q = whole(eight, item, at);
                sums = core::array::from_fn(|lane| sums[lane] + by * q[lane]);
            }
            *p = core::array::from_fn(|lane| p[lane] + sums[lane] as f32 * (s[lane] * unit));
        }
    }
}

pub(super) fn dot_eight(eight: &[u8], scale: &[f32], vectors: [&[f32]; 2], out: [&mut [f32; 8]; 2]) {
    for (p, out) in vectors.into_iter().zip(out) {
        let scaled = || p.iter().zip(scale).map(|(p, s)| p * s);
        let [units, unit] = units_of(scaled());
        let mut sums = [0; 8];
        for (j, p) in scaled().map(|scaled| fixed(scaled * units)).enumerate() {
            for (item, sum) in sums.iter_mut().enumerate() {
                *sum += p * whole(eight, item, j / GROUP)[j % GROUP];
            }
        }
        *out = sums.map(|sum| sum as f32 * unit);
    }
}

/// The values of one group of one of the items that begin here.
fn whole(items: &[u8], item: usize, group: usize) -> [i32; GROUP] {
    let four = items.get(group * STRIDE + item * GROUP..).and_then(<[u8]>::first_chunk);
    four.map_or([0; GROUP], |four| value(*four).map(i32::from))
}

pub(super) fn grow(p: &mut [f32], amount: f32, q: &[f32]) {
    for (p, q) in p.as_chunks_mut::<GROUP>().0.iter_mut().zip(q.as_chunks::<GROUP>().0) {
        *p = core::array::from_fn(|lane| p[lane] + amount * q[lane]);
    }
}

/// eˣ of Cephes (Moshier 1992): x = n·ln 2 + r, a polynomial of r, and n as an exponent. Off by 2 units of the last place at
/// most; beyond ±87 it is what it is there.
pub(crate) fn exp(x: f32) -> f32 {
    // A NaN becomes −87, here as in four lanes: the taste that it comes of is given up by its length.
    let x = if x > -EXP_MOST { x } else { -EXP_MOST };
    let x = if x < EXP_MOST { x } else { EXP_MOST };
    let n = (x * LOG2_E + 0.5).floor();
    let r = (x - n * LN_2_HIGH) - n * LN_2_LOW;
    let sum = EXP[1..].iter().fold(EXP[0], |sum, factor| sum * r + factor);
    ((sum * (r * r) + r) + 1.0) * f32::from_bits(((n as i32 + 127) as u32) << 23)
}

pub(super) const EXP_MOST: f32 = 87.0;
pub(super) const LOG2_E: f32 = core::f32::consts::LOG2_E;
/// ln 2 in two parts, so that n times the first is exact.
pub(super) const LN_2_HIGH: f32 = 0.693_359_4;
pub(super) const LN_2_LOW: f32 = -2.121_944_4e-4;
pub(super) const EXP: [f32; 6] = [1.987_569_2e-4, 1.398_2e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_6e-1, 0.5];

/// 1/(1 + e⁻ˣ).
pub(crate) fn logistic(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

pub(super) fn logistics(values: [&[f32]; 2], by: [f32; 2], offset: [f32; 2], out: [&mut [f32]; 2]) {
    for (at, (values, out)) in values.into_iter().zip(out).enumerate() {
        let values = values.as_chunks::<GROUP>().0.as_flattened();
        out.iter_mut().zip(values).for_each(|(out, x)| *out = logistic(x * by[at] + offset[at]));
    }
}

pub(super) fn scale(p: &mut [f32], factor: f32) -> usize {
    let (p, _) = p.as_chunks_mut::<GROUP>();
    p.iter_mut().for_each(|p| *p = p.map(|p| p * factor));
    p.len() * GROUP
}

pub(super) fn lowest(numbers: &[f32], keys: &[u32]) -> u32 {
    let numbers = numbers.as_chunks::<GROUP>().0.as_flattened();
    let least = numbers.iter().fold(f32::INFINITY, |least, one| least.min(*one));
    numbers.iter().zip(keys).filter(|(one, _)| **one == least).map(|(_, key)| *key).min().unwrap_or(u32::MAX)
}

/// As bits without the sign: so they are in the order of their size, and what is no number is above all.
pub(super) fn reach(p: &[f32]) -> (u32, usize) {
    let p = p.as_chunks::<GROUP>().0.as_flattened();
    (p.iter().fold(0, |most, p| most.max(p.to_bits() << 1)), p.len())
}

pub(super) fn rise(bounds: &mut [f32], lengths: &[f32], ratio: f32, by: [f32; 2], most: f32) -> usize {
    let (bounds, _) = bounds.as_chunks_mut::<GROUP>();
    for (bounds, lengths) in bounds.iter_mut().zip(lengths.as_chunks::<GROUP>().0) {
        *bounds = core::array::from_fn(|lane| risen(bounds[lane], lengths[lane], ratio, by, most));
    }
    bounds.len() * GROUP
}

/// What is no number becomes `most`.
pub(super) fn risen(bound: f32, length: f32, ratio: f32, [by_length, all]: [f32; 2], most: f32) -> f32 {
    let risen = bound * ratio + (length * by_length + all);
    if risen < most { risen } else { most }
}

pub(super) fn products(rows: &[f32], b: &[f32], out: &mut [f32]) {
    for (row, out) in rows.chunks_exact(b.len().max(1)).zip(out) {
        let mut lanes = [0f32; 4];
        for (a, b) in row.as_chunks::<GROUP>().0.iter().zip(b.as_chunks::<GROUP>().0) {
            lanes = core::array::from_fn(|lane| lanes[lane] + a[lane] * b[lane]);
        }
        *out = sum(lanes);
    }
}

pub(super) fn product_f64(a: &[f64], b: &[f64]) -> ([f64; 4], usize) {
    let ((a, _), (b, _)) = (a.as_chunks::<GROUP>(), b.as_chunks::<GROUP>());
    let mut lanes = [0f64; 4];
    for (a, b) in a.iter().zip(b) {
        lanes = core::array::from_fn(|lane| lanes[lane] + a[lane] * b[lane]);
    }
    (lanes, a.len() * GROUP)
}

pub(super) fn add_f64(sum: &mut [f64], amount: f64, q: &[f32]) -> usize {
    let ((sum, _), (q, _)) = (sum.as_chunks_mut::<GROUP>(), q.as_chunks::<GROUP>());
    for (sum, q) in sum.iter_mut().zip(q) {
        *sum = core::array::from_fn(|lane| sum[lane] + amount * f64::from(q[lane]));
    }
    sum.len() * GROUP
}
