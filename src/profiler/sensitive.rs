//! What is sensitive never enters a profile, and no profile decides where it stands.

use super::{Profiler, Recommendation};
use crate::error::Error;
use crate::profile::{Log, Logged, Profile, Subject};
use crate::rank::{Allowed, Because, Reason};

impl Profiler {
    /// A category or a department is sensitive, beside those of the bundle.
    pub fn mark_sensitive(&mut self, name: &str) -> Result<(), Error> {
        let wanted = "categories or departments of the bundle";
        if self.factors.mark_sensitive(name) {
            Ok(())
        } else {
            Err(Error::InvalidOption { option: "sensitive", wanted })
        }
    }

    /// The item of that id, where something may be learnt from it.
    pub(super) fn learnable(&self, id: &str) -> Option<u32> {
        self.factors.find_to_learn(id).filter(|item| !self.factors.is_sensitive(*item))
    }

    /// Is it about something sensitive?
    pub fn tells(&self, entry: &Logged<'_>) -> bool {
        match entry {
            Logged::Did(one) => self.factors.find(one.item).is_some_and(|item| self.factors.is_sensitive(item)),
            Logged::Said(said) => self.is_sensitive(said.subject),
        }
    }

    /// An item that is, or a category or department that is in all of its parts.
    pub fn is_sensitive(&self, subject: Subject<'_>) -> bool {
        match subject {
            Subject::Item(id) => self.factors.find(id).is_some_and(|item| self.factors.is_sensitive(item)),
            Subject::Category(name) => self.factors.holds_only_sensitive(name),
        }
    }

    /// Does the profile, or its log, hold what became sensitive only later?
    pub fn holds_sensitive(&self, profile: &Profile, log: Log<'_, '_>) -> bool {
        let touched = profile.behaviour().touched().iter().zip(0u16..);
        let touched =
            touched.filter(|(count, _)| **count > 0).any(|(_, category)| self.factors.is_sensitive_category(category));
        touched || log.iter().any(|(_, bytes)| Logged::from_bytes(bytes).is_ok_and(|entry| self.tells(&entry)))
    }

    /// Keeps out what is sensitive.
    pub(super) fn forbid_sensitive(&self, allowed: &mut Allowed) {
        for category in (0..self.factors.categories() as u16).filter(|one| self.factors.is_sensitive_category(*one)) {
            self.factors.of_category(category).iter().for_each(|item| allowed.forbid(*item));
        }
    }

    /// What is sensitive keeps the place that the page gave it among `places`; `ranked` are the others.
    pub(super) fn put_between(
        &self, mut ranked: Vec<Recommendation>, places: &[u32], reasons: bool,
    ) -> Vec<Recommendation> {
        for (place, item) in places.iter().enumerate().filter(|(_, item)| self.factors.is_sensitive(**item)) {
            let popular = reasons.then_some(Reason { because: Because::Popular, contribution: 0.0 });
            let reasons = popular.into_iter().collect();
            let one = Recommendation { item: *item, score: 0.0, reasons, propensity: None };
            ranked.insert(place.min(ranked.len()), one);
        }
        ranked
    }
}

#[cfg(test)]
#[path = "sensitive_tests.rs"]
mod tests;
