//! Stochastic gradient descent on the shopper's vector, item factors fixed.

use super::{Example, Opinion, Update};
use crate::factors::Factors;
use crate::interaction::{Forgetting, Millis};
use crate::lanes::{self, logistic};
use crate::profile::{Part, Taste};

/// Which loss is descended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Loss {
    /// −l·ln σ(s) − (1−l)·ln(1−σ(s)), each sampled negative an example with l = 0 (Koren et al. 2009
    /// for the factors, Mikolov et al. 2013 for the sampling).
    Logistic {
        /// Added to every score: the log-odds of an item that nothing speaks for.
        offset: f32,
    },
    /// −ln σ(s⁺ − s⁻), the mean over the negatives (BPR: Rendle et al. 2009).
    Bpr,
    /// ½(1+a)·(l − s)² + ½g·pᵀGp, the objective of implicit ALS; G = Σ q qᵀ over all items takes the
    /// place of sampled negatives (Hu, Koren, Volinsky 2008).
    Als {
        /// a, how much more an interaction counts than an item that was not chosen.
        confidence: f32,
        /// g.
        unseen: f32,
    },
}

/// How long a step is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rate {
    /// The same in each dimension.
    Fixed(f32),
    /// Shorter in dimensions that have moved much: divided by √Σ gradient² (AdaGrad: Duchi et al. 2011).
    PerDimension(f32),
}

/// One step for each interaction as it comes (ISGD: Vinagre, Jorge, Gama 2014), with exponential
/// forgetting between them. Shapes: taste d, items d. The score is s = `sharpness`·(p·q), since iALS
/// factors predict 0…1 and not log-odds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sgd {
    /// The loss.
    pub loss: Loss,
    /// Step size.
    pub rate: Rate,
    /// Pull towards the neutral taste at each step.
    pub l2: f32,
    /// Multiplies p·q.
    pub sharpness: f32,
    /// How the taste fades.
    pub forgetting: Forgetting,
}

impl Update for Sgd {
    type State = Taste;

    fn start(&self, factors: &Factors) -> Taste {
        Taste::neutral(factors.dim())
    }

    fn loss(&self, taste: &Taste, x: &Example<'_>, factors: &Factors) -> f32 {
        let left = self.forgetting.before_next(x.at.since(taste.at));
        let (items, used) = with_negatives(x);
        let [mut scores, _] = dots(&items[..used], [&taste.vector; 2], factors);
        self.score(left, &mut scores);
        self.surprise(x, scores, used).loss()
    }

    /// By the one loop that there is, beside a copy of itself.
    fn learn(&self, taste: &mut Taste, x: &Example<'_>, factors: &Factors) {
        let mut copy = taste.clone();
        Self::both([self; 2], [taste, &mut copy], x, factors);
    }

    fn opinion(&self, taste: &Taste, now: Millis, _: &Factors) -> Opinion {
        let left = self.forgetting.left(now.since(taste.at));
        Opinion { vector: taste.vector.iter().map(|p| left * p).collect(), items: Vec::new() }
    }
}

/// A number for the item and for each of its negatives.
type Each = [f32; Part::VECTORS];

/// The item and the negatives that are used, and how many these are together.
fn with_negatives(x: &Example<'_>) -> ([u32; Part::VECTORS], usize) {
    let mut items = [0; Part::VECTORS];
    items[0] = x.item;
    let negatives = if x.label > 0.0 { x.negatives } else { &[] };
    items[1..].iter_mut().zip(negatives).for_each(|(to, negative)| *to = *negative);
    (items, 1 + negatives.len().min(Part::NEGATIVES))
}

/// p·q of each item for two tastes.
fn dots(items: &[u32], tastes: [&[f32]; 2], factors: &Factors) -> [Each; 2] {
    let mut scores = [[0.0; Part::VECTORS]; 2];
    factors.space().dots(items, tastes, &mut scores);
    scores
}

