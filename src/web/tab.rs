//! One tab's view of the profile, kept in step with the log that all tabs share.
//!
//! `confirmed` has every log entry up to `position`, applied in the order of the log: it is the
//! same in every tab. `live` is `confirmed` and what this tab has recorded since; lists are ranked
//! with it, so a click shows at once. When another tab's entries come in between, `live` is made
//! anew. Nothing is borrowed across an await.

#[cfg(not(feature = "full"))]
use super::again;
use super::edge::random;
#[cfg(feature = "full")]
use super::full::rewrite as again;
use super::step::Step;
use super::store::{Keyed, Known, Loaded, Store, Written};
use crate::error::Error;
use crate::interaction::{Arm, Interaction, Millis};
use crate::privacy::registry::ANOMALIES;
use crate::privacy::{Budget, Settings};
use crate::profile::{Correction, Fit, Limits, Logged, Profile, expired};
use crate::profiler::Profiler;
use crate::update::Random;
use std::cell::RefCell;
use std::rc::Rc;

/// Where a tab is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// No answer on consent yet: in memory only.
    Pending,
    /// Stored.
    Ready,
    /// Consent was given, but the store does not answer.
    MemoryOnly,
    /// Refused: nothing is learnt or kept.
    Refused,
    Closed,
}

impl Status {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Ready => "ready",
            Self::MemoryOnly => "memory-only",
            Self::Refused => "refused",
            Self::Closed => "closed",
        }
    }
}

#[derive(Debug)]
pub(super) struct Tab {
    pub(super) profiler: Profiler,
    pub(super) live: Profile,
    pub(super) confirmed: Profile,
    /// Recorded here, not yet in the log. Where there is no store, it is the log.
    pub(super) outbox: Vec<Vec<u8>>,
    pub(super) store: Option<Rc<Store>>,
    pub(super) database: String,
    /// What is stored is encrypted.
    sealed: bool,
    pub(super) status: Status,
    pub(super) paused: bool,
    /// The bundle holds the popular items only, until the whole one is here.
    pub(super) head: bool,
    /// Another bundle, read, and what is stored.
    pub(super) next: Option<(Profiler, Option<Loaded>)>,
    pub(super) known: Known,
    pub(super) problem: Option<Error>,
    seeds: Random,
    /// The reports that the shop wants.
    pub(super) settings: Settings,
    /// The day and what its lists are ranked by.
    pub(super) arm: Option<(i32, Arm)>,
    /// Refusals that a report has told of.
    pub(super) told: [u32; ANOMALIES.len()],
    /// What this tab has just forgotten: the one thing that it can still take back.
    pub(super) forgotten: Vec<Keyed>,
    /// Read from an export, not yet the log.
    pub(super) staged: Vec<Vec<u8>>,
    flushing: bool,
    pub(super) snapshot_at: u64,
    snapshot_taken: Option<Millis>,
    /// The log's position, and the day, when it was last looked through for what may go.
    swept: Option<(u64, i32)>,
    /// The latest step of learning here.
    pub(super) step: Option<Step>,
    /// The log is to be learnt again, which the core cannot do.
    pub(super) outgrown: bool,
}

pub(super) type Shared = Rc<RefCell<Tab>>;

/// A snapshot after so many log entries: a start replays no more than this …
const SNAPSHOT_EVERY: u64 = 100;
/// … but where they come in a flood: then there is one in this time, or after [`SWEEP_EVERY`] entries.
const SNAPSHOT_PAUSE: Millis = Millis(5_000);
/// The whole log is read and decrypted to see what may go: with a tab's first snapshot of a day, and after so many entries.
const SWEEP_EVERY: u64 = 1_000;
/// So many entries are written, and learnt once more, in one go: milliseconds of the page's thread.
const BATCH: usize = 500;

impl Tab {
    pub(super) fn new(profiler: Profiler, database: String, sealed: bool) -> Self {
        let blank = Profile::new(profiler.factors());
        let mut seed = [0; 8];
        random(&mut seed);
        Self {
            profiler,
            live: blank.clone(),
            confirmed: blank,
            outbox: Vec::new(),
            store: None,
            database,
            sealed,
            status: Status::Pending,
            paused: false,
            head: false,
            next: None,
            known: Known::default(),
            problem: None,
            seeds: Random(u64::from_le_bytes(seed)),
            settings: Settings::default(),
            arm: None,
            told: Default::default(),
            forgotten: Vec::new(),
            staged: Vec::new(),
            flushing: false,
            snapshot_at: 0,
            snapshot_taken: None,
            swept: None,
            step: None,
            outgrown: false,
        }
    }

