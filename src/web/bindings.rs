//! The class `Core` that the TypeScript facade holds. Conversions and calls, nothing else: exported
//! methods are synchronous, async ones own what they need.

use super::edge::{Download, millis};
use super::recording::Outcome;
use super::tab::{self, Shared, Status, Tab};
use super::{erasure, flat, report, succession};
use crate::error::Error;
use crate::intake::Event;
use crate::interaction::{Arm, Kind, Signal};
use crate::privacy::Type;
use crate::profiler::{List, Profiler, Request};
use js_sys::{Promise, Uint8Array};
use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::future_to_promise;
use web_sys::AbortSignal;

/// A shopper's profile in one tab.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Core {
    pub(super) tab: Shared,
}

#[wasm_bindgen]
impl Core {
    /// Reads the bundle. Nothing is stored or opened yet; what will be is `encrypted`, or not.
    #[wasm_bindgen(constructor)]
    pub fn new(bundle: Uint8Array, database: String, encrypted: bool) -> Result<Core, Error> {
        let profiler = Profiler::open_from(&Download(bundle))?;
        Ok(Self { tab: Rc::new(RefCell::new(Tab::new(profiler, database, encrypted))) })
    }

    /// The bundle is the popular head of one that is still to come: nothing is refused for its item's sake.
    #[wasm_bindgen(js_name = markHead)]
    pub fn mark_head(&self) {
        self.tab.borrow_mut().head = true;
    }

    /// Reads the bundle that is to take the place of this one. Resolves to whether it is another.
    #[wasm_bindgen(unchecked_return_type = "Promise<boolean>")]
    pub fn prepare(&self, bundle: Uint8Array) -> Promise {
        let tab = self.tab.clone();
        promise(async move { Ok(succession::prepare(&tab, &Download(bundle)).await?.into()) })
    }

    /// What was prepared takes its place, at once; nothing that was recorded is lost. Of the store nothing else may
    /// have been asked in between.
    #[wasm_bindgen(js_name = takeOver)]
    pub fn take_over(&self) {
        self.tab.borrow_mut().take_over();
    }

    /// The bundle's version.
    pub fn bundle(&self) -> String {
        self.tab.borrow().profiler.factors().version().to_owned()
    }

    /// Where the profile is: pending, ready, memory-only, refused, closed.
    pub fn status(&self) -> String {
        self.tab.borrow().status.name().to_owned()
    }

    /// Learns from one interaction of a kind, by its number; so is the arm, where there is one. Returns what came of
    /// it, by its number in `OUTCOMES` of `js/words.ts`.
    #[allow(clippy::too_many_arguments, reason = "plain numbers cross cheaply, an object does not")]
    pub fn record(
        &self, kind: usize, item: &str, at: f64, price: Option<f64>, quantity: Option<f64>, rating: Option<f64>,
        dwell: Option<f64>, sentiment: Option<f64>, recommended: bool, propensity: Option<f64>, arm: usize, now: f64,
    ) -> usize {
        let Some(kind) = Kind::ALL.get(kind).copied() else { return Outcome::UnknownKind.number() };
        let (seed, arm) = (0, Arm::ALL.get(arm).copied());
        let event =
            Event { kind, item, at, seed, price, quantity, rating, dwell, sentiment, recommended, propensity, arm };
        self.tab.borrow_mut().record(event, millis(now)).number()
    }

    /// Why nothing can be recorded of that kind, in words: there is none, or the profile is closed.
    pub fn objection(&self, kind: &str) -> Result<(), Error> {
        kind.parse::<Kind>()?;
        Err(Error::Closed)
    }

    /// The id at a place.
    pub fn id(&self, place: u32) -> String {
        self.tab.borrow().profiler.factors().id(place).to_owned()
    }

    /// A list, as `flat` writes it. `list` is `for-you`, `discover` or `buy-again`.
    #[allow(clippy::too_many_arguments, reason = "plain numbers cross cheaply, an object does not")]
    pub fn recommend(
        &self, limit: usize, list: &str, category: Option<String>, exclude: Vec<String>, hide_bought: bool,
        hide_seen: bool, per_category: usize, reasons: bool, explore: f32, arm: Option<String>, now: f64,
    ) -> Result<Vec<f64>, Error> {
        let arm = arm.and_then(|name| Arm::named(&name)).unwrap_or_default();
        let list = match list {
            "for-you" => List::ForYou,
            "discover" => List::Discover,
            "buy-again" => List::BuyAgain,
            _ => return Err(Error::InvalidOption { option: "list", wanted: "for-you, discover or buy-again" }),
        };
        let tab = &mut *self.tab.borrow_mut();
        let category = category.as_deref();
        let seed = if explore > 0.0 { tab.seed() } else { 0 };
        let exclude = &exclude;
        let request = Request {
            limit,
            list,
            category,
            exclude,
            hide_bought,
            hide_seen,
            per_category,
            reasons,
            explore,
            seed,
            arm,
        };
        let list = tab.profiler.recommend(&tab.live, &request, millis(now))?;
        Ok(flat::list(&list))
    }