/// How wrong a taste was about an example before it learnt from it. The loss is worked out when it is asked for:
/// its logarithms would be a third of the step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Surprise {
    of: Loss,
    label: f32,
    scores: Each,
    used: usize,
}

impl Surprise {
    /// Of nothing learnt.
    pub const NONE: Self = Self { of: Loss::Bpr, label: 1.0, scores: [0.0; Part::VECTORS], used: 1 };

    /// The loss.
    pub fn loss(&self) -> f32 {
        let Self { of, label, ref scores, used } = *self;
        let (own, scores) = (scores[0], &scores[1..used]);
        let each = 1.0 / scores.len().max(1) as f32;
        match of {
            Loss::Logistic { .. } => {
                scores.iter().fold(softplus(own) - label * own, |loss, score| loss + softplus(*score) * each)
            }
            Loss::Bpr if scores.is_empty() => softplus(own) * (1.0 - label),
            Loss::Bpr => scores.iter().fold(0.0, |loss, score| loss + softplus(*score - own) * each * label),
            Loss::Als { confidence, .. } => 0.5 * (1.0 + confidence) * (label - own) * (label - own),
        }
    }
}

impl Sgd {
    /// No taste is longer, whatever is done to it.
    pub const MAX_NORM: f32 = 1e3;

    /// Two tastes learn from one example: each vector is read once for both. Returns how wrong the first was before.
    pub fn both(of: [&Self; 2], tastes: [&mut Taste; 2], x: &Example<'_>, factors: &Factors) -> Surprise {
        let ([one, other], [p, q]) = (of, tastes);
        if x.weight <= 0.0 {
            return Surprise::NONE;
        }
        one.forget(p, x);
        other.forget(q, x);
        // All gradients are taken at the same point, so the tastes move last.
        let (items, used) = with_negatives(x);
        factors.space().touch(&items[1..used]);
        let [mut scores, mut others] = dots(&items[..used], [&p.vector, &q.vector], factors);
        one.score(1.0, &mut scores);
        other.score(1.0, &mut others);
        let (amounts, by) = (one.amounts(x, &scores, used), other.amounts(x, &others, used));
        let (mut moved, mut turned) = (one.begin(p, x, factors), other.begin(q, x, factors));
        factors.space().add_all(&items[..used], [&amounts, &by], [&mut moved, &mut turned]);
        one.end(p, moved, x, Part { kind: x.kind, at: x.at, items, amounts });
        other.end(q, turned, x, Part { kind: x.kind, at: x.at, items, amounts: by });
        one.surprise(x, scores, used)
    }

    /// Label and weight. The squared loss takes a rating as it is.
    fn taught(&self, x: &Example<'_>) -> (f32, f32) {
        if matches!(self.loss, Loss::Als { .. }) { (x.label, x.weight) } else { x.implicit() }
    }

    fn rate(&self, x: &Example<'_>) -> f32 {
        let (Rate::Fixed(rate) | Rate::PerDimension(rate)) = self.rate;
        rate * self.taught(x).1
    }

    fn forget(&self, taste: &mut Taste, x: &Example<'_>) {
        if self.taught(x).1 > 0.0 {
            taste.fade(self.forgetting.before_next(x.at.since(taste.at)));
            taste.at = taste.at.max(x.at);
        }
    }

    /// From p·q to scores, at a taste of which `left` is left.
    fn score(&self, left: f32, scores: &mut Each) {
        lanes::scale(scores, self.sharpness * left);
        if let Loss::Logistic { offset } = self.loss {
            scores.iter_mut().for_each(|score| *score += offset);
        }
    }

    fn surprise(&self, x: &Example<'_>, scores: Each, used: usize) -> Surprise {
        Surprise { of: self.loss, label: self.taught(x).0, scores, used }
    }

