//! The trained weights as tensors of a bundle (`docs/bundle.md`): int8 with one scale a row, biases F32.

use candle_core::{Result, Tensor};
use safetensors::Dtype;

use super::model::{Cell, Model};

/// What a bundle holds beside the items.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    pub cell: Cell,
    pub tensors: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    pub name: String,
    pub dtype: Dtype,
    pub shape: Vec<usize>,
    pub data: Vec<u8>,
}

impl Cell {
    /// The bundle's `homebody.neural`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gru => "gru",
            Self::Mlp => "mlp",
        }
    }
}

impl Model {
    /// `unit`: what the items were multiplied with in training. It goes into the matrices that meet
    /// items, once for what comes in and once for what goes out.
    pub fn weights(&self, unit: f32) -> Result<Weights> {
        let mut tensors = Vec::new();
        let mut matrix = |name: &str, weights: &Tensor, unit: f32| {
            let (values, scale) = rounded(&weights.to_vec2()?, unit);
            let shape = weights.dims().to_vec();
            tensors.push(Part { name: format!("neural.{name}"), dtype: Dtype::I8, shape, data: values });
            tensors.push(floats(&format!("{name}.scale"), &scale));
            Ok::<(), candle_core::Error>(())
        };
        matrix("item", &self.item, unit)?;
        matrix("event", &self.event, 1.0)?;
        matrix("state", &self.state, 1.0)?;
        matrix("query", &self.query, unit)?;
        matrix("last", &self.last, unit * unit)?;
        if let Some(candidate) = &self.candidate {
            matrix("candidate", candidate, 1.0)?;
        }
        let query_bias: Vec<f32> = self.query_bias.to_vec1::<f32>()?.into_iter().map(|value| value * unit).collect();
        tensors.extend([
            floats("bias", &self.bias.to_vec1::<f32>()?),
            floats("candidate.bias", &self.candidate_bias.to_vec1::<f32>()?),
            floats("query.bias", &query_bias),
            floats("popularity", &self.popularity.to_vec1::<f32>()?),
        ]);
        Ok(Weights { cell: self.cell, tensors })
    }
}

fn floats(name: &str, values: &[f32]) -> Part {
    let data = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    Part { name: format!("neural.{name}"), dtype: Dtype::F32, shape: vec![values.len()], data }
}

/// int8 values and the scale of each row: its largest absolute value becomes 127.
fn rounded(rows: &[Vec<f32>], unit: f32) -> (Vec<u8>, Vec<f32>) {
    let (mut values, mut scales) = (Vec::new(), Vec::new());
    for row in rows {
        let scale = row.iter().fold(f32::MIN_POSITIVE, |most, value| most.max(value.abs())) / 127.0;
        values.extend(row.iter().map(|value| (libm::roundf(value / scale) as i8).cast_unsigned()));
        scales.push(scale * unit);
    }
    (values, scales)
}
