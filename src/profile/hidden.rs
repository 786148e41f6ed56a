//! The state of a learnt update function.

use crate::interaction::Millis;

/// What a recurrent network carries from one interaction to the next.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Hidden {
    /// Its numbers; empty before the first interaction.
    pub values: Vec<f32>,
    /// The last interaction.
    pub at: Millis,
}