    /// How much of each vector the step puts in: −∂loss/∂p is the sum of these vectors so weighed.
    fn amounts(&self, x: &Example<'_>, scores: &Each, used: usize) -> Each {
        let (label, own) = (self.taught(x).0, scores[0]);
        let each = 1.0 / (used - 1).max(1) as f32;
        let mut amounts = *scores;
        match self.loss {
            Loss::Logistic { .. } => {
                lanes::logistics(&mut amounts);
                amounts[0] = label - amounts[0];
                amounts[1..].iter_mut().for_each(|push| *push *= -each);
            }
            // Nothing to compare with: an unwanted item is pushed below the neutral score.
            Loss::Bpr if used == 1 => amounts[0] = -(1.0 - label) * logistic(own),
            Loss::Bpr => {
                amounts[0] = 0.0;
                for at in 1..used {
                    let wrong = each * label * logistic(scores[at] - own);
                    amounts[0] += wrong;
                    amounts[at] = -wrong;
                }
            }
            Loss::Als { confidence, .. } => {
                amounts[0] = (1.0 + confidence) * (label - own);
                amounts[1..].fill(0.0);
            }
        }
        amounts[used..].fill(0.0);
        lanes::scale(&mut amounts, self.rate(x) * self.sharpness);
        amounts
    }

    /// What moves whatever the item is. Returns what the vectors are to be added to.
    fn begin(&self, taste: &mut Taste, x: &Example<'_>, factors: &Factors) -> Vec<f32> {
        let rate = self.rate(x);
        if let Loss::Als { unseen, .. } = self.loss {
            against_all(&mut taste.vector, rate * unseen, factors);
        }
        taste.fade(1.0 - (rate * self.l2).min(1.0));
        match self.rate {
            Rate::Fixed(_) => core::mem::take(&mut taste.vector),
            Rate::PerDimension(_) => vec![0.0; factors.dim()],
        }
    }

    fn end(&self, taste: &mut Taste, mut moved: Vec<f32>, x: &Example<'_>, mut part: Part) {
        match self.rate {
            Rate::Fixed(_) => taste.vector = moved,
            Rate::PerDimension(_) => {
                let shortened = taste.shorten(&mut moved, self.rate(x) * self.sharpness);
                taste.vector.iter_mut().zip(&moved).for_each(|(p, move_by)| *p += move_by);
                lanes::scale(&mut part.amounts, shortened);
            }
        }
        taste.note(part);
        bound(taste);
    }
}

/// p −= amount·G·p, the pull of all items that were not chosen.
fn against_all(taste: &mut [f32], amount: f32, factors: &Factors) {
    let mut pull = vec![0.0; taste.len()];
    let mut gram = factors.space().gram();
    for row in 0..taste.len() {
        let (line, rest) = gram.split_at(taste.len() - row);
        for (column, value) in (row..).zip(line) {
            pull[row] += value * taste[column];
            if column > row {
                pull[column] += value * taste[row];
            }
        }
        gram = rest;
    }
    taste.iter_mut().zip(&pull).for_each(|(p, pull)| *p -= amount * pull);
}

/// Keeps the taste within [`Sgd::MAX_NORM`], its parts in step.
fn bound(taste: &mut Taste) {
    // Added up another way, hence with room: nearly every taste is far from the bound.
    if lanes::product(&taste.vector, &taste.vector) < 0.9 * Sgd::MAX_NORM * Sgd::MAX_NORM {
        return;
    }
    let square: f32 = taste.vector.iter().map(|p| p * p).sum();
    // A step beyond reason may have left no number at all.
    if !square.is_finite() {
        let at = taste.at;
        *taste = Taste::neutral(taste.vector.len());
        taste.at = at;
    } else if square > Sgd::MAX_NORM * Sgd::MAX_NORM {
        taste.fade(Sgd::MAX_NORM / libm::sqrtf(square));
    }
}

/// ln(1 + eˣ), without overflow.
fn softplus(x: f32) -> f32 {
    x.max(0.0) + libm::log1pf(lanes::exp(-x.abs()))
}
