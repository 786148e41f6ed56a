//! From the factors of an old bundle to those of a new one: the orthogonal map R that makes
//! `Σ|qᵢ·R − q'ᵢ|²` least over the items of both (orthogonal Procrustes, Schönemann 1966).
//!
//! With `M = Σ qᵢᵀ·q'ᵢ = U·S·Vᵀ` (d × d) it is `R = U·Vᵀ`. A shopper's vector p in the old space is p·R
//! in the new one, since R keeps all angles and lengths.

use nalgebra::DMatrix;

use super::Settings;
use super::asked::{Asked, Shelf};
use crate::evaluate::metrics::Figures;

/// R, row by row.
pub fn procrustes(old: &Shelf, new: &Shelf) -> Vec<f32> {
    let dim = old.dim;
    let mut cross = DMatrix::<f64>::zeros(dim, dim);
    for (from, to) in old.common(new) {
        let (from, to) = (&old.factors[from * dim..][..dim], &new.factors[to * dim..][..dim]);
        for (i, a) in from.iter().enumerate() {
            for (j, b) in to.iter().enumerate() {
                cross[(i, j)] += f64::from(*a) * f64::from(*b);
            }
        }
    }
    let svd = cross.svd(true, true);
    let (u, v_t) = (svd.u.expect("asked for"), svd.v_t.expect("asked for"));
    let map = u * v_t;
    (0..dim * dim).map(|at| map[(at / dim, at % dim)] as f32).collect()
}

/// Rows of `dim` numbers, each times R.
pub fn apply(rows: &[f32], map: &[f32], dim: usize) -> Vec<f32> {
    let mut moved = vec![0.0; rows.len()];
    for (row, moved) in rows.chunks_exact(dim).zip(moved.chunks_exact_mut(dim)) {
        for (value, line) in row.iter().zip(map.chunks_exact(dim)) {
            super::als::add(moved, *value, line);
        }
    }
    moved
}

/// NDCG of held-out users in the new bundle: folded into the old one and moved, and folded into the new.
pub fn figures(asked: &Asked<'_>, old: &Shelf, new: &Shelf, map: &[f32], settings: &Settings) -> [f64; 2] {
    let moved = apply(&asked.fold(old, settings), map, old.dim);
    let mean =
        |figures: Vec<Figures>| figures.iter().map(|figures| figures.ndcg).sum::<f64>() / figures.len().max(1) as f64;
    [moved, asked.fold(new, settings)].map(|users| mean(asked.figures(new, &users, &[new])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    fn shelf(factors: Vec<f32>, dim: usize) -> Shelf {
        Shelf::numbered(factors, dim)
    }

    #[test]
    fn a_rotation_is_found_and_keeps_lengths() {
        let (dim, angle) = (3, 0.7f32);
        let mut random = Random::new(5);
        let old: Vec<f32> = (0..50 * dim).map(|_| random.unit() - 0.5).collect();
        // A turn in the plane of the first two, and a mirror in the third.
        let turn =
            [libm::cosf(angle), libm::sinf(angle), 0.0, -libm::sinf(angle), libm::cosf(angle), 0.0, 0.0, 0.0, -1.0];
        let new: Vec<f32> = apply(&old, &turn, dim).into_iter().map(|x| x + 0.001 * (random.unit() - 0.5)).collect();
        let map = procrustes(&shelf(old.clone(), dim), &shelf(new.clone(), dim));
        assert!(map.iter().zip(turn).all(|(a, b)| (a - b).abs() < 0.01), "{map:?}");
        for (i, j) in [(0, 0), (0, 1), (1, 2), (2, 2)] {
            let product: f32 = (0..dim).map(|k| map[i * dim + k] * map[j * dim + k]).sum();
            assert!((product - if i == j { 1.0 } else { 0.0 }).abs() < 1e-5);
        }
        // The control: items that have nothing to do with each other are not brought together.
        let other: Vec<f32> = (0..50 * dim).map(|_| random.unit() - 0.5).collect();
        let off = |new: &[f32]| {
            let map = procrustes(&shelf(old.clone(), dim), &shelf(new.to_vec(), dim));
            apply(&old, &map, dim).iter().zip(new).map(|(a, b)| (a - b).powi(2)).sum::<f32>()
        };
        assert!(off(&new) < 0.001 && off(&other) > 1.0, "{} {}", off(&new), off(&other));
    }
}
