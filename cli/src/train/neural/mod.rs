//! Trains the update function `Neural`: a recurrent network over frozen item factors, by
//! cross-entropy on the next item (GRU4Rec: Hidasi et al. 2016), with back-propagation by candle.
//!
//! Equal seeds give equal weights on the same machine: every random number is ours, in a fixed order.

mod batch;
mod loss;
mod model;
mod weights;

use candle_nn::{AdamW, Optimizer, ParamsAdamW};
use homebody::interaction::{Kind, Millis};

pub use batch::Event;
use batch::{Batch, Order};
use loss::{Softmax, Step};
pub use model::Cell;
use model::Model;
pub use weights::{Part, Weights};

use crate::error::{Error, Result};
use crate::random::Random;

/// One sequence in so many is held out, to know when to stop.
const HELD_OUT: u64 = 20;
/// So many epochs without a better loss on what is held out end the training.
const PATIENCE: usize = 3;

#[derive(Clone, Copy, Debug)]
pub struct Settings {
    pub cell: Cell,
    /// Numbers in the state.
    pub hidden: usize,
    pub epochs: usize,
    /// Sequences of one step of the optimiser.
    pub batch: usize,
    /// Adam's step size at its highest; it falls to 0 along a cosine (Loshchilov, Hutter 2017).
    pub rate: f64,
    /// The share of a state that its query does not see, at random (Srivastava et al. 2014).
    pub dropout: f32,
    /// Learn to foretell items that were had before, too. Counting does that better, and learning only
    /// what is new leaves the network more room.
    pub repeats: bool,
    pub seed: u64,
}

/// What did best on anonymous sessions of 6,684 items, among a dozen settings; a GRU of the same size was a
/// little behind.
impl Default for Settings {
    fn default() -> Self {
        Self {
            cell: Cell::Mlp,
            hidden: 128,
            epochs: 12,
            batch: 128,
            rate: 0.004,
            dropout: 0.3,
            repeats: false,
            seed: 1,
        }
    }
}

/// The frozen items, as a browser sees them: int8 times scale, N × d, and ln of their popularity
/// relative to the most popular one.
pub struct Items<'a> {
    pub dim: usize,
    pub vectors: &'a [f32],
    pub bias: &'a [f32],
}

/// Learns weights from sequences of one shopper or session each; tells each epoch's number (from 1)
/// and its mean loss on the training and on the held-out sequences, in nats for each next item.
pub fn train(
    sequences: &[Vec<Event>], items: &Items, settings: &Settings, each: impl FnMut(usize, f64, f64),
) -> Result<Weights> {
    fit(sequences, items, settings, each).map_err(|error| Error::request(format!("candle: {error}")))
}

fn fit(
    sequences: &[Vec<Event>], items: &Items, settings: &Settings, mut each: impl FnMut(usize, f64, f64),
) -> candle_core::Result<Weights> {
    let mut random = Random::new(settings.seed);
    let (held, trained): (Vec<_>, Vec<_>) =
        sequences.iter().filter(|events| events.len() > 1).partition(|_| random.next().is_multiple_of(HELD_OUT));
    let softmax = Softmax::new(items)?;
    let model = Model::new(settings, items.dim, &mut random)?;
    let mut optimiser = AdamW::new(model.vars(), ParamsAdamW { lr: 0.0, weight_decay: 0.0, ..Default::default() })?;

    let held: Vec<Batch> = Order::plain(&held, settings).batches().collect();
    let steps = settings.epochs * Order::plain(&trained, settings).len();
    let mut best: Option<(f64, usize, Weights)> = None;
    let mut step = 0;
    for epoch in 1..=settings.epochs {
        let mut train = Step::default();
        for batch in Order::shuffled(&trained, settings, &mut random).batches() {
            let warm = ((step + 1) as f64 / 100.0).min(1.0);
            let cosine = 0.5 + 0.5 * libm::cos(std::f64::consts::PI * step as f64 / steps as f64);
            optimiser.set_learning_rate(settings.rate * warm * cosine);
            step += 1;
            let queries = model.queries(&batch, &softmax, Some((settings.dropout, &mut random)))?;
            let done = softmax.step(&queries, &batch, &model.popularity)?;
            if let Some(surrogate) = &done.surrogate {
                optimiser.backward_step(surrogate)?;
            }
            train.add(&done);
        }
        let mut test = Step::default();
        for batch in &held {
            test.add(&softmax.step(&model.queries(batch, &softmax, None)?, batch, &model.popularity)?);
        }
        each(epoch, train.mean(), test.mean());
        // Of a few sequences none may be held out. What is not a number is the worst in this order.
        let loss = if held.is_empty() { train.mean() } else { test.mean() };
        match &best {
            Some((least, at, _)) if loss.total_cmp(least).is_ge() => {
                if epoch - at >= PATIENCE {
                    break;
                }
            }
            _ => best = Some((loss, epoch, model.weights(softmax.unit)?)),
        }
    }
    best.map(|(_, _, weights)| weights).ok_or_else(|| candle_core::Error::msg("no epoch was run"))
}

#[cfg(test)]
mod tests;
