//! The shop's catalogue for its pages: all items, column by column, in the bundle's order.

use serde::Serialize;

use crate::bundle::Labels;
use crate::import::Item;

#[derive(Serialize)]
pub struct Catalogue<'a> {
    version: &'a str,
    categories: &'a [String],
    ids: Vec<&'a str>,
    names: Vec<&'a str>,
    brands: Vec<&'a str>,
    sizes: Vec<&'a str>,
    category: &'a [u16],
    prices: Vec<Option<f32>>,
}

impl<'a> Catalogue<'a> {
    pub fn new(version: &'a str, items: &'a [Item], categories: &'a Labels) -> Self {
        let texts = |get: fn(&Item) -> &String| items.iter().map(|item| get(item).as_str()).collect();
        Self {
            version,
            categories: &categories.names,
            ids: texts(|item| &item.id),
            names: texts(|item| &item.name),
            brands: texts(|item| &item.brand),
            sizes: texts(|item| &item.size),
            category: &categories.of,
            prices: items.iter().map(|item| item.price.filter(|price| *price > 0.0)).collect(),
        }
    }
}
