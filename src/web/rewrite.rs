//! The log is changed and learnt again: what is forgotten, taken back or brought along.

use super::store::{Edit, Keyed, Store, Written};
use super::tab::{self, Shared, Tab, entries};
use crate::error::Error;
use crate::interaction::Kind;
use crate::profile::{Logged, Profile};
use crate::profiler::{Forget, Profiler};
use std::rc::Rc;

/// What was taken back.
#[derive(Debug)]
pub(super) enum Undone {
    /// The last interaction, or the last correction.
    Entry(Vec<u8>),
    /// So many forgotten interactions are there again.
    Forgotten(usize),
}

/// Changes the log, of the store or of this tab alone, with what waits to be written, and learns it again.
/// Of an erasure by another tab nothing is left to change.
pub(super) async fn rewrite(tab: &Shared, edit: impl FnOnce(&Profiler, &[Keyed]) -> Edit) -> Result<(), Error> {
    let store = tab.borrow().store.clone();
    let Some(store) = store else {
        tab.borrow_mut().edit(edit);
        return Ok(());
    };
    let batch = tab.borrow().waiting().collect();
    if !learn_again(tab, &store, batch, edit).await? {
        tab::start_anew(tab, &store).await;
    }
    Ok(())
}

/// Returns false where another tab has erased everything.
pub(super) async fn learn_again(
    tab: &Shared, store: &Rc<Store>, batch: Vec<Vec<u8>>, edit: impl FnOnce(&Profiler, &[Keyed]) -> Edit,
) -> Result<bool, Error> {
    let known = tab.borrow().known.budget.clone();
    let mut learnt = None;
    let learn = |log: &[Keyed]| {
        let tab = tab.borrow();
        let (profile, _) = tab.profiler.restore(None, entries(log));
        let bytes = profile.to_bytes(tab.profiler.factors());
        learnt = Some(profile);
        bytes
    };
    let written = store.rewrite(&batch, &known, |log| edit(&tab.borrow().profiler, log), learn).await?;
    let (Written::Done(edition), Some(profile)) = (written, learnt) else { return Ok(false) };
    tab.borrow_mut().adopt(profile, edition, batch.len());
    Ok(true)
}

/// Forgets what is meant, for good once this tab does something else. Returns how many interactions.
pub(super) async fn forget(tab: &Shared, what: &Forget<'_>) -> Result<usize, Error> {
    what.check()?;
    let mut forgotten = Vec::new();
    let edit = |profiler: &Profiler, log: &[Keyed]| {
        let meant =
            |bytes: &[u8]| matches!(Logged::from_bytes(bytes), Ok(Logged::Did(one)) if what.means(&one, profiler));
        forgotten = log.iter().filter(|(_, bytes)| meant(bytes)).cloned().collect();
        Edit { remove: forgotten.iter().map(|(key, _)| *key).collect(), ..Edit::default() }
    };
    rewrite(tab, edit).await?;
    let count = forgotten.len();
    tab.borrow_mut().forgotten = forgotten;
    Ok(count)
}

/// Takes back what this tab has just forgotten; else the last correction or interaction, whichever came last.
pub(super) async fn undo(tab: &Shared) -> Result<Option<Undone>, Error> {
    let put = std::mem::take(&mut tab.borrow_mut().forgotten);
    if !put.is_empty() {
        let count = put.len();
        rewrite(tab, |_, _| Edit { put, ..Edit::default() }).await?;
        return Ok(Some(Undone::Forgotten(count)));
    }
    let mut last = None;
    let edit = |_: &Profiler, log: &[Keyed]| {
        // That something was on screen is nothing that one would take back.
        let deed = |bytes: &[u8]| {
            Logged::from_bytes(bytes)
                .is_ok_and(|entry| !matches!(entry, Logged::Did(one) if one.kind == Kind::Impression))
        };
        last = log.iter().rfind(|(_, bytes)| deed(bytes)).cloned();
        Edit { remove: last.iter().map(|(key, _)| *key).collect(), ..Edit::default() }
    };
    rewrite(tab, edit).await?;
    Ok(last.map(|(_, bytes)| Undone::Entry(bytes)))
}

/// The log becomes what was staged. Returns of how many entries.
pub(super) async fn import(tab: &Shared) -> Result<usize, Error> {
    let staged = std::mem::take(&mut tab.borrow_mut().staged);
    let count = staged.len();
    let edit = |_: &Profiler, log: &[Keyed]| {
        let next = log.last().map_or(0, |(key, _)| *key) + 1;
        let remove = log.iter().map(|(key, _)| *key).collect();
        Edit { remove, put: (next..).zip(staged).collect(), reported: true }
    };
    rewrite(tab, edit).await?;
    tab.borrow_mut().forgotten.clear();
    Ok(count)
}

impl Tab {
    /// Takes over what was learnt again; `sent` of the outbox's entries are in it.
    fn adopt(&mut self, profile: Profile, edition: u64, sent: usize) {
        self.outbox.drain(..sent.min(self.outbox.len()));
        self.snapshot_at = profile.seq;
        self.known.edition = edition;
        self.confirmed = profile;
        self.rebuild();
    }

    /// Without a store the log is what waits in this tab, and nothing else can be learnt again.
    fn edit(&mut self, edit: impl FnOnce(&Profiler, &[Keyed]) -> Edit) {
        let mut log: Vec<Keyed> = (1..).zip(self.outbox.drain(..)).collect();
        let Edit { remove, put, .. } = edit(&self.profiler, &log);
        log.retain(|(key, _)| !remove.contains(key));
        for (key, entry) in put {
            // Places move up when entries go, so each goes back to its place among all, first ones first.
            log.insert((key as usize - 1).min(log.len()), (key, entry));
        }
        self.outbox.extend(log.into_iter().map(|(_, bytes)| bytes));
        self.confirmed = Profile::new(self.profiler.factors());
        self.rebuild();
    }
}
