//! What many reports together give away, by Rényi differential privacy (Mironov 2017).
//!
//! Every mechanism of ours is ε-differentially private, and each such one gives away no more than binary
//! randomised response of the same ε (Kairouz, Oh, Viswanath 2015), whose Rényi divergence is exact (Mironov
//! 2017, proposition 5). So one formula holds for all of them. It is for showing: the caps are held by the plain
//! sum of whole numbers.

use super::budget::MilliEpsilon;

/// The chance with which the sum may be wrong: one in a million.
pub const DELTA: f64 = 1e-6;

/// Orders at which the divergence is looked at; the best of them counts.
const ORDERS: [f64; 16] = [1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0, 64.0, 128.0];

/// The divergence of order `alpha` of one report, at most.
pub fn divergence(epsilon: f64, alpha: f64) -> f64 {
    // (e^{αε} + e^{(1−α)ε}) / (1 + e^ε), with e^{αε} taken out, so that nothing overflows.
    let rest = libm::log(1.0 + libm::exp((1.0 - 2.0 * alpha) * epsilon)) - libm::log(1.0 + libm::exp(-epsilon));
    ((alpha - 1.0) * epsilon + rest) / (alpha - 1.0)
}

/// ε of all these reports together at δ = [`DELTA`], rounded up; never more than their sum.
pub fn renyi(losses: impl Iterator<Item = MilliEpsilon>) -> MilliEpsilon {
    let (mut sum, mut divergences) = (0u32, [0.0; ORDERS.len()]);
    for loss in losses.filter(|loss| *loss > 0) {
        sum = sum.saturating_add(loss);
        for (all, alpha) in divergences.iter_mut().zip(ORDERS) {
            *all += divergence(f64::from(loss) / 1_000.0, alpha);
        }
    }
    let at = |(all, alpha): (&f64, f64)| all - libm::log(DELTA) / (alpha - 1.0);
    let best = divergences.iter().zip(ORDERS).map(at).fold(f64::INFINITY, f64::min);
    // A float beyond the largest whole number becomes that.
    sum.min((best * 1_000.0).ceil() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::test;

    #[test]
    fn one_report_costs_its_epsilon_and_nothing_costs_nothing() {
        assert_eq!(renyi([].into_iter()), 0);
        assert_eq!(renyi([700].into_iter()), 700);
    }

    #[test]
    fn many_small_losses_add_up_to_less_than_their_sum() {
        // 365 of 0.1: α·ε²/2 each, nearly, and ln(1/δ)/(α−1): 11.87 at the best order, 36.5 in sum.
        let all = renyi([100; 365].into_iter());
        assert!((11_700..=12_100).contains(&all), "{all}");
        assert!(renyi([100; 30].into_iter()) <= 3_000);
        assert_eq!(renyi([u32::MAX; 3].into_iter()), u32::MAX, "damage stays damage");
    }

    #[test]
    fn the_bound_is_randomised_responses_own_and_holds_for_the_noise() {
        for epsilon in [0.1, 0.5, 1.0] {
            let (p, q) = (libm::exp(epsilon) / (1.0 + libm::exp(epsilon)), 1.0 / (1.0 + libm::exp(epsilon)));
            for alpha in [1.25, 2.0, 8.0] {
                let pow = libm::pow;
                let own = libm::log(pow(p, alpha) * pow(q, 1.0 - alpha) + pow(q, alpha) * pow(p, 1.0 - alpha));
                let bound = divergence(epsilon, alpha);
                assert!((bound - own / (alpha - 1.0)).abs() < 1e-9);
                // Discrete Laplace of scale 4/ε and counts that differ by 4, summed up as it stands.
                let ratio = libm::exp(-epsilon / 4.0);
                let chance = |x: i32| (1.0 - ratio) / (1.0 + ratio) * pow(ratio, f64::from(x.abs()));
                let sum: f64 = (-4_000..4_000)
                    .map(|x| pow(chance(x), alpha) * pow(chance(x - 4), 1.0 - alpha))
                    .filter(|x| x.is_finite())
                    .sum();
                let noise = libm::log(sum) / (alpha - 1.0);
                assert!(noise > 0.0 && noise <= bound + 1e-9, "{noise} above {bound}");
            }
        }
        assert!(divergence(1.0, 1e6) > 0.999, "at the highest orders it is ε itself");
    }
}
