//! From the space of one bundle's factors to that of the next: p·R, with the orthogonal R that
//! the new bundle brings (`map` in `docs/bundle.md`). Angles and lengths stay, so scores of items do, as far
//! as the two bundles agree on them.

use super::{Statistics, Taste};

/// A row vector times R (d × d, row by row).
fn times<T: Copy + Into<f64>>(vector: &[T], map: &[f32]) -> Vec<f64> {
    let mut moved = vec![0.0; vector.len()];
    for (value, row) in vector.iter().zip(map.chunks_exact(vector.len().max(1))) {
        let value: f64 = (*value).into();
        moved.iter_mut().zip(row).for_each(|(sum, r)| *sum += value * f64::from(*r));
    }
    moved
}

/// The same of each row of a matrix.
fn rows_times(matrix: &[f64], dim: usize, map: &[f32]) -> Vec<f64> {
    let mut moved = Vec::with_capacity(matrix.len());
    matrix.chunks_exact(dim).for_each(|row| moved.append(&mut times(row, map)));
    moved
}

impl Taste {
    /// The taste in the new space. Step sizes by dimension begin anew: the dimensions are others.
    #[must_use]
    pub fn moved(mut self, map: &[f32]) -> Self {
        self.vector = times(&self.vector, map).into_iter().map(|value| value as f32).collect();
        self.squares.clear();
        self
    }
}

impl Statistics {
    /// The sums in the new space: RᵀMR and v·R.
    #[must_use]
    pub fn moved(mut self, map: &[f32]) -> Self {
        if self.is_empty() {
            return self;
        }
        let dim = self.dim();
        let mut full = vec![0.0; dim * dim];
        let mut sums = self.matrix.iter();
        for row in 0..dim {
            for (column, sum) in (row..dim).zip(&mut sums) {
                full[row * dim + column] = *sum;
                full[column * dim + row] = *sum;
            }
        }
        // M is symmetric: MR row by row, its transpose RᵀM, and that times R.
        let right = rows_times(&full, dim, map);
        let turned: Vec<f64> = (0..dim * dim).map(|at| right[at % dim * dim + at / dim]).collect();
        let both = rows_times(&turned, dim, map);
        self.matrix.clear();
        for (row, values) in both.chunks_exact(dim).enumerate() {
            self.matrix.extend_from_slice(&values[row..]);
        }
        self.vector = times(&self.vector, map);
        self
    }
}
