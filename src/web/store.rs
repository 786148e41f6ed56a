//! The store: an append-only log of interactions, and snapshots of the profile at a log position.
//!
//! `log` has auto-increment keys, so that `add` never conflicts and the order of the keys is the
//! truth for every tab. `meta` has two generations of the snapshot, the budget, the position up to
//! which reports have counted, the log's edition, and after an erasure one date. `ledger` has a line for each report.

use super::edge::millis;
use super::idb::{behind, complete, failed, read, result, write};
use crate::error::Error;
use crate::privacy::Budget;
use js_sys::{Date, Promise, Reflect, Uint8Array};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    IdbDatabase, IdbFactory, IdbObjectStore, IdbObjectStoreParameters, IdbOpenDbRequest, IdbTransaction,
    IdbVersionChangeEvent,
};

const VERSION: u32 = 1;
const LOG: &str = "log";
const META: &str = "meta";
const LEDGER: &str = "ledger";
const SNAPSHOTS: [&str; 2] = ["snapshot-a", "snapshot-b"];
const BUDGET: &str = "budget";
const REPORTED: &str = "reported";
/// How often what stands in the log was changed: only its end is ever written otherwise.
const EDITION: &str = "edition";
/// All that an erasure leaves: a Date.
const NO_REPORTS_BEFORE: &str = "no reports before";
/// An `open` that has not answered by then never will (Safari 14 and its kin).
const OPEN_WITHIN: u32 = 3_000;

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
#[derive(Debug, Clone, Default)]
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
    /// Lets go of the database when another tab wants to upgrade or delete it; a tab that does not
    /// blocks the other for ever.
    _on_version_change: Closure<dyn FnMut()>,
}

impl Store {
    /// Opens the database, or makes it.
    pub(super) async fn open(name: &str) -> Result<Self, Error> {
        Self::opened(name, true).await?.ok_or(Error::Store { doing: "opening", message: "it was not made".to_owned() })
    }

    /// Opens the database if there is one, and leaves no trace where there is none.
    pub(super) async fn open_existing(name: &str) -> Result<Option<Self>, Error> {
        Self::opened(name, false).await
    }

    async fn opened(name: &str, create: bool) -> Result<Option<Self>, Error> {
        let fail = failed("opening");
        let factory = Reflect::get(&js_sys::global(), &"indexedDB".into()).unwrap_or(JsValue::UNDEFINED);
        if factory.is_undefined() || factory.is_null() {
            if !create {
                return Ok(None);
            }
            return Err(Error::Store { doing: "opening", message: "there is none here".to_owned() });
        }
        let request = factory.unchecked_ref::<IdbFactory>().open_with_u32(name, VERSION).map_err(&fail)?;
        let upgrade = Closure::once(move |event: IdbVersionChangeEvent| upgrade(&event, create));
        request.set_onupgradeneeded(Some(upgrade.as_ref().unchecked_ref()));
        let waiting = wait_for(request.clone());
        let late = gloo_timers::future::TimeoutFuture::new(OPEN_WITHIN);
        match first(waiting, late).await {
            Some(Ok(())) => {}
            Some(Err(error)) if !create && is_abort(&error) => return Ok(None),
            Some(Err(error)) => return Err(fail(error)),
            None => {
                // An answer that comes all the same must not hold the database open.
                let late = request.clone();
                let close = move || drop(late.result().map(|db| db.unchecked_into::<IdbDatabase>().close()));
                request.set_onsuccess(Some(Closure::once_into_js(close).unchecked_ref()));
                return Err(Error::Store { doing: "opening", message: "no answer within 3 seconds".to_owned() });
            }
        }
        let db: IdbDatabase = request.result().map_err(&fail)?.unchecked_into();
        let closing = db.clone();
        let on_version_change = Closure::<dyn FnMut()>::new(move || closing.close());
        db.set_onversionchange(Some(on_version_change.as_ref().unchecked_ref()));
        Ok(Some(Self { db, _on_version_change: on_version_change }))
    }

    /// Everything a tab needs, from one moment.
    pub(super) async fn load(&self) -> Result<Loaded, Error> {
        let load = async {
            let transaction = read(&self.db, &[LOG, META])?;
            let (log, meta) = (transaction.object_store(LOG)?, transaction.object_store(META)?);
            let mut loaded = Loaded { log: keyed(behind(&log, 0).await?), ..Loaded::default() };
            for slot in SNAPSHOTS {
                loaded.snapshots.extend(bytes(&get(&meta, slot).await?));
            }
            loaded.known = Known { budget: budget(&meta).await?, edition: edition(&meta).await? };
            Ok(loaded)
        };
        load.await.map_err(failed("reading"))
    }

