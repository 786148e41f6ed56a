//! Cross-entropy of the next item over all items. The item table is frozen, so the gradient by a
//! query is known in closed form, `(softmax − one-hot) · items`; back-propagation starts from it,
//! and the N probabilities of each event never become part of a graph.

use candle_core::{Device, Result, Tensor, Var};
use rayon::prelude::*;

use super::Items;
use super::batch::Batch;

/// Logits that are held at a time.
const PIECE: usize = 1 << 22;

pub struct Softmax {
    /// N × d, its values brought to a root mean square of 1.
    pub table: Tensor,
    /// What they were multiplied with.
    pub unit: f32,
    pub bias: Vec<f32>,
}

/// The loss of one or more batches.
#[derive(Default)]
pub struct Step {
    sum: f64,
    count: usize,
    /// Its gradient by the parameters is that of the batch's mean loss.
    pub surrogate: Option<Tensor>,
}

impl Step {
    pub fn add(&mut self, other: &Self) {
        self.sum += other.sum;
        self.count += other.count;
    }

    pub fn mean(&self) -> f64 {
        self.sum / self.count.max(1) as f64
    }
}

impl Softmax {
    pub fn new(items: &Items) -> Result<Self> {
        let square: f64 = items.vectors.iter().map(|x| f64::from(*x) * f64::from(*x)).sum();
        let unit = if square > 0.0 { (items.vectors.len() as f64 / square).sqrt() as f32 } else { 1.0 };
        let values: Vec<f32> = items.vectors.iter().map(|value| value * unit).collect();
        let table = Tensor::from_vec(values, (items.bias.len(), items.dim), &Device::Cpu)?;
        Ok(Self { table, unit, bias: items.bias.to_vec() })
    }

    /// `queries`: one row for each of the batch's targets, of which there must be some.
    pub fn step(&self, queries: &Tensor, batch: &Batch, popularity: &Var) -> Result<Step> {
        let (targets, items) = (&batch.targets, self.bias.len());
        let weight = popularity.to_vec1::<f32>()?[0];
        let each = 1.0 / targets.len() as f32;
        let rows = (PIECE / items).clamp(1, targets.len());
        let (mut sum, mut by_weight, mut gradients) = (0.0, 0.0, Vec::new());
        for (piece, (targets, had)) in targets.chunks(rows).zip(batch.had.chunks(rows)).enumerate() {
            let queries = queries.detach().narrow(0, piece * rows, targets.len())?;
            let mut logits = queries.matmul(&self.table.t()?)?.flatten_all()?.to_vec1::<f32>()?;
            let one = |((row, target), had): ((&mut [f32], &u32), &Vec<u32>)| {
                row.iter_mut().zip(&self.bias).for_each(|(logit, bias)| *logit += weight * bias);
                had.iter().for_each(|item| row[*item as usize] = f32::NEG_INFINITY);
                let loss = to_gradient(row, *target as usize, each);
                (loss, row.iter().zip(&self.bias).map(|(gradient, bias)| gradient * bias).sum::<f32>())
            };
            let parts: Vec<(f64, f32)> = logits.par_chunks_exact_mut(items).zip(targets).zip(had).map(one).collect();
            for (loss, gradient) in parts {
                sum += loss;
                by_weight += gradient;
            }
            let logits = Tensor::from_vec(logits, (targets.len(), items), &Device::Cpu)?;
            gradients.push(logits.matmul(&self.table)?);
        }
        let surrogate =
            ((queries * Tensor::cat(&gradients, 0)?)?.sum_all()? + (popularity.sum_all()? * f64::from(by_weight))?)?;
        Ok(Step { sum, count: targets.len(), surrogate: Some(surrogate) })
    }
}

/// Turns a row of logits into `(softmax − one-hot) · each`; returns −ln of the target's share.
fn to_gradient(row: &mut [f32], target: usize, each: f32) -> f64 {
    let most = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let lead = f64::from(row[target] - most);
    row.iter_mut().for_each(|logit| *logit = libm::expf(*logit - most));
    let sum: f32 = row.iter().sum();
    let share = each / sum;
    row.iter_mut().for_each(|value| *value *= share);
    row[target] -= each;
    libm::log(f64::from(sum)) - lead
}
