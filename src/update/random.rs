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
        ((u128::from(self.bits()) * u128::from(bound)) >> 64) as u32
    }

    /// A number of the standard normal distribution (Box, Muller 1958).
    pub fn normal(&mut self) -> f64 {
        // 53 bits each; the first is never 0, of which there is no logarithm.
        let mut unit = || (self.bits() >> 11) as f64 / (1u64 << 53) as f64;
        let (u, v) = (1.0 - unit(), unit());
        libm::sqrt(-2.0 * libm::log(u)) * libm::cos(core::f64::consts::TAU * v)
    }
}

/// Fills `out` with items other than `item`, each as likely as the next.
pub fn negatives(seed: u64, item: u32, items: u32, out: &mut [u32]) {
    let mut random = Random(seed);
    // One less than there are, and a step over the item itself: no second draw is needed.
    let others = items.saturating_sub(1).max(1);
    for slot in out {
        let drawn = random.below(others);
        *slot = if drawn >= item && items > 1 { drawn + 1 } else { drawn };
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
    fn the_item_itself_is_never_its_negative_and_all_others_occur() {
        let mut out = [0; 400];
        negatives(7, 2, 5, &mut out);
        assert!(!out.contains(&2));
        assert!([0, 1, 3, 4].iter().all(|other| out.contains(other)));
    }
}
