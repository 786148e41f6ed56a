//! What the shopper puts right: logs are learnt again without what was forgotten or is "not me".

use super::Profiler;
use crate::error::Error;
use crate::interaction::{Interaction, Kind, Millis};
use crate::profile::{Corrections, Fit, Log, Logged, Profile, Subject};

/// Which entries of the log are to be forgotten: those for which all that is given holds.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Forget<'a> {
    /// With this item.
    pub item: Option<&'a str>,
    /// With an item of this category or department.
    pub category: Option<&'a str>,
    /// Of this kind.
    pub kind: Option<Kind>,
    /// At this time.
    pub at: Option<Millis>,
    /// Before this time.
    pub before: Option<Millis>,
}

impl Forget<'_> {
    /// Nothing given would be everything, for which there is an own verb.
    pub fn check(&self) -> Result<(), Error> {
        if *self == Self::default() {
            return Err(Error::InvalidOption { option: "forget", wanted: "an item, a category, a kind or a time" });
        }
        Ok(())
    }

    /// Does it mean this interaction?
    pub fn means(&self, one: &Interaction<'_>, profiler: &Profiler) -> bool {
        let factors = profiler.factors();
        let category = || factors.find(one.item).and_then(|item| factors.category(item));
        self.item.is_none_or(|item| item == one.item)
            && self.kind.is_none_or(|kind| kind == one.kind)
            && self.at.is_none_or(|at| at == one.at)
            && self.before.is_none_or(|before| one.at < before)
            && self.category.is_none_or(|name| category().is_some_and(|category| factors.is_called(category, name)))
    }
}

impl Profiler {
    /// Is it an item or a category of this bundle, and not sensitive?
    pub fn knows(&self, subject: Subject<'_>) -> Result<(), Error> {
        match subject {
            _ if self.is_sensitive(subject) => Err(Error::InvalidOption {
                option: "correction",
                wanted: "of what is not sensitive: nothing is thought of that",
            }),
            Subject::Item(id) => self.known(id).map(drop),
            Subject::Category(name) => {
                let mut categories = 0..self.factors.categories() as u16;
                let known = categories.any(|category| self.factors.is_called(category, name));
                let wanted = "a category or department of the bundle";
                if known { Ok(()) } else { Err(Error::InvalidOption { option: "category", wanted }) }
            }
        }
    }

    /// Follows one entry of the log: learns what was done, bends to what was said.
    pub fn follow(&self, profile: &mut Profile, entry: &Logged<'_>) {
        match entry {
            Logged::Did(interaction) => {
                self.apply(profile, interaction);
            }
            Logged::Said(correction) => profile.correct(correction, &self.factors),
        }
    }

    /// A profile from what is stored: a snapshot, if there is one, and the log by position. Of a log that is
    /// learnt from its beginning, what is "not me" by its end is never learnt, so that the profile is the one
    /// that never saw it. What did not come along to another bundle is learnt again from what the log still has.
    /// Returns what could not be read, too.
    pub fn restore(&self, snapshot: Option<(Profile, Fit)>, log: Log<'_, '_>) -> (Profile, Option<Error>) {
        let (mut profile, fit) = snapshot.unwrap_or_else(|| (Profile::new(&self.factors), Fit::Same));
        let (position, again) = (profile.seq, fit != Fit::Same);
        let behind = log.partition_point(|(key, _)| *key <= position);
        let log = if again { log } else { &log[behind..] };
        let said = |bytes: &[u8]| matches!(Logged::from_bytes(bytes), Ok(Logged::Said(_)));
        if fit == Fit::OtherBundle && log[..behind].iter().any(|(_, bytes)| said(bytes)) {
            profile.corrections = Corrections::default(); // the log tells them in their order
        }
        let last = profile.corrections.clone().after(log);

        let mut problem = None;
        for &(key, bytes) in log {
            match Logged::from_bytes(bytes) {
                Ok(Logged::Said(_)) if fit == Fit::Moved && key <= position => {} // it came along
                Ok(Logged::Said(correction)) => profile.correct(&correction, &self.factors),
                Ok(Logged::Did(one)) => {
                    let item = self.learnable(one.item);
                    match item.filter(|item| !last.on(*item, &self.factors).barred) {
                        Some(item) if key > position => drop(self.teach(&mut profile, &one, item)),
                        Some(_) => self.relearn(&mut profile, &one, fit),
                        None => {}
                    }
                }
                Err(error) => problem = Some(error),
            }
            profile.seq = profile.seq.max(key);
        }
        (profile, problem)
    }

    /// Only what is not locked: no click on something else pushes away what is to stay.
    pub(super) fn unlocked<'n>(&self, profile: &Profile, sampled: &'n mut [u32]) -> &'n mut [u32] {
        let mut kept = 0;
        for at in 0..sampled.len() {
            if profile.corrections.on(sampled[at], &self.factors).locked.is_none() {
                sampled.swap(kept, at);
                kept += 1;
            }
        }
        &mut sampled[..kept]
    }
}

#[cfg(test)]
#[path = "corrected_tests.rs"]
mod tests;
