//! What the page is given: plain objects, written once here and typed in `js/types.ts`.

use super::object::{array, object, tuple};
use super::store::Keyed;
use super::tab::Tab;
use crate::factors::Factors;
use crate::interaction::{Interaction, Millis, Signal};
use crate::privacy::Entry;
use crate::profile::{Correction, Logged, Subject};
use crate::profiler::{Explanation, Recommendation};
use crate::rank::{Because, Reason, Scored};
use wasm_bindgen::JsValue;

/// Milliseconds since 1970.
pub(super) fn time(at: Millis) -> JsValue {
    (at.0 as f64).into()
}

fn reason(reason: &Reason, position_without: Option<usize>, factors: &Factors) -> JsValue {
    let (because, item, at) = match reason.because {
        Because::Did(deed) => (deed.kind.name(), factors.id(deed.item).into(), time(deed.at)),
        Because::Asked => ("asked", JsValue::UNDEFINED, JsValue::UNDEFINED),
        Because::Popular => ("popular", JsValue::UNDEFINED, JsValue::UNDEFINED),
    };
    object(&[
        ("because", because.into()),
        ("item", item),
        ("at", at),
        ("contribution", reason.contribution.into()),
        ("positionWithout", position_without.into()),
    ])
}

fn list_item(id: &str, score: f64, reasons: &[Reason], propensity: Option<f32>, factors: &Factors) -> JsValue {
    object(&[
        ("id", id.into()),
        ("score", score.into()),
        ("reasons", array(&mut reasons.iter().map(|one| reason(one, None, factors)))),
        ("propensity", propensity.into()),
    ])
}

pub(super) fn list(list: &[Recommendation], factors: &Factors) -> JsValue {
    array(&mut list.iter().map(|one| list_item(factors.id(one.item), one.score, &one.reasons, one.propensity, factors)))
}

pub(super) fn scored(list: &[Scored], factors: &Factors) -> JsValue {
    array(&mut list.iter().map(|one| list_item(factors.id(one.item), one.score, &[], None, factors)))
}

pub(super) fn explanation(explanation: &Explanation, factors: &Factors) -> JsValue {
    let mut reasons = explanation.reasons.iter().map(|(one, without)| reason(one, Some(*without), factors));
    object(&[
        ("position", explanation.position.into()),
        ("score", explanation.score.into()),
        ("reasons", array(&mut reasons)),
    ])
}

/// The latest step of P(t+1) = f(P(t), D(t+1)): the long-term taste before and after.
#[derive(Debug)]
pub(super) struct Step {
    kind: &'static str,
    item: String,
    at: Millis,
    signal: Signal,
    loss: f32,
    before: Vec<f32>,
    after: Vec<f32>,
}

impl Step {
    pub(super) fn new(one: &Interaction<'_>, signal: Signal, loss: f32, before: Vec<f32>, after: Vec<f32>) -> Self {
        Self { kind: one.kind.name(), item: one.item.to_owned(), at: one.at, signal, loss, before, after }
    }

    pub(super) fn view(&self) -> JsValue {
        let numbers = |values: &[f32]| array(&mut values.iter().map(|value| JsValue::from(*value)));
        object(&[
            ("kind", self.kind.into()),
            ("item", self.item.as_str().into()),
            ("at", time(self.at)),
            ("label", self.signal.label.into()),
            ("weight", self.signal.weight.into()),
            ("loss", self.loss.into()),
            ("before", numbers(&self.before)),
            ("after", numbers(&self.after)),
        ])
    }
}

pub(super) fn taste(tab: &Tab) -> JsValue {
    let departments = tab.profiler.factors().departments();
    array(&mut tab.profiler.taste(&tab.live).iter().map(|one| {
        object(&[
            ("department", departments[usize::from(one.department)].as_str().into()),
            ("share", one.share.into()),
            ("interactions", one.interactions.into()),
        ])
    }))
}

pub(super) fn counts(tab: &Tab) -> JsValue {
    let factors = tab.profiler.factors();
    array(&mut tab.live.counts.iter().map(|one| {
        let count = one.faded[0];
        object(&[("item", factors.id(one.item).into()), ("count", count.into()), ("lastAt", time(one.at))])
    }))
}

pub(super) fn ratings(tab: &Tab) -> JsValue {
    let factors = tab.profiler.factors();
    let one =
        |(item, rating)| object(&[("item", factors.id(item).into()), ("rating", JsValue::from_f64(f64::from(rating)))]);
    array(&mut tab.live.ratings.iter().map(one))
}

/// What was done and said, each in the order of the log, and before how many deeds each thing was said.
pub(super) fn log(entries: &[Keyed]) -> JsValue {
    let (mut did, mut said) = (Vec::new(), Vec::new());
    for (position, bytes) in entries {
        match Logged::from_bytes(bytes) {
            Ok(Logged::Did(one)) => did.push(logged(*position, &one)),
            Ok(Logged::Said(one)) => said.push(tuple(&[did.len().into(), spoken(*position, &one)])),
            Err(_) => {}
        }
    }
    object(&[("did", array(&mut did.into_iter())), ("said", array(&mut said.into_iter()))])
}

fn logged(position: u64, one: &Interaction<'_>) -> JsValue {
    object(&[
        ("position", (position as f64).into()),
        ("at", time(one.at)),
        ("kind", one.kind.name().into()),
        ("item", one.item.into()),
        ("price", one.price.into()),
        ("quantity", one.quantity.into()),
        ("rating", one.rating.into()),
        ("dwell", one.dwell.into()),
        ("recommended", one.recommended.into()),
        ("propensity", one.propensity.into()),
        // JavaScript's numbers do not hold 64 bits.
        ("seed", tuple(&[((one.seed >> 32) as u32).into(), (one.seed as u32).into()])),
    ])
}

/// The property that names what a correction is about, and the name.
pub(super) fn about(subject: Subject<'_>) -> (&'static str, &str) {
    match subject {
        Subject::Item(id) => ("item", id),
        Subject::Category(name) => ("category", name),
    }
}

fn spoken(position: u64, said: &Correction<'_>) -> JsValue {
    let (sort, name) = about(said.subject);
    object(&[
        (sort, name.into()),
        ("as", said.wish.name().into()),
        ("at", time(said.at)),
        ("position", (position as f64).into()),
    ])
}

pub(super) fn ledger(entry: Entry) -> JsValue {
    let body = String::from_utf8(entry.body).ok().filter(|body| !body.is_empty());
    object(&[
        ("at", time(entry.at)),
        ("state", entry.state.name().into()),
        ("text", entry.words.into()),
        ("bytes", body.as_ref().map_or(0, String::len).into()),
        ("epsilon", (f64::from(entry.epsilon) / 1_000.0).into()),
        ("body", body.into()),
    ])
}
