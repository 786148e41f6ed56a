//! What a browser needs of all items at once to fold a shopper in: `Σᵢ qᵢ·qᵢᵀ` over N items.

use super::als;

/// The upper triangle row by row, d·(d+1)/2 numbers, of factors as a browser sees them (N × `dim`).
pub fn upper(factors: &[f32], dim: usize) -> Vec<f32> {
    let gram = als::gram(factors, dim);
    (0..dim).flat_map(|row| gram[row * dim + row..(row + 1) * dim].to_vec()).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_upper_triangle_row_by_row() {
        // Rows (1, 2, 3) and (0, 1, -1).
        assert_eq!(super::upper(&[1.0, 2.0, 3.0, 0.0, 1.0, -1.0], 3), [1.0, 2.0, 3.0, 5.0, 5.0, 10.0]);
    }
}
