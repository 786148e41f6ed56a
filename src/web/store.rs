//! The store: an append-only log of interactions, and snapshots of the profile at a log position.
//!
//! `log` has auto-increment keys, so that `add` never conflicts and the order of the keys is the
//! truth for every tab. `meta` has two generations of the snapshot, the budget, the position up to
//! which reports have counted, the log's edition, and after an erasure one date. `ledger` has a line for each report.
//! `keys` has the key with which log, snapshots and ledger are sealed ([`Vault`]).
//!
//! Nothing but IndexedDB is awaited inside a transaction. So what reads, works and writes reads and opens first, seals
//! what came of it, and then writes in one transaction, if nothing has moved since; else it begins again.

use super::idb::{self, Answer, Ask, Deed, bytes, failed, numbers};
use super::moment::{Head, Moment, head, number, put_budget, snapshots};
use super::opening;
use super::vault::Vault;
use crate::error::Error;
use crate::privacy::Budget;
use js_sys::Uint8Array;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::IdbDatabase;

pub(super) const LOG: &str = "log";
pub(super) const META: &str = "meta";
pub(super) const LEDGER: &str = "ledger";
pub(super) const KEYS: &str = "keys";
const SNAPSHOTS: [&str; 2] = ["snapshot-a", "snapshot-b"];
pub(super) const REPORTED: &str = "reported";
/// How often what stands in the log was changed: only its end is ever written otherwise.
pub(super) const EDITION: &str = "edition";
/// How often work is begun again because another tab was faster.
const TRIES: u32 = 20;

/// Lines of the ledger kept: more than a year of reports of all types.
const MAX_LEDGER: usize = 600;

/// A key and the bytes stored under it.
pub(super) type Keyed = (u64, Vec<u8>);

/// What a tab starts from.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    /// Both generations, as far as they are there.
    pub(super) snapshots: Vec<Vec<u8>>,
    /// The whole log.
    pub(super) log: Vec<Keyed>,
    pub(super) known: Known,
}

/// What a tab knows of the store beside the log: if it is not so any more, the tab looks again.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Known {
    pub(super) budget: Budget,
    pub(super) edition: u64,
}

/// What is to be changed in the log.
#[derive(Debug, Default)]
pub(super) struct Edit {
    pub(super) remove: Vec<u64>,
    pub(super) put: Vec<Keyed>,
    /// What stands in it afterwards was reported already, elsewhere.
    pub(super) reported: bool,
    /// Nothing was meant: what is learnt stays, with what the log no longer holds.
    pub(super) idle: bool,
}

/// What came of writing.
#[derive(Debug, PartialEq)]
pub(super) enum Written<T> {
    Done(T),
    /// Another tab has erased everything since this one looked.
    Erased,
    /// Another tab has changed what stood in the log.
    Edited,
    /// There was nothing to change.
    Idle,
}

/// An open database.
#[derive(Debug)]
pub(super) struct Store {
    db: IdbDatabase,
    vault: Vault,
    /// Lets go of the database when another tab wants to upgrade or delete it; a tab that does not
    /// blocks the other for ever.
    _on_version_change: Closure<dyn FnMut()>,
}

/// Which entries of the log may go, given the position up to which a snapshot holds them.
type Choose<'a> = dyn Fn(&[Keyed], u64) -> Vec<u64> + 'a;

impl Store {
    /// Opens the database, or makes it. What is kept there is `sealed`, or not.
    pub(super) async fn open(name: &str, sealed: bool) -> Result<Self, Error> {
        let vault = Vault::new(sealed)?;
        let made = Error::Store { doing: "opening", message: "it was not made".to_owned() };
        Ok(Self::of(opening::open(name, true).await?.ok_or(made)?, vault))
    }

    /// Opens the database if there is one, and leaves no trace where there is none.
    pub(super) async fn open_existing(name: &str) -> Result<Option<Self>, Error> {
        let vault = Vault::new(false)?; // it only erases
        Ok(opening::open(name, false).await?.map(|db| Self::of(db, vault)))
    }

    fn of(db: IdbDatabase, vault: Vault) -> Self {
        let closing = db.clone();
        let on_version_change = Closure::<dyn FnMut()>::new(move || closing.close());
        db.set_onversionchange(Some(on_version_change.as_ref().unchecked_ref()));
        Self { db, vault, _on_version_change: on_version_change }
    }

