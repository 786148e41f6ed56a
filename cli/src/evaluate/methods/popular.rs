//! The same for all: what most orders held before the cut.

use super::options::Options;
use super::{Method, Shopper};
use crate::error::Result;
use crate::evaluate::training::Training;
use crate::table::Basket;

pub struct Popular;

pub fn make(_: &Training<'_>, _: &mut Options) -> Result<Box<dyn Method>> {
    Ok(Box::new(Popular))
}

impl Method for Popular {
    fn start(&self, _: usize) -> Box<dyn Shopper + '_> {
        Box::new(Self)
    }
}

impl Shopper for Popular {
    fn scores(&mut self, _: i64, scores: &mut [f32]) {
        // All equal: the order of the items decides, and it is popularity.
        scores.fill(0.0);
    }

    fn feed(&mut self, _: &Basket) {}
}
