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

/// 4 bits a number, −7 to 7, and a scale for each item: half of the download once more. A scale for each dimension
/// would make zeros of all items but the popular ones, whose vectors are the long ones.
#[derive(Clone, Debug, PartialEq)]
pub struct FourBits {
    dim: usize,
    values: Vec<i8>,
    pub scale: Vec<f32>,
}

impl FourBits {
    const MOST: f32 = 7.0;

    /// Each item's scale is the one of twelve by which its numbers are least off: one large number would else round
    /// the others to 0.
    pub fn of(factors: &[f32], dim: usize) -> Self {
        let round = |value: f32, scale: f32| (value / scale).round().clamp(-Self::MOST, Self::MOST);
        let best = |row: &[f32]| {
            let largest = row.iter().fold(0.0f32, |largest, value| largest.max(value.abs()));
            let off =
                |scale: f32| -> f32 { row.iter().map(|value| (value - scale * round(*value, scale)).powi(2)).sum() };
            let scales = (1..=12u8).map(|part| largest / Self::MOST * f32::from(part) / 12.0);
            scales.min_by(|a, b| off(*a).total_cmp(&off(*b))).unwrap_or_default()
        };
        let rows = || factors.chunks_exact(dim);
        let scale: Vec<f32> = rows().map(best).collect();
        let numbers = |(row, scale): (&[f32], &f32)| -> Vec<i8> {
            row.iter().map(|value| if *scale > 0.0 { round(*value, *scale) as i8 } else { 0 }).collect()
        };
        Self { dim, values: rows().zip(&scale).flat_map(numbers).collect(), scale }
    }

    /// The factors as a browser would see them.
    pub fn restore(&self) -> Vec<f32> {
        let rows = self.values.chunks_exact(self.dim).zip(&self.scale);
        rows.flat_map(|(row, scale)| row.iter().map(move |value| f32::from(*value) * scale)).collect()
    }

    /// Two numbers a byte, the first one low.
    pub fn packed(&self) -> Vec<u8> {
        let nibble = |value: i8| value.cast_unsigned() & 15;
        let pairs = self.values.chunks(2);
        pairs.map(|two| nibble(two[0]) | nibble(two.get(1).copied().unwrap_or(0)) << 4).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_bits_keep_what_short_vectors_say() {
        // A long vector, and a short one with one large number.
        let factors = [[7.0f32, -3.0, 1.0, 0.0], [0.07, 0.01, -0.01, 0.011]].concat();
        let four = FourBits::of(&factors, 4);
        let restored = four.restore();
        let off = |restored: &[f32]| factors[4..].iter().zip(restored).map(|(x, y)| (x - y).powi(2)).sum::<f32>();
        assert!(off(&restored[4..]) < 1e-4, "{restored:?}");
        // The control: one scale for all makes nothing of the short one.
        let plain: Vec<f32> = factors.iter().map(|x| x.round()).collect();
        assert!(off(&plain[4..]) > 1e-3);
        assert_eq!(four.packed().len(), 4);
        let low = (four.packed()[0] << 4).cast_signed() >> 4;
        assert_eq!(low, four.values[0], "the sign comes back");
    }

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