    /// Everything a tab needs, from one moment.
    pub(super) async fn load(&self) -> Result<Loaded, Error> {
        let load = async {
            let Moment { head, rest } = self.look(&[Ask::all(LOG), snapshots()?]).await?;
            let old = rest.iter().flatten().any(|(_, value)| self.vault.is_bare(value));
            let kept = self.vault.open(&bytes(&rest[1])).await?;
            let loaded = Loaded { snapshots: kept, log: self.opened(&rest[0]).await?, known: head.known };
            if old {
                self.seal_what_is_bare().await?;
            }
            Ok(loaded)
        };
        load.await.map_err(failed("reading"))
    }

    /// Appends and, from the same transaction, reads all that stands behind `from`, own and foreign.
    pub(super) async fn append(
        &self, entries: &[Vec<u8>], from: u64, known: &Known,
    ) -> Result<Written<Vec<Keyed>>, Error> {
        let append = async {
            let sealed = self.vault.seal(entries).await?;
            let mut changed = None;
            let mut decide = |now: &Moment| {
                changed = now.head.changed_since(known);
                changed.is_none().then(|| sealed.iter().map(|entry| Deed::Add(LOG, entry.into())).collect())
            };
            let written = self.change(&[], &mut decide, &[Ask::behind(LOG, from)?]).await?;
            let Some(rows) = written.as_ref().and_then(|answers| answers.first()) else {
                return Ok(changed.unwrap_or(Written::Edited));
            };
            // Its own are the last ones, and known.
            let (foreign, own) = rows.split_at(rows.len().saturating_sub(entries.len()));
            let mut read = self.opened(&foreign.to_vec()).await?;
            read.extend(numbers(&own.to_vec()).into_iter().zip(entries.iter().cloned()));
            Ok(Written::Done(read))
        };
        append.await.map_err(failed("appending"))
    }

    /// All that stands behind `from`, and the budget.
    pub(super) async fn since(&self, from: u64, known: &Known) -> Result<Written<(Vec<Keyed>, Budget)>, Error> {
        let since = async {
            let Moment { head, rest } = self.look(&[Ask::behind(LOG, from)?]).await?;
            match head.changed_since(known) {
                Some(changed) => Ok(changed),
                None => Ok(Written::Done((self.opened(&rest[0]).await?, head.known.budget))),
            }
        };
        since.await.map_err(failed("reading"))
    }

    /// Writes a snapshot over the older of the two, unless one as new is there (compare-and-set),
    /// and lets `expired`, if the log is to be looked through, choose which of its entries go. It is given the
    /// position that the older of the two snapshots left holds: entries behind it could still be needed.
    /// Returns whether it was written.
    pub(super) async fn snapshot(
        &self, seq: u64, snapshot: &[u8], known: &Known, position: &dyn Fn(&[u8]) -> Option<u64>,
        expired: Option<&Choose<'_>>,
    ) -> Result<bool, Error> {
        let write = async {
            let log = expired.map(|_| Ask::all(LOG));
            let asks: Vec<Ask> = [snapshots()?].into_iter().chain(log).collect();
            let before = self.look(&asks).await?.rest;
            let opened = self.vault.open(&bytes(&before[0])).await?;
            let mut stored = [None; 2];
            for ((slot, _), bytes) in before[0].iter().zip(&opened) {
                stored[usize::from(*slot == SNAPSHOTS[1])] = position(bytes);
            }
            if stored.iter().flatten().any(|stored| *stored >= seq) {
                return Ok(false);
            }
            let older = usize::from(stored[1] < stored[0]);
            let gone = match (expired, before.get(1)) {
                (Some(expired), Some(log)) => expired(&self.opened(log).await?, stored[1 - older].unwrap_or(0)),
                _ => Vec::new(),
            };
            let sealed = self.vault.seal(&[snapshot.to_vec()]).await?;
            let mut decide = |now: &Moment| {
                if now.head.changed_since::<()>(known).is_some() || !same(&now.rest[0], &before[0]) {
                    return None; // another tab's is as new
                }
                let put = sealed.iter().map(|one| Deed::Put(META, SNAPSHOTS[older].into(), one.into()));
                Some(put.chain(gone.iter().map(|key| Deed::Delete(LOG, number(*key)))).collect())
            };
            Ok(self.change(&[snapshots()?], &mut decide, &[]).await?.is_some())
        };
        write.await.map_err(failed("writing the snapshot"))
    }

