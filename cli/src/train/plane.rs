//! The map of the shop: the plane through the items' directions that shows most of their spread
//! (principal component analysis, Pearson 1901). Directions, since lengths tell popularity.

use nalgebra::{DMatrix, SymmetricEigen};

/// The mean of the directions and the two axes, each of `dim` numbers; nothing where there is no plane.
pub fn plane(factors: &[f32], dim: usize) -> Option<Vec<f32>> {
    let directions: Vec<Vec<f64>> = factors.chunks_exact(dim).filter_map(direction).collect();
    if dim < 2 || directions.len() < 2 {
        return None;
    }
    let count = directions.len() as f64;
    let mean: Vec<f64> = (0..dim).map(|k| directions.iter().map(|row| row[k]).sum::<f64>() / count).collect();
    let mut spread = DMatrix::<f64>::zeros(dim, dim);
    for row in &directions {
        for i in 0..dim {
            for j in 0..=i {
                spread[(i, j)] += (row[i] - mean[i]) * (row[j] - mean[j]);
            }
        }
    }
    spread.fill_upper_triangle_with_lower_triangle();
    if !spread.iter().all(|value| value.is_finite()) {
        return None;
    }
    let eigen = SymmetricEigen::new(spread);
    let mut order: Vec<usize> = (0..dim).collect();
    order.sort_by(|a, b| eigen.eigenvalues[*b].total_cmp(&eigen.eigenvalues[*a]));
    let axes = order[..2].iter().flat_map(|axis| {
        let axis = eigen.eigenvectors.column(*axis);
        // The sign of an axis means nothing: its largest number points up, so that equal factors give equal bytes.
        let largest =
            axis.iter().copied().fold(0.0, |largest: f64, x| if x.abs() > largest.abs() { x } else { largest });
        axis.iter().map(|value| value * largest.signum()).collect::<Vec<_>>()
    });
    Some(mean.iter().copied().chain(axes).map(|value| value as f32).collect())
}

fn direction(row: &[f32]) -> Option<Vec<f64>> {
    let length = row.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt();
    (length > 0.0).then(|| row.iter().map(|value| f64::from(*value) / length).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn the_plane_is_the_one_that_spreads() {
        let dim = 5;
        let mut random = Random::new(3);
        // Much along the fourth number, less along the second, next to nothing else; lengths of all sorts.
        let rows: Vec<f32> = (0..400)
            .flat_map(|_| {
                let (far, near) = (random.unit() - 0.5, random.unit() - 0.5);
                let mut row = [1.0, 0.6 * near, 0.01 * random.unit(), 1.5 * far, 0.0];
                let length = 0.1 + 9.0 * random.unit();
                row.iter_mut().for_each(|value| *value *= length);
                row
            })
            .collect();
        let plane = plane(&rows, dim).unwrap();
        let (first, second) = (&plane[dim..2 * dim], &plane[2 * dim..]);
        assert!(first[3] > 0.95 && second[1] > 0.9, "{plane:?}");
        let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
        assert!((dot(first, first) - 1.0).abs() < 1e-5 && dot(first, second).abs() < 1e-5);
        // Lengths do not count: the same directions, all as long as one another, have the same plane.
        let unit: Vec<f32> = rows.chunks_exact(dim).flat_map(|row| direction(row).unwrap()).map(|x| x as f32).collect();
        let of_unit = super::plane(&unit, dim).unwrap();
        assert!(plane.iter().zip(of_unit).all(|(a, b)| (a - b).abs() < 1e-4));
    }

    #[test]
    fn without_directions_there_is_no_plane() {
        assert_eq!(plane(&[0.0; 12], 3), None);
        assert_eq!(plane(&[1.0, 2.0, 3.0], 1), None);
    }
}
