//! Loops over the numbers of one vector, four at a time. Each lane does what the reference does, in its order, so that
//! a profile is the same with and without SIMD.
//!
//! An item's own bytes are a slice that begins at its first group in its block: four bytes of every 64
//! ([`blocks`]).

pub(crate) mod blocks;
mod scalar;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd128;

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
use scalar as fast;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use simd128 as fast;

use blocks::{GROUP, LANES};
pub(crate) use scalar::{exp, logistic};

/// Bytes from one group of an item to its next.
const STRIDE: usize = LANES * GROUP;

/// A byte of each group, which is of a cache line of its own.
pub(crate) fn touch(own: &[u8]) -> u8 {
    let (fours, rest) = own.as_chunks::<{ 4 * STRIDE }>();
    let seen = fours.iter().fold(0, |seen, four| seen | four[0] | four[STRIDE] | four[2 * STRIDE] | four[3 * STRIDE]);
    rest.iter().step_by(STRIDE).fold(seen, |seen, byte| seen | byte)
}

/// Of the values of an item that is stored as `own`, times `scale`: out = q.
pub(crate) fn write(own: &[u8], scale: &[f32], out: &mut [f32]) {
    let whole = fast::write(own, scale, out);
    rest(own, scale, [whole, out.len()], |at, q| out[at] = q);
}

/// p += amount·q of an item that is stored as `own`.
pub(crate) fn add(own: &[u8], scale: &[f32], amount: f32, p: &mut [f32]) {
    let whole = fast::add(own, scale, amount, p);
    rest(own, scale, [whole, p.len()], |at, q| p[at] += amount * q);
}

/// The same for two.
pub(crate) fn add_both(own: &[u8], scale: &[f32], amounts: [f32; 2], [p, r]: [&mut [f32]; 2]) {
    let whole = fast::add_both(own, scale, amounts, [p, r]);
    rest(own, scale, [whole, p.len()], |at, q| (p[at], r[at]) = (p[at] + amounts[0] * q, r[at] + amounts[1] * q));
}

/// p·q.
pub(crate) fn dot(own: &[u8], scale: &[f32], p: &[f32]) -> f32 {
    let (lanes, whole) = fast::dot(own, scale, p);
    let mut tail = 0.0;
    rest(own, scale, [whole, p.len()], |at, q| tail += p[at] * q);
    sum(lanes) + tail
}

/// The same for two.
pub(crate) fn dot_both(own: &[u8], scale: &[f32], [p, r]: [&[f32]; 2]) -> [f32; 2] {
    let ([lanes, others], whole) = fast::dot_both(own, scale, [p, r]);
    let mut tails = [0.0; 2];
    rest(own, scale, [whole, p.len()], |at, q| tails = [tails[0] + p[at] * q, tails[1] + r[at] * q]);
    [sum(lanes) + tails[0], sum(others) + tails[1]]
}

/// p += amount·q of eight items beside each other, the first's bytes at the beginning, for two vectors; the amounts in
/// fixed point. Only whole groups.
pub(crate) fn add_eight(eight: &[u8], scale: &[f32], amounts: [&[f32; 8]; 2], vectors: [&mut [f32]; 2]) {
    fast::add_eight(eight, scale, amounts, vectors);
}

/// p·q of the same, p in fixed point. Only whole groups.
pub(crate) fn dot_eight(eight: &[u8], scale: &[f32], vectors: [&[f32]; 2], out: [&mut [f32; 8]; 2]) {
    fast::dot_eight(eight, scale, vectors, out);
}

/// In fixed point no number is larger: then 1,024 products with bytes fit into 32 bits.
const FIXED_MOST: f32 = 16_383.0;

/// Fixed point for numbers up to this size: how many units are 1, and what a unit is.
fn units(largest: f32) -> [f32; 2] {
    if largest > 1e-30 { [FIXED_MOST / largest, largest / FIXED_MOST] } else { [0.0; 2] }
}

/// out = 1/(1 + e⁻ˣ) of each value times `by` plus `offset`, of whole groups; of two lists of one length.
pub(crate) fn logistics(values: [&[f32]; 2], by: [f32; 2], offset: [f32; 2], out: [&mut [f32]; 2]) {
    fast::logistics(values, by, offset, out);
}