    /// Appends, changes what stands in the log, and keeps what is learnt from it as the only snapshot: what was
    /// learnt from the log as it was is nowhere any more. `edit` sees the whole log, `learn` the log as it is then.
    /// Both may be asked again, and only what they said last holds.
    pub(super) async fn rewrite(
        &self, entries: &[Vec<u8>], known: &Budget, edit: &mut dyn FnMut(&[Keyed]) -> Edit,
        learn: &mut dyn FnMut(&[Keyed]) -> Vec<u8>,
    ) -> Result<Written<u64>, Error> {
        let rewrite = async {
            for _ in 0..TRIES {
                let before = self.look(&[Ask::all(LOG)]).await?;
                if before.head.erased_since(known) {
                    return Ok(Written::Erased);
                }
                let mut log = self.opened(&before.rest[0]).await?;
                // Asked after the log was read: what another tab puts there meanwhile is seen when it is written.
                let place = self.next_place().await?;
                log.extend((place..).zip(entries.iter().cloned()));
                let Edit { remove, put, reported, idle } = edit(&log);
                if idle {
                    return Ok(Written::Idle); // what waits is written by the next flush
                }
                log.retain(|(key, _)| !remove.contains(key));
                log.extend(put);
                crate::sort::short(&mut log, |one, other| one.0 < other.0);
                // Sealed are what is new to the log, and the snapshot.
                let old = numbers(&before.rest[0]);
                let (keys, mut work): (Vec<u64>, Vec<Vec<u8>>) =
                    log.iter().filter(|(key, _)| old.binary_search(key).is_err()).cloned().unzip();
                work.push(learn(&log));
                let sealed = self.vault.seal(&work).await?;
                let edition = before.head.known.edition + 1;
                let mut decide = |now: &Moment| {
                    let still = now.head.known.edition + 1 == edition && !now.head.erased_since(known);
                    if !still || numbers(&now.rest[0]) != old {
                        return None;
                    }
                    let gone = old.iter().filter(|key| remove.contains(key));
                    let mut deeds: Vec<_> = gone.map(|key| Deed::Delete(LOG, number(*key))).collect();
                    if let Some(end) = (place..).zip(entries).last().map(|(end, _)| number(end)) {
                        // Places are given once, also to what goes at once: it may come back to its own.
                        deeds.push(Deed::Put(LOG, end.clone(), JsValue::NULL));
                        deeds.push(Deed::Delete(LOG, end));
                    }
                    deeds.extend(keys.iter().zip(&sealed).map(|(key, one)| Deed::Put(LOG, number(*key), one.into())));
                    deeds.extend(sealed.last().map(|one| Deed::Put(META, SNAPSHOTS[0].into(), one.into())));
                    deeds.push(Deed::Delete(META, SNAPSHOTS[1].into()));
                    deeds.push(Deed::Put(META, EDITION.into(), number(edition)));
                    let last = log.last().filter(|_| reported);
                    deeds.extend(last.map(|(last, _)| Deed::Put(META, REPORTED.into(), number(*last))));
                    Some(deeds)
                };
                if self.change(&[Ask::keys(LOG)], &mut decide, &[]).await?.is_some() {
                    return Ok(Written::Done(edition));
                }
            }
            Err(busy())
        };
        rewrite.await.map_err(failed("changing the log"))
    }

    /// Reports: `make` is given the budget and the log since the last ones, and returns the changed budget (if
    /// reports were made) and lines for the ledger. It may be asked again, and only what it said last is kept.
    pub(super) async fn report(
        &self, known: &Budget,
        mut make: impl FnMut(Budget, &[Keyed], Option<Vec<u8>>) -> Option<(Option<Budget>, Vec<Vec<u8>>)>,
    ) -> Result<Written<()>, Error> {
        self.make_report(known, &mut make).await.map_err(failed("keeping a report"))
    }

