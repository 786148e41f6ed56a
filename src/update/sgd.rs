//! Stochastic gradient descent on the shopper's vector, item factors fixed.

use super::{Example, Opinion, Update};
use crate::FULL;
use crate::factors::Factors;
use crate::interaction::{Forgetting, Millis, Signal};
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

impl Loss {
    /// As this build knows it. A page's settings are the usual ones, so in the core the others would be dead code.
    #[inline(always)]
    fn here(self) -> Self {
        match self {
            Self::Logistic { .. } => self,
            _ if FULL => self,
            _ => Self::Logistic { offset: 0.0 },
        }
    }
}

/// How long a step is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rate {
    /// The same in each dimension.
    Fixed(f32),
    /// Shorter in dimensions that have moved much: divided by √Σ gradient² (AdaGrad: Duchi et al. 2011).
    PerDimension(f32),
}

impl Rate {
    /// As this build knows it, like [`Loss::here`].
    #[inline(always)]
    fn here(self) -> Self {
        let (Self::Fixed(rate) | Self::PerDimension(rate)) = self;
        if FULL { self } else { Self::Fixed(rate) }
    }
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
        let mut items = [0; Part::VECTORS];
        let own = with_negatives(x, &mut items);
        let (mut surprise, mut same) = (self.surprise(x, own), [0.0; Part::ROOM]);
        factors.space().dots(&items[..=own], [&taste.vector; 2], [&mut surprise.dots, &mut same]);
        lanes::scale(&mut surprise.dots, left);
        surprise.loss()
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

/// A number for each of the negatives, and behind them one for the item.
type Each = [f32; Part::ROOM];

/// Writes the negatives that are used, and behind them the item. Returns where that is.
fn with_negatives(x: &Example<'_>, items: &mut [u32; Part::VECTORS]) -> usize {
    let negatives = if x.label > 0.0 { x.negatives } else { &[] };
    let own = negatives.len().min(Part::NEGATIVES);
    items[..own].iter_mut().zip(negatives).for_each(|(to, negative)| *to = *negative);
    items[own] = x.item;
    own
}

/// What an example taught, and how wrong a taste was about it before. The loss is worked out when it is asked for: its
/// logarithms would be a third of the step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Surprise {
    /// What was taught.
    pub signal: Signal,
    of: Loss,
    sharpness: f32,
    /// As the loss takes it, which may know wanted and not wanted only.
    label: f32,
    dots: Each,
    own: usize,
}

impl Surprise {
    /// Of nothing learnt.
    pub const NONE: Self = Self::nothing(0.0);

    /// Of an example with this label that teaches nothing.
    pub const fn nothing(label: f32) -> Self {
        let signal = Signal { label, weight: 0.0 };
        Self { signal, of: Loss::Bpr, sharpness: 1.0, label: 1.0, dots: [0.0; Part::ROOM], own: 0 }
    }

    /// The loss.
    pub fn loss(&self) -> f32 {
        let Self { of, sharpness, label, own, .. } = *self;
        let offset = if let Loss::Logistic { offset } = of { offset } else { 0.0 };
        let scores = self.dots.map(|dot| sharpness * dot + offset);
        let (own, scores) = (scores[own], &scores[..own]);
        let each = 1.0 / scores.len().max(1) as f32;
        match of.here() {
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
            return Surprise::nothing(x.label);
        }
        one.forget(p, x);
        other.forget(q, x);
        // All gradients are taken at the same point, so the tastes move last.
        let mut part = Part { kind: x.kind, at: x.at, items: [0; Part::VECTORS], amounts: [0.0; Part::ROOM] };
        let own = with_negatives(x, &mut part.items);
        let mut surprise = one.surprise(x, own);
        // In one piece: zeros are a call of the browser's, as each copy of a structure is.
        let mut each = [[0.0; Part::ROOM]; 2];
        let (dots, [others, by]) = (&mut surprise.dots, &mut each);
        let items = &part.items[..=own];
        factors.space().dots(items, [&p.vector, &q.vector], [dots, others]);
        Self::likely([one, other], [dots, others], [&mut part.amounts, by]);
        one.amounts(x, dots, own, &mut part.amounts);
        other.amounts(x, others, own, by);
        one.begin(p, x, factors);
        other.begin(q, x, factors);
        let (mut apart, mut away) = (one.apart(factors), other.apart(factors));
        let moved = apart.as_mut().unwrap_or(&mut p.vector);
        let turned = away.as_mut().unwrap_or(&mut q.vector);
        factors.space().add_all(items, [&part.amounts, by], [moved, turned]);
        part.items.swap(own, Part::OWN);
        one.end(p, apart.as_deref_mut(), x, &mut part, own);
        part.amounts = *by;
        other.end(q, away.as_deref_mut(), x, &mut part, own);
        surprise
    }

