//! What the inspector is given: interests, corrections, what each event changed, the map.

use super::object::{list, plain};
use super::view::{CorrectionView, about, time};
use crate::factors::Factors;
use crate::interaction::Millis;
use crate::profile::{Logged, Stand, Subject};
use crate::profiler::{Change, Interest};
use crate::web::rows::Keyed;
use crate::web::tab::Tab;
use serde::Serialize;
use wasm_bindgen::JsValue;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InterestView<'a> {
    category: &'a str,
    department: &'a str,
    share: f32,
    error: f32,
    sure: &'static str,
    interactions: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    changed_at: Option<f64>,
}

pub(super) fn interests(interests: &[Interest], factors: &Factors) -> JsValue {
    list(interests.iter().map(|one| InterestView {
        category: factors.category_name(one.category),
        department: &factors.departments()[usize::from(factors.department_of(one.category))],
        share: one.share,
        error: one.error,
        sure: one.sure(),
        interactions: one.interactions,
        changed_at: one.changed.map(time),
    }))
}

#[derive(Serialize)]
struct ChangeView<'a> {
    at: f64,
    kind: &'static str,
    item: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<&'a str>,
    before: f32,
    after: f32,
    moved: Vec<MoveView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unlearnt: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    here: Option<[f32; 2]>,
}

#[derive(Serialize)]
struct MoveView<'a> {
    item: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<usize>,
    to: usize,
}

pub(super) fn changes(changes: &[Change<'_>], factors: &Factors) -> JsValue {
    list(changes.iter().map(|one| ChangeView {
        at: time(one.did.at),
        kind: one.did.kind.name(),
        item: one.did.item,
        category: one.category.map(|category| factors.category_name(category)),
        before: one.share[0],
        after: one.share[1],
        moved: one.moved.iter().map(|m| MoveView { item: factors.id(m.item), from: m.from, to: m.to }).collect(),
        unlearnt: one.unlearnt.map(|why| why.name()),
        here: one.here,
    }))
}

#[derive(Serialize)]
struct MapView<'a> {
    departments: Vec<(&'a str, [f32; 2])>,
    #[serde(skip_serializing_if = "Option::is_none")]
    here: Option<[f32; 2]>,
}

/// Without departments there is no map.
pub(super) fn map(tab: &Tab, now: Millis) -> JsValue {
    let factors = tab.profiler.factors();
    let centre = |(department, at): (u16, [f32; 2])| (factors.departments()[usize::from(department)].as_str(), at);
    plain(&MapView {
        departments: factors.centres().into_iter().map(centre).collect(),
        here: tab.profiler.here(&tab.live, now),
    })
}

/// What stands.
pub(super) fn corrections(tab: &Tab) -> JsValue {
    list(tab.live.corrections.iter().map(|(subject, stand): (Subject<'_>, Stand)| {
        let (level, locked, not_me) = (stand.level, stand.locked.is_some(), stand.barred);
        CorrectionView { level, locked, not_me, ..CorrectionView::of(subject) }
    }))
}

/// What was taken back: the sort, the verb, the item or category; or how many came back.
pub(super) fn undone(back: usize, gone: &[Keyed]) -> JsValue {
    if back > 0 {
        return plain(&("forgetting", "", "", back));
    }
    let last = gone.first().and_then(|(_, bytes)| Logged::from_bytes(bytes).ok());
    match last {
        Some(Logged::Did(one)) => plain(&("interaction", one.kind.name(), one.item)),
        Some(Logged::Said(said)) => {
            let (sort, name) = about(said.subject);
            plain(&(sort, said.wish.name(), name))
        }
        None => JsValue::UNDEFINED,
    }
}