    fn place(&self) -> (String, bool) {
        (self.database.clone(), self.sealed)
    }

    pub(super) fn seed(&mut self) -> u64 {
        self.seeds.bits()
    }

    /// Refusals by reason, in the order of the registry.
    pub(super) fn refused(&self) -> [u32; ANOMALIES.len()] {
        let mut refused = self.profiler.intake().refused();
        std::array::from_fn(|_| refused.next().map_or(0, |(_, count)| count))
    }

    /// What this browser's lists are ranked by today: drawn once a day, and kept nowhere but with what was done.
    pub(super) fn arm(&mut self, now: Millis) -> Arm {
        let today = now.day();
        if let Some((day, arm)) = self.arm
            && day == today
        {
            return arm;
        }
        let popular = self.seeds.below(1_000) < u32::from(self.settings.popular);
        let arm = if popular { Arm::Popular } else { Arm::Personal };
        self.arm = Some((today, arm));
        arm
    }

    /// Goes on with the arm in which the latest of these things were done.
    fn recall_arm<'a>(&mut self, log: impl Iterator<Item = &'a Vec<u8>>) {
        let armed = log
            .filter_map(|bytes| Interaction::from_bytes(bytes).ok())
            .filter_map(|one| Some((one.at.day(), one.arm?)));
        self.arm = armed.last().or(self.arm);
    }

    /// Follows a correction at once; what reaches back is whole when the log has been learnt again.
    pub(super) fn put_right(&mut self, correction: &Correction<'_>) {
        self.push(correction.to_bytes());
        self.forgotten.clear();
        if correction.reaches_back() {
            self.rebuild();
        } else {
            self.profiler.follow(&mut self.live, &Logged::Said(*correction));
        }
    }

    /// Recorded and not yet in the log.
    pub(super) fn waiting(&self) -> impl Iterator<Item = Vec<u8>> {
        self.outbox.iter().cloned()
    }

    /// The profile as every tab has it.
    pub(super) fn snapshot(&self) -> Vec<u8> {
        self.confirmed.to_bytes(self.profiler.factors())
    }

    /// Everything is forgotten.
    pub(super) fn reset(&mut self, budget: Budget) {
        let blank = Profile::new(self.profiler.factors());
        (self.live, self.confirmed) = (blank.clone(), blank);
        self.outbox.clear();
        self.forgotten.clear();
        (self.snapshot_at, self.snapshot_taken, self.swept) = (0, None, None);
        self.step = None;
        self.arm = None;
        self.told = self.refused();
        self.known = Known { budget, edition: 0 };
    }

    /// Starts from what is stored.
    pub(super) fn start(&mut self, loaded: Loaded) {
        let Loaded { snapshots, log, known } = loaded;
        let factors = self.profiler.factors();
        let mut best: Option<(Profile, Fit)> = None;
        for bytes in snapshots {
            match Profile::from_bytes(&bytes, factors) {
                Ok(read) if best.as_ref().is_none_or(|(known, _)| known.seq < read.0.seq) => best = Some(read),
                Ok(_) => {}
                // The other generation and the log stand in for it.
                Err(error) => self.problem = Some(error),
            }
        }
        let snapshot = best.as_ref().filter(|(_, fit)| *fit == Fit::Same).map_or(0, |(profile, _)| profile.seq);
        let (profile, problem) = self.profiler.restore(best, &entries(&log));
        self.problem = problem.or(self.problem.take());
        self.snapshot_at = snapshot;
        self.confirmed = profile;
        self.known = known;
        self.recall_arm(log.iter().map(|(_, bytes)| bytes));
        self.forgotten.clear(); // its places belong to the log as it was
        self.rebuild();
    }

    /// `live` from `confirmed` and what is still on its way.
    pub(super) fn rebuild(&mut self) {
        let waiting: Vec<_> = (self.confirmed.seq + 1..).zip(self.outbox.iter().map(Vec::as_slice)).collect();
        self.live = self.profiler.restore(Some((self.confirmed.clone(), Fit::Same)), &waiting).0;
    }

    /// Takes in what the log says. `sent` of the outbox's entries are among it.
    fn confirm(&mut self, entries: &[Keyed], sent: usize) {
        // Entries of its own, and no others in between: `live` has just this already.
        let in_step = entries.len() == sent && entries.iter().map(|(_, bytes)| bytes).eq(self.outbox.iter().take(sent));
        self.outbox.drain(..sent.min(self.outbox.len()));
        self.recall_arm(entries.iter().map(|(_, bytes)| bytes));
        for (key, bytes) in entries {
            if let Ok(entry) = Logged::from_bytes(bytes) {
                self.profiler.follow(&mut self.confirmed, &entry);
            }
            self.confirmed.seq = *key;
        }
        if !in_step {
            self.rebuild();
        }
    }
}

