//! The items that the table is about: from a file of their own, or learnt from the rows.
//!
//! This is the one thing that an import keeps in memory: it grows with the catalogue, not with the
//! number of rows.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::field::Field;
use super::refusal::{Counts, Reason, Refusal};
use super::row::Row;
use super::rows::{id, price, text};
use super::{Reading, open, report};
use crate::error::Result;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Item {
    pub id: String,
    pub name: String,
    pub brand: String,
    pub size: String,
    /// "Department > Category".
    pub category: String,
    pub price: Option<f32>,
}

impl Item {
    /// An item of which only the id is known.
    pub fn unknown(id: &str) -> Self {
        Self { id: id.into(), name: id.into(), category: category("", ""), ..Self::default() }
    }

    fn read(row: &Row<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            id: String::new(),
            name: text(row, Field::Name)?,
            brand: text(row, Field::Brand)?,
            size: text(row, Field::Size)?,
            category: category(&text(row, Field::Department)?, &text(row, Field::Category)?),
            price: price(row)?,
        })
    }
}

/// The first two levels of a path; a level that is not there is "All".
fn category(department: &str, path: &str) -> String {
    let levels: Vec<&str> = if path.contains('>') || path.contains('|') {
        path.split(['>', '|']).collect()
    } else if path.contains('.') && !path.contains(' ') {
        path.split('.').collect() // electronics.smartphone
    } else {
        vec![path]
    };
    let mut levels = levels.into_iter().map(str::trim).filter(|level| !level.is_empty());
    let mut level = |given: &str| match given.trim() {
        "" => levels.next().unwrap_or("All").to_string(),
        given => given.to_string(),
    };
    let department = level(department);
    format!("{department} > {}", level(""))
}

#[derive(Debug, Default)]
pub struct Catalogue {
    items: Vec<Item>,
    index: HashMap<String, usize>,
    /// For each item the one that the shop shows in its place; absent where all are shown as
    /// themselves.
    tiles: Option<HashMap<String, String>>,
    /// When the price was seen that an item has from the rows.
    priced: HashMap<usize, i64>,
}

impl Catalogue {
    /// Reads a file of items. With `tiles`, and a column `shop_item`, only what it names is kept.
    pub fn read(path: &Path, reading: &Reading, tiles: bool) -> Result<(Self, Counts)> {
        let mut source = open(path, reading, &[Field::Item])?;
        let columns = source.columns().clone();
        let mut catalogue = Self::default();
        let mut shown = HashMap::new();
        let mut counts = Counts::default();
        source.rows(&mut |line, row| {
            counts.read += 1;
            let result = row.and_then(|row| {
                let id =
                    id(&row, Field::Item)?.ok_or_else(|| Refusal::of(Reason::MissingItem, Field::Item, "no item"))?;
                if catalogue.index.contains_key(&*id) {
                    let message = format!("{id:?} is there already; right would be one line for each item");
                    return Err(Refusal { message, ..Refusal::of(Reason::RepeatedItem, Field::Item, "") });
                }
                let (item, tile) = (Item::read(&row)?, self::id(&row, Field::ShopItem)?);
                if let Some(tile) = tile {
                    shown.insert(id.to_string(), tile.into_owned());
                }
                catalogue.insert(&id, item);
                Ok(())
            });
            match result {
                Ok(()) => counts.kept += 1,
                Err(refusal) => report(&mut counts, path, line, &columns, &refusal),
            }
            Ok(())
        })?;
        if tiles && columns.has(Field::ShopItem) {
            catalogue.keep_tiles(shown);
        }
        Ok((catalogue, counts))
    }

    fn keep_tiles(&mut self, tiles: HashMap<String, String>) {
        let shown: HashSet<&String> = tiles.values().collect();
        let items = std::mem::take(&mut self.items);
        self.index.clear();
        for item in items.into_iter().filter(|item| shown.contains(&item.id)) {
            self.insert(&item.id.clone(), item);
        }
        self.tiles = Some(tiles);
    }

    fn insert(&mut self, id: &str, item: Item) -> usize {
        let index = self.items.len();
        self.items.push(Item { id: id.into(), ..item });
        self.index.insert(id.into(), index);
        index
    }

    /// The item that the shop shows for this one, or `None` where it sells nothing of the kind.
    pub fn tile<'a>(&'a self, id: &'a str) -> Option<&'a str> {
        match &self.tiles {
            Some(tiles) => tiles.get(id).map(String::as_str),
            None => Some(id),
        }
    }

    /// Learns from a row what no file of items has said: the item itself, and its latest price.
    pub fn learn(&mut self, tile: &str, row: &Row<'_>, at: i64) -> Result<(), Refusal> {
        let index = match self.index.get(tile) {
            Some(index) => *index,
            None => {
                let item = Item { price: None, ..Item::read(row)? };
                self.insert(tile, item)
            }
        };
        let Some(price) = price(row)? else { return Ok(()) };
        let item = &mut self.items[index];
        match self.priced.get_mut(&index) {
            Some(seen) if *seen <= at => (*seen, item.price) = (at, Some(price)),
            Some(_) => {}
            None if item.price.is_none() => {
                item.price = Some(price);
                self.priced.insert(index, at);
            }
            None => {} // The file of items has said it.
        }
        Ok(())
    }

    /// How many items the file of items held; `learn` adds to them.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// All items, each with a name.
    pub fn finish(mut self) -> Vec<Item> {
        for item in &mut self.items {
            if item.name.is_empty() {
                item.name.clone_from(&item.id);
            }
        }
        self.items
    }
}

#[cfg(test)]
mod tests {
    use super::super::row::Cell;
    use super::*;

    #[test]
    fn a_category_has_two_levels() {
        for (department, path, expected) in [
            ("", "", "All > All"),
            ("", "Dairy", "Dairy > All"),
            ("", "DAIRY > Milk > Skim", "DAIRY > Milk"),
            ("", "electronics.smartphone.x", "electronics > smartphone"),
            ("", "Dr. Smith", "Dr. Smith > All"),
            ("Dairy", "Milk", "Dairy > Milk"),
            ("Dairy", "", "Dairy > All"),
        ] {
            assert_eq!(category(department, path), expected, "{department:?} {path:?}");
        }
    }

    #[test]
    fn the_latest_price_of_the_rows_counts_unless_the_file_said_one() {
        let mut catalogue = Catalogue::default();
        catalogue.insert("said", Item { price: Some(9.0), ..Item::default() });
        let priced = |price| {
            let mut row = Row::empty();
            row.set(Field::Price, Cell::Float(price));
            row
        };
        for (item, price, at) in [("said", 1.0, 1), ("seen", 2.0, 5), ("seen", 3.0, 7), ("seen", 4.0, 6)] {
            catalogue.learn(item, &priced(price), at).unwrap();
        }
        let prices: Vec<_> = catalogue.finish().into_iter().map(|item| (item.name, item.price)).collect();
        assert_eq!(prices, [("said".into(), Some(9.0)), ("seen".into(), Some(3.0))]);
    }
}
