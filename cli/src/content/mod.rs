//! What items are, in numbers, without a look at who took them: vectors of attributes and of words.

mod features;
mod items;
mod svd;

use std::collections::BTreeMap;

use homebody::factors::View;

use crate::bundle::Tensor;
use crate::train::{self, Quantised};
use features::Described;
pub use items::Items;
use svd::Sparse;

/// The views that there are beside the factors: their names in a bundle, and the numbers in a vector.
const VIEWS: [(View, &str, usize); 2] = [(View::Attributes, "attributes", 16), (View::Text, "text", 32)];

/// Vectors of the items beside their factors.
#[derive(Clone, Debug, Default)]
pub struct Views(Vec<(&'static str, Quantised)>);

impl Views {
    /// Those that are wanted; none of attributes or words that do not differ.
    fn of(items: &Items, wanted: &[View], seed: u64) -> Self {
        let described = Described::new(items);
        let view = |(view, name, dim): (View, &'static str, usize)| {
            let rows = if view == View::Text { described.words() } else { described.attributes() };
            let vectors = vectors(&Sparse::weighed(&rows), dim, seed)?;
            Some((name, Quantised::of(&vectors, dim)))
        };
        Self(VIEWS.into_iter().filter(|(view, ..)| wanted.contains(view)).filter_map(view).collect())
    }

    /// As they stand in a bundle, with the settings of the fold-in over them.
    pub fn tensors(&self) -> BTreeMap<String, Tensor> {
        let mut tensors = BTreeMap::new();
        for (name, quantised) in &self.0 {
            let dim = quantised.scale.len();
            let shape = vec![quantised.values.len() / dim, dim];
            tensors.insert(format!("factors.{name}"), Tensor::i8(&quantised.values, shape));
            tensors.insert(format!("factors.{name}.scale"), Tensor::f32(&quantised.scale));
            tensors.insert(format!("gram.{name}"), Tensor::f32(&train::gram(&quantised.restore(), dim)));
            tensors.insert(format!("fold-in.{name}"), Tensor::f32(&FOLD_IN));
        }
        tensors
    }
}

/// λ, g, a, half-life in days, what is left after each event. Not searched for: lengths of 1 need little λ, and
/// the rest is that of orders.
const FOLD_IN: [f32; 5] = [1.0, 1.0, 2.0, 30.0, 1.0];

/// Item factors made of attributes and words alone, for a shop in which nobody has bought anything yet.
/// N × `dim`, each of length 1; `None` where nothing tells the items apart.
pub fn factors(items: &Items, dim: usize, seed: u64) -> Option<Vec<f32>> {
    let described = Described::new(items);
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
