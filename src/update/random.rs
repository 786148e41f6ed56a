//! Random numbers that every replay draws again.

/// SplitMix64 (Steele, Lea, Flood 2014): one addition and a mix. For sampling only, never for privacy.
#[derive(Debug, Clone)]
pub struct Random(pub u64);

impl Random {
    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `bound` (Lemire 2019 without the rejection: the bias is below 2⁻⁴⁰ here).
    pub fn below(&mut self, bound: u32) -> u32 {
        // The upper 64 bits of bits · bound, in halves: 128 bits are a call in wasm.
        let (bits, bound) = (self.bits(), u64::from(bound));
        (((bits >> 32) * bound + (((bits & 0xffff_ffff) * bound) >> 32)) >> 32) as u32
    }

    /// A number from 0 to below 1, with 53 bits.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A number of the standard normal distribution (the polar method: Marsaglia, Bray 1964).
    pub fn normal(&mut self) -> f64 {
        loop {
            let (u, v) = (2.0 * self.unit() - 1.0, 2.0 * self.unit() - 1.0);
            let square = u * u + v * v;
            if square > 0.0 && square < 1.0 {
                return u * (-2.0 * libm::log(square) / square).sqrt();
            }
        }
    }
}

/// Where negatives come from when there are not enough impressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sampling {
    /// Each item as likely as the next; of many items, neighbours together.
    Uniform,
    /// By rank of popularity r: P(r) = ln((r+2)/(r+1)) / ln(N+1), nearly 1/r (Zipf), for which no table
    /// is needed since items stand in falling popularity.
    Popularity,
}

/// How many neighbours are drawn together: their vectors share cache lines (`lanes::blocks`), and are waited for once.
const TOGETHER: u32 = 8;
/// Of fewer items the caches hold most, and each is drawn by itself.
const MANY: u32 = 1 << 15;

/// One of the neighbours that a step with this seed draws first, where it draws any: so their vectors can be asked for before
/// it is known what the step is about.
pub fn foreseen(sampling: Sampling, seed: u64, items: u32) -> Option<u32> {
    (sampling == Sampling::Uniform && items >= MANY).then(|| first_of_group(&mut Random(seed), items).min(items - 1))
}

/// Some place in a group; the last group may lack some.
fn first_of_group(random: &mut Random, items: u32) -> u32 {
    random.below(items.next_multiple_of(TOGETHER))
}

