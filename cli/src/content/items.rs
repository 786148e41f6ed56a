//! What is known of the items, column by column, as the parts of a bundle want it.

use homebody::factors::View;

use super::Views;
use crate::bundle::Labels;
use crate::error::Result;
use crate::import::Item;

/// N items in the order of a bundle.
#[derive(Clone, Debug)]
pub struct Items {
    pub ids: Vec<String>,
    /// An item's id where it has no name.
    pub names: Vec<String>,
    /// "Department > Category"
    pub categories: Labels,
    pub brands: Labels,
    /// 0 where it is not known.
    pub prices: Vec<f32>,
    pub views: Views,
}

impl Items {
    /// In the order given, without further views.
    pub fn of(items: &[Item]) -> Result<Self> {
        let texts = |get: fn(&Item) -> &String| items.iter().map(get).cloned().collect::<Vec<String>>();
        let labels = |get: fn(&Item) -> &String, other| {
            Labels::new(&items.iter().map(|item| get(item).as_str()).collect::<Vec<_>>(), other)
        };
        Ok(Self {
            ids: texts(|item| &item.id),
            names: texts(|item| &item.name),
            categories: labels(|item| &item.category, None)?,
            brands: labels(|item| &item.brand, Some(""))?,
            prices: items.iter().map(|item| item.price.unwrap_or(0.0)).collect(),
            views: Views::default(),
        })
    }

    /// With the views that are wanted.
    #[must_use]
    pub fn with_views(self, wanted: &[View], seed: u64) -> Self {
        Self { views: Views::of(&self, wanted, seed), ..self }
    }
}
