//! The network in candle: what `homebody::update::Network` computes step by step for one shopper,
//! here for a batch and with gradients.

use candle_core::{DType, Device, Result, Tensor, Var};
use candle_nn::ops::sigmoid;
use homebody::update::EVENT_FEATURES;

use super::Settings;
use super::batch::Batch;
use super::loss::Softmax;
use crate::random::Random;

/// How a state becomes the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// A gated recurrent unit (Cho et al. 2014).
    Gru,
    /// One hidden layer that proposes a state and how far to go there.
    Mlp,
}

/// Shapes: state s, items d, events e; g = 3s (reset, update, new) for a GRU, the hidden layer's
/// width for an MLP.
pub struct Model {
    pub cell: Cell,
    hidden: usize,
    pub item: Var,
    pub event: Var,
    pub state: Var,
    pub bias: Var,
    /// MLP only, 2s × g.
    pub candidate: Option<Var>,
    /// GRU: s, within the reset gate's product. MLP: 2s.
    pub candidate_bias: Var,
    pub query: Var,
    pub last: Var,
    pub query_bias: Var,
    pub popularity: Var,
}

impl Model {
    pub fn new(settings: &Settings, dim: usize, random: &mut Random) -> Result<Self> {
        let s = settings.hidden;
        let (g, candidate) = match settings.cell {
            Cell::Gru => (3 * s, None),
            Cell::Mlp => (2 * s, Some(2 * s)),
        };
        // Evenly within ±1/√s, as PyTorch starts a GRU.
        let mut even = |rows: usize, columns: usize, inputs: usize| {
            let bound = 1.0 / (inputs as f32).sqrt();
            let values = (0..rows * columns).map(|_| (2.0 * random.unit() - 1.0) * bound).collect();
            Var::from_tensor(&Tensor::from_vec(values, (rows, columns), &Device::Cpu)?)
        };
        let zeros = |len: usize| Var::zeros(len, DType::F32, &Device::Cpu);
        // A query that asks for nothing: at first all items are alike.
        let nothing = |columns: usize| Var::zeros((dim, columns), DType::F32, &Device::Cpu);
        Ok(Self {
            cell: settings.cell,
            hidden: s,
            item: even(g, dim, s)?,
            event: even(g, EVENT_FEATURES, s)?,
            state: even(g, s, s)?,
            bias: zeros(g)?,
            candidate: candidate.map(|rows| even(rows, g, g)).transpose()?,
            candidate_bias: zeros(candidate.unwrap_or(s))?,
            query: nothing(s)?,
            last: nothing(dim)?,
            query_bias: zeros(dim)?,
            popularity: zeros(1)?,
        })
    }

    pub fn vars(&self) -> Vec<Var> {
        let biases = [&self.bias, &self.candidate_bias, &self.query_bias, &self.popularity];
        let matrices = [&self.item, &self.event, &self.state, &self.query, &self.last];
        biases.into_iter().chain(matrices).chain(&self.candidate).cloned().collect()
    }

    /// A query for each place of the batch that has a target. `dropout`: the share of each state's
    /// numbers that its query does not see, in training.
    pub fn queries(&self, batch: &Batch, softmax: &Softmax, dropout: Option<(f32, &mut Random)>) -> Result<Tensor> {
        let size = batch.items.len();
        let items = Tensor::from_slice(&batch.items, size, &Device::Cpu)?;
        let vectors = softmax.table.index_select(&items, 0)?;
        let events = Tensor::from_slice(&batch.events, (size, EVENT_FEATURES), &Device::Cpu)?;
        let inputs = (vectors.matmul(&self.item.t()?)? + events.matmul(&self.event.t()?)?)?;
        let inputs = inputs.broadcast_add(&self.bias)?;

        let mut state = Tensor::zeros((batch.rows, self.hidden), DType::F32, &Device::Cpu)?;
        let mut states = Vec::with_capacity(batch.steps);
        for step in 0..batch.steps {
            state = self.step(&inputs.narrow(0, step * batch.rows, batch.rows)?, &state)?;
            states.push(state.clone());
        }
        let places = Tensor::from_slice(&batch.places, batch.places.len(), &Device::Cpu)?;
        let mut states = Tensor::cat(&states, 0)?.index_select(&places, 0)?;
        if let Some((share, random)) = dropout {
            let keep = |_| if random.unit() < share { 0.0 } else { 1.0 / (1.0 - share) };
            let mask: Vec<f32> = (0..states.elem_count()).map(keep).collect();
            states = (&states * Tensor::from_vec(mask, states.shape(), &Device::Cpu)?)?;
        }
        let last = vectors.index_select(&places, 0)?.matmul(&self.last.t()?)?;
        (states.matmul(&self.query.t()?)? + last)?.broadcast_add(&self.query_bias)
    }

    fn step(&self, input: &Tensor, state: &Tensor) -> Result<Tensor> {
        let s = self.hidden;
        let from_state = state.matmul(&self.state.t()?)?;
        let part = |values: &Tensor, part: usize| values.narrow(1, part * s, s);
        let (update, new) = match &self.candidate {
            None => {
                let gate = |number| sigmoid(&(part(input, number)? + part(&from_state, number)?)?);
                let inner = part(&from_state, 2)?.broadcast_add(&self.candidate_bias)?;
                (gate(1)?, (part(input, 2)? + (gate(0)? * inner)?)?)
            }
            Some(candidate) => {
                let layer = (input + from_state)?.relu()?;
                let out = layer.matmul(&candidate.t()?)?.broadcast_add(&self.candidate_bias)?;
                (sigmoid(&part(&out, 0)?)?, part(&out, 1)?)
            }
        };
        let new = new.tanh()?;
        &new + (update * (state - &new)?)?
    }
}