    /// Appends and, from the same transaction, reads all that stands behind `from`, own and foreign.
    pub(super) async fn append(
        &self, entries: &[Vec<u8>], from: u64, known: &Known,
    ) -> Result<Written<Vec<Keyed>>, Error> {
        let append = async {
            let transaction = write(&self.db, &[LOG, META])?;
            let (log, meta) = (transaction.object_store(LOG)?, transaction.object_store(META)?);
            if let Some(changed) = changed_since(&meta, known).await? {
                return Ok(changed);
            }
            for entry in entries {
                log.add(&Uint8Array::from(entry.as_slice()))?;
            }
            let read = behind(&log, from).await?;
            complete(transaction).await?;
            Ok(Written::Done(keyed(read)))
        };
        append.await.map_err(failed("appending"))
    }

    /// All that stands behind `from`, and the budget.
    pub(super) async fn since(&self, from: u64, known: &Known) -> Result<Written<(Vec<Keyed>, Budget)>, Error> {
        let since = async {
            let transaction = read(&self.db, &[LOG, META])?;
            let (log, meta) = (transaction.object_store(LOG)?, transaction.object_store(META)?);
            if let Some(changed) = changed_since(&meta, known).await? {
                return Ok(changed);
            }
            Ok(Written::Done((keyed(behind(&log, from).await?), budget(&meta).await?)))
        };
        since.await.map_err(failed("reading"))
    }

    /// Writes a snapshot over the older of the two, unless one as new is there (compare-and-set),
    /// and lets `expired` choose which log entries go. It is given the position that the older of
    /// the two snapshots left holds: entries behind it could still be needed.
    /// Returns whether it was written.
    pub(super) async fn snapshot(
        &self, seq: u64, snapshot: &[u8], known: &Known, position: impl Fn(&[u8]) -> Option<u64>,
        expired: impl Fn(&[Keyed], u64) -> Vec<u64>,
    ) -> Result<bool, Error> {
        let write = async {
            let transaction = write(&self.db, &[LOG, META])?;
            let (log, meta) = (transaction.object_store(LOG)?, transaction.object_store(META)?);
            if changed_since::<()>(&meta, known).await?.is_some() {
                return Ok(false);
            }
            let mut stored = [None; 2];
            for (stored, slot) in stored.iter_mut().zip(SNAPSHOTS) {
                *stored = bytes(&get(&meta, slot).await?).and_then(|bytes| position(&bytes));
            }
            if stored.iter().flatten().any(|stored| *stored >= seq) {
                return Ok(false);
            }
            let older = usize::from(stored[1] < stored[0]);
            meta.put_with_key(&Uint8Array::from(snapshot), &SNAPSHOTS[older].into())?;
            let kept = stored[1 - older].unwrap_or(0);
            for key in expired(&keyed(behind(&log, 0).await?), kept) {
                log.delete(&JsValue::from(key as f64))?;
            }
            complete(transaction).await?;
            Ok(true)
        };
        write.await.map_err(failed("writing the snapshot"))
    }

    /// Appends, changes what stands in the log, and keeps what is learnt from it as the only snapshot: what was
    /// learnt from the log as it was is nowhere any more. `edit` sees the whole log, `learn` the log as it is then.
    pub(super) async fn rewrite(
        &self, entries: &[Vec<u8>], known: &Budget, edit: &mut dyn FnMut(&[Keyed]) -> Edit,
        learn: &mut dyn FnMut(&[Keyed]) -> Vec<u8>,
    ) -> Result<Written<u64>, Error> {
        let rewrite = async {
            let transaction = write(&self.db, &[LOG, META])?;
            let (log, meta) = (transaction.object_store(LOG)?, transaction.object_store(META)?);
            if erased_since(&meta, known).await? {
                return Ok(Written::Erased);
            }
            for entry in entries {
                log.add(&Uint8Array::from(entry.as_slice()))?;
            }
            let Edit { remove, put, reported, idle } = edit(&keyed(behind(&log, 0).await?));
            if idle {
                let _ = transaction.abort(); // what waits is written by the next flush
                return Ok(Written::Idle);
            }
            for key in remove {
                log.delete(&JsValue::from(key as f64))?;
            }
            for (key, entry) in put {
                log.put_with_key(&Uint8Array::from(entry.as_slice()), &JsValue::from(key as f64))?;
            }
            let left = keyed(behind(&log, 0).await?);
            meta.put_with_key(&Uint8Array::from(learn(&left).as_slice()), &SNAPSHOTS[0].into())?;
            meta.delete(&SNAPSHOTS[1].into())?;
            if let (true, Some((last, _))) = (reported, left.last()) {
                meta.put_with_key(&JsValue::from(*last as f64), &REPORTED.into())?;
            }
            let edition = edition(&meta).await? + 1;
            meta.put_with_key(&JsValue::from(edition as f64), &EDITION.into())?;
            complete(transaction).await?;
            Ok(Written::Done(edition))
        };
        rewrite.await.map_err(failed("changing the log"))
    }

