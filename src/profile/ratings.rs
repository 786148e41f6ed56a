//! Ratings: what the shopper said of an item, against what this shopper says of most.

/// One rating for each item, −1 (the lowest) … 0 (the shop's mean) … 1, in the order of their places.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ratings(pub(super) Vec<(u32, f32)>);

impl Ratings {
    /// Most ratings kept; later ones of other items are not.
    pub const MOST: usize = 1_000;
    /// Ratings at the shop's mean that every shopper is taken to have given before the first one: one
    /// low rating does not make a grumbler (shrinkage, as in Koren 2009).
    const PRIOR: f32 = 5.0;

    /// All ratings, as the shop's scale has them.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (u32, f32)> {
        self.0.iter().copied()
    }

    /// The shopper's own mean.
    pub fn mean(&self) -> f32 {
        let sum: f32 = self.0.iter().map(|(_, rating)| rating).sum();
        sum / (Self::PRIOR + self.0.len() as f32)
    }

    /// A rating against the shopper's own mean, −1 … 1.
    pub fn centred(&self, rating: f32) -> f32 {
        (rating - self.mean()).clamp(-1.0, 1.0)
    }

    /// Keeps a rating; a new one of the same item takes its place.
    pub fn rate(&mut self, item: u32, rating: f32) {
        match self.0.binary_search_by_key(&item, |(rated, _)| *rated) {
            Ok(found) => self.0[found].1 = rating,
            Err(place) if self.0.len() < Self::MOST => self.0.insert(place, (item, rating)),
            Err(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::test;

    #[test]
    fn a_shopper_is_compared_with_their_own_mean() {
        let mut ratings = Ratings::default();
        assert_eq!(ratings.centred(0.5), 0.5, "nothing is known yet: the shop's mean");
        (0..45).for_each(|item| ratings.rate(item, 0.8));
        assert!((ratings.mean() - 0.72).abs() < 1e-6);
        assert!(ratings.centred(0.5) < 0.0, "half a star up is little from one who gives full stars");
        ratings.rate(3, -1.0);
        assert_eq!(ratings.iter().len(), 45, "a second rating of an item takes the place of the first");
    }
}
