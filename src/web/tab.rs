//! One tab's view of the profile, kept in step with the log that all tabs share.
//!
//! `confirmed` has every log entry up to `position`, applied in the order of the log: it is the
//! same in every tab. `live` is `confirmed` and what this tab has recorded since; lists are ranked
//! with it, so a click shows at once. When another tab's entries come in between, `live` is made
//! anew. What is stored where, and when, is the page's script's (`js/store/`): here is what it means.

use super::edge::random;
use super::outbox::Outbox;
use super::rows::{Keyed, keyed};
use super::step::Step;
use crate::error::Error;
use crate::interaction::{Arm, Interaction, Millis};
use crate::privacy::registry::ANOMALIES;
use crate::privacy::{Budget, Settings};
use crate::profile::{Correction, Fit, Limits, Logged, Profile, expired};
use crate::profiler::Profiler;
use crate::update::Random;

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

    pub(super) fn named(name: &str) -> Option<Self> {
        let all = [Self::Pending, Self::Ready, Self::MemoryOnly, Self::Refused, Self::Closed];
        all.into_iter().find(|one| one.name() == name)
    }
}

#[derive(Debug)]
pub(super) struct Tab {
    pub(super) profiler: Profiler,
    pub(super) live: Profile,
    pub(super) confirmed: Profile,
    /// Recorded here, not yet in the log. Where there is no store, it is the log.
    pub(super) outbox: Outbox,
    pub(super) status: Status,
    pub(super) paused: bool,
    /// The bundle holds the popular items only, until the whole one is here.
    pub(super) head: bool,
    /// Another bundle, read.
    pub(super) next: Option<Profiler>,
    pub(super) budget: Budget,
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
    pub(super) snapshot_at: u64,
    snapshot_taken: Option<Millis>,
    /// The log's position, and the day, when it was last looked through for what may go.
    swept: Option<(u64, i32)>,
    /// The latest step of learning here.
    pub(super) step: Option<Step>,
    /// The same while the log is being changed.
    #[cfg(feature = "full")]
    pub(super) held: Vec<Keyed>,
    /// How the log is to be changed.
    #[cfg(feature = "full")]
    pub(super) wanted: Option<super::full::rewrite::Wanted>,
    /// The log as it is to be, learnt; and what goes.
    #[cfg(feature = "full")]
    pub(super) learnt: Option<(Profile, Vec<Keyed>)>,
}

/// A snapshot after so many log entries: a start replays no more than this …
const SNAPSHOT_EVERY: u64 = 100;
/// … but where they come in a flood: then there is one in this time, or after [`SWEEP_EVERY`] entries.
const SNAPSHOT_PAUSE: Millis = Millis(5_000);
/// The whole log is read and decrypted to see what may go: with a tab's first snapshot of a day, and after so many entries.
const SWEEP_EVERY: u64 = 1_000;
/// So many entries are written, and learnt once more, in one go: milliseconds of the page's thread.
const BATCH: usize = 500;

impl Tab {
    pub(super) fn new(profiler: Profiler) -> Self {
        let blank = Profile::new(profiler.factors());
        let mut seed = [0; 8];
        random(&mut seed);
        Self {
            profiler,
            live: blank.clone(),
            confirmed: blank,
            outbox: Outbox::default(),
            status: Status::Pending,
            paused: false,
            head: false,
            next: None,
            budget: Budget::default(),
            problem: None,
            seeds: Random(u64::from_le_bytes(seed)),
            settings: Settings::default(),
            arm: None,
            told: Default::default(),
            forgotten: Vec::new(),
            staged: Vec::new(),
            snapshot_at: 0,
            snapshot_taken: None,
            swept: None,
            step: None,
            #[cfg(feature = "full")]
            held: Vec::new(),
            #[cfg(feature = "full")]
            wanted: None,
            #[cfg(feature = "full")]
            learnt: None,
        }
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
    fn recall_arm<'a>(&mut self, log: impl Iterator<Item = &'a [u8]>) {
        let armed = log
            .filter_map(|bytes| Interaction::from_bytes(bytes).ok())
            .filter_map(|one| Some((one.at.day(), one.arm?)));
        self.arm = armed.last().or(self.arm);
    }

    /// Follows a correction at once; what reaches back is whole when the log has been learnt again.
    pub(super) fn put_right(&mut self, correction: &Correction<'_>) {
        self.make_room();
        self.outbox.push(&correction.to_bytes());
        self.forgotten.clear();
        if correction.reaches_back() {
            self.rebuild();
        } else {
            self.profiler.follow(&mut self.live, &Logged::Said(*correction));
        }
    }

    /// The profile as every tab has it.
    pub(super) fn snapshot(&self) -> Vec<u8> {
        self.confirmed.to_bytes(self.profiler.factors())
    }

    /// Everything is forgotten.
    pub(super) fn reset(&mut self, budget: Budget) {
        let blank = Profile::new(self.profiler.factors());
        (self.live, self.confirmed) = (blank.clone(), blank);
        self.outbox = Outbox::default();
        self.forgotten.clear();
        (self.snapshot_at, self.snapshot_taken, self.swept) = (0, None, None);
        self.step = None;
        self.arm = None;
        self.told = self.refused();
        self.budget = budget;
    }

