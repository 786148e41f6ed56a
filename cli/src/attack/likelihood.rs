//! How much likelier a report is if it is one household's than if it is the other's: all that can be had from it, by
//! Neyman and Pearson 1933, for one who knows what both would have reported before the noise.

use homebody::privacy::{Mechanism, MilliEpsilon, Type};

/// ln of P(said | a) / P(said | b). The arm of a shelf is a coin's and says nothing of whose report it is.
pub fn log_ratio(kind: Type, epsilon: MilliEpsilon, said: &[i64], a: &[u32], b: &[u32]) -> f64 {
    let mechanism = kind.declared().mechanism;
    let [p, q] = mechanism.chances(epsilon);
    let of_value = |(said, (a, b)): (&i64, (&u32, &u32))| match mechanism {
        Mechanism::Laplace { .. } => {
            let scale = f64::from(mechanism.sensitivity()) * 1_000.0 / f64::from(epsilon);
            (said.abs_diff(i64::from(*b)) as f64 - said.abs_diff(i64::from(*a)) as f64) / scale
        }
        Mechanism::Response { choices } => {
            let chance = |truth: u32| if said % i64::from(choices) == i64::from(truth % choices) { p } else { q };
            libm::log(chance(*a) / chance(*b))
        }
        Mechanism::Unary => {
            let chance = |bit: u32| {
                let yes = if bit == 1 { p } else { q };
                if *said == 1 { yes } else { 1.0 - yes }
            };
            libm::log(chance(*a) / chance(*b))
        }
    };
    said.iter().zip(a.iter().zip(b)).map(of_value).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No day of a browser can be told from any other by more than the report's ε.
    #[test]
    fn no_report_says_more_than_its_epsilon() {
        for (kind, a, b) in [
            (Type::Departments, vec![3, 0, 0, 0], vec![0, 0, 3, 0]),
            (Type::Changes, vec![2, 0, 0, 0, 0, 0, 0], vec![0, 0, 0, 0, 0, 0, 2]),
            (Type::Shelf, vec![0], vec![5]),
            (Type::Orders, vec![0], vec![6]),
            (Type::Segments, vec![1, 0, 0], vec![0, 0, 1]),
        ] {
            let epsilon = kind.declared().epsilon;
            let said: Vec<Vec<i64>> = match kind {
                Type::Shelf => (0..6).map(|said| vec![said]).collect(),
                Type::Orders => (0..7).map(|said| vec![said]).collect(),
                Type::Segments => (0..8).map(|bits| (0..3).map(|place| bits >> place & 1).collect()).collect(),
                _ => [-40, 0, 1, 40].iter().map(|first| [vec![*first], vec![-*first; a.len() - 1]].concat()).collect(),
            };
            let ratios: Vec<f64> = said.iter().map(|said| log_ratio(kind, epsilon, said, &a, &b)).collect();
            let most = ratios.iter().fold(0.0, |most: f64, ratio| most.max(ratio.abs()));
            let epsilon = f64::from(epsilon) / 1_000.0;
            assert!(most <= epsilon + 1e-9 && most > 0.9 * epsilon, "{}: {most}", kind.declared().name);
        }
        assert_eq!(log_ratio(Type::Shelf, 250, &[1], &[1], &[4]), 0.0, "the arms alone tell nothing");
    }
}
