//! What one browser can have spent at most, from the days on which any report came: who sent which is not known.

use std::collections::BTreeSet;

use homebody::privacy::registry::CAPS;
use homebody::privacy::{Caps, MilliEpsilon, Settings, Type, renyi};
use serde::Serialize;

/// In thousandths of ε, in a day, 30 days and 365 days.
#[derive(Debug, Serialize, PartialEq)]
pub struct Spent {
    sum: [MilliEpsilon; 3],
    /// By Rényi composition, at δ = 10⁻⁶.
    renyi: [MilliEpsilon; 3],
}

/// Of a browser that sent all it could on each of these days; on all types together, or on one.
pub fn of_one_browser(wanted: &Settings, of: Option<Type>, days: &BTreeSet<i64>) -> Spent {
    let last = days.last().copied().unwrap_or_default();
    let together: MilliEpsilon = wanted.losses().iter().sum();
    let losses = wanted.wanted().filter(|(one, _)| of.is_none_or(|of| of == *one)).map(|(_, epsilon)| epsilon);
    let losses: Vec<MilliEpsilon> = losses.collect();
    let reports = |period: usize| {
        let seen = days.iter().filter(|day| **day > last - i64::from(Caps::PERIODS[period])).count();
        // All types go at once, so the first budget to be used up ends all.
        let own = wanted.wanted().map(|(one, epsilon)| one.declared().caps.all()[period] / epsilon);
        let most = own.chain([CAPS.all()[period] / together.max(1)]).min().unwrap_or(0);
        seen.min(most as usize)
    };
    let spent = |period| losses.repeat(reports(period)).into_iter();
    let periods = [0, 1, 2];
    Spent { sum: periods.map(|period| spent(period).sum()), renyi: periods.map(|period| renyi(spent(period))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_that_never_missed_a_day_ends_at_its_caps() {
        let (all, days) = (Settings::all(), (100..140).collect());
        let spent = of_one_browser(&all, None, &days);
        assert_eq!(spent.sum, [1_000, 8_000, 40_000]);
        assert!(spent.renyi[2] < spent.sum[2] && spent.renyi[0] == 1_000);
        assert_eq!(of_one_browser(&all, Some(Type::Orders), &days).sum, [150, 1_200, 6_000]);
        let few = of_one_browser(&all, None, &[100, 139].into());
        assert_eq!(few.sum, [1_000, 1_000, 2_000], "two days, 39 apart");
        assert_eq!(of_one_browser(&all, None, &BTreeSet::new()).sum, [0; 3]);
        assert_eq!(of_one_browser(&Settings::default(), None, &days).sum, [0; 3]);
    }
}
