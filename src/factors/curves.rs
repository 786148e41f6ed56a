//! The curves of the mix, as numbers: `blend` says what they mean.

use super::Strings;

/// What lists are for: next, discover, first, visit.
pub(super) const PURPOSES: usize = 4;

/// F curves of K knots, with a row of values for each purpose.
#[derive(Debug, Clone, Default)]
pub(super) struct Curves {
    pub(super) names: Strings,
    /// Knots of one curve.
    pub(super) size: usize,
    /// F × K.
    pub(super) knots: Vec<f32>,
    /// 4F × K: first all rows of the first purpose.
    pub(super) values: Vec<f32>,
}

impl Curves {
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &[f32], [&[f32]; PURPOSES])> {
        (0..self.names.len()).map(|curve| {
            let row = |values: usize| values * self.size..(values + 1) * self.size;
            let values = core::array::from_fn(|purpose| &self.values[row(purpose * self.names.len() + curve)]);
            (self.names.get(curve), &self.knots[row(curve)], values)
        })
    }
}
