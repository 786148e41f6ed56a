//! A learnt update: a small recurrent network that reads interactions one by one (GRU4Rec: Hidasi et
//! al. 2016). It is trained offline and its weights are in the bundle; here is the forward pass only.
//!
//! Shapes: items d, events e = [`EVENT_FEATURES`], state s, layer g. With the item's vector q, the
//! event's features v and the state h, everything begins with `x = I·q + E·v + b` and `y = S·h`, both g:
//!
//! - `gru` (Cho et al. 2014, the candidate as in PyTorch), g = 3s, its three parts in this order:
//!   `r = σ(x₀ + y₀)`, `z = σ(x₁ + y₁)`, `n = tanh(x₂ + r⊙(y₂ + c))`;
//! - `mlp`, a hidden layer of any width g that proposes a state and how far to go there:
//!   `(z, n) = P·max(0, x + y) + p`, then `z = σ(z)`, `n = tanh(n)`.
//!
//! Both end with `h′ = n + z⊙(h − n)`: the state stays within −1 and 1 whatever is read. What is
//! ranked with is the query `Q·h + L·q + k` in the space of the items, q being the last item.

use crate::error::Error;
use crate::factors::{Factors, File};
use crate::interaction::{Kind, Millis};

/// Numbers that describe an event: one for each kind, and two for the time since the one before.
pub const EVENT_FEATURES: usize = Kind::ALL.len() + 2;

/// What the network sees of an event beside the item: a 1 at its kind, and the time since the event
/// before, in logs of minutes and of days; both are 0 where no time has passed or none is known.
pub fn event_features(kind: Kind, elapsed: Millis) -> [f32; EVENT_FEATURES] {
    let log = |unit: f32| libm::log1pf(elapsed.0.max(0) as f32 / unit);
    let mut features = [0.0; EVENT_FEATURES];
    features[kind as usize] = 1.0;
    // A year is about 1.6 in either.
    features[EVENT_FEATURES - 2] = log(60_000.0) / 8.0;
    features[EVENT_FEATURES - 1] = log(86_400_000.0) / 4.0;
    features
}

/// A trained network. A shopper's state is s numbers within −1 and 1, then the last item's vector;
/// the neutral one is zeros, and its query prefers what is popular. An event of weight 0 is one that
/// the caller does not show to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    state: usize,
    dim: usize,
    item: Matrix,
    event: Matrix,
    recurrent: Matrix,
    bias: Vec<f32>,
    candidate: Candidate,
    query: Matrix,
    last: Matrix,
    query_bias: Vec<f32>,
    popularity: f32,
}

/// Where the two kinds differ.
#[derive(Debug, Clone, PartialEq)]
enum Candidate {
    Gru { bias: Vec<f32> },
    Mlp { proposal: Matrix, bias: Vec<f32> },
}

impl Network {
    /// Largest state.
    pub const MAX_STATE: usize = 512;
    /// Largest layer.
    pub const MAX_LAYER: usize = 2_048;

    /// Reads the network of a bundle whose factors have been read; `None` where it has none.
    pub fn read(bundle: &[u8], factors: &Factors) -> Result<Option<Self>, Error> {
        let gru = match factors.metadata("homebody.neural") {
            None => return Ok(None),
            Some("gru") => true,
            Some("mlp") => false,
            _ => return Err(Error::TensorValue { name: "homebody.neural", at: 0, defect: "neither gru nor mlp" }),
        };
        let (file, dim) = (File::open(bundle)?, factors.dim());
        let [layer, state] = file.sides("neural.state")?;
        let sized = (1..=Self::MAX_STATE).contains(&state) && (1..=Self::MAX_LAYER).contains(&layer);
        if !sized || (gru && layer != 3 * state) {
            return Err(file.shape("neural.state", "I8 [g, s] with s to 512 and g to 2048; g = 3s for a gru"));
        }
        let matrix = |name, scale, rows, columns| {
            file.matrix(name, scale, rows, columns).map(|values| Matrix { columns, values })
        };
        let floats = |name, len| file.floats(name, len, -1e6..=1e6)?.ok_or(Error::TensorMissing { name });
        Ok(Some(Self {
            state,
            dim,
            item: matrix("neural.item", "neural.item.scale", layer, dim)?,
            event: matrix("neural.event", "neural.event.scale", layer, EVENT_FEATURES)?,
            recurrent: matrix("neural.state", "neural.state.scale", layer, state)?,
            bias: floats("neural.bias", layer)?,
            candidate: if gru {
                Candidate::Gru { bias: floats("neural.candidate.bias", state)? }
            } else {
                Candidate::Mlp {
                    proposal: matrix("neural.candidate", "neural.candidate.scale", 2 * state, layer)?,
                    bias: floats("neural.candidate.bias", 2 * state)?,
                }
            },
            query: matrix("neural.query", "neural.query.scale", dim, state)?,
            last: matrix("neural.last", "neural.last.scale", dim, dim)?,
            query_bias: floats("neural.query.bias", dim)?,
            popularity: floats("neural.popularity", 1)?.iter().sum(),
        }))
    }

