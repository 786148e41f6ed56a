//! The highest of what a block's categories have, as far as one word tells.

/// Of values by category the highest, and what no other exceeds. A block's categories are known by 64 bits, so that it
/// may be given more than it has, but never less.
#[derive(Debug, Default)]
pub(super) struct Levels {
    bit: u32,
    /// Of all others, and of the category.
    values: [f32; 2],
}

impl Levels {
    /// Of values by category; none is less than `least`.
    pub fn of(values: impl Iterator<Item = f64>, least: f64) -> Self {
        let mut levels = Self { bit: 0, values: [least as f32; 2] };
        for (category, value) in (0u32..).zip(values.map(|value| value as f32)) {
            let [others, highest] = levels.values;
            if value > highest {
                levels = Self { bit: category % 64, values: [highest, value] };
            } else if value > others {
                levels.values[0] = value;
            }
        }
        levels
    }

    /// The highest of all.
    pub fn highest(&self) -> f32 {
        self.values[1]
    }

    /// No category of a block with these bits has more. An index is no branch that could be foreseen wrongly.
    #[inline(always)]
    pub fn of_block(&self, bits: u64) -> f32 {
        self.values[usize::from((bits >> self.bit) & 1 == 1)]
    }
}