    async fn make_report(&self, known: &Budget, make: &mut Make<'_>) -> Result<Written<()>, JsValue> {
        for _ in 0..TRIES {
            let before = self.look(&[Ask::all(LOG), Ask::keys(LEDGER)]).await?;
            if before.head.erased_since(known) {
                return Ok(Written::Erased);
            }
            let lines = numbers(&before.rest[1]);
            let last = lines.last().copied().unwrap_or(0);
            let last = self.look(&[Ask::one(LEDGER, number(last))]).await?.rest;
            let last = self.opened(&last[0]).await?.pop().map(|(_, line)| line);
            let mut log = self.opened(&before.rest[0]).await?;
            log.retain(|(key, _)| *key > before.head.reported);
            let made = make(before.head.known.budget.clone(), &log, last);
            let Some((spent, made)) = made else { return Ok(Written::Done(())) };
            let sealed = self.vault.seal(&made).await?;
            let mut decide = |now: &Moment| {
                if now.head != before.head || numbers(&now.rest[0]) != lines {
                    return None;
                }
                let surplus = &lines[..lines.len().saturating_sub(MAX_LEDGER)];
                let mut deeds: Vec<_> = surplus.iter().map(|key| Deed::Delete(LEDGER, number(*key))).collect();
                deeds.extend(sealed.iter().map(|line| Deed::Add(LEDGER, line.into())));
                if let Some(spent) = &spent {
                    put_budget(&mut deeds, spent);
                    let position = log.last().map_or(before.head.reported, |(key, _)| *key);
                    deeds.push(Deed::Put(META, REPORTED.into(), number(position)));
                }
                Some(deeds)
            };
            if self.change(&[Ask::keys(LEDGER)], &mut decide, &[]).await?.is_some() {
                return Ok(Written::Done(()));
            }
        }
        Err(busy())
    }

    /// The ledger's lines.
    pub(super) async fn ledger(&self) -> Result<Vec<Keyed>, Error> {
        let ledger = async {
            let rest = self.look(&[Ask::all(LEDGER)]).await?.rest;
            self.opened(&rest[0]).await
        };
        ledger.await.map_err(failed("reading the ledger"))
    }

    /// Changes a line of the ledger; one that was erased meanwhile stays so.
    pub(super) async fn amend(&self, key: u64, line: &[u8]) -> Result<(), Error> {
        let amend = async {
            let sealed = self.vault.seal(&[line.to_vec()]).await?;
            let mut decide = |now: &Moment| {
                let put = |line: &Uint8Array| Deed::Put(LEDGER, number(key), line.into());
                now.rest[0].first().map(|_| sealed.iter().map(put).collect())
            };
            self.change(&[Ask::one(LEDGER, number(key))], &mut decide, &[]).await.map(drop)
        };
        amend.await.map_err(failed("writing the ledger"))
    }

    /// Deletes everything but the date before which no report is made.
    pub(super) async fn erase(&self, erased: &dyn Fn(Budget) -> Budget) -> Result<Budget, Error> {
        let erase = async {
            let mut left = Budget::default();
            let mut decide = |answers: Vec<Answer>| {
                left = erased(Head::of(&answers).known.budget);
                let mut deeds: Vec<_> = [LOG, META, LEDGER, KEYS].map(Deed::Clear).into();
                put_budget(&mut deeds, &left);
                Some(deeds)
            };
            idb::write(&self.db, &head()?, &mut decide, &[]).await?;
            self.vault.forget();
            Ok(left)
        };
        erase.await.map_err(failed("erasing"))
    }

