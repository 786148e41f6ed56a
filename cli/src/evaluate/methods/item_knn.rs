//! Nearest neighbours among items (Sarwar et al. 2001): cosine of their occurrence in baskets, or in
//! sessions, shrunk where there is little of it.
//!
//! sim(i, j) = c(i, j) / (√(c(i)·c(j)) + shrink), where c counts the baskets (sessions) that hold an
//! item, or both. An item keeps its k nearest and is none of them; items × k.

use rayon::prelude::*;

use super::Method;
use super::item_table::{ItemTable, Row, strongest};
use super::options::Options;
use crate::error::Result;
use crate::evaluate::split::Protocol;
use crate::evaluate::training::{Fading, Training};

pub fn make(training: &Training<'_>, options: &mut Options) -> Result<Box<dyn Method>> {
    let sessions = training.protocol() == Protocol::Sessions;
    let k = options.number("k", if sessions { 100.0 } else { 200.0 });
    let shrink = options.number("shrink", if sessions { 2.0 } else { 20.0 });
    let fading = Fading::choose(training.protocol(), options, 60.0, 0.5);
    let rows = neighbours(&sets(training), training.items().len(), k as usize, shrink);
    Ok(Box::new(ItemTable { rows, fading }))
}

/// What counts as together: a basket, or all of a session.
fn sets(training: &Training<'_>) -> Vec<Vec<u32>> {
    if training.protocol() != Protocol::Sessions {
        return training.histories().flat_map(|(_, baskets)| baskets).map(|basket| basket.items.clone()).collect();
    }
    let whole = |(_, baskets): (usize, &[crate::table::Basket])| {
        let mut items: Vec<u32> = baskets.iter().flat_map(|basket| basket.items.iter().copied()).collect();
        items.sort_unstable();
        items.dedup();
        items
    };
    training.histories().map(whole).collect()
}

fn neighbours(sets: &[Vec<u32>], items: usize, k: usize, shrink: f32) -> Vec<Row> {
    let mut holding = vec![Vec::new(); items];
    for (set, content) in sets.iter().enumerate() {
        content.iter().for_each(|item| holding[*item as usize].push(set as u32));
    }
    let count = |item: usize| holding[item].len() as f32;
    let row = |together: &mut Vec<u32>, item: usize| {
        for set in &holding[item] {
            sets[*set as usize].iter().for_each(|other| together[*other as usize] += 1);
        }
        let near = |(other, both): (usize, &mut u32)| {
            let both = std::mem::take(both) as f32;
            let similarity = both / ((count(item) * count(other)).sqrt() + shrink);
            (both > 0.0 && other != item).then_some((other as u32, similarity))
        };
        strongest(together.iter_mut().enumerate().filter_map(near).collect(), k)
    };
    (0..items).into_par_iter().map_init(|| vec![0; items], row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: 0 and 1 are together twice, in 3 and 2 sets; 0 and 2 once, in 3 and 1.
    #[test]
    fn cosines_are_shrunk_and_the_nearest_kept() {
        let sets = vec![vec![0, 1], vec![0, 1, 2], vec![0]];
        let near = |row: &Row| row.iter().map(|(item, s)| (*item, (s * 1e4).round() as i32)).collect::<Vec<_>>();
        let rows = neighbours(&sets, 3, 2, 0.0);
        assert_eq!(near(&rows[0]), [(1, 8_165), (2, 5_774)]);
        let shrunk = neighbours(&sets, 3, 1, 1.0);
        assert_eq!(near(&shrunk[0]), [(1, 5_798)]);
    }
}
