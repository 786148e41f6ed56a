//! The log is changed and learnt again: what is forgotten, taken back or brought along.

use crate::error::Error;
use crate::interaction::Kind;
use crate::profile::{Logged, Profile, merged};
use crate::profiler::{Forget, Profiler};
use crate::web::store::{Edit, Keyed, Known, Store, Written};
use crate::web::tab::{self, Shared, Tab, entries};
use std::rc::Rc;

/// What is wanted of the log.
#[derive(Debug)]
pub(super) enum Wanted<'a> {
    /// Only that it is learnt again.
    Nothing,
    /// Everything that is meant goes.
    Without(Forget<'a>),
    /// What has become sensitive goes.
    WithoutSensitive,
    /// The last correction or interaction goes. That something was on screen is nothing to take back.
    WithoutLast,
    /// What went comes back to its place.
    With(Vec<Keyed>),
    /// It takes in what another device did, of which the shop was told there; of what it had itself and not told yet,
    /// the shop is not told any more.
    Also(Vec<Vec<u8>>),
    /// It becomes these entries, of which the shop was told elsewhere.
    Only(Vec<Vec<u8>>),
}

impl Wanted<'_> {
    /// Returns what goes, too.
    fn edit(&self, profiler: &Profiler, log: &[Keyed]) -> (Edit, Vec<Keyed>) {
        let mut edit = Edit::default();
        let mut goes = Vec::new();
        let chosen = matches!(self, Self::Without(_) | Self::WithoutLast);
        match self {
            Self::Nothing => {}
            Self::Without(what) => {
                for entry in log {
                    if matches!(Logged::from_bytes(&entry.1), Ok(Logged::Did(one)) if what.means(&one, profiler)) {
                        goes.push(entry.clone());
                    }
                }
            }
            Self::WithoutSensitive => {
                let tells = |bytes: &[u8]| Logged::from_bytes(bytes).is_ok_and(|entry| profiler.tells(&entry));
                goes.extend(log.iter().filter(|(_, bytes)| tells(bytes)).cloned());
            }
            Self::WithoutLast => {
                let seen = |entry: &Logged<'_>| matches!(entry, Logged::Did(one) if one.kind == Kind::Impression);
                let deed = |bytes: &[u8]| Logged::from_bytes(bytes).is_ok_and(|entry| !seen(&entry));
                goes.extend(log.iter().rfind(|(_, bytes)| deed(bytes)).cloned());
            }
            Self::With(put) => edit.put.clone_from(put),
            Self::Also(_) | Self::Only(_) => {
                let next = log.last().map_or(0, |(key, _)| *key) + 1;
                let entries = match self {
                    Self::Also(others) => merged(log.iter().map(|(_, own)| own.clone()).collect(), others.clone()),
                    Self::Only(entries) => entries.clone(),
                    _ => Vec::new(),
                };
                edit.put = (next..).zip(entries).collect();
                edit.reported = true;
                goes = log.to_vec();
            }
        }
        edit.remove = goes.iter().map(|(key, _)| *key).collect();
        edit.idle = chosen && goes.is_empty();
        (edit, goes)
    }
}

/// Changes the log, of the store or of this tab alone, with what waits to be written, and learns it again.
/// Of an erasure by another tab nothing is left to change. Returns what went.
pub(super) async fn rewrite(tab: &Shared, wanted: Wanted<'_>) -> Result<Vec<Keyed>, Error> {
    let known = tab.borrow().known.clone();
    let mut lost = None;
    loop {
        let store = tab.borrow().store.clone();
        // A log that is not the one that was meant is not changed.
        let Some(store) = store.filter(|_| lost.is_none() || tab.borrow().known == known) else { break };
        let batch = tab.borrow().waiting().collect();
        match learn_again(tab, &store, batch, &wanted).await {
            Ok(Some(gone)) => return Ok(gone),
            Ok(None) => {
                tab::start_anew(tab, &store).await;
                return Ok(Vec::new());
            }
            Err(error) if lost.is_some() => return Err(error),
            // The connection was lost: one new one, one more try.
            Err(error) => {
                lost = Some(error);
                tab::reopen(tab).await;
            }
        }
    }
    match lost {
        Some(error) => Err(error),
        // What a lost store holds cannot be learnt again without it, and must not be forgotten with the rest.
        None if tab.borrow().confirmed.seq > 0 => {
            let message = "it does not answer, and the log is in it".into();
            Err(Error::Store { doing: "changing the log", message })
        }
        None => Ok(tab.borrow_mut().edit(&wanted)),
    }
}

