//! Each category's share of the interest, and how locks hold it.

use super::{Correction, Corrections, Profile, Subject};
use crate::factors::Factors;

impl Profile {
    /// Follows a correction of the shopper's.
    pub fn correct(&mut self, correction: &Correction<'_>, factors: &Factors) {
        let share = match correction.subject {
            Subject::Category(name) => {
                let shares = self.shares(factors, 0.0);
                let named = (0u16..).zip(&shares).filter(|(category, _)| factors.is_called(*category, name));
                named.map(|(_, share)| share).sum::<f32>()
            }
            Subject::Item(_) => 0.0,
        };
        self.corrections.follow(correction, share.clamp(0.0, 1.0));
    }

    /// Each category's share of all interest. `reserve` is the interest in "anything else" that comes on
    /// top: without it the shares add up to 1, or are all 0. What is locked keeps the share that it had; the
    /// rest divides what is left.
    pub fn shares(&self, factors: &Factors, reserve: f32) -> Vec<f32> {
        let interest = self.behaviour.categories();
        let held = self.held(factors);
        let (mut free, mut kept, mut all) = (0.0, 0.0, 0.0);
        for (raw, held) in interest.iter().zip(&held) {
            all += raw;
            match held {
                Some(share) => kept += share,
                None => free += raw,
            }
        }
        // All interest, as the free part tells it; where there is none, what is locked is all that there is.
        let (all, whole) = if free > 0.0 || kept == 0.0 { (free / (1.0 - kept), 1.0) } else { (all, kept) };
        let known = if reserve > 0.0 { all / (all + reserve) } else { 1.0 };
        let unit = if free > 0.0 { known * (1.0 - kept) / free } else { 0.0 };
        let share = |(raw, held): (&f32, &Option<f32>)| held.map_or(raw * unit, |share| known * share / whole);
        interest.iter().zip(&held).map(share).collect()
    }

    /// The share at which each category is held.
    fn held(&self, factors: &Factors) -> Vec<Option<f32>> {
        let interest = self.behaviour.categories();
        let mut held = vec![None; interest.len()];
        for (subject, stand) in self.corrections.iter() {
            let (Subject::Category(name), Some(share)) = (subject, stand.locked) else { continue };
            let mine = |category: &usize| held[*category].is_none() && factors.is_called(*category as u16, name);
            let own: Vec<usize> = (0..interest.len()).filter(mine).collect();
            let sum: f32 = own.iter().map(|category| interest[*category]).sum();
            for category in &own {
                let part = if sum > 0.0 { interest[*category] / sum } else { 1.0 / own.len() as f32 };
                held[*category] = Some(share * part);
            }
        }
        let kept: f32 = held.iter().flatten().sum();
        if kept > Corrections::MOST_HELD {
            held.iter_mut().flatten().for_each(|share| *share *= Corrections::MOST_HELD / kept);
        }
        held
    }
}