/// Fills `out` with items other than `item`: first what was shown and not taken, the latest first,
/// then what is drawn.
pub fn negatives(
    sampling: Sampling, seed: u64, item: u32, items: u32, shown: impl Iterator<Item = u32>, out: &mut [u32],
) {
    let mut random = Random(seed);
    // One less than there are, and a step over the item itself: no second draw is needed.
    let others = items.saturating_sub(1).max(1);
    let over = |drawn| if drawn >= item && items > 1 { drawn + 1 } else { drawn };
    let (mut first, mut step) = (0, TOGETHER);
    let mut draw = |left| match sampling {
        Sampling::Uniform if items < MANY => over(random.below(others)),
        Sampling::Uniform => {
            if step == TOGETHER {
                (first, step) = (first_of_group(&mut random, items), 0);
                // A whole group in its order, which is that of its lanes; of a part of it, any is as likely as the next.
                if left >= TOGETHER as usize {
                    first -= first % TOGETHER;
                }
            }
            let drawn = first ^ step;
            step += 1;
            // In the place of the item, and of what the last group lacks, comes any other.
            if drawn < items && drawn != item { drawn } else { over(random.below(others)) }
        }
        Sampling::Popularity => {
            let rank = libm::exp(random.unit() * libm::log(f64::from(others) + 1.0)) - 1.0;
            over((rank as u32).min(others - 1))
        }
    };
    let mut shown = shown.filter(|shown| *shown != item);
    let wanted = out.len();
    for (at, slot) in out.iter_mut().enumerate() {
        *slot = shown.next().unwrap_or_else(|| draw(wanted - at));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::test;

    #[test]
    fn the_published_sequence() {
        // First outputs of SplitMix64 for the seed 1234567 (Vigna's reference implementation).
        let mut random = Random(1_234_567);
        assert_eq!([random.bits(), random.bits()], [6_457_827_717_110_365_317, 3_203_168_211_198_807_973]);
    }

    #[test]
    fn a_number_below_a_bound_is_the_upper_half_of_the_product() {
        let (mut random, mut again) = (Random(3), Random(3));
        for bound in [1, 2, 3, 1_000, 4_000_000, u32::MAX] {
            for _ in 0..200 {
                let whole = (u128::from(again.bits()) * u128::from(bound)) >> 64;
                assert_eq!(u128::from(random.below(bound)), whole);
            }
        }
    }

    #[test]
    fn the_item_itself_is_never_its_negative_and_all_others_occur() {
        for sampling in [Sampling::Uniform, Sampling::Popularity] {
            let mut out = [0; 400];
            negatives(sampling, 7, 2, 5, [].into_iter(), &mut out);
            assert!(!out.contains(&2));
            assert!([0, 1, 3, 4].iter().all(|other| out.contains(other)), "{sampling:?}");
        }
    }

    #[test]
    fn of_many_items_neighbours_are_drawn_together_and_each_as_often_as_the_next() {
        // Three in the last group, and the item is one of them.
        let (item, items) = (MANY + 1, MANY + 3);
        let drawn = |seed, out: &mut [u32]| negatives(Sampling::Uniform, seed, item, items, [].into_iter(), out);
        // Whether eight are wanted or one: the rest was shown.
        let (mut all, mut last) = ([0.0; 2], [0.0; 2]);
        for seed in 0..400_000 {
            let (mut eight, mut one) = ([0; 8], [0]);
            drawn(seed, &mut eight);
            drawn(seed, &mut one);
            let foreseen = foreseen(Sampling::Uniform, seed, items).expect("of so many");
            assert!(eight[0] / TOGETHER == foreseen / TOGETHER || foreseen >= MANY, "{eight:?} {foreseen}");
            // In their order, so that they can be worked with at once.
            let together = eight[0] % TOGETHER == 0 && eight.iter().zip(eight[0]..).all(|(other, next)| *other == next);
            assert!(together || Random(seed).below(MANY + TOGETHER) >= MANY, "{eight:?}");
            for (count, out) in [&eight[..], &one].into_iter().enumerate() {
                assert!(!out.contains(&item));
                all[count] += out.len() as f64;
                last[count] += out.iter().filter(|other| **other >= MANY).count() as f64;
            }
        }
        for (all, last) in all.into_iter().zip(last) {
            let expected = 2.0 * all / f64::from(items - 1);
            assert!((last - expected).abs() < 5.0 * libm::sqrt(2.0 * expected), "{last} instead of {expected}");
        }
        // The control: of fewer, each by itself.
        assert_eq!(foreseen(Sampling::Uniform, 1, MANY - 1), None);
        let mut out = [0; 8];
        negatives(Sampling::Uniform, 1, item, MANY - 1, [].into_iter(), &mut out);
        assert!(out.iter().any(|other| other / TOGETHER != out[0] / TOGETHER), "{out:?}");
    }

    #[test]
    fn popular_ones_are_drawn_as_often_as_the_formula_says() {
        let mut out = vec![0; 100_000];
        negatives(Sampling::Popularity, 3, 999, 1_000, [].into_iter(), &mut out);
        for rank in [0u32, 1, 10, 100] {
            let drawn = out.iter().filter(|item| **item == rank).count() as f64 / 1e5;
            let expected = libm::log(f64::from(rank + 2) / f64::from(rank + 1)) / libm::log(1_000.0);
            assert!((drawn - expected).abs() < 5.0 * libm::sqrt(expected / 1e5), "{rank}: {drawn} {expected}");
        }
    }

    #[test]
    fn what_was_shown_in_vain_comes_first() {
        let mut out = [0; 4];
        negatives(Sampling::Uniform, 7, 2, 5, [4, 2, 1].into_iter(), &mut out);
        assert_eq!(out[..2], [4, 1]);
        assert!(!out.contains(&2));
    }
}
