//! What items are, in numbers, without a look at who took them: vectors of attributes and of words.

mod features;
mod svd;

use std::collections::BTreeMap;

use homebody::factors::View;

use crate::bundle::{Labels, Tensor};
use crate::train::{self, Quantised};
use features::Described;
use svd::Sparse;

/// Numbers in a vector of attributes and of words.
const DIMS: [(View, usize); 2] = [(View::Attributes, 16), (View::Text, 32)];

/// What is known of the items, one by one.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    pub ids: &'a [String],
    /// An item's id where it has no name.
    pub names: &'a [String],
    /// "Department > Category"
    pub categories: &'a Labels,
    pub brands: &'a Labels,
    /// 0 where it is not known; empty where none is.
    pub prices: &'a [f32],
}

/// Vectors of the items beside their factors.
#[derive(Clone, Debug, Default)]
pub struct Views(Vec<(View, Quantised)>);

impl Views {
    /// Those that are wanted; none of attributes or words that do not differ.
    pub fn of(known: &Known<'_>, wanted: &[View], seed: u64) -> Self {
        let described = Described::new(known);
        let view = |(view, dim): (View, usize)| {
            let rows = match view {
                View::Text => described.words(),
                View::Attributes | View::Collaborative => described.attributes(),
            };
            let vectors = vectors(&Sparse::weighed(&rows), dim, seed)?;
            Some((view, Quantised::of(&vectors, dim)))
        };
        Self(DIMS.into_iter().filter(|(view, _)| wanted.contains(view)).filter_map(view).collect())
    }

    /// As they stand in a bundle, with the settings of the fold-in over them.
    pub fn tensors(&self) -> BTreeMap<String, Tensor> {
        let mut tensors = BTreeMap::new();
        for (view, quantised) in &self.0 {
            let (name, dim) = (name(*view), quantised.scale.len());
            let shape = vec![quantised.values.len() / dim, dim];
            tensors.insert(format!("factors.{name}"), Tensor::i8(&quantised.values, shape));
            tensors.insert(format!("factors.{name}.scale"), Tensor::f32(&quantised.scale));
            tensors.insert(format!("gram.{name}"), Tensor::f32(&train::gram(&quantised.restore(), dim)));
            tensors.insert(format!("fold-in.{name}"), Tensor::f32(&FOLD_IN));
        }
        tensors
    }
}

/// λ, g, a, half-life in days, what is left after each event: chosen on the slice before the test.
const FOLD_IN: [f32; 5] = [1.0, 1.0, 2.0, 30.0, 1.0];

fn name(view: View) -> &'static str {
    match view {
        View::Collaborative => "collaborative",
        View::Attributes => "attributes",
        View::Text => "text",
    }
}

/// Item factors made of attributes and words alone, for a shop in which nobody has bought anything yet.
/// N × `dim`, each of length 1; `None` where nothing tells the items apart.
pub fn factors(known: &Known<'_>, dim: usize, seed: u64) -> Option<Vec<f32>> {
    let described = Described::new(known);
    let joined = described.attributes().into_iter().zip(described.words());
    let rows: Vec<_> = joined.map(|(attributes, words)| [attributes, words].concat()).collect();
    vectors(&Sparse::weighed(&rows), dim, seed)
}

/// Coordinates along the principal directions, each item's of length 1.
fn vectors(rows: &Sparse, dim: usize, seed: u64) -> Option<Vec<f32>> {
    let mut vectors = svd::coordinates(rows, dim, seed)?;
    for row in vectors.chunks_exact_mut(dim) {
        let length = row.iter().map(|value| value * value).sum::<f32>();
        if length > 0.0 {
            row.iter_mut().for_each(|value| *value /= libm::sqrtf(length));
        }
    }
    Some(vectors)
}
