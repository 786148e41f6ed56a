//! The store as a transaction finds it: what is short in it, and whether another tab has changed it.

use super::edge::millis;
use super::idb::{Answer, Ask, Deed};
use super::store::{EDITION, KEYS, Known, META, REPORTED, Written};
use crate::interaction::Millis;
use crate::privacy::Budget;
use js_sys::{Date, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

const BUDGET: &str = "budget";
/// All that an erasure leaves: a Date.
const NO_REPORTS_BEFORE: &str = "no reports before";

/// The store as it is within a transaction.
#[derive(Debug)]
pub(super) struct Moment {
    pub(super) head: Head,
    /// What was asked beside.
    pub(super) rest: Vec<Answer>,
}

impl Moment {
    pub(super) fn of(mut answers: Vec<Answer>) -> Self {
        Self { head: Head::of(&answers), rest: answers.split_off(2) }
    }
}

/// All that is short in the store.
#[derive(Debug, PartialEq)]
pub(super) struct Head {
    /// The date of the last erasure is the store's epoch.
    date: Option<Millis>,
    pub(super) known: Known,
    /// The log's position up to which reports have counted.
    pub(super) reported: u64,
}

/// What every transaction asks first: the key, and `meta` but for the snapshots, which are long.
pub(super) fn head() -> Result<Vec<Ask>, JsValue> {
    Ok(vec![Ask::all(KEYS), Ask::before(META, "snapshot")?])
}

pub(super) fn snapshots() -> Result<Ask, JsValue> {
    Ask::from(META, "snapshot")
}

impl Head {
    pub(super) fn of(answers: &[Answer]) -> Self {
        let value = |name: &str| answers[1].iter().find(|(key, _)| *key == name).map(|(_, value)| value);
        let whole = |name| value(name).and_then(JsValue::as_f64).unwrap_or(0.0) as u64;
        let date = value(NO_REPORTS_BEFORE).and_then(|date| date.dyn_ref::<Date>()).map(|date| millis(date.get_time()));
        let budget = match value(BUDGET) {
            None => date.map_or_else(Budget::default, Budget::erased_until),
            Some(stored) => {
                let read = stored.dyn_ref().and_then(|bytes: &Uint8Array| Budget::from_bytes(&bytes.to_vec()).ok());
                // One that tells of another erasure than the date does is not whole either.
                let read = read.filter(|budget| budget.not_before() == date);
                read.unwrap_or_else(|| Budget::exhausted(millis(Date::now()), date))
            }
        };
        Self { date, known: Known { budget, edition: whole(EDITION) }, reported: whole(REPORTED) }
    }

    /// What another tab has done to the store, if it is not what this one knows.
    pub(super) fn changed_since<T>(&self, known: &Known) -> Option<Written<T>> {
        if self.erased_since(&known.budget) {
            return Some(Written::Erased);
        }
        (self.known.edition != known.edition).then_some(Written::Edited)
    }

    pub(super) fn erased_since(&self, known: &Budget) -> bool {
        self.date != known.not_before()
    }
}

/// Untouched by spending, the budget is the date alone.
pub(super) fn put_budget(deeds: &mut Vec<Deed>, budget: &Budget) {
    if let Some(date) = budget.not_before() {
        let date = Date::new(&JsValue::from(date.0 as f64));
        deeds.push(Deed::Put(META, NO_REPORTS_BEFORE.into(), date.into()));
    }
    if budget.is_spent() {
        let bytes = Uint8Array::from(budget.to_bytes().as_slice());
        deeds.push(Deed::Put(META, BUDGET.into(), bytes.into()));
    }
}

/// A key of the log or the ledger.
pub(super) fn number(key: u64) -> JsValue {
    JsValue::from(key as f64)
}
