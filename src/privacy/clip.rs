//! Clipping: no browser counts for more than its bound.

use super::noise::{Entropy, below};

/// Brings the sum of `counts` down to `bound`: of all that was counted, `bound` are kept, each as
/// likely as the next, so that the proportions are right on average.
pub fn clip(counts: &mut [u32], bound: u32, entropy: &mut impl Entropy) {
    let mut left: u64 = counts.iter().map(|count| u64::from(*count)).sum();
    if left <= u64::from(bound) {
        return;
    }
    let mut kept = vec![0u32; counts.len()];
    for _ in 0..bound {
        let mut drawn = below(left, entropy);
        for (count, kept) in counts.iter_mut().zip(&mut kept) {
            if drawn < u64::from(*count) {
                *count -= 1;
                *kept += 1;
                break;
            }
            drawn -= u64::from(*count);
        }
        left -= 1;
    }
    counts.copy_from_slice(&kept);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::test;
    use crate::update::Random;
    use proptest::prelude::*;

    fn seeded(seed: u64) -> impl Entropy {
        let mut random = Random(seed);
        move |out: &mut [u8]| out.iter_mut().for_each(|byte| *byte = random.bits() as u8)
    }

    proptest! {
        #[test]
        fn the_sum_is_within_the_bound_and_nothing_is_invented(
            counts in proptest::collection::vec(0u32..1_000_000, 1..40), bound in 0u32..40, seed in any::<u64>(),
        ) {
            let mut clipped = counts.clone();
            clip(&mut clipped, bound, &mut seeded(seed));
            let sum: u64 = clipped.iter().map(|count| u64::from(*count)).sum();
            let all: u64 = counts.iter().map(|count| u64::from(*count)).sum();
            prop_assert_eq!(sum, all.min(u64::from(bound)));
            prop_assert!(clipped.iter().zip(&counts).all(|(clipped, count)| clipped <= count));
        }
    }

    #[test]
    fn proportions_are_kept_on_average() {
        let mut entropy = seeded(3);
        let mut sums = [0u32; 3];
        for _ in 0..2_000 {
            let mut counts = [60, 30, 10];
            clip(&mut counts, 10, &mut entropy);
            sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        }
        assert!(sums[0].abs_diff(12_000) < 400 && sums[2].abs_diff(2_000) < 300, "{sums:?}");
    }
}
