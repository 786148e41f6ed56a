//! Lists as numbers: one copy across the edge instead of an object for each item and each reason. `js/lists.ts`
//! reads them in the same order.

use super::step::Step;
use crate::profiler::{Explanation, Recommendation, Share};
use crate::rank::{Because, Reason, Scored};

/// Place, score, chance (NaN: none), number of reasons, and the reasons.
fn item(out: &mut Vec<f64>, item: u32, score: f64, propensity: Option<f32>, reasons: &[Reason]) {
    out.extend([f64::from(item), score, propensity.map_or(f64::NAN, f64::from), reasons.len() as f64]);
    reasons.iter().for_each(|one| reason(out, one));
}

/// The kind's number or −1 (popular) or −2 (asked for), contribution, the place of the item, and when.
fn reason(out: &mut Vec<f64>, reason: &Reason) {
    let (because, of, at) = match reason.because {
        Because::Did(deed) => (f64::from(deed.kind as u8), f64::from(deed.item), deed.at.0 as f64),
        Because::Popular => (-1.0, 0.0, 0.0),
        Because::Asked => (-2.0, 0.0, 0.0),
    };
    out.extend([because, reason.contribution, of, at]);
}

pub(super) fn list(list: &[Recommendation]) -> Vec<f64> {
    let mut out = Vec::with_capacity(list.len() * 16);
    list.iter().for_each(|one| item(&mut out, one.item, one.score, one.propensity, &one.reasons));
    out
}

pub(super) fn scored(list: &[Scored]) -> Vec<f64> {
    let mut out = Vec::with_capacity(list.len() * 4);
    list.iter().for_each(|one| item(&mut out, one.item, one.score, None, &[]));
    out
}

/// Position, score, and the reasons with the position without each.
pub(super) fn explanation(explanation: &Explanation) -> Vec<f64> {
    let mut out = vec![explanation.position as f64, explanation.score];
    for (one, without) in &explanation.reasons {
        reason(&mut out, one);
        out.push(*without as f64);
    }
    out
}

/// Department, share of the interest, interactions.
pub(super) fn taste(shares: &[Share]) -> Vec<f64> {
    let mut out = Vec::with_capacity(3 * shares.len());
    let mut row =
        |one: &Share| out.extend([f64::from(one.department), f64::from(one.share), f64::from(one.interactions)]);
    shares.iter().for_each(&mut row);
    out
}

/// The kind's number, when, label, weight, loss, and the taste before and after.
pub(super) fn step(step: &Step) -> Vec<f64> {
    let Step { kind, at, surprise, before, after, .. } = step;
    let [label, weight, loss] = [surprise.signal.label, surprise.signal.weight, surprise.loss()].map(f64::from);
    let head = [f64::from(*kind as u8), at.0 as f64, label, weight, loss];
    head.into_iter().chain(before.iter().chain(after).map(|number| f64::from(*number))).collect()
}
