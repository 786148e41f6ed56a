//! What an item's attributes alone say about its vector: for items that nobody has taken yet.
//!
//! `q̂ = mean + category + brand + price`, one vector for each category, each brand and each step of
//! `price.quantiles`: the ridge regression (Hoerl, Kennard 1970) of N × d factors on the one-hot
//! attributes, the mean not drawn to 0. Solved block by block, which is exact: within a block no
//! item has two attributes, so that each one's vector is a mean of what the others leave.

use super::quantise::Quantised;
use crate::bundle::{Labels, Tensor};
use crate::random::Random;

/// Tried one after another; the best by the items held out is taken.
const RIDGES: [f32; 4] = [1.0, 3.0, 10.0, 30.0];
/// One item in so many is held out.
const ONE_IN: u64 = 5;
/// The end, if the vectors still move by more than `STILL` of the factors' size.
const SWEEPS: usize = 100;
const STILL: f32 = 1e-5;

/// The attributes of N items: for each block the number of the item's value, if it has one.
pub struct Attributes {
    blocks: Vec<Block>,
}

struct Block {
    name: &'static str,
    of: Vec<Option<u32>>,
    values: usize,
}

/// A vector for each value of each block, row by row.
#[derive(Clone, Debug)]
pub struct Vectors {
    dim: usize,
    mean: Vec<f32>,
    blocks: Vec<Vec<f32>>,
}

/// How much of the vectors' variance is explained on items that were held out, 0 to 1.
#[derive(Clone, Copy, Debug)]
pub struct Explained {
    pub items: usize,
    pub share: f64,
    /// Root of the mean squared error of a vector's numbers.
    pub error: f64,
    pub ridge: f32,
}

impl Attributes {
    /// `quantiles` are those of the bundle; a price's step is how many of the inner ones lie below it.
    pub fn new(categories: &Labels, brands: &Labels, prices: &[f32], quantiles: Option<&[f32]>) -> Self {
        let labels = |name, labels: &Labels| {
            let of = labels.of.iter().map(|of| Some(u32::from(*of))).collect();
            Block { name, of, values: labels.names.len() }
        };
        let mut blocks = vec![labels("attributes.category", categories), labels("attributes.brand", brands)];
        if let Some(quantiles) = quantiles {
            let inner = &quantiles[1..quantiles.len() - 1];
            let step = |price: &f32| (*price > 0.0).then(|| inner.partition_point(|q| q < price) as u32);
            blocks.push(Block {
                name: "attributes.price",
                of: prices.iter().map(step).collect(),
                values: inner.len() + 1,
            });
        }
        Self { blocks }
    }

    /// The ridge solution on the items of which something is known.
    fn solve(&self, factors: &[f32], dim: usize, ridge: f32, known: &[bool]) -> Vectors {
        let items: Vec<usize> = (0..known.len()).filter(|item| known[*item]).collect();
        let mut rest: Vec<f32> = items.iter().flat_map(|item| &factors[item * dim..][..dim]).copied().collect();
        let size = rest.iter().fold(0.0f32, |most, value| most.max(value.abs()));
        let mut vectors = Vectors {
            dim,
            mean: vec![0.0; dim],
            blocks: self.blocks.iter().map(|block| vec![0.0; block.values * dim]).collect(),
        };
        for _ in 0..SWEEPS {
            let mut moved = descend(&mut vectors.mean, &mut rest, dim, 0.0, |_| Some(0));
            for (block, values) in self.blocks.iter().zip(&mut vectors.blocks) {
                moved = moved.max(descend(values, &mut rest, dim, ridge, |row| block.of[items[row]]));
            }
            if moved <= STILL * size {
                break;
            }
        }
        vectors
    }

    /// The vector that an item's attributes say.
    pub fn predict(&self, vectors: &Vectors, item: usize) -> Vec<f32> {
        let mut predicted = vectors.mean.clone();
        for (block, values) in self.blocks.iter().zip(&vectors.blocks) {
            if let Some(value) = block.of[item] {
                let row = &values[value as usize * vectors.dim..][..vectors.dim];
                predicted.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
            }
        }
        predicted
    }

    /// The vectors, and how well others like them did on a fifth of the items.
    /// `factors` are of the first items; what comes behind them is new.
    pub fn fit(&self, factors: &[f32], dim: usize, seed: u64) -> (Vectors, Option<Explained>) {
        let mut random = Random::new(seed ^ 0x6174_7472_6962_7574);
        let items = factors.len() / dim;
        let known: Vec<bool> = (0..items).map(|_| !random.next().is_multiple_of(ONE_IN)).collect();
        let tried = RIDGES.map(|ridge| self.explained(factors, dim, ridge, &known));
        let best = tried.into_iter().flatten().reduce(|a, b| if b.share > a.share { b } else { a });
        let ridge = best.map_or(RIDGES[2], |best| best.ridge);
        (self.solve(factors, dim, ridge, &vec![true; items]), best)
    }

    fn explained(&self, factors: &[f32], dim: usize, ridge: f32, known: &[bool]) -> Option<Explained> {
        let vectors = self.solve(factors, dim, ridge, known);
        let asked: Vec<usize> = (0..known.len()).filter(|item| !known[*item]).collect();
        let (mut error, mut variance) = (0.0, 0.0);
        for item in &asked {
            let factors = &factors[item * dim..][..dim];
            error += distance(factors, &self.predict(&vectors, *item));
            variance += distance(factors, &vectors.mean);
        }
        let (items, numbers) = (asked.len(), (asked.len() * dim) as f64);
        (variance > 0.0).then(|| Explained {
            items,
            share: 1.0 - error / variance,
            error: (error / numbers).sqrt(),
            ridge,
        })
    }

