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

use super::{Example, Opinion, Update};
use crate::error::Error;
use crate::factors::{Factors, File, Source};
use crate::interaction::{Kind, Millis};
use crate::profile::Hidden;

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
/// the neutral one is zeros, for which it was not trained: until something is read, a caller ranks by
/// popularity. An event of weight 0 is one that the caller does not show to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    state: usize,
    dim: usize,
    /// I, E, S, Q, L and, of an `mlp`, P.
    matrices: Vec<Matrix>,
    /// b, k, c or p, and the weight of popularity.
    biases: Vec<Vec<f32>>,
}

impl Network {
    /// Largest state.
    pub const MAX_STATE: usize = 512;
    /// Largest layer.
    pub const MAX_LAYER: usize = 2_048;

    /// Reads the network of a bundle whose factors have been read; `None` where it has none.
    pub fn read(bundle: &dyn Source, factors: &Factors) -> Result<Option<Self>, Error> {
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
            return Err(file.shape("neural.state", "I8 [g, s] with s to 512 and g to 2048; g = 3s for a gru").into());
        }
        let candidates = if gru { state } else { 2 * state };
        let matrices = [
            ("neural.item", "neural.item.scale", layer, dim),
            ("neural.event", "neural.event.scale", layer, EVENT_FEATURES),
            ("neural.state", "neural.state.scale", layer, state),
            ("neural.query", "neural.query.scale", dim, state),
            ("neural.last", "neural.last.scale", dim, dim),
            ("neural.candidate", "neural.candidate.scale", candidates, layer),
        ];
        let biases = [
            ("neural.bias", layer),
            ("neural.query.bias", dim),
            ("neural.candidate.bias", candidates),
            ("neural.popularity", 1),
        ];
        let mut network = Self { state, dim, matrices: Vec::new(), biases: Vec::new() };
        for (name, scale, rows, columns) in matrices.into_iter().take(if gru { 5 } else { 6 }) {
            network.matrices.push(Matrix { columns, values: file.matrix(name, scale, rows, columns)? });
        }
        for (name, len) in biases {
            let values = file.floats(name, len, -1e6..=1e6)?;
            network.biases.push(values.ok_or(Error::TensorMissing { name })?);
        }
        Ok(Some(network))
    }

    /// The state of a shopper of whom nothing is known.
    pub fn state(&self) -> Vec<f32> {
        vec![0.0; self.state + self.dim]
    }

    /// Reads one interaction; `elapsed` is the time since the one before.
    pub fn step(&self, state: &mut Vec<f32>, item: u32, kind: Kind, elapsed: Millis, factors: &Factors) {
        // A state from elsewhere is brought into bounds.
        state.resize(self.state + self.dim, 0.0);
        let (h, last) = state.split_at_mut(self.state);
        h.iter_mut().for_each(|value| *value = if value.is_nan() { 0.0 } else { value.clamp(-1.0, 1.0) });
        factors.space().write(item, last);

        // As read; a pattern, as it spares the module the words of panics that cannot come.
        let [item_matrix, event_matrix, state_matrix, _, _, proposal @ ..] = &self.matrices[..] else { return };
        let [input_bias, _, bias, _] = &self.biases[..] else { return };
        let mut input = input_bias.clone();
        item_matrix.add(last, &mut input);
        event_matrix.add(&event_features(kind, elapsed), &mut input);
        let mut inner = vec![0.0; input.len()];
        state_matrix.add(h, &mut inner);
        let mut out = vec![0.0; 2 * h.len()];
        let (update, new) = out.split_at_mut(h.len());
        let sum = input.iter().zip(&inner);
        match proposal.first() {
            None => {
                let s = h.len();
                for (update, (x, y)) in update.iter_mut().zip(sum.clone().skip(s)) {
                    *update = x + y;
                }
                let reset = sum.clone().map(|(x, y)| logistic(x + y));
                for (((new, (x, y)), reset), bias) in new.iter_mut().zip(sum.skip(2 * s)).zip(reset).zip(bias) {
                    *new = x + reset * (y + bias);
                }
            }
            Some(proposal) => {
                let layer: Vec<f32> = sum.map(|(x, y)| (x + y).max(0.0)).collect();
                out.copy_from_slice(bias);
                proposal.add(&layer, &mut out);
            }
        }
        let (update, new) = out.split_at(h.len());
        for ((h, update), new) in h.iter_mut().zip(update).zip(new) {
            let new = tanh(*new);
            *h = new + logistic(*update) * (*h - new);
        }
    }

    /// What a state asks for: an item's score is `query·vector +` [`Network::popularity`] `· bias`.
    pub fn query(&self, state: &[f32], out: &mut [f32]) {
        let (h, last) = state.split_at(self.state.min(state.len()));
        let ([_, _, _, query, last_item, ..], [_, bias, ..]) = (&self.matrices[..], &self.biases[..]) else { return };
        out.copy_from_slice(bias);
        query.add(h, out);
        last_item.add(last, out);
    }

    /// What the items' [`Factors::bias`] is multiplied with.
    pub fn popularity(&self) -> f32 {
        self.biases.last().and_then(|weight| weight.first()).copied().unwrap_or(0.0)
    }
}

impl Update for Network {
    type State = Hidden;

    fn start(&self, _: &Factors) -> Hidden {
        Hidden::default()
    }

    /// ln(1 + e^−s) of a wanted item's score s.
    fn loss(&self, state: &Hidden, x: &Example<'_>, factors: &Factors) -> f32 {
        if x.weight <= 0.0 || x.label < 0.5 {
            return 0.0;
        }
        let score = self.opinion(state, x.at, factors).score(x.item, factors);
        (-score).max(0.0) + libm::log1pf(libm::expf(-score.abs()))
    }

    /// Reads what was wanted: the network was trained on nothing else.
    fn learn(&self, state: &mut Hidden, x: &Example<'_>, factors: &Factors) {
        if x.weight <= 0.0 || x.label < 0.5 {
            return;
        }
        let elapsed = if state.values.is_empty() { 0 } else { x.at.since(state.at) };
        self.step(&mut state.values, x.item, x.kind, Millis(elapsed), factors);
        state.at = state.at.max(x.at);
    }

    fn opinion(&self, state: &Hidden, _: Millis, factors: &Factors) -> Opinion {
        let mut vector = Vec::new();
        if state.values.len() == self.state + self.dim {
            vector.resize(factors.dim(), 0.0);
            self.query(&state.values, &mut vector);
        }
        Opinion { vector, items: Vec::new() }
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
    let ((a4, a_tail), (b4, b_tail)) = (a.as_chunks::<4>(), b.as_chunks::<4>());
    // Written out: built for size, a loop over the lanes takes twice as long.
    let mut lanes = [0f32; 4];
    for ([a0, a1, a2, a3], [b0, b1, b2, b3]) in a4.iter().zip(b4) {
        lanes = [lanes[0] + a0 * b0, lanes[1] + a1 * b1, lanes[2] + a2 * b2, lanes[3] + a3 * b3];
    }
    let tail: f32 = a_tail.iter().zip(b_tail).map(|(a, b)| a * b).sum();
    (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]) + tail
}

/// 1/(1 + e⁻ˣ), by the library: its bits are those of the networks that tests hold.
fn logistic(x: f32) -> f32 {
    1.0 / (1.0 + libm::expf(-x))
}

/// Exact to 2⁻²³, which is enough here, and spares the module a function.
fn tanh(x: f32) -> f32 {
    2.0 * logistic(2.0 * x) - 1.0
}

#[cfg(test)]
mod tests;
