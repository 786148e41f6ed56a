//! Sequential rules (Ludewig, Jannach 2018): after this item, that one; the further apart in a
//! session, the weaker.

use std::collections::BTreeMap;

use super::Method;
use super::item_table::{ItemTable, Row};
use super::options::Options;
use crate::error::Result;
use crate::evaluate::training::{Fading, Training};
use crate::table::Basket;

pub fn make(training: &Training<'_>, options: &mut Options) -> Result<Box<dyn Method>> {
    let window = options.number("win", 3.0) as usize;
    let back = options.number("sym", 0.5);
    let fading = Fading::choose(training.protocol(), options, 60.0, 0.3);
    let histories = training.histories().map(|(_, baskets)| baskets);
    Ok(Box::new(ItemTable { rows: rules(histories, training.items().len(), window, back), fading }))
}

/// Each pair within `window` steps speaks with 1 / distance from the earlier item for the later one, and
/// with `back` times that the other way.
fn rules<'a>(histories: impl Iterator<Item = &'a [Basket]>, items: usize, window: usize, back: f32) -> Vec<Row> {
    let mut rows = vec![BTreeMap::new(); items];
    let mut add = |from: u32, to: u32, strength: f32| *rows[from as usize].entry(to).or_insert(0.0) += strength;
    for baskets in histories {
        for (index, basket) in baskets.iter().enumerate() {
            for (distance, later) in (1..=window).zip(&baskets[index + 1..]) {
                let strength = 1.0 / distance as f32;
                for this in &basket.items {
                    for that in later.items.iter().filter(|that| *that != this) {
                        add(*this, *that, strength);
                        add(*that, *this, back * strength);
                    }
                }
            }
        }
    }
    rows.into_iter().map(|row| row.into_iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: 0, 1, 1, 2 with a window of two.
    #[test]
    fn the_nearer_the_stronger_and_back_by_half() {
        let event = |item| Basket { user: 0, at: 0, items: vec![item] };
        let session = [0, 1, 1, 2].map(event);
        let rows = rules([&session[..]].into_iter(), 3, 2, 0.5);
        assert_eq!(rows, [vec![(1, 1.5)], vec![(0, 0.75), (2, 1.5)], vec![(1, 0.75)]]);
    }
}