/// An item's values times `scale` behind the whole groups, which are all of it where d is a multiple of four.
fn rest(own: &[u8], scale: &[f32], [whole, end]: [usize; 2], mut each: impl FnMut(usize, f32)) {
    let end = end.min(scale.len());
    if whole < end {
        for (lane, (q, s)) in scalar::group(own, whole / GROUP).into_iter().zip(&scale[whole..end]).enumerate() {
            each(whole + lane, q * s);
        }
    }
}

fn sum(lanes: [f32; 4]) -> f32 {
    (lanes[0] + lanes[1]) + (lanes[2] + lanes[3])
}

/// Σ xⱼ² of an item's values.
pub(crate) fn square(own: &[u8]) -> i32 {
    fast::square(own)
}

/// Σ wⱼ·xⱼ of an item's values; `weights` are filled up with zeros to whole groups.
pub(crate) fn score(own: &[u8], weights: &[f64]) -> f64 {
    let [a, b, c, d] = fast::score(own, weights);
    (a + b) + (c + d)
}

/// p += amount·q, of whole groups.
pub(crate) fn grow(p: &mut [f32], amount: f32, q: &[f32]) {
    fast::grow(p, amount, q);
}

/// p *= factor.
pub(crate) fn scale(p: &mut [f32], factor: f32) {
    let whole = fast::scale(p, factor);
    p[whole..].iter_mut().for_each(|p| *p *= factor);
}

/// The key of the lowest number; where several are, the lowest of their keys. Of whole groups, in which there is a number.
pub(crate) fn lowest(numbers: &[f32], keys: &[u32]) -> u32 {
    fast::lowest(numbers, keys)
}

/// The largest |pⱼ|; where one is no number, it is none.
pub(crate) fn reach(p: &[f32]) -> f32 {
    let (most, whole) = fast::reach(p);
    f32::from_bits(p[whole..].iter().fold(most, |most, p| most.max(p.to_bits() << 1)) >> 1)
}

/// row·b of rows that stand one after the other: of so many as there is room for, in fours. Rows are of whole groups.
pub(crate) fn products(rows: &[f32], b: &[f32], out: &mut [f32]) {
    fast::products(rows, b, out);
}

/// bound = bound·ratio + (length·by₀ + by₁), but `most` at most.
pub(crate) fn rise(bounds: &mut [f32], lengths: &[f32], ratio: f32, by: [f32; 2], most: f32) {
    let whole = fast::rise(bounds, lengths, ratio, by, most);
    for (bound, length) in bounds[whole..].iter_mut().zip(&lengths[whole..]) {
        *bound = scalar::risen(*bound, *length, ratio, by, most);
    }
}

/// a·b in f64.
pub(crate) fn product_f64(a: &[f64], b: &[f64]) -> f64 {
    let (lanes, whole) = fast::product_f64(a, b);
    let tail: f64 = a[whole..].iter().zip(&b[whole..]).map(|(a, b)| a * b).sum();
    (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]) + tail
}

/// sum += amount·q, in f64.
pub(crate) fn add_f64(sum: &mut [f64], amount: f64, q: &[f32]) {
    let whole = fast::add_f64(sum, amount, q);
    sum[whole..].iter_mut().zip(&q[whole..]).for_each(|(sum, q)| *sum += amount * f64::from(*q));
}

#[cfg(test)]
mod tests {
    use super::blocks::Blocks;
    use super::scalar::EXP_MOST;
    use super::*;
    use crate::testing::test;
    use crate::update::Random;
    use proptest::prelude::*;

