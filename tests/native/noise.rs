//! The mechanisms, audited: are two days of one browser as hard to tell apart as ε says?
//!
//! Each is drawn a million times (a tenth of it in a debug build) from two neighbouring days. For every outcome the
//! *lower* bound of the log-ratio of its two chances (Clopper, Pearson 1934, corrected for the number of outcomes)
//! must not be above ε; and at 0.8 of the noise the same test must find that it is.

use homebody::privacy::{Mechanism, Type, discrete_laplace, respond, unary};
use homebody::update::Random;
use statrs::function::beta::beta_reg;

const DRAWS: u32 = if cfg!(debug_assertions) { 100_000 } else { 1_000_000 };
/// The chance that an honest mechanism is found guilty.
const DOUBT: f64 = 1e-3;
/// ε of a control, in thousandths: the noise of this one is 0.8 of what the other has.
const fn louder(epsilon: u32) -> u32 {
    epsilon * 10 / 8
}

fn entropy(seed: u64) -> impl FnMut(&mut [u8]) {
    let mut random = Random(seed);
    move |out| out.chunks_mut(8).for_each(|part| part.copy_from_slice(&random.bits().to_le_bytes()[..part.len()]))
}

/// The x at which the incomplete beta function of `a` and `b` reaches `p`, by halving.
fn inverse_beta(p: f64, a: f64, b: f64) -> f64 {
    let halve = |[low, high]: [f64; 2], _| {
        let middle = (low + high) / 2.0;
        if beta_reg(a, b, middle) < p { [middle, high] } else { [low, middle] }
    };
    (0..60).fold([0.0, 1.0], halve)[0]
}

/// Bounds of the chance of what came `count` times in `draws`, each wrong with `doubt`.
fn clopper_pearson(count: u32, draws: u32, doubt: f64) -> [f64; 2] {
    let (k, n) = (f64::from(count), f64::from(draws));
    let low = if count == 0 { 0.0 } else { inverse_beta(doubt, k, n - k + 1.0) };
    let high = if count == draws { 1.0 } else { inverse_beta(1.0 - doubt, k + 1.0, n - k) };
    [low, high]
}

/// The loss that is beyond doubt, from how often each outcome came on either day.
fn certain_loss(one: &[u32], other: &[u32]) -> f64 {
    let doubt = DOUBT / (4 * one.len()) as f64;
    let draws: u32 = one.iter().sum();
    let ratio = |a: u32, b: u32| libm::log(clopper_pearson(a, draws, doubt)[0] / clopper_pearson(b, draws, doubt)[1]);
    one.iter().zip(other).flat_map(|(a, b)| [ratio(*a, *b), ratio(*b, *a)]).fold(0.0, f64::max)
}

/// How often each of `outcomes` comes of a draw.
fn histogram(outcomes: usize, seed: u64, mut draw: impl FnMut(&mut dyn FnMut(&mut [u8])) -> usize) -> Vec<u32> {
    let mut entropy = entropy(seed);
    let mut counts = vec![0; outcomes];
    (0..DRAWS).for_each(|_| counts[draw(&mut entropy)] += 1);
    counts
}

/// Outcomes of a mechanism on two days that differ as much as two days can: of the noise at `epsilon`.
fn two_days(mechanism: Mechanism, epsilon: u32) -> [Vec<u32>; 2] {
    [0, 1].map(|day| match mechanism {
        Mechanism::Laplace { .. } => {
            // All of the difference in one number; what lies beyond either end tells no more than the end.
            let apart = i64::from(mechanism.sensitivity());
            histogram(apart as usize + 1, 7 + day, |mut entropy| {
                let noise = discrete_laplace(apart.unsigned_abs() * 1_000, epsilon.into(), &mut entropy);
                (apart * day.cast_signed() + noise).clamp(0, apart) as usize
            })
        }
        Mechanism::Response { choices } => histogram(choices as usize, 17 + day, |mut entropy| {
            respond(day as u32, choices, epsilon, &mut entropy) as usize
        }),
        // The two bits that differ; the others are the same on both days.
        Mechanism::Unary => histogram(4, 27 + day, |mut entropy| {
            let bits = [day == 0, day == 1].map(|bit| usize::from(unary(bit, epsilon, &mut entropy)));
            bits[0] * 2 + bits[1]
        }),
    })
}

/// Every type at the ε that a shop may choose at most, and, where the draws are enough for it, at its own.
fn cases() -> impl Iterator<Item = (&'static str, Mechanism, u32)> {
    Type::ALL.into_iter().flat_map(|one| {
        let declared = one.declared();
        // The control of 1 would be above 1, which is no report's ε.
        let most = (declared.name, declared.mechanism, declared.caps.day.min(800));
        let own = (declared.name, declared.mechanism, declared.epsilon);
        [most, own].into_iter().take(if cfg!(debug_assertions) { 1 } else { 2 })
    })
}