/// The log of the store and what is not yet in it.
pub(super) async fn log(tab: &Shared) -> Result<Vec<Keyed>, Error> {
    let store = tab.borrow().store.clone();
    let mut log = match store {
        Some(store) => store.load().await?.log,
        None => Vec::new(),
    };
    let next = log.last().map_or(0, |(key, _)| *key) + 1;
    log.extend((next..).zip(tab.borrow().waiting()));
    Ok(log)
}

/// Positions and bytes, as the profiler reads them.
pub(super) fn entries(log: &[Keyed]) -> Vec<(u64, &[u8])> {
    log.iter().map(|(key, bytes)| (*key, bytes.as_slice())).collect()
}

/// Opens the store and starts from it; in memory only where it does not answer. What is refused meanwhile,
/// here or in another tab, stays so.
pub(super) async fn open(tab: &Shared) {
    tab.borrow_mut().status = Status::Pending;
    let (database, sealed) = tab.borrow().place();
    let opened = async {
        let store = Store::open(&database, sealed).await?;
        let loaded = store.load().await?;
        Ok::<_, Error>((store, loaded))
    };
    let opened = opened.await;
    if tab.borrow().status != Status::Pending {
        return;
    }
    match opened {
        Ok((store, loaded)) => {
            let store = Rc::new(store);
            let told = {
                let mut tab = tab.borrow_mut();
                tab.store = Some(store.clone());
                tab.status = Status::Ready;
                let log = loaded.log.clone();
                tab.start(loaded);
                tab.profiler.holds_sensitive(&tab.confirmed, &entries(&log))
            };
            // Learnt before the bundle or the shop said that it is sensitive.
            if told {
                again::without_sensitive(tab, &store).await;
            }
        }
        Err(error) => degrade(tab, error),
    }
}

fn degrade(tab: &Shared, error: Error) {
    let mut tab = tab.borrow_mut();
    tab.store = None;
    tab.status = Status::MemoryOnly;
    tab.problem = Some(error);
}

/// Writes what was recorded. Returns true when nothing is left to write.
pub(super) async fn flush(tab: &Shared) -> bool {
    if std::mem::replace(&mut tab.borrow_mut().flushing, true) {
        return false; // the flush under way takes it along
    }
    let mut retried = false;
    loop {
        let (store, batch, from, known) = {
            let tab = tab.borrow();
            let Some(store) = tab.store.clone() else { break };
            (store, tab.outbox.iter().take(BATCH).cloned().collect::<Vec<_>>(), tab.confirmed.seq, tab.known.clone())
        };
        if batch.is_empty() {
            break;
        }
        let written = again::append(tab, &store, &batch, from, &known).await;
        match written {
            Ok(Written::Done(None) | Written::Idle) => {}
            Ok(Written::Edited) => start_from(tab, &store).await,
            // Its own entries are not among those behind its position: the store is another one.
            Ok(Written::Done(Some(entries))) if entries.len() < batch.len() => {
                tab.borrow_mut().outbox.drain(..batch.len());
                start_from(tab, &store).await;
            }
            Ok(Written::Done(Some(entries))) => tab.borrow_mut().confirm(&entries, batch.len()),
            Ok(Written::Erased) => start_anew(tab, &store).await,
            // The connection was lost: one new one, one more try.
            Err(_) if !retried => {
                retried = true;
                reopen(tab).await;
            }
            Err(error) => degrade(tab, error),
        }
    }
    let mut tab = tab.borrow_mut();
    tab.flushing = false;
    tab.outbox.is_empty() || tab.store.is_none()
}

