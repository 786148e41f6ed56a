//! The Cholesky factorisation of a positive definite matrix, in place.

use crate::lanes::product_f64 as dot;

/// A = L·Lᵀ, L row by row (n × n, what lies above the diagonal is not used).
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cholesky {
    rows: Vec<f64>,
    size: usize,
}

impl Cholesky {
    /// Factorises A, given row by row; only its lower triangle is read. A diagonal that rounding has
    /// brought to 0 or below, which takes weights beyond reason, counts as `floor`.
    pub(super) fn new(mut rows: Vec<f64>, size: usize, floor: f64) -> Self {
        for j in 0..size {
            let (above, rest) = rows.split_at_mut(j * size);
            let own = &mut rest[..size];
            for (k, row) in above.chunks_exact(size).enumerate() {
                own[k] = (own[k] - dot(&own[..k], &row[..k])) / row[k];
            }
            let left = own[j] - dot(&own[..j], &own[..j]);
            own[j] = if left > floor { left } else { floor }.sqrt();
        }
        Self { rows, size }
    }

    /// Solves A·x = b.
    pub(super) fn solve(&self, x: &mut [f64]) {
        for (j, row) in self.rows.chunks_exact(self.size.max(1)).enumerate() {
            let (known, rest) = x.split_at_mut(j);
            rest[0] = (rest[0] - dot(&row[..j], known)) / row[j];
        }
        self.solve_transposed(x);
    }

    /// Solves Lᵀ·x = b.
    pub(super) fn solve_transposed(&self, x: &mut [f64]) {
        for (j, row) in self.rows.chunks_exact(self.size.max(1)).enumerate().rev() {
            let (others, own) = x.split_at_mut(j);
            own[0] /= row[j];
            others.iter_mut().zip(row).for_each(|(other, l)| *other -= l * own[0]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::test;
    use crate::update::Random;

    #[test]
    fn a_solution_fulfils_its_equations() {
        let mut random = Random(5);
        for size in [1, 2, 5, 64] {
            let b: Vec<f64> = (0..size * size).map(|_| random.normal()).collect();
            let mut a = vec![0.0; size * size];
            for j in 0..size {
                for k in 0..size {
                    a[j * size + k] = dot(&b[j * size..][..size], &b[k * size..][..size]) + f64::from(u8::from(j == k));
                }
            }
            let factored = Cholesky::new(a.clone(), size, 1e-9);
            let right: Vec<f64> = (0..size).map(|_| random.normal()).collect();
            let mut x = right.clone();
            factored.solve(&mut x);
            for (row, right) in a.chunks_exact(size).zip(&right) {
                assert!((dot(row, &x) - right).abs() < 1e-8, "size {size}");
            }
            // The control: another matrix has another solution.
            a[0] += 1.0;
            assert!((dot(&a[..size], &x) - right[0]).abs() > 1e-8);
        }
    }
}
