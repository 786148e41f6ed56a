//! The part of `Core` that the page's script stores by (`js/store/`): what is to be written, and what was read. All of it
//! is synchronous, so the script can ask within a transaction.

use super::bindings::Core;
use super::edge::{Download, millis};
use super::report;
use super::rows::{keyed, packed, unpacked};
use super::tab::{Status, gone};
use crate::error::Error;
use crate::privacy::Budget;
use js_sys::{Date, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
impl Core {
    /// Consent was given: the store is being opened. Returns false where the profile was closed.
    pub fn opening(&mut self) -> bool {
        let tab = &mut self.tab;
        let open = tab.status != Status::Closed;
        if open {
            tab.status = Status::Pending;
        }
        open
    }

    /// Where the profile is from now on, by the names of [`status`](Self::status).
    pub fn settle(&mut self, status: &str) {
        let tab = &mut self.tab;
        tab.status = Status::named(status).unwrap_or(tab.status);
    }

    /// Starts from what is stored: snapshots, the whole log, the budget and the date of the last erasure. Returns whether
    /// something is in there that has become sensitive.
    pub fn start(
        &mut self, snapshots: &[u8], keys: &[f64], log: &[u8], budget: Option<Vec<u8>>, erased: Option<f64>,
    ) -> bool {
        self.tab.start(unpacked(snapshots), &keyed(keys, log), known(budget, erased))
    }

    /// The log's position up to which this tab knows it.
    pub fn position(&self) -> f64 {
        self.tab.confirmed.seq as f64
    }

    /// What is to be written next.
    pub fn batch(&self) -> Vec<u8> {
        self.tab.batch().to_vec()
    }

    /// How much waits to be written.
    pub fn waiting(&self) -> usize {
        self.tab.outbox.len()
    }

    /// Takes in what came behind the position: what others wrote, and then the first of what waited, under its keys.
    pub fn confirm(&mut self, keys: &[f64], others: &[u8], own: &[f64]) {
        self.tab.confirm(&keyed(keys, others), own);
    }

    /// What was sent is in a log that is another one: it is read anew.
    #[wasm_bindgen(js_name = dropSent)]
    pub fn drop_sent(&mut self, sent: usize) {
        self.tab.outbox.take(sent);
    }

    /// What another tab's reports have left of the budget.
    pub fn spent(&mut self, budget: Option<Vec<u8>>, erased: Option<f64>) {
        self.tab.budget = known(budget, erased);
    }

    /// 0: no snapshot is due · 1: one is · 2: and the whole log is to be looked through.
    #[wasm_bindgen(js_name = snapshotDue)]
    pub fn snapshot_due(&self, now: f64, now_or_never: bool) -> u8 {
        let (due, sweep) = self.tab.snapshot_due(millis(now), now_or_never);
        u8::from(due) + u8::from(due && sweep)
    }

    /// Which of the two stored snapshots the next one replaces, or −1 where one as new is there; then the keys of the
    /// log that may go.
    pub fn older(&self, a: &[u8], b: &[u8], keys: &[f64], log: &[u8], now: f64) -> Vec<f64> {
        let (older, kept) = self.tab.older([a, b]);
        let gone = gone(&keyed(keys, log), kept, millis(now));
        let older = older.map_or(-1.0, |older| older as f64);
        std::iter::once(older).chain(gone.iter().map(|key| *key as f64)).collect()
    }

    /// The snapshot of a position is stored.
    #[wasm_bindgen(js_name = snapshotTaken)]
    pub fn snapshot_taken(&mut self, position: f64, now: f64, swept: bool) {
        self.tab.snapshot_taken(position as u64, millis(now), swept);
    }

    /// Makes today's reports, if there is something to say of the log since the last ones: the changed budget (empty
    /// where none were made) and the ledger's new lines. May be asked again: only what was said last is kept.
    pub fn compose(
        &mut self, now: f64, budget: Option<Vec<u8>>, erased: Option<f64>, keys: &[f64], log: &[u8],
        last: Option<Vec<u8>>,
    ) -> Option<Vec<u8>> {
        let tab = &mut self.tab;
        let made = report::compose(tab, millis(now), known(budget, erased), &keyed(keys, log), last.as_deref());
        let (spent, lines) = made?;
        let spent = spent.map_or_else(Vec::new, |spent| spent.to_bytes());
        Some(packed(std::iter::once(&spent).chain(&lines).map(Vec::as_slice)))
    }

    /// The reports that were made are in the ledger.
    pub fn composed(&mut self, budget: Vec<u8>, erased: Option<f64>) {
        let tab = &mut self.tab;
        tab.budget = known(Some(budget), erased);
        tab.told = tab.refused();
    }

    /// What is to be sent of a line of the ledger: none where it does not wait, empty where it is given up.
    pub fn letter(&self, line: &[u8], now: f64) -> Option<String> {
        // The body is text of ours.
        report::letter(line, millis(now)).map(|body| String::from_utf8(body).unwrap_or_default())
    }

    /// The line once the server has `taken` its report, or never will.
    pub fn answered(&self, line: &[u8], taken: bool) -> Option<Vec<u8>> {
        report::answered(line, taken)
    }

    /// The date before which no report is made when a store with this budget is erased.
    pub fn erasure(&self, now: f64, budget: Option<Vec<u8>>, erased: Option<f64>) -> Option<f64> {
        date(&known(budget, erased).after_erasure(millis(now)))
    }

    /// The same for the budget that this tab knows.
    #[wasm_bindgen(js_name = ownErasure)]
    pub fn own_erasure(&self, now: f64) -> Option<f64> {
        date(&self.tab.budget.after_erasure(millis(now)))
    }

    /// Everything is forgotten but the date of an erasure.
    pub fn reset(&mut self, erased: Option<f64>) {
        self.tab.reset(known(None, erased));
    }

    /// Nothing is learnt or kept any more; what was spent stays known.
    pub fn withdraw(&mut self) {
        let tab = &mut self.tab;
        tab.status = Status::Refused;
        let budget = tab.budget.clone();
        tab.reset(budget);
    }

    /// Reads the bundle that is to take the place of this one. Returns whether it is another.
    pub fn prepare(&mut self, bundle: Uint8Array, texts: &[u8], numbers: &[f64]) -> Result<bool, Error> {
        let tab = &mut self.tab;
        let next = tab.profiler.with_bundle(&Download(bundle, texts, numbers))?;
        let another = next.factors().version() != tab.profiler.factors().version();
        tab.next = another.then_some(next);
        Ok(another)
    }

    /// What was prepared takes its place; nothing that was recorded is lost. What is `stored` is then started from, in
    /// the same task.
    #[wasm_bindgen(js_name = takeOver)]
    pub fn take_over(&mut self, stored: bool) {
        self.tab.take_over(stored);
    }
}

/// The budget as it is stored, beside the date of the last erasure.
fn known(budget: Option<Vec<u8>>, erased: Option<f64>) -> Budget {
    let date = erased.map(millis);
    match budget {
        None => date.map_or_else(Budget::default, Budget::erased_until),
        Some(stored) => {
            // One that tells of another erasure than the date does is not whole either.
            let read = Budget::from_bytes(&stored).ok().filter(|budget| budget.not_before() == date);
            read.unwrap_or_else(|| Budget::exhausted(millis(Date::now()), date))
        }
    }
}

pub(super) fn date(budget: &Budget) -> Option<f64> {
    budget.not_before().map(|date| date.0 as f64)
}
