//! Randomised response in whole numbers: one choice of k, and a row of bits.
//!
//! Both are drawn by rejection from coins that show with exactly exp(−ε), so no float occurs here and no
//! precision can leak what chance hides.

use super::budget::MilliEpsilon;
use super::noise::{Entropy, below, bernoulli_exp};

/// The true choice with e^ε / (e^ε + k − 1), each other one of the k with 1 / (e^ε + k − 1): k-ary randomised
/// response (Kairouz, Oh, Viswanath 2014). ε is in thousandths, 1,000 at most.
pub fn respond(choice: u32, choices: u32, epsilon: MilliEpsilon, entropy: &mut impl Entropy) -> u32 {
    debug_assert!(choice < choices && (1..=1_000).contains(&epsilon), "the caller's options are checked");
    loop {
        // Each as likely; one that is not true stands with exp(−ε), else all is drawn anew.
        let drawn = below(u64::from(choices), entropy) as u32;
        if drawn == choice || bernoulli_exp(u64::from(epsilon), 1_000, entropy) {
            return drawn;
        }
    }
}

/// A 1 stays one with 1/2, a 0 becomes one with 1 / (e^ε + 1): a bit of optimised unary encoding (Wang et al.
/// 2017, "Locally Differentially Private Protocols for Frequency Estimation").
pub fn unary(bit: bool, epsilon: MilliEpsilon, entropy: &mut impl Entropy) -> bool {
    if bit { below(2, entropy) == 1 } else { respond(0, 2, epsilon, entropy) == 1 }
}
