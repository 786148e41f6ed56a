//! Sequential rules (Ludewig, Jannach 2018): after this item, that one; the further apart in a
//! session, the weaker.

use std::collections::BTreeMap;

use super::Method;
use super::item_table::{ItemTable, Row};
use super::options::Options;
use crate::error::Result;
use crate::evaluate::training::{Fading, Training};

pub fn make(training: &Training<'_>, options: &mut Options) -> Result<Box<dyn Method>> {
    let window = options.number("win", 3.0) as usize;
    let back = options.number("sym", 0.5);
    let fading = Fading::choose(training.protocol(), options, 60.0, 0.3);
    let mut rows = vec![BTreeMap::new(); training.items().len()];
    for (_, baskets) in training.histories() {
        for (index, basket) in baskets.iter().enumerate() {
            for (step, later) in (1..=window).zip(&baskets[index + 1..]) {
                for (this, that) in
                    basket.items.iter().flat_map(|this| later.items.iter().map(move |that| (this, that)))
                {
                    if this != that {
                        *rows[*this as usize].entry(*that).or_insert(0.0) += 1.0 / step as f32;
                        *rows[*that as usize].entry(*this).or_insert(0.0) += back / step as f32;
                    }
                }
            }
        }
    }
    let rows: Vec<Row> = rows.into_iter().map(|row| row.into_iter().collect()).collect();
    Ok(Box::new(ItemTable { rows, fading }))
}
