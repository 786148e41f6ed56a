//! How often the shopper had each item, all alike or the recent ones more.

use super::options::Options;
use super::{Method, Shopper};
use crate::error::Result;
use crate::evaluate::training::{Fading, Training};
use crate::table::Basket;

struct Frequency {
    items: usize,
    fading: Fading,
}

/// Counts each time as 1.
pub fn make(training: &Training<'_>, _: &mut Options) -> Result<Box<dyn Method>> {
    Ok(Box::new(Frequency { items: training.items().len(), fading: Fading::NONE }))
}

/// Counts each time as 1, less as time goes by.
pub fn make_decayed(training: &Training<'_>, options: &mut Options) -> Result<Box<dyn Method>> {
    let fading = Fading::choose(training.protocol(), options, 120.0, 0.5);
    Ok(Box::new(Frequency { items: training.items().len(), fading }))
}

impl Method for Frequency {
    fn start(&self, _: usize) -> Box<dyn Shopper + '_> {
        Box::new(Counts { counts: vec![0.0; self.items], at: 0, fading: self.fading })
    }
}

struct Counts {
    counts: Vec<f32>,
    at: i64,
    fading: Fading,
}

impl Shopper for Counts {
    fn scores(&mut self, _: i64, scores: &mut [f32]) {
        // All counts have faded alike since the last basket: the order is the same.
        scores.copy_from_slice(&self.counts);
    }

    fn feed(&mut self, basket: &Basket) {
        self.fading.apply(&mut self.at, basket.at, &mut self.counts);
        basket.items.iter().for_each(|item| self.counts[*item as usize] += 1.0);
    }
}
