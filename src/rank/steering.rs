//! What the shopper asked for, by place: steps that are added to scores, and what is kept out.

use crate::factors::Factors;
use crate::profile::{Profile, Stand, Subject};

/// The corrections of a profile, resolved for a bundle.
#[derive(Debug, Clone, Default)]
pub struct Steering {
    /// In the order of the places.
    items: Vec<(u32, Stand)>,
    /// By number; empty where nothing was put right.
    categories: Vec<Stand>,
}

impl Steering {
    /// What one step is worth, in log-odds: an item is two and a half times as likely as it was.
    pub const STEP: f64 = 1.0;

    /// Of a profile.
    pub fn of(profile: &Profile, factors: &Factors) -> Self {
        let corrections = &profile.corrections;
        if corrections.is_empty() {
            return Self::default();
        }
        let named = corrections.iter().filter_map(|(subject, _)| match subject {
            Subject::Item(id) => factors.find(id),
            Subject::Category(_) => None,
        });
        let mut items: Vec<(u32, Stand)> = named.map(|item| (item, corrections.on(item, factors))).collect();
        crate::sort::short(&mut items, |a, b| a.0 < b.0);
        Self { items, categories: corrections.by_category(factors) }
    }

    /// What holds for an item.
    pub fn on(&self, item: u32, factors: &Factors) -> Stand {
        match self.items.binary_search_by_key(&item, |(place, _)| *place) {
            Ok(found) => self.items[found].1,
            Err(_) => factors
                .category(item)
                .and_then(|category| self.categories.get(usize::from(category)))
                .map_or_else(Stand::default, |stand| *stand),
        }
    }

    /// The items that something was asked of by name.
    pub(super) fn named(&self) -> impl Iterator<Item = u32> + '_ {
        self.items.iter().map(|(item, _)| *item)
    }

    /// Is it one of them?
    pub(super) fn names(&self, item: u32) -> bool {
        !self.items.is_empty() && self.items.binary_search_by_key(&item, |(place, _)| *place).is_ok()
    }

    /// What is added to the scores of a category's items.
    pub(super) fn push_of(&self, category: u16) -> f64 {
        self.categories.get(usize::from(category)).map_or(0.0, |stand| Self::STEP * f64::from(stand.level))
    }

    /// Nothing is asked of one item any more.
    pub(super) fn unask(&mut self, item: u32) {
        match self.items.binary_search_by_key(&item, |(place, _)| *place) {
            Ok(found) => self.items[found].1 = Stand::default(),
            Err(place) => self.items.insert(place, (item, Stand::default())),
        }
    }

    /// What is added to an item's score.
    pub fn push(&self, item: u32, factors: &Factors) -> f64 {
        if self.categories.is_empty() && self.items.is_empty() {
            return 0.0;
        }
        Self::STEP * f64::from(self.on(item, factors).level)
    }

    /// The items that say nothing about the shopper; not those that say so by the very category that is `asked` for.
    pub fn barred(profile: &Profile, factors: &Factors, asked: Option<&str>) -> Vec<u32> {
        let mut found = Vec::new();
        for (subject, _) in profile.corrections.iter().filter(|(_, stand)| stand.barred) {
            match subject {
                Subject::Item(id) => found.extend(factors.find(id)),
                Subject::Category(name) if asked == Some(name) => {}
                Subject::Category(name) => {
                    let called = (0..factors.categories() as u16).filter(|category| factors.is_called(*category, name));
                    called.for_each(|category| found.extend_from_slice(factors.of_category(category)));
                }
            }
        }
        found
    }

    /// The items that more was asked of: those named, and the most popular `heads` of each category.
    pub fn wanted(&self, factors: &Factors, heads: usize) -> Vec<u32> {
        let named = self.items.iter().filter(|(_, stand)| stand.level > 0).map(|(item, _)| *item);
        let mut found: Vec<u32> = named.collect();
        for (category, _) in (0u16..).zip(&self.categories).filter(|(_, stand)| stand.level > 0) {
            let own = factors.of_category(category);
            found.extend_from_slice(&own[..heads.min(own.len())]);
        }
        found
    }
}
