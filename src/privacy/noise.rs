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
pub(super) fn bernoulli_exp(a: u64, b: u64, entropy: &mut impl Entropy) -> bool {
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
