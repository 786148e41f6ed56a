//! Noise in whole numbers: the discrete Laplace distribution, sampled exactly.
//!
//! Canonne, Kamath, Steinke 2020 ("The Discrete Gaussian for Differential Privacy", algorithms 1
//! and 2). No float occurs here, so no precision can leak what the noise hides (Mironov 2012).

/// A source of random bytes. In the browser it is the operating system's, for every report afresh.
pub trait Entropy {
    /// Fills `out` with random bytes.
    fn fill(&mut self, out: &mut [u8]);
}

impl<F: FnMut(&mut [u8])> Entropy for F {
    fn fill(&mut self, out: &mut [u8]) {
        self(out);
    }
}

/// One draw from P(x) ∝ exp(−|x|·denominator/numerator): scale numerator/denominator, both above 0.
pub fn discrete_laplace(numerator: u64, denominator: u64, entropy: &mut impl Entropy) -> i64 {
    debug_assert!(numerator > 0 && denominator > 0, "the caller's options are checked");
    loop {
        let fraction = below(numerator, entropy);
        if !bernoulli_exp(fraction, numerator, entropy) {
            continue;
        }
        let mut whole = 0u64;
        while bernoulli_exp(1, 1, entropy) {
            whole += 1;
        }
        let magnitude = whole.saturating_mul(numerator).saturating_add(fraction) / denominator;
        let negative = below(2, entropy) == 1;
        // Zero has one sign only, or it would come up twice as often.
        if negative && magnitude == 0 {
            continue;
        }
        let magnitude = i64::try_from(magnitude).unwrap_or(i64::MAX);
        return if negative { -magnitude } else { magnitude };
    }
}

/// True with probability exp(−a/b), for a ≤ b: von Neumann's series.
fn bernoulli_exp(a: u64, b: u64, entropy: &mut impl Entropy) -> bool {
    let mut k = 1;
    // The k-th coin shows with a/(b·k); the number of coins until one fails has the parity wanted.
    while below(b.saturating_mul(k), entropy) < a {
        k += 1;
    }
    k % 2 == 1
}

/// A number below `bound`, each exactly as likely: draws above the last whole multiple are thrown away.
pub(super) fn below(bound: u64, entropy: &mut impl Entropy) -> u64 {
    let limit = u64::MAX - u64::MAX % bound;
    loop {
        let mut bytes = [0; 8];
        entropy.fill(&mut bytes);
        let drawn = u64::from_le_bytes(bytes);
        if drawn < limit {
            return drawn % bound;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::test;
    use crate::update::Random;

    fn seeded(seed: u64) -> impl Entropy {
        let mut random = Random(seed);
        move |out: &mut [u8]| out.iter_mut().for_each(|byte| *byte = random.bits() as u8)
    }

    /// Counts of −8 … 8 in so many draws with the scale `numerator`/`denominator` and a shift.
    fn histogram(shift: i64, numerator: u64, denominator: u64, draws: u32) -> [f64; 17] {
        let mut entropy = seeded(42);
        let mut counts = [0.0; 17];
        for _ in 0..draws {
            let value = shift + discrete_laplace(numerator, denominator, &mut entropy);
            if let Some(count) = usize::try_from(value + 8).ok().and_then(|at| counts.get_mut(at)) {
                *count += 1.0;
            }
        }
        counts
    }

    const DRAWS: u32 = if cfg!(debug_assertions) { 60_000 } else { 400_000 };

    /// Largest |ln(p/q)| over the outcomes, each count moved against the claim by four deviations.
    fn certain_loss(numerator: u64, denominator: u64) -> f64 {
        let (p, q) = (histogram(0, numerator, denominator, DRAWS), histogram(1, numerator, denominator, DRAWS));
        let sure = |a: f64, b: f64| {
            if a < 50.0 || b < 50.0 { 0.0 } else { libm::log((a - 4.0 * libm::sqrt(a)) / (b + 4.0 * libm::sqrt(b))) }
        };
        p.iter().zip(&q).map(|(p, q)| sure(*p, *q).max(sure(*q, *p))).fold(0.0, f64::max)
    }

    #[test]
    fn neighbours_are_no_easier_to_tell_apart_than_epsilon_says() {
        // Sensitivity 1, scale 2: ε = 0.5. The control adds half the noise and is caught.
        assert!(certain_loss(2, 1) <= 0.5);
        assert!(certain_loss(1, 1) > 0.5, "control: half the noise must be seen");
    }

    #[test]
    fn mean_and_variance_are_the_declared_ones() {
        let mut entropy = seeded(7);
        let draws: Vec<f64> = (0..DRAWS).map(|_| discrete_laplace(3, 1, &mut entropy) as f64).collect();
        let mean = draws.iter().sum::<f64>() / f64::from(DRAWS);
        let variance = draws.iter().map(|x| x * x).sum::<f64>() / f64::from(DRAWS);
        let q = libm::exp(-1.0 / 3.0);
        let declared = 2.0 * q / ((1.0 - q) * (1.0 - q));
        assert!(mean.abs() < 5.0 * libm::sqrt(declared / f64::from(DRAWS)), "{mean}");
        assert!((variance / declared - 1.0).abs() < 0.05, "{variance} against {declared}");
    }

    #[test]
    fn no_float_occurs_in_the_mechanism() {
        let floats = |source: &str| ["f32", "f64", "as f", "libm"].iter().any(|float| source.contains(float));
        let source = include_str!("noise.rs").split("#[cfg(test)]").next().unwrap_or_default();
        assert!(source.contains("fn discrete_laplace") && !floats(source));
        assert!(floats("let x = 1f64;"), "control");
        assert!(!floats(include_str!("clip.rs").split("#[cfg(test)]").next().unwrap_or_default()));
    }
}