    /// The state of a shopper of whom nothing is known.
    pub fn state(&self) -> Vec<f32> {
        vec![0.0; self.state + self.dim]
    }

    /// Reads one interaction; `elapsed` is the time since the one before.
    pub fn step(&self, state: &mut Vec<f32>, item: u32, kind: Kind, elapsed: Millis, factors: &Factors) {
        // A state from elsewhere is brought into bounds; `max` makes a number of what is none.
        state.resize(self.state + self.dim, 0.0);
        let (h, last) = state.split_at_mut(self.state);
        h.iter_mut().for_each(|value| *value = value.max(-1.0).min(1.0));
        factors.vector(item, last);

        let mut input = self.bias.clone();
        self.item.add(last, &mut input);
        self.event.add(&event_features(kind, elapsed), &mut input);
        let mut inner = vec![0.0; input.len()];
        self.recurrent.add(h, &mut inner);
        match &self.candidate {
            Candidate::Gru { bias } => {
                let s = h.len();
                for (i, (h, bias)) in h.iter_mut().zip(bias).enumerate() {
                    let reset = sigmoid(input[i] + inner[i]);
                    let update = sigmoid(input[s + i] + inner[s + i]);
                    let new = libm::tanhf(input[2 * s + i] + reset * (inner[2 * s + i] + bias));
                    *h = new + update * (*h - new);
                }
            }
            Candidate::Mlp { proposal, bias } => {
                input.iter_mut().zip(&inner).for_each(|(x, y)| *x = (*x + y).max(0.0));
                let mut out = bias.clone();
                proposal.add(&input, &mut out);
                let (update, new) = out.split_at(h.len());
                for ((h, update), new) in h.iter_mut().zip(update).zip(new) {
                    let new = libm::tanhf(*new);
                    *h = new + sigmoid(*update) * (*h - new);
                }
            }
        }
    }

    /// What a state asks for: an item's score is `query·vector +` [`Network::popularity`] `· bias`.
    pub fn query(&self, state: &[f32], out: &mut [f32]) {
        let (h, last) = state.split_at(self.state.min(state.len()));
        out.copy_from_slice(&self.query_bias);
        self.query.add(h, out);
        self.last.add(last, out);
    }

    /// What the items' [`Factors::bias`] is multiplied with.
    pub fn popularity(&self) -> f32 {
        self.popularity
    }
}

/// Row by row.
#[derive(Debug, Clone, PartialEq)]
struct Matrix {
    columns: usize,
    values: Vec<f32>,
}

impl Matrix {
    /// `out += matrix · x`.
    fn add(&self, x: &[f32], out: &mut [f32]) {
        for (out, row) in out.iter_mut().zip(self.values.chunks_exact(self.columns)) {
            *out += dot(row, x);
        }
    }
}

/// In four lanes: the order of the additions is the same with and without SIMD.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0f32; 4];
    let ((a4, a_tail), (b4, b_tail)) = (a.as_chunks::<4>(), b.as_chunks::<4>());
    for (a, b) in a4.iter().zip(b4) {
        for lane in 0..4 {
            lanes[lane] += a[lane] * b[lane];
        }
    }
    let tail: f32 = a_tail.iter().zip(b_tail).map(|(a, b)| a * b).sum();
    (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]) + tail
}

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + libm::expf(-x))
}

#[cfg(test)]
mod tests;
