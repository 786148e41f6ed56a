//! Factors as 8-bit integers: a quarter of the download, one scale for each dimension.

/// `value = i8 · scale[j]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantised {
    pub values: Vec<i8>,
    pub scale: Vec<f32>,
}

impl Quantised {
    /// As the browser's library has it.
    pub fn of(factors: &[f32], dim: usize) -> Self {
        let (values, scale) = homebody::factors::quantise(factors, dim);
        Self { values, scale }
    }

    /// The factors as a browser will see them.
    pub fn restore(&self) -> Vec<f32> {
        let rows = self.values.chunks_exact(self.scale.len());
        rows.flat_map(|row| row.iter().zip(&self.scale).map(|(x, s)| f32::from(*x) * s)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_is_off_by_more_than_half_a_step() {
        let factors: Vec<f32> = (0..300).map(|x| (x * 7919 % 501) as f32 / 250.0 - 1.0).collect();
        let quantised = Quantised::of(&factors, 3);
        for (index, (x, y)) in factors.iter().zip(quantised.restore()).enumerate() {
            assert!((x - y).abs() <= quantised.scale[index % 3] * 0.5001, "{x} {y}");
        }
        assert!(quantised.values.iter().any(|x| x.unsigned_abs() == 127));
    }

    #[test]
    fn zeros_stay_zeros() {
        assert_eq!(Quantised::of(&[0.0, 2.0, 0.0, -2.0], 2).restore(), [0.0, 2.0, 0.0, -2.0]);
    }
}
