//! The class `Core` that the TypeScript facade holds. Conversions and calls, nothing else.

use super::edge::{Download, millis};
use super::recording::Outcome;
use super::rows::{packed_texts, texts};
use super::tab::Tab;
use super::{flat, report, storing};
use crate::error::Error;
use crate::intake::Event;
use crate::interaction::{Arm, Kind, Signal};
use crate::privacy::Type;
use crate::profiler::{List, Profiler, Request};
use js_sys::Uint8Array;
use wasm_bindgen::prelude::wasm_bindgen;

/// A shopper's profile in one tab.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Core {
    pub(super) tab: Tab,
}

#[wasm_bindgen]
impl Core {
    /// Reads the bundle, with the texts and numbers of its header.
    #[wasm_bindgen(constructor)]
    pub fn new(bundle: Uint8Array, texts: &[u8], numbers: &[f64]) -> Result<Core, Error> {
        let profiler = Profiler::open_from(&Download(bundle, texts, numbers))?;
        Ok(Self { tab: Tab::new(profiler) })
    }

    /// The bundle is the popular head of one that is still to come: nothing is refused for its item's sake.
    #[wasm_bindgen(js_name = markHead)]
    pub fn mark_head(&mut self) {
        self.tab.head = true;
    }

    /// The bundle's version.
    pub fn bundle(&self) -> String {
        self.tab.profiler.factors().version().to_owned()
    }

    /// Where the profile is: pending, ready, memory-only, refused, closed.
    pub fn status(&self) -> String {
        self.tab.status.name().to_owned()
    }

    /// Learns from one interaction of a kind, by its number; so is the arm, where there is one. A number of which nothing
    /// is said is NaN. Returns what came of it, by its number in `OUTCOMES` of `js/words.ts`.
    #[allow(clippy::too_many_arguments, reason = "plain numbers cross cheaply, an object does not")]
    pub fn record(
        &mut self, kind: usize, item: &str, at: f64, price: f64, quantity: f64, rating: f64, dwell: f64,
        sentiment: f64, recommended: bool, propensity: f64, arm: usize, now: f64,
    ) -> usize {
        let Some(kind) = Kind::ALL.get(kind).copied() else { return Outcome::UnknownKind.number() };
        let said = |number: f64| (!number.is_nan()).then_some(number);
        let event = Event {
            kind,
            item,
            at,
            seed: 0,
            price: said(price),
            quantity: said(quantity),
            rating: said(rating),
            dwell: said(dwell),
            sentiment: said(sentiment),
            recommended,
            propensity: said(propensity),
            arm: Arm::ALL.get(arm).copied(),
        };
        self.tab.record(event, millis(now)).number()
    }

    /// The id at a place.
    pub fn id(&self, place: u32) -> String {
        self.tab.profiler.factors().id(place).to_owned()
    }