    /// One transaction for the reports: `make` is given the budget and the log since the last ones,
    /// and returns the changed budget (if reports were made) and lines for the ledger.
    pub(super) async fn report(
        &self, known: &Budget,
        make: impl FnOnce(Budget, &[Keyed], Option<Vec<u8>>) -> Option<(Option<Budget>, Vec<Vec<u8>>)>,
    ) -> Result<Written<()>, Error> {
        let report = async {
            let transaction = write(&self.db, &[LOG, META, LEDGER])?;
            let (log, meta) = (transaction.object_store(LOG)?, transaction.object_store(META)?);
            let ledger = transaction.object_store(LEDGER)?;
            if erased_since(&meta, known).await? {
                return Ok(Written::Erased);
            }
            let reported = get(&meta, REPORTED).await?.as_f64().unwrap_or(0.0) as u64;
            let log = keyed(behind(&log, reported).await?);
            let mut lines = keyed(behind(&ledger, 0).await?);
            let surplus = lines.len().saturating_sub(MAX_LEDGER);
            for (key, _) in &lines[..surplus] {
                ledger.delete(&JsValue::from(*key as f64))?;
            }
            let last = lines.pop().map(|(_, bytes)| bytes);
            let Some((spent, made)) = make(budget(&meta).await?, &log, last) else { return Ok(Written::Done(())) };
            if let Some(spent) = spent {
                put_budget(&meta, &spent)?;
                let position = log.last().map_or(reported, |(key, _)| *key);
                meta.put_with_key(&JsValue::from(position as f64), &REPORTED.into())?;
            }
            for line in made {
                ledger.add(&Uint8Array::from(line.as_slice()))?;
            }
            complete(transaction).await?;
            Ok(Written::Done(()))
        };
        report.await.map_err(failed("keeping a report"))
    }

    /// The ledger's lines.
    pub(super) async fn ledger(&self) -> Result<Vec<Keyed>, Error> {
        let ledger = async {
            let transaction = read(&self.db, &[LEDGER])?;
            Ok(keyed(behind(&transaction.object_store(LEDGER)?, 0).await?))
        };
        ledger.await.map_err(failed("reading the ledger"))
    }

    /// Changes a line of the ledger; one that was erased meanwhile stays so.
    pub(super) async fn amend(&self, key: u64, line: &[u8]) -> Result<(), Error> {
        let amend = async {
            let transaction = write(&self.db, &[LEDGER])?;
            let ledger = transaction.object_store(LEDGER)?;
            let key = JsValue::from(key as f64);
            if !result(ledger.get(&key)?).await?.is_undefined() {
                ledger.put_with_key(&Uint8Array::from(line), &key)?;
            }
            complete(transaction).await
        };
        amend.await.map_err(failed("writing the ledger"))
    }

    /// Deletes everything but the date before which no report is made.
    pub(super) async fn erase(&self, erased: impl FnOnce(Budget) -> Budget) -> Result<Budget, Error> {
        let erase = async {
            let transaction = write(&self.db, &[LOG, META, LEDGER])?;
            let meta = transaction.object_store(META)?;
            let left = erased(budget(&meta).await?);
            for name in [LOG, META, LEDGER] {
                transaction.object_store(name)?.clear()?;
            }
            put_budget(&meta, &left)?;
            complete(transaction).await?;
            Ok(left)
        };
        erase.await.map_err(failed("erasing"))
    }
}

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

fn upgrade(event: &IdbVersionChangeEvent, create: bool) {
    let Some(request) = event.target().map(JsCast::unchecked_into::<IdbOpenDbRequest>) else { return };
    if !create {
        // An aborted first version leaves no database behind.
        let _ = request.transaction().map(|transaction: IdbTransaction| transaction.abort());
        return;
    }
    let Ok(db) = request.result().map(JsCast::unchecked_into::<IdbDatabase>) else { return };
    let numbered = IdbObjectStoreParameters::new();
    numbered.set_auto_increment(true);
    // A store that cannot be made aborts the upgrade, and the open fails with its reason.
    let _ = db.create_object_store_with_optional_parameters(LOG, &numbered);
    let _ = db.create_object_store(META);
    let _ = db.create_object_store_with_optional_parameters(LEDGER, &numbered);
}

