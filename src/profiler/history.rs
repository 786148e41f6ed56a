//! What each interaction changed: data → what is thought → which items moved.

use super::{List, Profiler, Request};
use crate::error::Error;
use crate::interaction::{Interaction, Kind, Millis};
use crate::profile::{Corrections, Log, Logged, Profile};
use crate::rank::{MAX_LIMIT, Query};

/// What one interaction changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Change<'a> {
    /// What was done.
    pub did: Interaction<'a>,
    /// The item's category.
    pub category: Option<u16>,
    /// The category's share of all interest before and after.
    pub share: [f32; 2],
    /// The items that climbed most in the list "for you", and from which place to which.
    pub moved: Vec<Move>,
    /// Why nothing was learnt, if so.
    pub unlearnt: Option<Unlearnt>,
    /// Where the shopper stands on the map afterwards.
    pub here: Option<[f32; 2]>,
}

/// Why an interaction taught nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unlearnt {
    /// The bundle does not hold the item.
    Unknown,
    /// The shopper said "not me".
    NotMe,
    /// What is thought of it is locked.
    Locked,
}

impl Unlearnt {
    /// The name that the page uses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::NotMe => "not-me",
            Self::Locked => "locked",
        }
    }
}

/// An item that has climbed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// Its place in the bundle.
    pub item: u32,
    /// Its place in the list before, 1 = best; `None` below [`Profiler::LOOKED_AT`].
    pub from: Option<usize>,
    /// Its place after.
    pub to: usize,
}

/// What is thought of one category.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interest {
    /// The category.
    pub category: u16,
    /// Its share of all interest, 0 to 1.
    pub share: f32,
    /// One standard deviation of the share: what is left of the interactions is taken for so many draws from
    /// what is liked, and one more from anything else (a Dirichlet distribution).
    pub error: f32,
    /// Interactions with its items.
    pub interactions: u32,
    /// The last one that the log still has.
    pub changed: Option<Millis>,
}

impl Interest {
    /// How sure the share is, in one word.
    pub fn sure(&self) -> &'static str {
        match self.error / self.share.max(1e-6) {
            _ if self.interactions < 3 => "guess",
            ratio if ratio < 0.18 => "sure",
            ratio if ratio < 0.35 => "likely",
            _ => "guess",
        }
    }
}

impl Profiler {
    /// Places of the list that changes are looked for in.
    pub const LOOKED_AT: usize = 60;
    /// Items named for each change.
    const NAMED: usize = 3;

    /// What the last `most` interactions of the log changed, oldest first. Impressions are learnt, not told.
    pub fn history<'a>(&mut self, log: Log<'_, 'a>, most: usize) -> Result<Vec<Change<'a>>, Error> {
        if !(1..=MAX_LIMIT).contains(&most) {
            return Err(Error::InvalidOption { option: "limit", wanted: "from 1 to 200" });
        }
        let did = |bytes| matches!(Logged::from_bytes(bytes), Ok(Logged::Did(one)) if one.kind != Kind::Impression);
        let (mut from, mut left) = (log.len(), most);
        while from > 0 && left > 0 {
            from -= 1;
            left -= usize::from(did(log[from].1));
        }
        let standing = Corrections::default().after(log);
        let mut profile = Profile::new(&self.factors);
        let mut changes = Vec::new();
        for (place, &(_, bytes)) in log.iter().enumerate() {
            match Logged::from_bytes(bytes) {
                Ok(Logged::Said(said)) => profile.correct(&said, &self.factors),
                Ok(Logged::Did(one)) => {
                    let item = self.factors.find(one.item);
                    let learnt = item.filter(|item| !standing.on(*item, &self.factors).barred);
                    if one.kind != Kind::Impression && place >= from {
                        changes.push(self.change(&mut profile, one, item, learnt)?);
                    } else if let Some(item) = learnt {
                        self.teach(&mut profile, &one, item);
                    }
                }
                Err(_) => {}
            }
        }
        Ok(changes)
    }

