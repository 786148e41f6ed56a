//! What held-out users are asked of a bundle: the same of each, whatever items it holds.

use rayon::prelude::*;

use homebody::Factors;

use super::Settings;
use super::als::{dot, fold_in};
use super::matrix::{Matrix, count_pairs};
use super::prepared::Prepared;
use super::vocabulary::Vocabulary;
use crate::evaluate::metrics::{Figures, top};
use crate::table::Basket;

/// Users whose last basket was held out; items by their number in the table.
pub struct Asked<'a> {
    names: &'a [String],
    cases: Vec<Case>,
}

struct Case {
    /// How often each item was taken before.
    history: Vec<(u32, f32)>,
    targets: Vec<u32>,
}

/// A bundle's items as a browser sees them, in f32.
pub struct Shelf {
    /// The item's number in the table, where it has one, by place.
    numbers: Vec<Option<u32>>,
    /// The place, by number in the table.
    places: Vec<Option<u32>>,
    /// N × d.
    pub factors: Vec<f32>,
    pub dim: usize,
}

impl<'a> Asked<'a> {
    pub fn new(prepared: &'a Prepared) -> Self {
        let case = |aside: &Basket| {
            let end = prepared.baskets.partition_point(|basket| basket.user <= aside.user);
            let start = prepared.baskets.partition_point(|basket| basket.user < aside.user);
            let taken =
                prepared.baskets[start..end].iter().flat_map(|basket| basket.items.iter().map(|item| (0, *item)));
            let history = count_pairs(taken).into_iter().map(|(_, item, count)| (item, count)).collect();
            Case { history, targets: aside.items.clone() }
        };
        Self { names: &prepared.table.items, cases: prepared.aside.iter().map(case).collect() }
    }

    pub fn shelf(&self, bundle: &Factors) -> Shelf {
        let places: Vec<Option<u32>> = self.names.iter().map(|name| bundle.find(name)).collect();
        let mut numbers = vec![None; bundle.len()];
        for (number, place) in places.iter().enumerate() {
            if let Some(place) = place {
                numbers[*place as usize] = Some(number as u32);
            }
        }
        let dim = bundle.dim();
        let mut factors = vec![0.0; bundle.len() * dim];
        for (item, row) in factors.chunks_exact_mut(dim).enumerate() {
            bundle.space().write(item as u32, row);
        }
        Shelf { numbers, places, factors, dim }
    }

    /// A vector for each user, from what was taken before: users × d.
    pub fn fold(&self, shelf: &Shelf, settings: &Settings) -> Vec<f32> {
        let known = |(user, case): (usize, &Case)| -> Vec<(u32, u32, f32)> {
            let place = |(item, count): &(u32, f32)| Some((user as u32, shelf.places[*item as usize]?, *count));
            case.history.iter().filter_map(place).collect()
        };
        let triples: Vec<_> = self.cases.iter().enumerate().flat_map(known).collect();
        let rows = Matrix::new(self.cases.len(), shelf.numbers.len(), &triples).by_user;
        fold_in(&rows, &shelf.factors, &Settings { dim: shelf.dim, ..*settings })
    }

    /// Each user's figures; what was bought counts if one of the shelves has it.
    pub fn figures(&self, shelf: &Shelf, users: &[f32], shelves: &[&Shelf]) -> Vec<Figures> {
        let one = |(case, user): (&Case, &[f32])| {
            let scores: Vec<f32> = shelf.factors.chunks_exact(shelf.dim).map(|item| dot(user, item)).collect();
            // Items that only the other shelf has get numbers behind this one's.
            let mut targets: Vec<u32> = Vec::new();
            for item in &case.targets {
                match shelf.places[*item as usize] {
                    Some(place) => targets.push(place),
                    None if shelves.iter().any(|shelf| shelf.places[*item as usize].is_some()) => {
                        targets.push(shelf.numbers.len() as u32 + item);
                    }
                    None => {}
                }
            }
            targets.sort_unstable();
            (!targets.is_empty()).then(|| Figures::of(&top(&scores, |_| false), &targets))
        };
        let all: Vec<_> = self.cases.par_iter().zip(users.par_chunks_exact(shelf.dim)).map(one).collect();
        all.into_iter().flatten().collect()
    }
}

impl Shelf {
    /// Of a bundle that is still being made.
    pub fn new(vocabulary: &Vocabulary, names: usize, factors: Vec<f32>, dim: usize) -> Self {
        let numbers = vocabulary.items.iter().copied().map(Some).collect();
        let places = (0..names as u32).map(|item| vocabulary.place(item)).collect();
        Self { numbers, places, factors, dim }
    }

    /// Pairs of rows of the items that both hold: rows of this one's and of the other's.
    pub fn common(&self, other: &Self) -> Vec<(usize, usize)> {
        let pair = |(place, number): (usize, &Option<u32>)| Some((place, other.places[(*number)? as usize]? as usize));
        self.numbers.iter().enumerate().filter_map(pair).collect()
    }

    /// Items that stand as in the table.
    #[cfg(test)]
    pub fn numbered(factors: Vec<f32>, dim: usize) -> Self {
        let all: Vec<Option<u32>> = (0..(factors.len() / dim) as u32).map(Some).collect();
        Self { numbers: all.clone(), places: all, factors, dim }
    }
}
