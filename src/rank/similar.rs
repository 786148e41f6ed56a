//! Items most like one item: the cosine of their vectors.

use super::{Allowed, Query, Scored, Scratch, best};
use crate::factors::Factors;

/// The `limit` items whose vectors point most in the direction of `item`'s (cosine; Sarwar 2001
/// computes it on ratings, here on the factors). The score is the cosine, −1 to 1.
pub fn similar(factors: &Factors, item: u32, allowed: &Allowed, limit: usize, scratch: &mut Scratch) -> Vec<Scored> {
    let mut vector = vec![0.0; factors.dim()];
    factors.space().write(item, &mut vector);
    let own = norm(&vector);
    if own == 0.0 {
        return Vec::new();
    }
    vector.iter_mut().for_each(|value| *value /= own as f32);
    // By inner product first, which favours long vectors: among the many items with almost no data,
    // whose short vectors point anywhere, one of them would always have the best cosine.
    let candidates = best(&Query::vector(factors, vector), allowed, (limit * 20).max(400), 0, scratch);
    let mut other = vec![0.0; factors.dim()];
    let mut list: Vec<Scored> = candidates
        .iter()
        .filter(|scored| scored.item != item)
        .filter_map(|scored| {
            factors.space().write(scored.item, &mut other);
            let length = norm(&other);
            (length > 0.0).then(|| Scored { item: scored.item, score: scored.score / length })
        })
        .collect();
    Scored::sort(&mut list);
    list.truncate(limit);
    list
}

fn norm(vector: &[f32]) -> f64 {
    vector.iter().map(|value| f64::from(*value) * f64::from(*value)).sum::<f64>().sqrt()
}
