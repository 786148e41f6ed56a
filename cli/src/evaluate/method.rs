//! What is compared: a method ranks all items for a shopper, and learns from each basket.

use crate::table::Basket;
use crate::train::Factors;

/// A way of ranking; what it has learnt from all users before the cut is fixed.
pub trait Method: Sync {
    fn name(&self) -> &str;

    /// A shopper without a history.
    fn start(&self, user: usize) -> Box<dyn Shopper + '_>;
}

/// One shopper's state.
pub trait Shopper {
    /// Scores all items at a time (milliseconds since 1970), the better the higher. Of equal scores
    /// the more popular item goes first.
    fn scores(&mut self, at: i64, scores: &mut [f32]);

    /// Learns from what was taken.
    fn feed(&mut self, basket: &Basket);
}

/// The same for all: what most orders held before the cut.
pub struct Popularity;

impl Method for Popularity {
    fn name(&self) -> &str {
        "popularity"
    }

    fn start(&self, _: usize) -> Box<dyn Shopper + '_> {
        Box::new(Self)
    }
}

impl Shopper for Popularity {
    fn scores(&mut self, _: i64, scores: &mut [f32]) {
        // All equal: the order of the items decides, and it is popularity.
        scores.fill(0.0);
    }

    fn feed(&mut self, _: &Basket) {}
}

/// How often the shopper had each item.
pub struct Frequency {
    pub items: usize,
}

impl Method for Frequency {
    fn name(&self) -> &str {
        "personal frequency"
    }

    fn start(&self, _: usize) -> Box<dyn Shopper + '_> {
        Box::new(Counts(vec![0.0; self.items]))
    }
}

struct Counts(Vec<f32>);

impl Shopper for Counts {
    fn scores(&mut self, _: i64, scores: &mut [f32]) {
        scores.copy_from_slice(&self.0);
    }

    fn feed(&mut self, basket: &Basket) {
        basket.items.iter().for_each(|item| self.0[*item as usize] += 1.0);
    }
}

/// The shopper's vector from the training before the cut, never changed.
pub struct StaticFactors(pub Factors);

impl Method for StaticFactors {
    fn name(&self) -> &str {
        "static factors"
    }

    fn start(&self, user: usize) -> Box<dyn Shopper + '_> {
        let mut scores = vec![0.0; self.0.items.len() / self.0.dim];
        self.0.scores(self.0.user(user), &mut scores);
        Box::new(Fixed(scores))
    }
}

struct Fixed(Vec<f32>);

impl Shopper for Fixed {
    fn scores(&mut self, _: i64, scores: &mut [f32]) {
        scores.copy_from_slice(&self.0);
    }

    fn feed(&mut self, _: &Basket) {}
}
