//! How a profiler learns and ranks.

use crate::factors::{Factors, View};
use crate::insight::PageHinkley;
use crate::interaction::{Forgetting, Millis, Signals};
use crate::profile::Part;
use crate::rank::Weights;
use crate::update::{FoldIn, Loss, Rate, Sampling, Sgd};

/// How a profiler learns and ranks.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Kind → label and weight.
    pub signals: Signals,
    /// Moves the long-term taste.
    pub long: Sgd,
    /// Moves the short-term taste.
    pub short: Sgd,
    /// The tastes of the learnt mix, one for each view of the items.
    pub fold_in: [FoldIn; View::COUNT],
    /// Sees on how much of the orders is new that the interest has moved.
    pub drift: PageHinkley,
    /// Negatives of each positive, at most [`Part::NEGATIVES`].
    pub negatives: usize,
    /// Where they come from when too little was shown in vain.
    pub sampling: Sampling,
    /// Weights of the parts of a score.
    pub weights: Weights,
}

impl Settings {
    /// The usual ones, with the fold-in's as the bundle brings them.
    pub fn of(factors: &Factors) -> Self {
        let usual = Self::default();
        let of = |usual: FoldIn| {
            let Some([ridge, unseen, confidence, days, left]) = factors.fold_in(usual.view) else { return usual };
            let half_life = Millis((days * 86_400_000.0) as i64);
            let forgetting = if left < 1.0 { Forgetting::Event(left) } else { Forgetting::Time(half_life) };
            FoldIn { ridge, unseen, confidence, forgetting, ..usual }
        };
        Self { fold_in: usual.fold_in.map(of), ..usual }
    }
}

impl Default for Settings {
    fn default() -> Self {
        // Chosen by NDCG@20 on 72 to 80 % of a year of groceries, for all items and for new ones.
        let sgd = |rate, l2, half_life| Sgd {
            loss: Loss::Logistic { offset: 0.0 },
            rate: Rate::Fixed(rate),
            l2,
            sharpness: 4.0,
            forgetting: Forgetting::Time(half_life),
        };
        Self {
            signals: Signals::default(),
            long: sgd(0.1, 0.01, Millis::days(120)),
            short: sgd(0.2, 0.0, Millis(4 * 3_600_000)),
            fold_in: View::ALL.map(|view| FoldIn {
                view,
                ridge: 1.0,
                unseen: 1.0,
                confidence: 2.0,
                forgetting: Forgetting::Time(Millis::days(30)),
                drifts: 0,
            }),
            drift: PageHinkley::default(),
            negatives: Part::NEGATIVES,
            sampling: Sampling::Uniform,
            weights: Weights { taste: 4.0, category: 12.0, prior: 0.2, reserve: 1.0 },
        }
    }
}