    /// The given ids, best first.
    pub fn rank(&self, ids: Vec<String>, reasons: bool, now: f64) -> Vec<f64> {
        let tab = &mut *self.tab.borrow_mut();
        flat::list(&tab.profiler.rank(&tab.live, &ids, reasons, millis(now)))
    }

    /// Items most like one.
    pub fn similar(&self, id: &str, exclude: Vec<String>, limit: usize) -> Result<Vec<f64>, Error> {
        let tab = &mut *self.tab.borrow_mut();
        Ok(flat::scored(&tab.profiler.similar(&tab.live, id, &exclude, limit)?))
    }

    /// Taste by department, as `flat` writes it.
    pub fn taste(&self) -> Vec<f64> {
        let tab = self.tab.borrow();
        flat::taste(&tab.profiler.taste(&tab.live))
    }

    /// The names of the departments.
    pub fn departments(&self) -> Vec<String> {
        self.tab.borrow().profiler.factors().departments().to_vec()
    }

    /// The latest step of learning in this tab, as `flat` writes it; empty where there was none.
    #[wasm_bindgen(js_name = lastStep)]
    pub fn last_step(&self) -> Vec<f64> {
        self.tab.borrow().step.as_ref().map_or_else(Vec::new, flat::step)
    }

    /// The item that it was about.
    #[wasm_bindgen(js_name = lastItem)]
    pub fn last_item(&self) -> String {
        let tab = self.tab.borrow();
        tab.step.as_ref().map_or_else(String::new, |step| tab.profiler.factors().id(step.item).to_owned())
    }

    /// Changes a row of the table of kinds.
    pub fn signal(&self, kind: &str, label: f32, weight: f32) -> Result<(), Error> {
        self.tab.borrow_mut().profiler.signals().set(kind.parse()?, Signal { label, weight })
    }

    /// A category or a department from which nothing is to be learnt, beside those of the bundle.
    #[wasm_bindgen(js_name = markSensitive)]
    pub fn mark_sensitive(&self, name: &str) -> Result<(), Error> {
        self.tab.borrow_mut().profiler.mark_sensitive(name)
    }

    /// The categories from which nothing is learnt.
    pub fn sensitive(&self) -> Vec<String> {
        let tab = self.tab.borrow();
        let factors = tab.profiler.factors();
        let found = (0..factors.categories() as u16).filter(|category| factors.is_sensitive_category(*category));
        found.map(|category| factors.category_name(category).to_owned()).collect()
    }

    /// Refusals by reason.
    pub fn refused(&self) -> Vec<u32> {
        self.tab.borrow().profiler.intake().refused().map(|(_, count)| count).collect()
    }

    /// How many interactions the profile holds.
    pub fn interactions(&self) -> u32 {
        let tab = self.tab.borrow();
        Kind::ALL.iter().map(|kind| tab.live.behaviour().of_kind(*kind)).sum()
    }

    /// Thousandths of ε, in all and then of each type: spent today, in the last 30 and in the last 365 days, the
    /// same by Rényi composition, and the most that may be.
    pub fn epsilon(&self, now: f64) -> Vec<u32> {
        report::epsilon(&self.tab.borrow().known.budget, millis(now))
    }

    /// The shop wants reports of this type, with ε in thousandths or the registry's own.
    pub fn want(&self, name: &str, epsilon_milli: Option<u32>) -> Result<(), Error> {
        let settings = &mut self.tab.borrow_mut().settings;
        *settings = settings.with(Type::named(name)?, epsilon_milli)?;
        Ok(())
    }

    /// Of a thousand days, so many are spent in the arm "popular".
    pub fn experiment(&self, popular: u16) -> Result<(), Error> {
        if popular > 1_000 {
            return Err(Error::InvalidOption { option: "experiment.popular", wanted: "from 0 to 1" });
        }
        self.tab.borrow_mut().settings.popular = popular;
        Ok(())
    }

    /// The arm of this browser's day.
    pub fn arm(&self, now: f64) -> String {
        self.tab.borrow_mut().arm(millis(now)).name().to_owned()
    }