    /// What was written before there was a key, or without one, is sealed where it stands.
    async fn seal_what_is_bare(&self) -> Result<(), JsValue> {
        let asks = [Ask::all(LOG), Ask::all(LEDGER), snapshots()?];
        let mut before = self.look(&asks).await?.rest;
        before.iter_mut().for_each(|answer| answer.retain(|(_, value)| self.vault.is_bare(value)));
        let mut records = Vec::new();
        before.iter().for_each(|answer| records.extend(bytes(answer).iter().map(Uint8Array::to_vec)));
        let sealed = self.vault.seal(&records).await?;
        let mut decide = |now: &Moment| {
            let there = |bare: &Answer, now: &Answer| bare.iter().all(|one| now.iter().any(|now| now.0 == one.0));
            // What has moved meanwhile is sealed at the next start.
            if !before.iter().zip(&now.rest).all(|(bare, now)| there(bare, now)) {
                return None;
            }
            let (mut sealed, mut deeds) = (sealed.iter(), Vec::new());
            for (store, answer) in [LOG, LEDGER, META].into_iter().zip(&before) {
                let put = |((key, _), sealed): (&(JsValue, JsValue), &Uint8Array)| {
                    Deed::Put(store, key.clone(), sealed.into())
                };
                deeds.extend(answer.iter().zip(&mut sealed).map(put));
            }
            Some(deeds)
        };
        self.change(&asks, &mut decide, &[]).await.map(drop)
    }

    /// Looks, with the store's key known.
    async fn look(&self, asks: &[Ask]) -> Result<Moment, JsValue> {
        let answers = idb::read(&self.db, &[&head()?, asks].concat()).await?;
        self.vault.look(&answers[0]);
        Ok(Moment::of(answers))
    }

    /// Writes what `decide` makes of the store as it is then. Where it makes nothing of it, or another key is in
    /// there than this tab has sealed with, nothing is written.
    async fn change(
        &self, asks: &[Ask], decide: &mut dyn FnMut(&Moment) -> Option<Vec<Deed>>, then: &[Ask],
    ) -> Result<Option<Vec<Answer>>, JsValue> {
        let mut decided = |answers: Vec<Answer>| {
            let mut deeds = self.vault.fits(KEYS, &answers[0])?;
            deeds.extend(decide(&Moment::of(answers))?);
            Some(deeds)
        };
        idb::write(&self.db, &[&head()?, asks].concat(), &mut decided, then).await
    }

    async fn opened(&self, rows: &Answer) -> Result<Vec<Keyed>, JsValue> {
        Ok(numbers(rows).into_iter().zip(self.vault.open(&bytes(rows)).await?).collect())
    }

    /// Where the log's next entry comes, which only adding one tells.
    async fn next_place(&self) -> Result<u64, JsValue> {
        let transaction = idb::writing(&self.db)?;
        let place = idb::result(transaction.object_store(LOG)?.add(&JsValue::NULL)?).await?;
        transaction.abort()?;
        Ok(place.as_f64().unwrap_or(0.0) as u64)
    }
}

/// What makes a report, or a line that says why there is none.
type Make<'a> = dyn FnMut(Budget, &[Keyed], Option<Vec<u8>>) -> Option<(Option<Budget>, Vec<Vec<u8>>)> + 'a;

impl<T> Written<T> {
    /// The same with what was done changed.
    pub(super) fn map<U>(self, change: impl FnOnce(T) -> U) -> Written<U> {
        match self {
            Self::Done(done) => Written::Done(change(done)),
            Self::Erased => Written::Erased,
            Self::Edited => Written::Edited,
            Self::Idle => Written::Idle,
        }
    }
}

impl Drop for Store {
    /// Without its handler an open connection would block every upgrade and deletion.
    fn drop(&mut self) {
        self.db.set_onversionchange(None);
        self.db.close();
    }
}

/// Each try found the store changed by another tab.
fn busy() -> JsValue {
    js_sys::Error::new("other tabs changed it each time").into()
}

fn same(one: &Answer, other: &Answer) -> bool {
    let plain = |answer: &Answer| bytes(answer).iter().map(Uint8Array::to_vec).collect::<Vec<_>>();
    plain(one) == plain(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::test;

    #[test]
    async fn what_is_written_is_on_disk_before_it_counts() {
        let store =
            Store::open(&format!("durable-{}", js_sys::Date::now()), true).await.expect("the browser has IndexedDB");
        let durability = |transaction: web_sys::IdbTransaction| {
            js_sys::Reflect::get(&transaction, &"durability".into()).ok().and_then(|durability| durability.as_string())
        };
        assert_eq!(durability(idb::writing(&store.db).unwrap()).as_deref(), Some("strict"));
        // The control: what did not ask for it does not have it.
        assert_ne!(durability(store.db.transaction_with_str(META).unwrap()).as_deref(), Some("strict"));
    }
}