    // On native this holds the reference against itself: the run that counts is the one in wasm.
    proptest! {
        #[test]
        fn agrees_with_the_reference(seed in any::<u64>(), dim in 1usize..40) {
            let mut random = Random(seed);
            let rows = (0..20 * dim).map(|_| random.bits() as u8).collect();
            let blocks = Blocks::arrange(rows, 20, dim);
            let own = blocks.own(17);
            let mut floats = |len: usize| (0..len).map(|_| random.normal() as f32).collect::<Vec<_>>();
            let (scale, p, q) = (floats(dim), floats(dim), floats(dim));
            let of = |(lanes, whole): ([f32; 4], usize)| (lanes.map(f32::to_bits), whole);
            prop_assert_eq!(of(fast::dot(own, &scale, &p)), of(scalar::dot(own, &scale, &p)));
            let whole = dim / GROUP * GROUP;
            let rows: Vec<f32> = [&scale, &p, &q, &p].repeat(2).into_iter().flat_map(|row| &row[..whole]).copied().collect();
            let (mut a, mut b) = ([0.0; 8], [0.0; 8]);
            fast::products(&rows, &q[..whole], &mut a);
            scalar::products(&rows, &q[..whole], &mut b);
            prop_assert_eq!(a.map(f32::to_bits), b.map(f32::to_bits));
            prop_assert_eq!(fast::square(own), scalar::square(own));
            let weights: Vec<f64> = (0..dim.next_multiple_of(GROUP)).map(|at| scale.get(at).map_or(0.0, |s| f64::from(*s))).collect();
            prop_assert_eq!(fast::score(own, &weights).map(f64::to_bits), scalar::score(own, &weights).map(f64::to_bits));
            let (mut a, mut b) = (p.clone(), p.clone());
            prop_assert_eq!(fast::add(own, &scale, 0.7, &mut a), scalar::add(own, &scale, 0.7, &mut b));
            prop_assert_eq!(&a, &b);
            let (mut c, mut d) = (q.clone(), q.clone());
            prop_assert_eq!(
                fast::add_both(own, &scale, [0.7, -0.2], [&mut a, &mut c]),
                scalar::add_both(own, &scale, [0.7, -0.2], [&mut b, &mut d])
            );
            prop_assert_eq!((&a, &c), (&b, &d));
            let (fast, slow) = (fast::dot_both(own, &scale, [&p, &q]), scalar::dot_both(own, &scale, [&p, &q]));
            prop_assert_eq!((fast.0.map(|lanes| lanes.map(f32::to_bits)), fast.1), (slow.0.map(|lanes| lanes.map(f32::to_bits)), slow.1));
            prop_assert_eq!(fast::write(own, &scale, &mut a), scalar::write(own, &scale, &mut b));
            prop_assert_eq!(&a, &b);
            fast::grow(&mut a, 0.7, &q);
            scalar::grow(&mut b, 0.7, &q);
            prop_assert_eq!(&a, &b);
            prop_assert_eq!(fast::scale(&mut a, 0.9), scalar::scale(&mut b, 0.9));
            let keys: Vec<u32> = a.iter().rev().map(|one| one.to_bits()).collect();
            prop_assert_eq!(fast::lowest(&a, &keys), scalar::lowest(&a, &keys));
            let zeros = vec![0.0; keys.len()];
            prop_assert_eq!(fast::lowest(&zeros, &keys), scalar::lowest(&zeros, &keys));
            prop_assert_eq!(&a, &b);
            prop_assert_eq!(fast::reach(&a), scalar::reach(&a));
            prop_assert_eq!(reach(&a), a.iter().fold(0f32, |most, a| most.max(a.abs())));
            a[dim / 2] = f32::NAN;
            prop_assert!(reach(&a).is_nan());
            a[dim / 2] = -f32::INFINITY;
            prop_assert_eq!(reach(&a), f32::INFINITY);
            let by = [0.5, 0.25];
            let (mut a, mut b) = (p.clone(), p.clone());
            prop_assert_eq!(fast::rise(&mut a, &q, 1.5, by, 1.0), scalar::rise(&mut b, &q, 1.5, by, 1.0));
            prop_assert_eq!(&a, &b);
            let wide: Vec<f64> = p.iter().map(|p| f64::from(*p) / 3.0).collect();
            prop_assert_eq!(fast::product_f64(&wide, &wide), scalar::product_f64(&wide, &wide));
            let (mut a, mut b) = (wide.clone(), wide);
            prop_assert_eq!(fast::add_f64(&mut a, 0.3, &q), scalar::add_f64(&mut b, 0.3, &q));
            prop_assert_eq!(a, b);
        }
    }