/// A new connection. Whoever deleted the database meant the profile, so the tab goes on from what is
/// stored now, and from what it has recorded and not yet written.
pub(super) async fn reopen(tab: &Shared) {
    let (database, sealed) = tab.borrow().place();
    match Store::open(&database, sealed).await {
        Ok(store) => {
            let store = Rc::new(store);
            tab.borrow_mut().store = Some(store.clone());
            start_from(tab, &store).await;
        }
        Err(error) => degrade(tab, error),
    }
}

/// Another tab has erased everything: so does this one.
pub(super) async fn start_anew(tab: &Shared, store: &Store) {
    tab.borrow_mut().reset(Budget::default());
    start_from(tab, store).await;
}

async fn start_from(tab: &Shared, store: &Store) {
    match store.load().await {
        Ok(loaded) => tab.borrow_mut().start(loaded),
        Err(error) => degrade(tab, error),
    }
}

/// Takes in what other tabs have written. Returns whether anything came.
pub(super) async fn sync(tab: &Shared) -> bool {
    let (store, from, known) = {
        let tab = tab.borrow();
        // A flush reads the same entries, and only one of the two may apply them.
        let Some(store) = tab.store.clone().filter(|_| !tab.flushing) else { return false };
        (store, tab.confirmed.seq, tab.known.clone())
    };
    let read = store.since(from, &known).await;
    match read {
        Ok(Written::Done((entries, budget))) => {
            let mut tab = tab.borrow_mut();
            tab.known.budget = budget;
            // A flush may have begun and ended meanwhile: then these are known already.
            let news = !entries.is_empty() && !tab.flushing && tab.confirmed.seq == from;
            if news {
                tab.confirm(&entries, 0);
            }
            news
        }
        Ok(Written::Erased) => {
            start_anew(tab, &store).await;
            true
        }
        Ok(Written::Edited) => {
            start_from(tab, &store).await;
            true
        }
        Ok(Written::Idle) => false,
        Err(_) => {
            reopen(tab).await;
            false
        }
    }
}

/// Writes a snapshot when enough has come since the last one, or when `now_or_never`.
pub(super) async fn snapshot(tab: &Shared, now: Millis, now_or_never: bool) {
    let (store, seq, bytes, known, sweep) = {
        let tab = tab.borrow();
        // One of the popular items alone would lose what is thought of the others.
        let Some(store) = tab.store.clone().filter(|_| !tab.head) else { return };
        let since = tab.confirmed.seq.saturating_sub(tab.snapshot_at);
        let rests = tab.snapshot_taken.is_some_and(|taken| now.since(taken) < SNAPSHOT_PAUSE.0);
        let due = since >= if rests { SWEEP_EVERY } else { SNAPSHOT_EVERY };
        if since == 0 || !(due || now_or_never) {
            return;
        }
        let sweep = tab.swept.is_none_or(|(at, day)| tab.confirmed.seq >= at + SWEEP_EVERY || now.day() != day);
        (store, tab.confirmed.seq, tab.snapshot(), tab.known.clone(), sweep)
    };
    let position = |stored: &[u8]| {
        let tab = tab.borrow();
        Profile::from_bytes(stored, tab.profiler.factors()).ok().map(|(profile, _)| profile.seq)
    };
    let choose = |log: &[Keyed], kept: u64| {
        expired(log.iter().map(|(key, bytes)| (*key, bytes.as_slice())), kept, now, Limits::default())
    };
    match store.snapshot(seq, &bytes, &known, &position, sweep.then_some(&choose)).await {
        // Another tab's snapshot is as new as this one: as good.
        Ok(_) => {
            let mut tab = tab.borrow_mut();
            (tab.snapshot_at, tab.snapshot_taken) = (seq, Some(now));
            if sweep {
                tab.swept = Some((seq, now.day()));
            }
        }
        Err(error) => tab.borrow_mut().problem = Some(error),
    }
}
