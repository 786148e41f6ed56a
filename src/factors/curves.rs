//! The curves of the mix, as numbers: `blend` says what they mean.

use super::Strings;

/// F curves of K knots, with two rows of values each.
#[derive(Debug, Clone, Default)]
pub(super) struct Curves {
    pub(super) names: Strings,
    /// Knots of one curve.
    pub(super) size: usize,
    /// F × K.
    pub(super) knots: Vec<f32>,
    /// 2F × K: first all rows of the first purpose.
    pub(super) values: Vec<f32>,
}

impl Curves {
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &[f32], [&[f32]; 2])> {
        (0..self.names.len()).map(|curve| {
            let row = |values: usize| values * self.size..(values + 1) * self.size;
            let values = [0, self.names.len()].map(|first| &self.values[row(first + curve)]);
            (self.names.get(curve), &self.knots[row(curve)], values)
        })
    }
}
