//! What the page is given: plain objects, written once here and typed in `js/types.ts`.

use super::tab::Tab;
use crate::factors::Factors;
use crate::interaction::Interaction;
use crate::privacy::Entry;
use crate::profile::{Correction, Logged, Stand, Subject};
use crate::profiler::{Explanation, Recommendation};
use crate::rank::{Because, Reason, Scored};
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct ListItem<'a> {
    id: &'a str,
    score: f64,
    reasons: Vec<ReasonView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    propensity: Option<f32>,
}

#[derive(Serialize)]
pub(super) struct ReasonView<'a> {
    because: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    item: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<f64>,
    contribution: f64,
    #[serde(rename = "positionWithout", skip_serializing_if = "Option::is_none")]
    position_without: Option<usize>,
}

fn reason(reason: Reason, position_without: Option<usize>, factors: &Factors) -> ReasonView<'_> {
    let (because, item, at) = match reason.because {
        Because::Did(deed) => (deed.kind.name(), Some(factors.id(deed.item)), Some(deed.at.0 as f64)),
        Because::Asked => ("asked", None, None),
        Because::Popular => ("popular", None, None),
    };
    ReasonView { because, item, at, contribution: reason.contribution, position_without }
}

pub(super) fn list(list: Vec<Recommendation>, factors: &Factors) -> Vec<ListItem<'_>> {
    list.into_iter()
        .map(|one| ListItem {
            id: factors.id(one.item),
            score: one.score,
            reasons: one.reasons.into_iter().map(|one| reason(one, None, factors)).collect(),
            propensity: one.propensity,
        })
        .collect()
}

pub(super) fn scored(list: Vec<Scored>, factors: &Factors) -> Vec<ListItem<'_>> {
    let item =
        |one: Scored| ListItem { id: factors.id(one.item), score: one.score, reasons: Vec::new(), propensity: None };
    list.into_iter().map(item).collect()
}

#[derive(Serialize)]
pub(super) struct ExplanationView<'a> {
    position: usize,
    score: f64,
    reasons: Vec<ReasonView<'a>>,
}

pub(super) fn explanation(explanation: Explanation, factors: &Factors) -> ExplanationView<'_> {
    let reasons = explanation.reasons.into_iter().map(|(one, without)| reason(one, Some(without), factors));
    ExplanationView { position: explanation.position, score: explanation.score, reasons: reasons.collect() }
}

#[derive(Serialize)]
pub(super) struct ShareView<'a> {
    department: &'a str,
    share: f32,
    interactions: u32,
}

pub(super) fn taste<'a>(tab: &'a Tab) -> Vec<ShareView<'a>> {
    let factors = tab.profiler.factors();
    let shares = tab.profiler.taste(&tab.live).into_iter();
    shares
        .map(|one| ShareView {
            department: &factors.departments()[usize::from(one.department)],
            share: one.share,
            interactions: one.interactions,
        })
        .collect()
}

#[derive(Serialize)]
pub(super) struct CountView<'a> {
    item: &'a str,
    count: f32,
    #[serde(rename = "lastAt")]
    last_at: f64,
}

pub(super) fn counts(tab: &Tab) -> Vec<CountView<'_>> {
    let factors = tab.profiler.factors();
    let counts = tab.live.counts.iter();
    counts.map(|one| CountView { item: factors.id(one.item), count: one.faded[0], last_at: one.at.0 as f64 }).collect()
}

#[derive(Serialize)]
pub(super) struct RatingView<'a> {
    item: &'a str,
    rating: f32,
}

pub(super) fn ratings(tab: &Tab) -> Vec<RatingView<'_>> {
    let factors = tab.profiler.factors();
    tab.live.ratings.iter().map(|(item, rating)| RatingView { item: factors.id(item), rating }).collect()
}

#[derive(Serialize)]
pub(super) struct LogView {
    at: f64,
    kind: &'static str,
    item: String,
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
    /// JavaScript's numbers do not hold 64 bits.
    seed: [u32; 2],
}

/// A correction, of the log or as it stands.
#[derive(Serialize, Default)]
pub(super) struct CorrectionView {
    #[serde(skip_serializing_if = "Option::is_none")]
    item: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<String>,
    #[serde(rename = "as", skip_serializing_if = "Option::is_none")]
    wish: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<f64>,
    level: i8,
    locked: bool,
    #[serde(rename = "notMe")]
    barred: bool,
}

fn about(subject: Subject<'_>) -> CorrectionView {
    let mut view = CorrectionView::default();
    match subject {
        Subject::Item(id) => view.item = Some(id.to_owned()),
        Subject::Category(name) => view.category = Some(name.to_owned()),
    }
    view
}

/// What was said.
pub(super) fn said(correction: &Correction<'_>) -> CorrectionView {
    CorrectionView { wish: Some(correction.wish.name()), at: Some(correction.at.0 as f64), ..about(correction.subject) }
}

/// What stands.
pub(super) fn corrections(tab: &Tab) -> Vec<CorrectionView> {
    let stand = |(subject, stand): (Subject<'_>, Stand)| CorrectionView {
        level: stand.level,
        locked: stand.locked.is_some(),
        barred: stand.barred,
        ..about(subject)
    };
    tab.live.corrections.iter().map(stand).collect()
}

/// What was done and said, each in the order of the log, and before how many deeds each thing was said.
#[derive(Serialize, Default)]
pub(super) struct Log {
    did: Vec<LogView>,
    said: Vec<(usize, CorrectionView)>,
}

pub(super) fn log<'a>(entries: impl Iterator<Item = (u64, &'a [u8])>) -> Log {
    let mut log = Log::default();
    for (_, bytes) in entries {
        match Logged::from_bytes(bytes) {
            Ok(Logged::Did(one)) => log.did.push(logged(&one)),
            Ok(Logged::Said(one)) => log.said.push((log.did.len(), said(&one))),
            Err(_) => {}
        }
    }
    log
}

fn logged(one: &Interaction<'_>) -> LogView {
    let Interaction { kind, item, at, seed, price, quantity, rating, dwell, recommended, propensity } = *one;
    let (at, seed) = (at.0 as f64, [(seed >> 32) as u32, seed as u32]);
    LogView {
        at,
        kind: kind.name(),
        item: item.to_owned(),
        price,
        quantity,
        rating,
        dwell,
        recommended,
        propensity,
        seed,
    }
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
    let body = String::from_utf8(entry.body).ok().filter(|body| !body.is_empty());
    LedgerView {
        at: entry.at.0 as f64,
        state: entry.state.name(),
        text: entry.words,
        bytes: body.as_ref().map_or(0, String::len),
        epsilon: f64::from(entry.epsilon) / 1_000.0,
        body,
    }
}