    /// `attributes.mean` [d], and [values, d] of each block, as integers times one scale.
    pub fn tensors(&self, vectors: &Vectors) -> Vec<(String, Tensor)> {
        let all = [vectors.mean.as_slice(), &vectors.blocks.concat()].concat();
        let quantised = Quantised::of(&all, vectors.dim);
        let (mean, mut rest) = quantised.values.split_at(vectors.dim);
        let mut tensors = vec![
            ("attributes.scale".to_string(), Tensor::f32(&quantised.scale)),
            ("attributes.mean".to_string(), Tensor::i8(mean, vec![vectors.dim])),
        ];
        for block in &self.blocks {
            let (values, others) = rest.split_at(block.values * vectors.dim);
            tensors.push((block.name.into(), Tensor::i8(values, vec![block.values, vectors.dim])));
            rest = others;
        }
        tensors
    }
}

/// Brings one block to where it fits best what the others leave; the longest way of a number.
fn descend(values: &mut [f32], rest: &mut [f32], dim: usize, ridge: f32, of: impl Fn(usize) -> Option<u32>) -> f32 {
    let mut counts = vec![0.0f32; values.len() / dim];
    let mut steps: Vec<f32> = values.iter().map(|value| -ridge * value).collect();
    for (row, rest) in rest.chunks_exact(dim).enumerate() {
        if let Some(value) = of(row) {
            counts[value as usize] += 1.0;
            steps[value as usize * dim..][..dim].iter_mut().zip(rest).for_each(|(sum, rest)| *sum += rest);
        }
    }
    for (step, count) in steps.chunks_exact_mut(dim).zip(counts) {
        let all = (count + ridge).max(1.0);
        step.iter_mut().for_each(|step| *step /= all);
    }
    values.iter_mut().zip(&steps).for_each(|(value, step)| *value += step);
    for (row, rest) in rest.chunks_exact_mut(dim).enumerate() {
        if let Some(value) = of(row) {
            rest.iter_mut().zip(&steps[value as usize * dim..][..dim]).for_each(|(rest, step)| *rest -= step);
        }
    }
    steps.iter().fold(0.0, |most, step| most.max(step.abs()))
}

fn distance(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(a - b) * f64::from(a - b)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 200 items of 5 categories, 4 brands and 3 prices.
    fn shop() -> Attributes {
        let label = |n: usize| -> Labels {
            let names: Vec<String> = (0..200).map(|item| format!("{}", (item * 7 + item / 11) % n)).collect();
            Labels::new(&names.iter().map(String::as_str).collect::<Vec<_>>(), None).unwrap()
        };
        let prices: Vec<f32> = (0..200).map(|item| [0.0, 1.0, 2.0, 4.0][item * 13 % 4]).collect();
        Attributes::new(&label(5), &label(4), &prices, Some(&[1.0, 1.5, 3.0, 4.0]))
    }

    #[test]
    fn the_step_of_a_price_is_how_many_inner_quantiles_lie_below() {
        let shop = shop();
        let price = &shop.blocks[2];
        assert_eq!((price.values, &price.of[..4]), (3, &[None, Some(0), Some(1), Some(2)][..]));
    }

    /// At the solution the gradient of `Σ|q − q̂|² + ridge·Σ|w|²` is zero for each vector.
    #[test]
    fn vectors_fulfil_the_normal_equations() {
        let (shop, dim, ridge) = (shop(), 3, 2.0);
        let mut random = Random::new(1);
        let factors: Vec<f32> = (0..200 * dim).map(|_| random.unit() - 0.5).collect();
        let vectors = shop.solve(&factors, dim, ridge, &[true; 200]);
        let mut rest = factors.clone();
        for (item, row) in rest.chunks_exact_mut(dim).enumerate() {
            row.iter_mut().zip(shop.predict(&vectors, item)).for_each(|(rest, predicted)| *rest -= predicted);
        }
        for (block, values) in shop.blocks.iter().zip(&vectors.blocks) {
            for (value, vector) in values.chunks_exact(dim).enumerate() {
                for j in 0..dim {
                    let of_value = (0..200).filter(|item| block.of[*item] == Some(value as u32));
                    let sum: f32 = of_value.map(|item| rest[item * dim + j]).sum();
                    assert!((sum - ridge * vector[j]).abs() < 1e-3, "{} {value}: {sum} {vector:?}", block.name);
                }
            }
        }
        let sums: Vec<f32> = (0..dim).map(|j| rest.iter().skip(j).step_by(dim).sum()).collect();
        assert!(sums.iter().all(|sum| sum.abs() < 1e-3), "{sums:?}");
    }

    #[test]
    fn what_attributes_make_is_explained_and_what_chance_makes_is_not() {
        let (shop, dim) = (shop(), 4);
        let mut random = Random::new(2);
        let value = |block: usize, value: u32, j: usize| ((block * 31 + value as usize * 17 + j * 7) % 13) as f32 / 6.0;
        let made: Vec<f32> = (0..200 * dim)
            .map(|at| {
                let (item, j) = (at / dim, at % dim);
                let of = |(number, block): (usize, &Block)| block.of[item].map_or(0.0, |of| value(number, of, j));
                shop.blocks.iter().enumerate().map(of).sum::<f32>() + 0.1 * random.unit()
            })
            .collect();
        let explained = shop.fit(&made, dim, 1).1.unwrap();
        assert!(explained.share > 0.95 && explained.items > 20, "{explained:?}");
        let chance: Vec<f32> = (0..200 * dim).map(|_| random.unit()).collect();
        let explained = shop.fit(&chance, dim, 1).1.unwrap();
        assert!(explained.share < 0.1, "{explained:?}");
    }
}