#[test]
fn neighbours_are_no_easier_to_tell_apart_than_epsilon_says() {
    for (name, mechanism, epsilon) in cases() {
        let loss = |epsilon| {
            let [one, other] = two_days(mechanism, epsilon);
            1_000.0 * certain_loss(&one, &other)
        };
        let (declared, control) = (loss(epsilon), loss(louder(epsilon)));
        println!("{name} at {epsilon}: at least {declared:.1}; with 0.8 of the noise at least {control:.1}");
        assert!(declared <= f64::from(epsilon), "{name}: {declared} above {epsilon}");
        assert!(control > f64::from(epsilon), "{name}: 0.8 of the noise must be seen, and {control} is not");
        assert!(declared > 0.7 * f64::from(epsilon), "{name}: an audit that sees no loss at all sees nothing");
    }
}

#[test]
fn mean_and_variance_are_the_declared_ones() {
    for (name, mechanism, epsilon) in cases() {
        let wrong = |drawn_at: u32| match mechanism {
            Mechanism::Laplace { .. } => {
                let (mut entropy, scale) = (entropy(5), u64::from(mechanism.sensitivity()) * 1_000);
                let draws = (0..DRAWS).map(|_| discrete_laplace(scale, drawn_at.into(), &mut entropy) as f64);
                let [sum, squares] = draws.fold([0.0; 2], |[sum, squares], x| [sum + x, squares + x * x]);
                let q = libm::exp(-f64::from(epsilon) / scale as f64);
                let (n, variance) = (f64::from(DRAWS), 2.0 * q / (1.0 - q).powi(2));
                // The fourth moment is about six times the variance squared.
                let [mean, spread] =
                    [sum / n / (variance / n).sqrt(), (squares / n / variance - 1.0) / (5.0 / n).sqrt()];
                mean.abs().max(spread.abs())
            }
            _ => {
                let [one, _] = two_days(mechanism, drawn_at);
                let [p, q] = mechanism.chances(epsilon);
                let declared = match mechanism {
                    // No bit, the second, the first, both; the first is true.
                    Mechanism::Unary => vec![(1.0 - p) * (1.0 - q), (1.0 - p) * q, p * (1.0 - q), p * q],
                    _ => (0..one.len()).map(|place| if place == 0 { p } else { q }).collect(),
                };
                let n = f64::from(DRAWS);
                let away = |(count, chance): (&u32, &f64)| {
                    (f64::from(*count) - n * chance).abs() / (n * chance * (1.0 - chance)).sqrt()
                };
                one.iter().zip(&declared).map(away).fold(0.0, f64::max)
            }
        };
        assert!(wrong(epsilon) < 5.0, "{name} at {epsilon}: {} deviations off", wrong(epsilon));
        let control = wrong(louder(epsilon));
        assert!(control > 5.0, "{name}: 0.8 of the noise is only {control} deviations off");
    }
}

#[test]
fn the_interval_is_clopper_and_pearsons() {
    // 4 of 10 at 95 %: 0.1216 to 0.7376 (Clopper, Pearson 1934; any table of exact intervals).
    let [low, high] = clopper_pearson(4, 10, 0.025);
    assert!((low - 0.1216).abs() < 5e-4 && (high - 0.7376).abs() < 5e-4, "{low} {high}");
    assert_eq!((clopper_pearson(0, 10, 0.025)[0], clopper_pearson(10, 10, 0.025)[1]), (0.0, 1.0));
    // At the size of the audit: so many and more of a binomial's draws at the lower bound have just the doubt.
    let (count, draws, doubt) = (300_000, 1_000_000, 1e-5);
    let [chance, _] = clopper_pearson(count, draws, doubt);
    let log = |k: u32| {
        let (k, n) = (f64::from(k), f64::from(draws));
        libm::lgamma(n + 1.0) - libm::lgamma(k + 1.0) - libm::lgamma(n - k + 1.0)
            + k * libm::log(chance)
            + (n - k) * libm::log(1.0 - chance)
    };
    let tail: f64 = (count..count + 20_000).map(|k| libm::exp(log(k))).sum();
    assert!((tail / doubt - 1.0).abs() < 0.01, "{tail}");
    // None of n: 1 − doubt^(1/n).
    assert!((clopper_pearson(0, 1_000_000, 0.025)[1] - (1.0 - libm::pow(0.025, 1e-6))).abs() < 1e-9);
}
