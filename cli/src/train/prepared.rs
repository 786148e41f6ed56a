//! A table made ready for training: the last baskets of some users aside, and who took what how
//! often of the rest.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::checkpoint::sum;
use super::heldout::{self, HeldOut};
use super::matrix::{Matrix, count_pairs};
use super::options::Choice;
use super::vocabulary::Vocabulary;
use crate::error::{Error, Result};
use crate::households;
use crate::import;
use crate::table::{Basket, Table};

pub struct Prepared {
    pub table: Table,
    /// All baskets but those held out, user by user.
    pub baskets: Vec<Basket>,
    pub aside: Vec<Basket>,
    pub vocabulary: Vocabulary,
    pub held: HeldOut,
    pub matrix: Matrix,
}

/// Reads a folder's interactions of the kinds that count.
pub fn read(data: &Path, choice: &Choice) -> Result<Table> {
    let kinds = choice.kinds.iter().map(|name| {
        import::kind(name)
            .ok_or_else(|| Error::request(format!("{name:?} is no kind; right would be {}", import::KINDS)))
    });
    let without = choice.without.as_deref().map_or_else(|| Ok(HashSet::new()), households::numbers)?;
    Table::read_where(data, &kinds.collect::<Result<Vec<_>>>()?, &[], &without)
}

/// The table, what is learnt from, and what is asked.
pub struct Split {
    pub table: Table,
    pub baskets: Vec<Basket>,
    pub aside: Vec<Basket>,
}

impl Split {
    /// Chooses the items by what is learnt from.
    pub fn choose(self, choice: &Choice) -> Result<Prepared> {
        let Self { table, baskets, aside } = self;
        let vocabulary = Vocabulary::choose(&baskets, &table.items, choice.min_orders, choice.min_users)?;
        let prepared = Prepared::of(table, baskets, aside, vocabulary);
        println!(
            "{} orders of {} users; {} of {} items are in {} orders of {} users or more; {} pairs",
            prepared.baskets.len(),
            prepared.table.users.len(),
            prepared.vocabulary.len(),
            prepared.table.items.len(),
            choice.min_orders,
            choice.min_users,
            prepared.matrix.by_user.entries(),
        );
        Ok(prepared)
    }
}

impl Prepared {
    pub fn new(table: Table, choice: &Choice, seed: u64) -> Result<Self> {
        let mut baskets = table.baskets();
        let aside = heldout::take(&mut baskets, seed);
        Split { table, baskets, aside }.choose(choice)
    }

    fn of(table: Table, baskets: Vec<Basket>, aside: Vec<Basket>, vocabulary: Vocabulary) -> Self {
        let held = HeldOut::new(&aside, &baskets, &vocabulary);
        let pairs = baskets.iter().flat_map(|basket| {
            let user = basket.user;
            vocabulary.places(basket).into_iter().map(move |item| (user, item))
        });
        let matrix = Matrix::new(table.users.len(), vocabulary.len(), &count_pairs(pairs));
        Self { table, baskets, aside, vocabulary, held, matrix }
    }

    /// Only the items that are kept, by place.
    pub fn keep(self, kept: &[bool]) -> Self {
        if kept.iter().all(|kept| *kept) {
            return self;
        }
        let vocabulary = self.vocabulary.keep(kept);
        Self::of(self.table, self.baskets, self.aside, vocabulary)
    }

    /// From when on each user of whom a basket is held out is not seen.
    pub fn until(&self) -> HashMap<u32, i64> {
        self.aside.iter().map(|basket| (basket.user, basket.at)).collect()
    }

    /// When the last basket was.
    pub fn now(&self) -> i64 {
        self.baskets.iter().map(|basket| basket.at).max().unwrap_or(0)
    }

    /// Of all that training sees.
    pub fn fingerprint(&self, arguments: &str) -> String {
        let mut bytes = arguments.as_bytes().to_vec();
        for user in 0..self.matrix.by_user.len() {
            let row = self.matrix.by_user.row(user);
            bytes.extend((row.len() as u32).to_le_bytes());
            bytes.extend(row.iter().flat_map(|(item, count)| [item.to_le_bytes(), count.to_le_bytes()]).flatten());
        }
        for basket in &self.aside {
            bytes.extend(basket.user.to_le_bytes());
            bytes.extend(basket.items.iter().flat_map(|item| item.to_le_bytes()));
        }
        sum([bytes.as_slice()])
    }
}