    proptest! {
        #[test]
        fn eight_at_once_are_nearly_each_by_itself(seed in any::<u64>(), groups in 1usize..10, half in 0u32..3) {
            let (mut random, dim) = (Random(seed), groups * GROUP);
            let rows = (0..24 * dim).map(|_| random.bits() as u8).collect();
            let blocks = Blocks::arrange(rows, 24, dim);
            let eight = blocks.own(8 * half);
            let mut floats = |len: usize| (0..len).map(|_| random.normal() as f32).collect::<Vec<_>>();
            let (scale, p, q) = (floats(dim), floats(dim), floats(dim));
            let (mut a, mut b) = ([[0.0; 8]; 2], [[0.0; 8]; 2]);
            dot_eight(eight, &scale, [&p, &q], a.each_mut());
            scalar::dot_eight(eight, &scale, [&p, &q], b.each_mut());
            let bits = |sums: [[f32; 8]; 2]| sums.map(|sums| sums.map(f32::to_bits));
            prop_assert_eq!(bits(a), bits(b));
            // Half a unit a dimension, and what f32 rounds.
            for (found, vector) in a.iter().zip([&p, &q]) {
                let largest = vector.iter().zip(&scale).fold(0f32, |most, (p, s)| most.max((p * s).abs()));
                for (item, found) in (8 * half..).zip(found) {
                    let values: i32 = blocks.groups(item).flatten().map(|x| i32::from(x).abs()).sum();
                    let off = (found - dot(blocks.own(item), &scale, vector)).abs();
                    prop_assert!(off <= 0.51 * largest / FIXED_MOST * values as f32 + 1e-5 * largest, "{}", off);
                }
            }
            let by = [0.7, -0.1].map(|by| core::array::from_fn(|at| by * [0.3, -0.7, 0.2, 1.5, -1.0, 0.0, 0.9, 0.1][at]));
            let (mut a, mut b) = ([p.clone(), q.clone()], [p.clone(), q.clone()]);
            let ([one, two], [other, last]) = (&mut a, &mut b);
            add_eight(eight, &scale, by.each_ref(), [one, two]);
            scalar::add_eight(eight, &scale, by.each_ref(), [other, last]);
            prop_assert_eq!(&a, &b);
            let (mut one, mut two) = (p, q);
            for (at, item) in (8 * half..8 * half + 8).enumerate() {
                add_both(blocks.own(item), &scale, [by[0][at], by[1][at]], [&mut one, &mut two]);
            }
            for (a, b) in a.concat().into_iter().zip([one, two].concat()) {
                prop_assert!((a - b).abs() <= 1e-3 * b.abs().max(100.0), "{} {}", a, b);
            }
        }

        #[test]
        fn a_logistic_is_the_same_in_each_lane(
            values in proptest::collection::vec(-200f32..200.0, 0..40), by in -2f32..2.0, offset in -9f32..9.0,
        ) {
            let values = values.as_chunks::<GROUP>().0.as_flattened();
            let (mut one, mut two) = (vec![0.0; values.len()], vec![0.0; values.len()]);
            logistics([values; 2], [by, 0.5], [offset, 1.0], [&mut one, &mut two]);
            let each = |by: f32, offset: f32| values.iter().map(|x| logistic(x * by + offset)).collect::<Vec<_>>();
            prop_assert_eq!([one, two], [each(by, offset), each(0.5, 1.0)]);
        }
    }

    #[test]
    fn exp_is_that_of_f64_to_the_last_places() {
        for step in -8_700..=8_700 {
            let x = step as f32 / 100.0;
            let wanted = libm::exp(f64::from(x));
            assert!((f64::from(exp(x)) / wanted - 1.0).abs() < 2.5e-7, "{x}: {} instead of {wanted}", exp(x));
        }
        let far = [f32::INFINITY, f32::NEG_INFINITY, 1e30, f32::NAN, EXP_MOST, -EXP_MOST, EXP_MOST.next_up(), -0.0];
        let (mut lanes, mut others) = (far, far);
        logistics([&far; 2], [1.0; 2], [0.0; 2], [&mut lanes, &mut others]);
        assert_eq!(lanes.map(f32::to_bits), far.map(|x| logistic(x).to_bits()));
        assert!(lanes[0] == 1.0 && lanes[2] == 1.0 && lanes[1] < 1e-37 && lanes[3].is_finite(), "{lanes:?}");
    }
}
