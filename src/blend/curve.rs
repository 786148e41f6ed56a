//! A piecewise-linear curve over one feature.

use super::{Feature, Purpose};

/// For which items a curve counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// All.
    Any,
    /// Those that the shopper ordered or wanted of late.
    Known,
    /// The others.
    Fresh,
}

impl Condition {
    /// All conditions with their names in a bundle.
    pub const ALL: &[(Self, &'static str)] = &[(Self::Any, "any"), (Self::Known, "known"), (Self::Fresh, "fresh")];

    /// Does it count for an item that is known or not?
    pub fn holds(self, known: bool) -> bool {
        match self {
            Self::Any => true,
            Self::Known => known,
            Self::Fresh => !known,
        }
    }
}

/// A curve through [`Curve::KNOTS`] points, flat outside them; one for each [`Purpose`].
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// What it stands over.
    pub feature: Feature,
    /// For which items it counts.
    pub condition: Condition,
    /// Where its points are, rising.
    pub knots: [f32; Self::KNOTS],
    /// Its height there, by purpose.
    pub values: [[f32; Self::KNOTS]; Purpose::COUNT],
}

impl Curve {
    /// Points of a curve.
    pub const KNOTS: usize = 8;

    /// The curve named "feature condition"; `None` where either is not known or the sizes are wrong.
    pub fn new(name: &str, knots: &[f32], values: [&[f32]; Purpose::COUNT]) -> Option<Self> {
        let (feature, condition) = name.split_once(' ')?;
        let condition = Condition::ALL.iter().find(|(_, known)| *known == condition)?.0;
        let [next, discover, first, visit] = values.map(|values| values.try_into().ok());
        let values = [next?, discover?, first?, visit?];
        Some(Self { feature: Feature::named(feature)?, condition, knots: knots.try_into().ok()?, values })
    }

    /// Its name in a bundle.
    pub fn name(&self) -> String {
        let condition = Condition::ALL.iter().find(|(known, _)| *known == self.condition).map_or("", |(_, name)| name);
        [self.feature.name(), condition].join(" ")
    }

    /// Between which knots a value lies, and how far behind the first (0 to 1).
    pub fn place(&self, x: f32) -> (usize, f32) {
        let after = self.knots[1..Self::KNOTS - 1].iter().take_while(|knot| x >= **knot).count();
        let (from, to) = (self.knots[after], self.knots[after + 1]);
        let share = if to > from { ((x - from) / (to - from)).clamp(0.0, 1.0) } else { 0.0 };
        (after, share)
    }

    /// Its height; 0 where the feature has no value.
    pub fn at(&self, purpose: Purpose, x: f32) -> f32 {
        if x.is_nan() {
            return 0.0;
        }
        let (knot, share) = self.place(x);
        let values = &self.values[purpose as usize];
        values[knot] + share * (values[knot + 1] - values[knot])
    }
}