    /// Starts from what is stored: both generations of the snapshot, as far as they are there, and the whole log.
    /// Returns whether something is in there that has become sensitive.
    pub(super) fn start<'a>(
        &mut self, snapshots: impl Iterator<Item = &'a [u8]>, log: &[(u64, &[u8])], budget: Budget,
    ) -> bool {
        let factors = self.profiler.factors();
        let mut best: Option<(Profile, Fit)> = None;
        for bytes in snapshots {
            match Profile::from_bytes(bytes, factors) {
                Ok(read) if best.as_ref().is_none_or(|(known, _)| known.seq < read.0.seq) => best = Some(read),
                Ok(_) => {}
                // The other generation and the log stand in for it.
                Err(error) => self.problem = Some(error),
            }
        }
        let snapshot = best.as_ref().filter(|(_, fit)| *fit == Fit::Same).map_or(0, |(profile, _)| profile.seq);
        let (profile, problem) = self.profiler.restore(best, log);
        self.problem = problem.or(self.problem.take());
        self.snapshot_at = snapshot;
        self.confirmed = profile;
        self.budget = budget;
        self.recall_arm(log.iter().map(|(_, bytes)| *bytes));
        self.forgotten.clear(); // its places belong to the log as it was
        self.rebuild();
        self.profiler.holds_sensitive(&self.confirmed, log)
    }

    /// `live` from `confirmed` and what is still on its way.
    pub(super) fn rebuild(&mut self) {
        let keys: Vec<_> = (self.confirmed.seq + 1..).take(self.outbox.len()).map(|key| key as f64).collect();
        let waiting = keyed(&keys, self.outbox.first(keys.len()));
        self.live = self.profiler.restore(Some((self.confirmed.clone(), Fit::Same)), &waiting).0;
    }

    /// The records of so much as is written in one go.
    pub(super) fn batch(&self) -> &[u8] {
        self.outbox.first(BATCH)
    }

    /// Takes in what the log says: what others wrote, and behind it the first of the outbox, under these keys.
    pub(super) fn confirm(&mut self, others: &[(u64, &[u8])], own: &[f64]) {
        let sent = self.outbox.take(own.len());
        let entries: Vec<_> = others.iter().copied().chain(keyed(own, &sent)).collect();
        self.recall_arm(entries.iter().map(|(_, bytes)| *bytes));
        for (key, bytes) in entries {
            if let Ok(entry) = Logged::from_bytes(bytes) {
                self.profiler.follow(&mut self.confirmed, &entry);
            }
            self.confirmed.seq = key;
        }
        // Entries of its own, and no others in between: `live` has just this already.
        if !others.is_empty() {
            self.rebuild();
        }
    }

    /// Is a snapshot due: enough has come since the last one, or it is now or never? And is the whole log to be looked
    /// through for what may go?
    pub(super) fn snapshot_due(&self, now: Millis, now_or_never: bool) -> (bool, bool) {
        let since = self.confirmed.seq.saturating_sub(self.snapshot_at);
        let rests = self.snapshot_taken.is_some_and(|taken| now.since(taken) < SNAPSHOT_PAUSE.0);
        let due = since >= if rests { SWEEP_EVERY } else { SNAPSHOT_EVERY };
        let sweep = self.swept.is_none_or(|(at, day)| self.confirmed.seq >= at + SWEEP_EVERY || now.day() != day);
        // One of the popular items alone would lose what is thought of the others.
        (!self.head && since > 0 && (due || now_or_never), sweep)
    }

    /// Over which of the two stored snapshots (0, 1) the next one goes; none where one as new is there. And the position
    /// that the one left holds: entries behind it could still be needed.
    pub(super) fn older(&self, stored: [&[u8]; 2]) -> (Option<usize>, u64) {
        let read = |bytes| Profile::from_bytes(bytes, self.profiler.factors()).ok().map(|(profile, _)| profile.seq);
        let stored = stored.map(read);
        let older = usize::from(stored[1] < stored[0]);
        let as_new = stored.iter().flatten().any(|stored| *stored >= self.confirmed.seq);
        ((!as_new).then_some(older), stored[1 - older].unwrap_or(0))
    }

    /// A snapshot stands for what was confirmed at a position.
    pub(super) fn snapshot_taken(&mut self, seq: u64, now: Millis, swept: bool) {
        (self.snapshot_at, self.snapshot_taken) = (seq, Some(now));
        if swept {
            self.swept = Some((seq, now.day()));
        }
    }

    /// Another bundle takes the place of this one. What is stored is read as at a start ([`start`](Self::start), at
    /// once); where nothing is `stored`, the profile goes over as far as it can, and what waits in this tab is learnt
    /// again.
    pub(super) fn take_over(&mut self, stored: bool) {
        let Some(next) = self.next.take() else { return };
        let here = self.snapshot();
        self.profiler = next;
        self.head = false;
        self.step = None;
        if !stored {
            self.go_on_from(&here);
            self.rebuild();
        }
    }

    /// Goes on from a profile of another bundle, or another module.
    pub(super) fn go_on_from(&mut self, confirmed: &[u8]) {
        let read = Profile::from_bytes(confirmed, self.profiler.factors()).ok();
        self.confirmed = self.profiler.restore(read, &[]).0;
    }
}

/// Keys of entries of the log that may go.
pub(super) fn gone(log: &[(u64, &[u8])], kept: u64, now: Millis) -> Vec<u64> {
    expired(log.iter().copied(), kept, now, Limits::default())
}
