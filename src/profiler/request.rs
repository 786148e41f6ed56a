//! What is asked of a profiler, and what it answers.

use crate::interaction::Arm;
use crate::rank::Reason;

/// Which list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum List {
    /// What could be wanted next, known or not.
    #[default]
    ForYou,
    /// What was ordered before.
    BuyAgain,
    /// What was not.
    Discover,
}

impl List {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 3] = [Self::ForYou, Self::BuyAgain, Self::Discover];
}

/// What a list should be.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// How many, 1 to [`MAX_LIMIT`](crate::rank::MAX_LIMIT).
    pub limit: usize,
    /// Which list.
    pub list: List,
    /// Only this category or department.
    pub category: Option<&'a str>,
    /// Never these ids.
    pub exclude: &'a [String],
    /// Leave out what was bought before; [`List::Discover`] always does.
    pub hide_bought: bool,
    /// Leave out what was viewed, chosen or put into the cart of late.
    pub hide_seen: bool,
    /// At most so many of one category; 0 = no limit.
    pub per_category: usize,
    /// Work out the reasons.
    pub reasons: bool,
    /// How much to explore, 0 (not at all) to 1.
    pub explore: f32,
    /// Of the taste that is drawn to explore.
    pub seed: u64,
    /// What ranks it: of what may be in it, the popular arm has what is ordered most.
    pub arm: Arm,
}

impl Default for Request<'_> {
    fn default() -> Self {
        Self {
            limit: 12,
            list: List::ForYou,
            category: None,
            exclude: &[],
            hide_bought: true,
            hide_seen: false,
            per_category: 3,
            reasons: true,
            explore: 0.0,
            seed: 0,
            arm: Arm::Personal,
        }
    }
}

/// An item of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Recommendation {
    /// Its place in the bundle.
    pub item: u32,
    /// Its score.
    pub score: f64,
    /// What speaks for it, largest first; empty where reasons were not asked for.
    pub reasons: Vec<Reason>,
    /// How likely it was to be in the list, where the list explores: kept with its impression.
    pub propensity: Option<f32>,
}

/// Why an item is where it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// Its place among all items, 1 = best.
    pub position: usize,
    /// Its score.
    pub score: f64,
    /// The reasons, each with the place that the item would have without it.
    pub reasons: Vec<(Reason, usize)>,
}

/// Interest in one department.
#[derive(Debug, Clone, PartialEq)]
pub struct Share {
    /// The department's number.
    pub department: u16,
    /// Its share of all interest, 0 to 1.
    pub share: f32,
    /// Interactions with its items, however long ago.
    pub interactions: u32,
}
