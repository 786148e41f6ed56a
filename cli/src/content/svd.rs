//! Latent semantic analysis: items by weighed features, and their first principal directions
//! (Deerwester et al. 1990; by random projection: Halko, Martinsson, Tropp 2011).

use nalgebra::DMatrix;
use rayon::prelude::*;

use super::features::Features;
use crate::random::Random;

/// N rows of hashed features.
pub struct Sparse {
    rows: Vec<Vec<(u32, f64)>>,
}

/// Features are told apart by a hash of so many bits (Weinberger et al. 2009).
const BITS: u32 = 15;
const BUCKETS: usize = 1 << BITS;
/// Further directions than are asked for, and rounds: what makes the first ones exact enough.
const FURTHER: usize = 10;
const ROUNDS: usize = 3;

impl Sparse {
    /// Term frequency times inverse document frequency, each row of length 1 (Spärck Jones 1972).
    pub fn weighed(items: &[Features]) -> Self {
        let mut rows: Vec<Vec<(u32, f64)>> = items.iter().map(hashed).collect();
        let mut holders = vec![0.0f64; BUCKETS];
        rows.iter().flatten().for_each(|(bucket, _)| holders[*bucket as usize] += 1.0);
        for row in &mut rows {
            for (bucket, value) in row.iter_mut() {
                // What all items have says nothing.
                *value *= libm::log(items.len() as f64 / holders[*bucket as usize]);
            }
            let length = libm::sqrt(row.iter().map(|(_, value)| value * value).sum());
            if length > 0.0 {
                row.iter_mut().for_each(|(_, value)| *value /= length);
            }
        }
        Self { rows }
    }

    /// A·X, N × k.
    fn times(&self, x: &DMatrix<f64>) -> DMatrix<f64> {
        let line = |row: &Vec<(u32, f64)>| -> Vec<f64> {
            let column = |k| row.iter().map(|(bucket, value)| value * x[(*bucket as usize, k)]).sum();
            (0..x.ncols()).map(column).collect()
        };
        let lines: Vec<f64> = self.rows.par_iter().flat_map_iter(line).collect();
        DMatrix::from_row_slice(self.rows.len(), x.ncols(), &lines)
    }

    /// Aᵀ·Y, buckets × k.
    fn transposed_times(&self, y: &DMatrix<f64>) -> DMatrix<f64> {
        let mut product = DMatrix::zeros(BUCKETS, y.ncols());
        for k in 0..y.ncols() {
            for (item, row) in self.rows.iter().enumerate() {
                row.iter().for_each(|(bucket, value)| product[(*bucket as usize, k)] += value * y[(item, k)]);
            }
        }
        product
    }
}

/// FNV-1a (Fowler, Noll, Vo 1991), the same on every machine; mixed once more, since its last letter hardly
/// reaches the upper bits.
fn hash(text: &str) -> u32 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    (Random::new(text.bytes().fold(0xcbf2_9ce4_8422_2325, step)).next() >> (64 - BITS)) as u32
}

fn hashed(features: &Features) -> Vec<(u32, f64)> {
    let mut row: Vec<(u32, f64)> = features.iter().map(|(name, value)| (hash(name), f64::from(*value))).collect();
    row.sort_unstable_by_key(|(bucket, _)| *bucket);
    row.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        kept.1 += if same { next.1 } else { 0.0 };
        same
    });
    row
}

/// U·S of the first `dim` principal directions, N × `dim`; `None` where no two items differ. Directions
/// that there are not are 0.
pub fn coordinates(a: &Sparse, dim: usize, seed: u64) -> Option<Vec<f32>> {
    let wide = (dim + FURTHER).min(a.rows.len());
    let mut random = homebody::update::Random(seed);
    let start = DMatrix::from_fn(BUCKETS, wide, |_, _| random.normal());
    let mut basis = a.times(&start).qr().q();
    for _ in 0..ROUNDS {
        basis = a.times(&a.transposed_times(&basis).qr().q()).qr().q();
    }
    // A ≈ Q·QᵀA; the small side's Gram matrix gives the directions.
    let small = a.transposed_times(&basis);
    let eigen = (small.transpose() * &small).symmetric_eigen();
    let mut order: Vec<usize> = (0..wide).collect();
    order.sort_by(|i, j| eigen.eigenvalues[*j].total_cmp(&eigen.eigenvalues[*i]));
    let largest = eigen.eigenvalues[*order.first()?];
    if largest <= 1e-9 {
        return None;
    }
    let directions: Vec<(usize, f64)> = order
        .into_iter()
        .take(dim)
        .map(|at| (at, eigen.eigenvalues[at]))
        .filter(|(_, value)| *value > 1e-9 * largest)
        .map(|(at, value)| (at, libm::sqrt(value)))
        .collect();
    let mut coordinates = vec![0.0; a.rows.len() * dim];
    for (item, row) in coordinates.chunks_exact_mut(dim).enumerate() {
        for (value, (at, root)) in row.iter_mut().zip(&directions) {
            let along: f64 = (0..wide).map(|k| basis[(item, k)] * eigen.eigenvectors[(k, *at)]).sum();
            *value = (along * root) as f32;
        }
    }
    Some(coordinates)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(names: &[&[&str]]) -> Vec<Features> {
        names.iter().map(|names| names.iter().map(|name| (name.to_string(), 1.0)).collect()).collect()
    }

    /// With all directions kept, products of rows are those of the weighed features themselves.
    #[test]
    fn products_of_rows_are_kept() {
        let rows = Sparse::weighed(&items(&[&["a", "b"], &["b", "c"], &["c", "d", "a"], &["d"], &["e", "b"]]));
        let dim = 5;
        let found = coordinates(&rows, dim, 1).unwrap();
        let (mut off, mut size) = (0.0f64, 0.0f64);
        for i in 0..5 {
            for j in 0..5 {
                let exact: f64 = rows.rows[i]
                    .iter()
                    .map(|(bucket, value)| {
                        value * rows.rows[j].iter().find(|(other, _)| other == bucket).map_or(0.0, |(_, other)| *other)
                    })
                    .sum();
                let of = |item: usize| &found[item * dim..][..dim];
                let got: f32 = of(i).iter().zip(of(j)).map(|(a, b)| a * b).sum();
                off = off.max((exact - f64::from(got)).abs());
                size = size.max(exact.abs());
            }
        }
        assert!(off < 1e-5 && size > 0.9, "{off} {size}");
    }

    #[test]
    fn hashes_of_names_that_end_otherwise_are_apart() {
        let hashes: std::collections::HashSet<u32> =
            ('a'..='z').map(|last| hash(&format!("word coffe{last}"))).collect();
        assert_eq!(hashes.len(), 26);
    }

    #[test]
    fn items_that_do_not_differ_have_no_directions() {
        assert!(coordinates(&Sparse::weighed(&items(&[&["a"], &["a"]])), 2, 1).is_none());
        assert!(coordinates(&Sparse::weighed(&items(&[&[], &[]])), 2, 1).is_none());
    }

    #[test]
    fn equal_seeds_give_equal_bits() {
        let rows = || Sparse::weighed(&items(&[&["a", "b"], &["b"], &["c", "a"], &["c"]]));
        assert_eq!(coordinates(&rows(), 2, 3), coordinates(&rows(), 2, 3));
    }
}