    /// Label and weight. The squared loss takes a rating as it is.
    fn taught(&self, x: &Example<'_>) -> (f32, f32) {
        if matches!(self.loss.here(), Loss::Als { .. }) { (x.label, x.weight) } else { x.implicit() }
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

    /// Where nothing is known of the scores yet.
    fn surprise(&self, x: &Example<'_>, own: usize) -> Surprise {
        let (signal, label) = (Signal { label: x.label, weight: x.weight }, self.taught(x).0);
        Surprise { signal, of: self.loss, sharpness: self.sharpness, label, dots: [0.0; Part::ROOM], own }
    }

    /// How likely each is, as the logistic loss has it.
    fn likely(of: [&Self; 2], dots: [&Each; 2], [one, two]: [&mut Each; 2]) {
        let offset = |step: &Self| if let Loss::Logistic { offset } = step.loss.here() { offset } else { 0.0 };
        lanes::logistics(dots.map(|dots| &dots[..]), of.map(|step| step.sharpness), of.map(offset), [one, two]);
    }

    /// How much of each vector the step puts in: −∂loss/∂p is the sum of these vectors so weighed. Where it is written stands
    /// how likely each is.
    fn amounts(&self, x: &Example<'_>, dots: &Each, own: usize, amounts: &mut Each) {
        let (label, sharpness) = (self.taught(x).0, self.sharpness);
        let rate = self.rate(x) * sharpness;
        let each = rate / own.max(1) as f32;
        let likely = amounts[own];
        lanes::scale(amounts, -each);
        amounts[own..].fill(0.0);
        match self.loss.here() {
            Loss::Logistic { .. } => amounts[own] = rate * (label - likely),
            // Nothing to compare with: an unwanted item is pushed below the neutral score.
            Loss::Bpr if own == 0 => {
                amounts[own] = -rate * (1.0 - label) * logistic(sharpness * dots[own]);
            }
            Loss::Bpr => {
                for at in 0..own {
                    let wrong = each * label * logistic(sharpness * (dots[at] - dots[own]));
                    amounts[own] += wrong;
                    amounts[at] = -wrong;
                }
            }
            Loss::Als { confidence, .. } => {
                amounts.fill(0.0);
                amounts[own] = rate * (1.0 + confidence) * (label - sharpness * dots[own]);
            }
        }
    }

    /// What moves whatever the item is.
    fn begin(&self, taste: &mut Taste, x: &Example<'_>, factors: &Factors) {
        let rate = self.rate(x);
        if let Loss::Als { unseen, .. } = self.loss.here() {
            against_all(&mut taste.vector, rate * unseen, factors);
        }
        taste.fade(1.0 - (rate * self.l2).min(1.0));
    }

    /// What the vectors are to be added to, where that is not the taste.
    #[inline(always)]
    fn apart(&self, factors: &Factors) -> Option<Vec<f32>> {
        matches!(self.rate.here(), Rate::PerDimension(_)).then(|| vec![0.0; factors.dim()])
    }

    /// The item, which stands behind its negatives, goes into its place in the part.
    fn end(&self, taste: &mut Taste, apart: Option<&mut [f32]>, x: &Example<'_>, part: &mut Part, own: usize) {
        // The rate is asked too: so a build that knows one kind of it has nothing of this.
        if let (Some(moved), Rate::PerDimension(_)) = (apart, self.rate.here()) {
            let shortened = taste.shorten(moved, self.rate(x) * self.sharpness);
            taste.vector.iter_mut().zip(moved).for_each(|(p, move_by)| *p += *move_by);
            lanes::scale(&mut part.amounts, shortened);
        }
        part.amounts.swap(own, Part::OWN);
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
    // As nearly every taste: it would be within the bound if all its numbers were as large as the largest.
    let reach = lanes::reach(&taste.vector);
    if reach * reach * (taste.vector.len() as f32) < Sgd::MAX_NORM * Sgd::MAX_NORM {
        return;
    }
    let square: f32 = taste.vector.iter().map(|p| p * p).sum();
    // A step beyond reason may have left no number at all.
    if !square.is_finite() {
        let at = taste.at;
        *taste = Taste::neutral(taste.vector.len());
        taste.at = at;
    } else if square > Sgd::MAX_NORM * Sgd::MAX_NORM {
        taste.fade(Sgd::MAX_NORM / square.sqrt());
    }
}

/// ln(1 + eˣ), without overflow.
fn softplus(x: f32) -> f32 {
    x.max(0.0) + libm::log(1.0 + f64::from(lanes::exp(-x.abs()))) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interaction::Kind;
    use crate::testing::factors;
    use crate::testing::test;

    fn steps() -> [(Sgd, f32, &'static [u32]); 4] {
        let by = |loss| Sgd { loss, rate: Rate::Fixed(0.1), l2: 0.0, sharpness: 2.5, forgetting: Forgetting::Never };
        let als = Loss::Als { confidence: 3.0, unseen: 0.0 };
        [
            (by(Loss::Logistic { offset: -1.5 }), 1.0, &[2, 3, 5]),
            (by(Loss::Bpr), 1.0, &[2, 3, 5]),
            (by(Loss::Bpr), 0.0, &[]),
            (by(als), 1.0, &[2, 3, 5]),
        ]
    }

    fn taste() -> Taste {
        let mut taste = Taste::neutral(4);
        taste.vector = vec![0.3, -0.2, 0.5, 0.1];
        taste
    }

    fn example(label: f32, negatives: &[u32]) -> Example<'_> {
        Example { item: 0, kind: Kind::View, at: Millis(0), label, weight: 1.0, negatives }
    }

    #[test]
    fn a_step_goes_down_the_gradient_of_its_loss() {
        let factors = factors();
        for (step, label, negatives) in steps() {
            let x = example(label, negatives);
            let mut learnt = taste();
            step.learn(&mut learnt, &x, &factors);
            let gradient: Vec<f32> = (0..4)
                .map(|j| {
                    let at = |by: f32| {
                        let mut moved = taste();
                        moved.vector[j] += by;
                        step.loss(&moved, &x, &factors)
                    };
                    (at(0.01) - at(-0.01)) / 0.02
                })
                .collect();
            let near = |rate: f32| {
                let pairs = learnt.vector.iter().zip(taste().vector).zip(&gradient);
                pairs.into_iter().all(|((after, before), slope)| (after - before + rate * slope).abs() < 1e-3)
            };
            assert!(near(0.1), "{step:?}: {gradient:?}");
            assert!(!near(0.12), "the control: {step:?}: {gradient:?}");
        }
    }

    #[test]
    fn two_together_are_each_by_itself() {
        let factors = factors();
        for (one, label, negatives) in steps() {
            let x = example(label, negatives);
            let other = Sgd { rate: Rate::PerDimension(0.3), sharpness: 0.7, l2: 0.2, ..one };
            let (mut p, mut q) = (taste(), taste());
            let surprise = Sgd::both([&one, &other], [&mut p, &mut q], &x, &factors);
            assert_eq!((surprise.loss(), surprise.signal.label), (one.loss(&taste(), &x, &factors), label));
            let alone = |step: &Sgd| {
                let mut alone = taste();
                step.learn(&mut alone, &x, &factors);
                alone
            };
            assert_eq!((&p, &q), (&alone(&one), &alone(&other)));
            assert_ne!(p, q, "the control");
        }
    }
}