async fn wait_for(request: IdbOpenDbRequest) -> Result<(), JsValue> {
    result(request.into()).await.map(drop)
}

fn is_abort(error: &JsValue) -> bool {
    Reflect::get(error, &"name".into()).is_ok_and(|name| name == "AbortError")
}

/// The work's result, or `None` when the timer was first.
async fn first<T>(work: impl Future<Output = T> + 'static, late: impl Future<Output = ()> + 'static) -> Option<T>
where
    T: 'static,
{
    let slot = std::rc::Rc::new(std::cell::RefCell::new(None));
    let filled = slot.clone();
    let work = wasm_bindgen_futures::future_to_promise(async move {
        let result = work.await;
        *filled.borrow_mut() = Some(result);
        Ok(JsValue::UNDEFINED)
    });
    let late = wasm_bindgen_futures::future_to_promise(async move {
        late.await;
        Ok(JsValue::UNDEFINED)
    });
    let _ = JsFuture::from(Promise::race(&js_sys::Array::of2(&work, &late))).await;
    slot.borrow_mut().take()
}

async fn get(meta: &IdbObjectStore, key: &str) -> Result<JsValue, JsValue> {
    result(meta.get(&key.into())?).await
}

async fn budget(meta: &IdbObjectStore) -> Result<Budget, JsValue> {
    let date = get(meta, NO_REPORTS_BEFORE).await?;
    let date = date.dyn_ref::<Date>().map(|date| millis(date.get_time()));
    let stored = get(meta, BUDGET).await?;
    if stored.is_undefined() {
        return Ok(date.map_or_else(Budget::default, Budget::erased_until));
    }
    let read = bytes(&stored).and_then(|bytes| Budget::from_bytes(&bytes).ok());
    // One that tells of another erasure than the date does is not whole either.
    let read = read.filter(|budget| budget.not_before() == date);
    Ok(read.unwrap_or_else(|| Budget::exhausted(millis(Date::now()), date)))
}

/// Untouched by spending, the budget is the date alone.
fn put_budget(meta: &IdbObjectStore, budget: &Budget) -> Result<(), JsValue> {
    if let Some(date) = budget.not_before() {
        meta.put_with_key(&Date::new(&JsValue::from(date.0 as f64)), &NO_REPORTS_BEFORE.into())?;
    }
    if budget.is_spent() {
        meta.put_with_key(&Uint8Array::from(budget.to_bytes().as_slice()), &BUDGET.into())?;
    }
    Ok(())
}

async fn edition(meta: &IdbObjectStore) -> Result<u64, JsValue> {
    Ok(get(meta, EDITION).await?.as_f64().unwrap_or(0.0) as u64)
}

/// What another tab has done to the store, if it is not what this one knows.
async fn changed_since<T>(meta: &IdbObjectStore, known: &Known) -> Result<Option<Written<T>>, JsValue> {
    if erased_since(meta, &known.budget).await? {
        return Ok(Some(Written::Erased));
    }
    Ok((edition(meta).await? != known.edition).then_some(Written::Edited))
}

/// The date of the last erasure is the store's epoch.
async fn erased_since(meta: &IdbObjectStore, known: &Budget) -> Result<bool, JsValue> {
    let date = get(meta, NO_REPORTS_BEFORE).await?;
    let stored = date.dyn_ref::<Date>().map(|date| date.get_time());
    Ok(stored.map(millis) != known.not_before())
}

fn bytes(value: &JsValue) -> Option<Vec<u8>> {
    value.dyn_ref::<Uint8Array>().map(Uint8Array::to_vec)
}

fn keyed(rows: Vec<(u64, JsValue)>) -> Vec<Keyed> {
    rows.into_iter().filter_map(|(key, value)| Some((key, bytes(&value)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::test;

    #[test]
    async fn what_is_written_is_on_disk_before_it_counts() {
        let store = Store::open(&format!("durable-{}", Date::now())).await.expect("the browser has IndexedDB");
        let durability = |transaction: IdbTransaction| {
            Reflect::get(&transaction, &"durability".into()).ok().and_then(|durability| durability.as_string())
        };
        assert_eq!(durability(write(&store.db, &[META]).unwrap()).as_deref(), Some("strict"));
        // The control: what did not ask for it does not have it.
        assert_ne!(durability(read(&store.db, &[META]).unwrap()).as_deref(), Some("strict"));
    }
}
