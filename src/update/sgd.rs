//! Stochastic gradient descent on the shopper's vector, item factors fixed.

use super::{Example, Opinion, Update};
use crate::factors::Factors;
use crate::interaction::{Forgetting, Millis};
use crate::lanes;
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
        let (label, weight) = self.taught(x);
        self.gradient(left, taste, &Example { label, weight, ..*x }, factors).surprise.loss()
    }

    fn learn(&self, taste: &mut Taste, x: &Example<'_>, factors: &Factors) {
        self.step(taste, x, factors);
    }

    fn opinion(&self, taste: &Taste, now: Millis, _: &Factors) -> Opinion {
        let left = self.forgetting.left(now.since(taste.at));
        Opinion { vector: taste.vector.iter().map(|p| left * p).collect(), items: Vec::new() }
    }
}

/// −∂loss/∂p = own·q + Σ pushes·q⁻, and what the loss is made of.
struct Gradient {
    own: f32,
    pushes: [(u32, f32); Part::NEGATIVES],
    surprise: Surprise,
}

/// How wrong a taste was about an example before it learnt from it. The loss is worked out when it is asked for:
/// its logarithms would be a third of the step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Surprise {
    of: Loss,
    label: f32,
    own: f32,
    negatives: [f32; Part::NEGATIVES],
    count: usize,
}

impl Surprise {
    /// Of nothing learnt.
    pub const NONE: Self = Self { of: Loss::Bpr, label: 1.0, own: 0.0, negatives: [0.0; Part::NEGATIVES], count: 0 };

    /// The loss.
    pub fn loss(&self) -> f32 {
        let Self { of, label, own, ref negatives, count } = *self;
        let (each, scores) = (1.0 / count.max(1) as f32, &negatives[..count]);
        match of {
            Loss::Logistic { .. } => {
                scores.iter().fold(softplus(own) - label * own, |loss, score| loss + softplus(*score) * each)
            }
            Loss::Bpr if count == 0 => softplus(own) * (1.0 - label),
            Loss::Bpr => scores.iter().fold(0.0, |loss, score| loss + softplus(*score - own) * each * label),
            Loss::Als { confidence, .. } => 0.5 * (1.0 + confidence) * (label - own) * (label - own),
        }
    }
}

impl Sgd {
    /// No taste is longer, whatever is done to it.
    pub const MAX_NORM: f32 = 1e3;

    /// Learns from one example and returns how wrong it was before: both for the price of one.
    pub fn step(&self, taste: &mut Taste, x: &Example<'_>, factors: &Factors) -> Surprise {
        let (label, weight) = self.taught(x);
        if weight <= 0.0 {
            return Surprise::NONE;
        }
        let x = &Example { label, weight, ..*x };
        taste.fade(self.forgetting.before_next(x.at.since(taste.at)));
        taste.at = taste.at.max(x.at);
        // All gradients are taken at the same point, so the taste moves last.
        let Gradient { own, pushes, surprise } = self.gradient(1.0, taste, x, factors);
        let (Rate::Fixed(rate) | Rate::PerDimension(rate)) = self.rate;
        let step = rate * x.weight * self.sharpness;
        let part = Part { item: x.item, kind: x.kind, at: x.at, amount: own, pushes }.times(step);
        if let Loss::Als { unseen, .. } = self.loss {
            against_all(&mut taste.vector, rate * x.weight * unseen, factors);
        }
        taste.fade(1.0 - (rate * x.weight * self.l2).min(1.0));
        match self.rate {
            Rate::Fixed(_) => {
                factors.space().add(part.item, part.amount, &mut taste.vector);
                let given = part.pushes.iter().filter(|(_, push)| *push != 0.0);
                given.for_each(|(negative, push)| factors.space().add(*negative, *push, &mut taste.vector));
                taste.note(part);
            }
            Rate::PerDimension(_) => {
                let mut wanted = vec![0.0; factors.dim()];
                for (item, amount) in part.pushes.iter().chain([&(part.item, part.amount)]) {
                    factors.space().add(*item, *amount, &mut wanted);
                }
                let shortened = taste.shorten(&mut wanted, step);
                taste.vector.iter_mut().zip(&wanted).for_each(|(p, move_by)| *p += move_by);
                taste.note(part.times(shortened));
            }
        }
        bound(taste);
        surprise
    }

    /// The squared loss takes a rating as it is.
    fn taught(&self, x: &Example<'_>) -> (f32, f32) {
        if matches!(self.loss, Loss::Als { .. }) { (x.label, x.weight) } else { x.implicit() }
    }

    /// At a taste of which `left` is left.
    fn gradient(&self, left: f32, taste: &Taste, x: &Example<'_>, factors: &Factors) -> Gradient {
        let score = |item| self.sharpness * left * factors.space().dot(&taste.vector, item);
        let own = score(x.item);
        let negatives = if x.label > 0.0 { x.negatives } else { &[] };
        let count = negatives.len().min(Part::NEGATIVES);
        let each = 1.0 / count.max(1) as f32;
        let surprise = Surprise { of: self.loss, label: x.label, own, count, ..Surprise::NONE };
        let mut gradient = Gradient { own: 0.0, pushes: Default::default(), surprise };
        let scores = &mut gradient.surprise.negatives;
        let pairs = gradient.pushes.iter_mut().zip(scores).zip(negatives);
        match self.loss {
            Loss::Logistic { offset } => {
                gradient.surprise.own = own + offset;
                gradient.own = x.label - sigmoid(own + offset);
                for ((push, known), negative) in pairs {
                    *known = score(*negative) + offset;
                    *push = (*negative, -each * sigmoid(*known));
                }
            }
            // Nothing to compare with: an unwanted item is pushed below the neutral score.
            Loss::Bpr if count == 0 => gradient.own = -(1.0 - x.label) * sigmoid(own),
            Loss::Bpr => {
                for ((push, known), negative) in pairs {
                    *known = score(*negative);
                    let wrong = each * x.label * sigmoid(*known - own);
                    gradient.own += wrong;
                    *push = (*negative, -wrong);
                }
            }
            Loss::Als { confidence, .. } => gradient.own = (1.0 + confidence) * (x.label - own),
        }
        gradient
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

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + libm::expf(-x))
}

/// ln(1 + eˣ), without overflow.
fn softplus(x: f32) -> f32 {
    x.max(0.0) + libm::log1pf(libm::expf(-x.abs()))
}
