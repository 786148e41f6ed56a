//! The constants by which raw numbers become comparable. They come from the bundle, so that every
//! browser standardises as the trainer did.

/// Constants of standardisation.
#[derive(Debug, Clone, PartialEq)]
pub struct Standards {
    /// Lowest, mean and highest rating.
    pub rating: [f32; 3],
    /// Seconds: below the first a look is an accident, above the second nobody is looking any more.
    pub dwell: [f32; 2],
    /// Quantiles of the items' prices, not falling; empty where the bundle has no prices.
    pub prices: Vec<f32>,
}

impl Default for Standards {
    fn default() -> Self {
        Self { rating: [1.0, 3.5, 5.0], dwell: [1.0, 120.0], prices: Vec::new() }
    }
}

impl Standards {
    /// A rating as −1 (lowest) … 0 (mean) … 1 (highest), `None` off the scale.
    pub fn rating(&self, stars: f32) -> Option<f32> {
        let [low, mean, high] = self.rating;
        if !(low..=high).contains(&stars) {
            return None;
        }
        Some(if stars < mean { (stars - mean) / (mean - low) } else { (stars - mean) / (high - mean) })
    }

    /// The rating that a sentiment stands for: the inverse of [`Standards::rating`].
    pub fn stars(&self, sentiment: f32) -> f32 {
        let [low, mean, high] = self.rating;
        mean + sentiment * if sentiment < 0.0 { mean - low } else { high - mean }
    }

    /// A dwell in milliseconds, winsorised to the two limits: 0 (a glance) to 1, in log.
    pub fn dwell(&self, milliseconds: f32) -> f32 {
        let [low, high] = self.dwell;
        let seconds = (milliseconds / 1000.0).max(low).min(high);
        ln(seconds / low) / ln(high / low)
    }

    /// A price's place among the shop's prices, 0 (cheapest) to 1, between quantiles in log.
    pub fn price(&self, price: f32) -> Option<f32> {
        let steps = self.prices.len().checked_sub(1).filter(|steps| *steps > 0)?;
        let above = self.prices.partition_point(|quantile| *quantile < price);
        let (Some(low), Some(high)) = (above.checked_sub(1).map(|i| self.prices[i]), self.prices.get(above)) else {
            return Some(if above == 0 { 0.0 } else { 1.0 });
        };
        let within = ln(price / low) / ln(high / low);
        Some((above as f32 - 1.0 + within) / steps as f32)
    }
}

/// One logarithm serves the whole core.
fn ln(x: f32) -> f32 {
    libm::log(f64::from(x)) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::test;

    #[test]
    fn ratings_are_centred_on_the_mean_of_the_shop() {
        let standards = Standards::default();
        assert_eq!(standards.rating(3.5), Some(0.0));
        assert_eq!(standards.rating(1.0), Some(-1.0));
        assert_eq!(standards.rating(5.0), Some(1.0));
        assert_eq!(standards.rating(6.0), None);
        assert_eq!(standards.rating(f32::NAN), None);
    }

    #[test]
    fn dwell_is_winsorised() {
        let standards = Standards::default();
        assert_eq!(standards.dwell(0.0), 0.0);
        assert_eq!(standards.dwell(120_000.0), 1.0);
        assert_eq!(standards.dwell(1e12), 1.0);
        assert!(standards.dwell(11_000.0) > 0.4 && standards.dwell(11_000.0) < 0.6);
    }

    #[test]
    fn prices_become_quantiles() {
        let standards = Standards { prices: vec![1.0, 2.0, 4.0], ..Standards::default() };
        assert_eq!(standards.price(0.5), Some(0.0));
        assert_eq!(standards.price(2.0), Some(0.5));
        assert_eq!(standards.price(9.0), Some(1.0));
        let twins = Standards { prices: vec![1.0, 3.0, 3.0, 4.0], ..Standards::default() };
        assert!([0.5, 1.0, 2.0, 3.0, 3.5].map(|price| twins.price(price)).is_sorted());
        assert_eq!(Standards::default().price(9.0), None);
    }
}
