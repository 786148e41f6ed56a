//! What the page is given: plain objects, written once here and typed in `js/types.ts`.

use super::object::{list as listed, plain};
use crate::interaction::{Arm, Interaction, Millis};
use crate::privacy::Entry;
use crate::profile::{Correction, Logged, Subject};
use crate::web::tab::Tab;
use serde::Serialize;
use wasm_bindgen::JsValue;

/// Milliseconds since 1970.
pub(super) fn time(at: Millis) -> f64 {
    at.0 as f64
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CountView<'a> {
    item: &'a str,
    count: f32,
    last_at: f64,
}

pub(super) fn counts(tab: &Tab) -> JsValue {
    let factors = tab.profiler.factors();
    let counts = tab.live.counts.iter();
    listed(counts.map(|one| CountView { item: factors.id(one.item), count: one.faded[0], last_at: time(one.at) }))
}

#[derive(Serialize)]
struct RatingView<'a> {
    item: &'a str,
    rating: f32,
}

pub(super) fn ratings(tab: &Tab) -> JsValue {
    let factors = tab.profiler.factors();
    listed(tab.live.ratings.iter().map(|(item, rating)| RatingView { item: factors.id(item), rating }))
}

/// What was done and said, each in the order of the log, and before how many deeds each thing was said.
#[derive(Serialize, Default)]
struct LogView<'a> {
    did: Vec<DeedView<'a>>,
    said: Vec<(usize, CorrectionView<'a>)>,
}

#[derive(Serialize)]
struct DeedView<'a> {
    position: f64,
    at: f64,
    kind: &'static str,
    item: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    price: Option<f32>,
    quantity: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    rating: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dwell: Option<f32>,
    recommended: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    propensity: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    arm: Option<&'static str>,
    /// JavaScript's numbers do not hold 64 bits.
    seed: [u32; 2],
}

pub(super) fn log(entries: &[(u64, &[u8])]) -> JsValue {
    let mut log = LogView::default();
    for (position, bytes) in entries {
        match Logged::from_bytes(bytes) {
            Ok(Logged::Did(one)) => log.did.push(logged(*position, &one)),
            Ok(Logged::Said(one)) => log.said.push((log.did.len(), spoken(*position, &one))),
            Err(_) => {}
        }
    }
    plain(&log)
}

fn logged<'a>(position: u64, one: &Interaction<'a>) -> DeedView<'a> {
    let Interaction { kind, item, at, seed, price, quantity, rating, dwell, recommended, propensity, arm } = *one;
    let (position, at, kind, seed) = (position as f64, time(at), kind.name(), [(seed >> 32) as u32, seed as u32]);
    let arm = arm.map(Arm::name);
    DeedView { position, at, kind, item, price, quantity, rating, dwell, recommended, propensity, arm, seed }
}

/// A correction, of the log or as it stands.
#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
pub(super) struct CorrectionView<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) item: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) category: Option<&'a str>,
    #[serde(rename = "as", skip_serializing_if = "Option::is_none")]
    pub(super) wish: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) at: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) position: Option<f64>,
    pub(super) level: i8,
    pub(super) locked: bool,
    pub(super) not_me: bool,
}

impl<'a> CorrectionView<'a> {
    /// Of what it is about.
    pub(super) fn of(subject: Subject<'a>) -> Self {
        match subject {
            Subject::Item(id) => Self { item: Some(id), ..Self::default() },
            Subject::Category(name) => Self { category: Some(name), ..Self::default() },
        }
    }
}

/// What a correction is about: the sort and the name.
pub(super) fn about(subject: Subject<'_>) -> (&'static str, &str) {
    match subject {
        Subject::Item(id) => ("item", id),
        Subject::Category(name) => ("category", name),
    }
}

fn spoken<'a>(position: u64, said: &Correction<'a>) -> CorrectionView<'a> {
    let (wish, at, position) = (Some(said.wish.name()), Some(time(said.at)), Some(position as f64));
    CorrectionView { wish, at, position, ..CorrectionView::of(said.subject) }
}

#[derive(Serialize)]
pub(super) struct LedgerView {
    at: f64,
    state: &'static str,
    text: String,
    bytes: usize,
    epsilon: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
}

pub(super) fn ledger(entry: Entry) -> LedgerView {
    let text = entry.words();
    let body = String::from_utf8(entry.body()).ok().filter(|body| !body.is_empty());
    LedgerView {
        at: time(entry.at),
        state: entry.state.name(),
        text,
        bytes: body.as_ref().map_or(0, String::len),
        epsilon: f64::from(entry.epsilon) / 1_000.0,
        body,
    }
}
