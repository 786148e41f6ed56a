//! Stochastic gradient descent on the shopper's vector, item factors fixed.

use super::{Example, Update};
use crate::factors::Factors;
use crate::interaction::{Millis, decay};
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
}

/// One step for each interaction as it comes (ISGD: Vinagre, Jorge, Gama 2014), with exponential
/// forgetting between them. Shapes: taste d, items d. The score is `sharpness`·(p·q), since iALS
/// factors predict 0…1 and not log-odds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sgd {
    /// The loss.
    pub loss: Loss,
    /// Step size.
    pub rate: f32,
    /// Pull towards the neutral taste at each step.
    pub l2: f32,
    /// Multiplies p·q.
    pub sharpness: f32,
    /// Half of the taste is forgotten in this time (0 = never).
    pub half_life: Millis,
}

impl Update for Sgd {
    fn learn(&self, taste: &mut Taste, x: &Example<'_>, factors: &Factors) -> f32 {
        if x.weight == 0.0 {
            return 0.0;
        }
        taste.fade(decay(x.at.since(taste.at), self.half_life));
        taste.at = taste.at.max(x.at);

        let step = self.rate * x.weight * self.sharpness;
        let own = self.score(taste, x.item, factors);
        // What goes into the taste; all gradients are taken at the same point, so it moves last.
        let mut part = Part { item: x.item, kind: x.kind, at: x.at, amount: 0.0, pushes: Default::default() };
        let mut loss = 0.0;
        let negatives = if x.label > 0.0 { x.negatives } else { &[] };
        let each = 1.0 / negatives.len().clamp(1, Part::NEGATIVES) as f32;
        let pairs = part.pushes.iter_mut().zip(negatives);
        match self.loss {
            Loss::Logistic { offset } => {
                part.amount = step * (x.label - sigmoid(own + offset));
                loss += softplus(own + offset) - x.label * (own + offset);
                for (push, negative) in pairs {
                    let score = self.score(taste, *negative, factors) + offset;
                    *push = (*negative, -step * each * sigmoid(score));
                    loss += softplus(score) * each;
                }
            }
            Loss::Bpr if negatives.is_empty() => {
                // Nothing to compare with: an unwanted item is pushed below the neutral score.
                part.amount = -step * (1.0 - x.label) * sigmoid(own);
                loss += softplus(own) * (1.0 - x.label);
            }
            Loss::Bpr => {
                for (push, negative) in pairs {
                    let lead = own - self.score(taste, *negative, factors);
                    let wrong = step * each * x.label * sigmoid(-lead);
                    part.amount += wrong;
                    *push = (*negative, -wrong);
                    loss += softplus(-lead) * each * x.label;
                }
            }
        }
        taste.fade(1.0 - (self.rate * x.weight * self.l2).min(1.0));
        add(&mut taste.vector, part.amount, x.item, factors);
        for (negative, push) in part.pushes.iter().take(negatives.len()) {
            add(&mut taste.vector, *push, *negative, factors);
        }
        taste.note(part);
        bound(taste);
        loss
    }
}

impl Sgd {
    /// No taste is longer, whatever is done to it.
    pub const MAX_NORM: f32 = 1e3;

    fn score(&self, taste: &Taste, item: u32, factors: &Factors) -> f32 {
        self.sharpness * dot(&taste.vector, item, factors)
    }
}

/// p·q in four lanes: the order of the additions is the same with and without SIMD.
fn dot(taste: &[f32], item: u32, factors: &Factors) -> f32 {
    let (row, scale) = (factors.row(item), factors.scale());
    let mut lanes = [0f32; 4];
    let ((p4, p_tail), (q4, q_tail), (s4, s_tail)) =
        (taste.as_chunks::<4>(), row.as_chunks::<4>(), scale.as_chunks::<4>());
    for ((p, q), s) in p4.iter().zip(q4).zip(s4) {
        for lane in 0..4 {
            lanes[lane] += p[lane] * (f32::from(q[lane]) * s[lane]);
        }
    }
    let tail: f32 = p_tail.iter().zip(q_tail).zip(s_tail).map(|((p, q), s)| p * (f32::from(*q) * s)).sum();
    (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]) + tail
}

fn add(taste: &mut [f32], amount: f32, item: u32, factors: &Factors) {
    for ((p, q), s) in taste.iter_mut().zip(factors.row(item)).zip(factors.scale()) {
        *p += amount * (f32::from(*q) * s);
    }
}

/// Keeps the taste within [`Sgd::MAX_NORM`], its parts in step.
fn bound(taste: &mut Taste) {
    let square: f32 = taste.vector.iter().map(|p| p * p).sum();
    if square > Sgd::MAX_NORM * Sgd::MAX_NORM {
        taste.fade(Sgd::MAX_NORM / libm::sqrtf(square));
    }
}

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + libm::expf(-x))
}

/// ln(1 + eˣ), without overflow.
fn softplus(x: f32) -> f32 {
    x.max(0.0) + libm::log1pf(libm::expf(-x.abs()))
}