    /// The date before which no report is made, in milliseconds.
    #[wasm_bindgen(js_name = noReportsBefore)]
    pub fn no_reports_before(&self) -> Option<f64> {
        self.tab.borrow().known.budget.not_before().map(|date| date.0 as f64)
    }

    /// The code and the words of what went wrong last, if anything did.
    pub fn problem(&self) -> Option<Vec<String>> {
        let tab = self.tab.borrow();
        let error = tab.problem.as_ref()?;
        Some(vec![error.code().to_owned(), error.to_string()])
    }

    /// Is there something to be done that only the full module can do?
    pub fn outgrown(&self) -> bool {
        self.tab.borrow().outgrown
    }

    /// All that this tab alone holds, for another module, which goes on in its place. Of the store nothing else may be
    /// under way.
    #[wasm_bindgen(js_name = handOver)]
    pub fn hand_over(&self) -> Vec<u8> {
        self.tab.borrow().hand_over()
    }

    /// Stops or resumes learning.
    pub fn pause(&self, paused: bool) {
        self.tab.borrow_mut().paused = paused;
    }

    /// The profile's bytes as every tab has them.
    pub fn snapshot(&self) -> Vec<u8> {
        self.tab.borrow().snapshot()
    }

    /// Consent was given: opens the store and writes what was recorded before.
    #[wasm_bindgen(unchecked_return_type = "Promise<void>")]
    pub fn grant(&self) -> Promise {
        let tab = self.tab.clone();
        promise(async move {
            if tab.borrow().status == Status::Closed {
                return Err(Error::Closed.into());
            }
            tab::open(&tab).await;
            tab::flush(&tab).await;
            Ok(JsValue::UNDEFINED)
        })
    }

    /// Consent was refused or taken back: nothing is kept, here or in the store.
    #[wasm_bindgen(unchecked_return_type = "Promise<void>")]
    pub fn refuse(&self, now: f64) -> Promise {
        let tab = self.tab.clone();
        tab.borrow_mut().status = Status::Refused;
        promise(async move {
            let erased = erasure::erase(&tab, millis(now)).await;
            tab.borrow_mut().store = None;
            erased?;
            Ok(JsValue::UNDEFINED)
        })
    }

    /// Another tab was refused and has erased the store.
    pub fn withdraw(&self) {
        erasure::withdraw(&self.tab);
    }

    /// Writes what was recorded. Resolves to whether all of it is stored (or there is no store).
    #[wasm_bindgen(unchecked_return_type = "Promise<boolean>")]
    pub fn flush(&self, now: f64) -> Promise {
        let tab = self.tab.clone();
        promise(async move {
            let done = tab::flush(&tab).await;
            if done {
                tab::snapshot(&tab, millis(now), false).await;
            }
            Ok(done.into())
        })
    }

    /// Takes in what other tabs have written. Resolves to whether anything came.
    #[wasm_bindgen(unchecked_return_type = "Promise<boolean>")]
    pub fn sync(&self) -> Promise {
        let tab = self.tab.clone();
        promise(async move { Ok(tab::sync(&tab).await.into()) })
    }

    /// Makes today's reports, if there is something to say, and sends what waits.
    #[wasm_bindgen(unchecked_return_type = "Promise<void>")]
    pub fn report(&self, url: String, now: f64, stop: Option<AbortSignal>) -> Promise {
        let tab = self.tab.clone();
        promise(async move {
            report::report(&tab, &url, millis(now), stop.as_ref()).await;
            Ok(JsValue::UNDEFINED)
        })
    }

    /// Deletes everything but one date, which it resolves to (milliseconds).
    #[wasm_bindgen(unchecked_return_type = "Promise<number>")]
    pub fn erase(&self, now: f64) -> Promise {
        let tab = self.tab.clone();
        promise(async move {
            let left = erasure::erase(&tab, millis(now)).await?;
            Ok(left.not_before().map_or(now, |date| date.0 as f64).into())
        })
    }

    /// Writes a snapshot and lets go of the database.
    #[wasm_bindgen(unchecked_return_type = "Promise<void>")]
    pub fn close(&self, now: f64) -> Promise {
        let tab = self.tab.clone();
        promise(async move {
            tab::flush(&tab).await;
            tab::snapshot(&tab, millis(now), true).await;
            let mut tab = tab.borrow_mut();
            tab.status = Status::Closed;
            tab.store = None;
            Ok(JsValue::UNDEFINED)
        })
    }
}

/// Boxed, so that all have one type: each type of its own would cost 4 kB of the module.
pub(super) fn promise(work: impl Future<Output = Result<JsValue, JsValue>> + 'static) -> Promise {
    let work: Pin<Box<dyn Future<Output = _>>> = Box::pin(work);
    future_to_promise(work)
}