    /// A list, as `flat` writes it; which one, and of which arm, by their numbers.
    #[allow(clippy::too_many_arguments, reason = "plain numbers cross cheaply, an object does not")]
    pub fn recommend(
        &mut self, limit: usize, list: usize, category: Option<String>, exclude: &[u8], hide_bought: bool,
        hide_seen: bool, per_category: usize, reasons: bool, explore: f32, arm: usize, now: f64,
    ) -> Result<Vec<f64>, Error> {
        let list = List::ALL.get(list).copied().unwrap_or_default();
        let arm = Arm::ALL.get(arm).copied().unwrap_or_default();
        let tab = &mut self.tab;
        let category = category.as_deref();
        let seed = if explore > 0.0 { tab.seed() } else { 0 };
        let exclude = &texts(exclude);
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
    pub fn rank(&mut self, ids: &[u8], reasons: bool, now: f64) -> Vec<f64> {
        let tab = &mut self.tab;
        flat::list(&tab.profiler.rank(&tab.live, &texts(ids), reasons, millis(now)))
    }

    /// Items most like one.
    pub fn similar(&mut self, id: &str, exclude: &[u8], limit: usize) -> Result<Vec<f64>, Error> {
        let tab = &mut self.tab;
        Ok(flat::scored(&tab.profiler.similar(&tab.live, id, &texts(exclude), limit)?))
    }

    /// Taste by department, as `flat` writes it.
    pub fn taste(&self) -> Vec<f64> {
        let tab = &self.tab;
        flat::taste(&tab.profiler.taste(&tab.live))
    }

    /// The names of the departments.
    pub fn departments(&self) -> Vec<u8> {
        packed_texts(self.tab.profiler.factors().departments().iter().map(String::as_str))
    }

    /// The latest step of learning in this tab, as `flat` writes it; empty where there was none.
    #[wasm_bindgen(js_name = lastStep)]
    pub fn last_step(&self) -> Vec<f64> {
        self.tab.step.as_ref().map_or_else(Vec::new, flat::step)
    }

    /// The item that it was about.
    #[wasm_bindgen(js_name = lastItem)]
    pub fn last_item(&self) -> String {
        let tab = &self.tab;
        tab.step.as_ref().map_or_else(String::new, |step| tab.profiler.factors().id(step.item).to_owned())
    }

    /// Changes a row of the table of kinds, by the kind's number.
    pub fn signal(&mut self, kind: usize, label: f32, weight: f32) -> Result<(), Error> {
        let kind = Kind::ALL.get(kind).copied();
        kind.map_or(Ok(()), |kind| self.tab.profiler.signals().set(kind, Signal { label, weight }))
    }

    /// A category or a department from which nothing is to be learnt, beside those of the bundle.
    #[wasm_bindgen(js_name = markSensitive)]
    pub fn mark_sensitive(&mut self, name: &str) -> Result<(), Error> {
        self.tab.profiler.mark_sensitive(name)
    }

    /// The categories from which nothing is learnt.
    pub fn sensitive(&self) -> Vec<u8> {
        let tab = &self.tab;
        let factors = tab.profiler.factors();
        let found = (0..factors.categories() as u16).filter(|category| factors.is_sensitive_category(*category));
        packed_texts(found.map(|category| factors.category_name(category)))
    }

    /// Refusals by reason.
    pub fn refused(&self) -> Vec<u32> {
        self.tab.profiler.intake().refused().map(|(_, count)| count).collect()
    }

    /// How many interactions the profile holds.
    pub fn interactions(&self) -> u32 {
        let tab = &self.tab;
        Kind::ALL.iter().map(|kind| tab.live.behaviour().of_kind(*kind)).sum()
    }

    /// Thousandths of ε, in all and then of each type: spent today, in the last 30 and in the last 365 days, the
    /// same by Rényi composition, and the most that may be.
    pub fn epsilon(&self, now: f64) -> Vec<u32> {
        report::epsilon(&self.tab.budget, millis(now))
    }

    /// The shop wants reports of this type, with ε in thousandths or the registry's own.
    pub fn want(&mut self, name: &str, epsilon_milli: Option<u32>) -> Result<(), Error> {
        let settings = &mut self.tab.settings;
        *settings = settings.with(Type::named(name)?, epsilon_milli)?;
        Ok(())
    }

    /// Of a thousand days, so many are spent in the arm "popular".
    pub fn experiment(&mut self, popular: u16) -> Result<(), Error> {
        if popular > 1_000 {
            return Err(Error::InvalidOption { option: "experiment.popular", wanted: "from 0 to 1" });
        }
        self.tab.settings.popular = popular;
        Ok(())
    }

    /// The arm of this browser's day, by its number.
    pub fn arm(&mut self, now: f64) -> usize {
        self.tab.arm(millis(now)) as usize
    }

    /// The date before which no report is made, in milliseconds.
    #[wasm_bindgen(js_name = noReportsBefore)]
    pub fn no_reports_before(&self) -> Option<f64> {
        storing::date(&self.tab.budget)
    }

    /// The code and the words of what went wrong since this was asked, if anything did.
    pub fn problem(&mut self) -> Option<Vec<u8>> {
        let error = self.tab.problem.take()?;
        Some(packed_texts([error.code(), &error.words()].into_iter()))
    }

    /// All that this tab alone holds, for another module, which goes on in its place. Of the store nothing but a
    /// report may be under way.
    #[wasm_bindgen(js_name = handOver)]
    pub fn hand_over(&self) -> Vec<u8> {
        self.tab.hand_over()
    }

    /// Stops or resumes learning.
    pub fn pause(&mut self, paused: bool) {
        self.tab.paused = paused;
    }

    /// The profile's bytes as every tab has them.
    pub fn snapshot(&self) -> Vec<u8> {
        self.tab.snapshot()
    }
}
