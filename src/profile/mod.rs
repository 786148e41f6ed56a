//! P = (A, B, C): what is known of a shopper, some ten thousand bytes.
//!
//! A, attributes: what the shopper or the shop declared. B, behaviour: a long- and a short-term
//! taste, decayed counts of items, interest by category, recency/frequency/monetary value, price
//! affinity. C, reviews: ratings, centred on the shopper's own mean.

mod behaviour;
mod corrections;
mod counts;
mod drift;
mod expiry;
mod hidden;
mod merged;
mod moved;
mod parts;
mod ratings;
mod record;
mod shares;
mod statistics;
mod taste;
mod trail;

pub use record::Fit;

pub use behaviour::{Behaviour, Rfm};
pub use corrections::{Correction, Corrections, Log, Logged, Stand, Subject, Wish};
pub use counts::{Count, Counts, Need, kept};
pub use drift::Drift;
pub use expiry::{Limits, expired};
pub use hidden::Hidden;
pub use merged::merged;
pub use parts::Part;
pub use ratings::Ratings;
pub use statistics::{Statistics, Term, Weighed};
pub use taste::Taste;
pub use trail::{Step, Trail};

use crate::error::Error;
use crate::factors::{Factors, View};
use crate::interaction::{Interaction, Kind, Millis};

/// A shopper's profile. Prints as `Profile(…)`: what it holds is the shopper's.
#[derive(Clone, PartialEq)]
pub struct Profile {
    /// A: declared attributes, by name.
    attributes: Vec<(String, String)>,
    /// B: what lasts.
    pub long: Taste,
    /// B: what the shopper is after just now.
    pub short: Taste,
    /// B: all that the exact solution needs of the past, for each view of the items.
    pub statistics: [Statistics; View::COUNT],
    /// B: the state of the learnt update function.
    pub hidden: Hidden,
    /// B: the last interactions.
    pub trail: Trail,
    /// B: what is ordered again and again.
    pub counts: Counts,
    behaviour: Behaviour,
    /// B: how much of what was wanted was known before, and how much was wanted, both fading.
    pub returns: [f32; 2],
    /// B: when the interest has moved.
    pub drift: Drift,
    /// C.
    pub ratings: Ratings,
    /// What the shopper has put right; all the rest bends to it.
    pub corrections: Corrections,
    /// The bundle that the vectors and places belong to.
    bundle: String,
    /// Log position: every interaction up to it is in.
    pub seq: u64,
}

impl Profile {
    /// What an interaction weighs in `returns` after the next one.
    const RETURNS_KEPT: f32 = 0.98;
    /// Most declared attributes.
    pub const MAX_ATTRIBUTES: usize = 32;
    /// Longest name or value of an attribute, in bytes.
    pub const MAX_ATTRIBUTE: usize = 64;

    /// A profile that knows nothing.
    pub fn new(factors: &Factors) -> Self {
        Self {
            attributes: Vec::new(),
            long: Taste::neutral(factors.dim()),
            short: Taste::neutral(factors.dim()),
            statistics: View::ALL.map(|view| Statistics::new(factors.view(view).dim())),
            hidden: Hidden::default(),
            trail: Trail::default(),
            counts: Counts::default(),
            behaviour: Behaviour::new(factors.categories()),
            returns: [0.0; 2],
            drift: Drift::default(),
            ratings: Ratings::default(),
            corrections: Corrections::default(),
            bundle: factors.version().to_owned(),
            seq: 0,
        }
    }

    /// Counts an interaction with the item at place `item`.
    pub fn observe(&mut self, interaction: &Interaction<'_>, item: u32, factors: &Factors) {
        self.behaviour.observe(interaction, factors);
        if let (Kind::Rate, Some(stars)) = (interaction.kind, interaction.rating)
            && let Some(rating) = factors.standards().rating(stars)
        {
            self.ratings.rate(item, rating);
        }
    }

    /// Notes that something was wanted, and whether it was known before.
    pub fn came_back(&mut self, known: bool) {
        let [returns, all] = &mut self.returns;
        *returns = *returns * Self::RETURNS_KEPT + f32::from(u8::from(known));
        *all = *all * Self::RETURNS_KEPT + 1.0;
    }

    /// Moves the interest in a category.
    pub fn warm(&mut self, category: u16, amount: f32, at: Millis) {
        self.behaviour.warm(category, amount, at);
    }

    /// Declares an attribute (block A), e.g. `diet` = `vegetarian`; an empty value takes it back.
    pub fn declare(&mut self, name: &str, value: &str) -> Result<(), Error> {
        let within = |text: &str| text.len() <= Self::MAX_ATTRIBUTE;
        if name.is_empty() || !within(name) || !within(value) {
            return Err(Error::InvalidOption { option: "attribute", wanted: "a name and a value of 64 bytes at most" });
        }
        self.attributes.retain(|(known, _)| known != name);
        if value.is_empty() {
            return Ok(());
        }
        if self.attributes.len() == Self::MAX_ATTRIBUTES {
            return Err(Error::InvalidOption { option: "attribute", wanted: "one of 32 at most" });
        }
        self.attributes.push((name.to_owned(), value.to_owned()));
        Ok(())
    }

    /// Block A.
    pub fn attributes(&self) -> &[(String, String)] {
        &self.attributes
    }

    /// Block B beside the tastes.
    pub fn behaviour(&self) -> &Behaviour {
        &self.behaviour
    }

    /// The bundle that it belongs to.
    pub fn bundle(&self) -> &str {
        &self.bundle
    }
}

impl core::fmt::Debug for Profile {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Profile(…)")
    }
}