    /// Learns from one interaction, and looks at what that changed.
    fn change<'a>(
        &mut self, profile: &mut Profile, did: Interaction<'a>, item: Option<u32>, learnt: Option<u32>,
    ) -> Result<Change<'a>, Error> {
        let category = item.and_then(|item| self.factors.category(item));
        let locked = |item| profile.corrections.on(item, &self.factors).locked.is_some();
        let unlearnt = match (item, learnt) {
            (None, _) => Some(Unlearnt::Unknown),
            (_, None) => Some(Unlearnt::NotMe),
            (_, Some(item)) => locked(item).then_some(Unlearnt::Locked),
        };
        let share = |profiler: &Self, profile: &Profile| {
            let shares = profile.shares(&profiler.factors, 0.0);
            category.map_or(0.0, |category| shares[usize::from(category)])
        };
        let (before, listed) = (share(self, profile), self.listed(profile, did.at)?);
        if let Some(item) = learnt {
            self.teach(profile, &did, item);
        }
        let (after, now) = (share(self, profile), self.listed(profile, did.at)?);
        let mut moved: Vec<Move> = (1..).zip(&now).filter_map(|(to, item)| climbed(*item, to, &listed)).collect();
        // What rose by the largest factor first: from 9 to 3 is more than from 58 to 50.
        let from = |one: &Move| one.from.unwrap_or(Self::LOOKED_AT + 1);
        crate::sort::short(&mut moved, |a, b| from(a) * b.to > from(b) * a.to);
        moved.truncate(Self::NAMED);
        Ok(Change { did, category, share: [before, after], moved, unlearnt, here: self.here(profile, did.at) })
    }

    /// The items of the list "for you".
    fn listed(&mut self, profile: &Profile, now: Millis) -> Result<Vec<u32>, Error> {
        let request = Request { limit: Self::LOOKED_AT, list: List::ForYou, reasons: false, ..Request::default() };
        Ok(self.recommend(profile, &request, now)?.into_iter().map(|one| one.item).collect())
    }

    /// What is thought of each category that anything is thought of, largest share first.
    pub fn interests(&self, profile: &Profile, log: Log<'_, '_>) -> Vec<Interest> {
        let behaviour = profile.behaviour();
        let mut changed = vec![None; self.factors.categories()];
        for (_, bytes) in log {
            if let Ok(Logged::Did(one)) = Logged::from_bytes(bytes)
                && one.kind != Kind::Impression
                && let Some(category) = self.factors.find(one.item).and_then(|item| self.factors.category(item))
            {
                let last = &mut changed[usize::from(category)];
                *last = (*last).max(Some(one.at));
            }
        }
        let total: f32 = behaviour.categories().iter().sum();
        let shares = profile.shares(&self.factors, 0.0);
        let one = |(category, share): (u16, &f32)| {
            let mean = share * total / (total + 1.0);
            let error = libm::sqrtf(mean * (1.0 - mean) / (total + 2.0));
            let at = usize::from(category);
            Interest { category, share: *share, error, interactions: behaviour.touched()[at], changed: changed[at] }
        };
        let mut interests: Vec<Interest> = (0u16..).zip(&shares).map(one).collect();
        interests.retain(|one| one.share > 0.0 || one.interactions > 0);
        crate::sort::short(&mut interests, |a, b| a.share > b.share);
        interests
    }

    /// Where the profile's taste lies on the map.
    pub fn here(&self, profile: &Profile, now: Millis) -> Option<[f32; 2]> {
        self.factors.on_map(&Query::of(profile, &self.factors, &self.lens(now)).into_vector())
    }
}

fn climbed(item: u32, to: usize, before: &[u32]) -> Option<Move> {
    let from = before.iter().position(|known| *known == item).map(|place| place + 1);
    from.is_none_or(|from| from > to).then_some(Move { item, from, to })
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;