/// Returns what went; nothing where another tab has erased everything.
async fn learn_again(
    tab: &Shared, store: &Rc<Store>, batch: Vec<Vec<u8>>, wanted: &Wanted<'_>,
) -> Result<Option<Vec<Keyed>>, Error> {
    let known = tab.borrow().known.budget.clone();
    let (mut learnt, mut gone) = (None, Vec::new());
    let mut edit = |log: &[Keyed]| {
        let (edit, goes) = wanted.edit(&tab.borrow().profiler, log);
        gone = goes;
        edit
    };
    let mut learn = |log: &[Keyed]| {
        let tab = tab.borrow();
        let (profile, _) = tab.profiler.restore(None, &entries(log));
        let bytes = profile.to_bytes(tab.profiler.factors());
        learnt = Some(profile);
        bytes
    };
    let written = store.rewrite(&batch, &known, &mut edit, &mut learn).await?;
    if written == Written::Idle {
        return Ok(Some(Vec::new()));
    }
    let (Written::Done(edition), Some(profile)) = (written, learnt) else { return Ok(None) };
    tab.borrow_mut().adopt(profile, edition, batch.len());
    Ok(Some(gone))
}

/// What has become sensitive goes.
pub(in crate::web) async fn without_sensitive(tab: &Shared, store: &Rc<Store>) {
    if let Err(error) = learn_again(tab, store, Vec::new(), &Wanted::WithoutSensitive).await {
        tab.borrow_mut().problem = Some(error);
    }
}

/// Appends. Where what is said reaches back the log is learnt again with it, and nothing is left to follow.
pub(in crate::web) async fn append(
    tab: &Shared, store: &Rc<Store>, batch: &[Vec<u8>], from: u64, known: &Known,
) -> Result<Written<Option<Vec<Keyed>>>, Error> {
    let reaches_back = |bytes: &Vec<u8>| matches!(Logged::from_bytes(bytes), Ok(Logged::Said(s)) if s.reaches_back());
    if batch.iter().any(reaches_back) {
        let done = learn_again(tab, store, batch.to_vec(), &Wanted::Nothing).await;
        return done.map(|gone| if gone.is_some() { Written::Done(None) } else { Written::Erased });
    }
    Ok(store.append(batch, from, known).await?.map(Some))
}

impl Tab {
    /// Takes over what was learnt again; `sent` of the outbox's entries are in it.
    fn adopt(&mut self, profile: Profile, edition: u64, sent: usize) {
        if self.store.is_none() {
            return; // withdrawn meanwhile
        }
        self.outbox.drain(..sent.min(self.outbox.len()));
        self.snapshot_at = profile.seq;
        self.known.edition = edition;
        self.confirmed = profile;
        self.rebuild();
    }

    /// Without a store the log is what waits in this tab, and nothing else can be learnt again.
    fn edit(&mut self, wanted: &Wanted<'_>) -> Vec<Keyed> {
        let mut log: Vec<Keyed> = (1..).zip(self.outbox.drain(..)).collect();
        let (Edit { remove, put, idle, .. }, gone) = wanted.edit(&self.profiler, &log);
        if idle {
            self.outbox.extend(log.into_iter().map(|(_, bytes)| bytes));
            return gone;
        }
        log.retain(|(key, _)| !remove.contains(key));
        for (key, entry) in put {
            // Places move up when entries go, so each goes back to its place among all, first ones first.
            log.insert((key as usize - 1).min(log.len()), (key, entry));
        }
        self.outbox.extend(log.into_iter().map(|(_, bytes)| bytes));
        self.confirmed = Profile::new(self.profiler.factors());
        self.rebuild();
        gone
    }
}
