//! What the inspector is given: interests, what each event changed, the map.

use super::rewrite::Undone;
use super::tab::Tab;
use crate::factors::Factors;
use crate::interaction::Millis;
use crate::profile::{Logged, Subject};
use crate::profiler::{Change, Interest};
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct InterestView<'a> {
    category: &'a str,
    department: &'a str,
    share: f32,
    error: f32,
    sure: &'static str,
    interactions: u32,
    #[serde(rename = "changedAt", skip_serializing_if = "Option::is_none")]
    changed: Option<f64>,
}

pub(super) fn interests(list: Vec<Interest>, factors: &Factors) -> Vec<InterestView<'_>> {
    let one = |one: Interest| InterestView {
        category: factors.category_name(one.category),
        department: &factors.departments()[usize::from(factors.department_of(one.category))],
        share: one.share,
        error: one.error,
        sure: one.sure(),
        interactions: one.interactions,
        changed: one.changed.map(|at| at.0 as f64),
    };
    list.into_iter().map(one).collect()
}

#[derive(Serialize)]
pub(super) struct ChangeView<'a> {
    at: f64,
    kind: &'static str,
    item: String,
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

pub(super) fn changes<'a>(list: Vec<Change<'_>>, factors: &'a Factors) -> Vec<ChangeView<'a>> {
    let one = |change: Change<'_>| ChangeView {
        at: change.did.at.0 as f64,
        kind: change.did.kind.name(),
        item: change.did.item.to_owned(),
        category: change.category.map(|category| factors.category_name(category)),
        before: change.share[0],
        after: change.share[1],
        moved: change
            .moved
            .iter()
            .map(|one| MoveView { item: factors.id(one.item), from: one.from, to: one.to })
            .collect(),
        unlearnt: change.unlearnt.map(|why| why.name()),
        here: change.here,
    };
    list.into_iter().map(one).collect()
}

#[derive(Serialize)]
pub(super) struct MapView<'a> {
    departments: Vec<(&'a str, [f32; 2])>,
    #[serde(skip_serializing_if = "Option::is_none")]
    here: Option<[f32; 2]>,
}

/// Without departments there is no map.
pub(super) fn map(tab: &Tab, now: Millis) -> MapView<'_> {
    let factors = tab.profiler.factors();
    let centre = |(department, at): (u16, [f32; 2])| (factors.departments()[usize::from(department)].as_str(), at);
    MapView {
        departments: factors.centres().into_iter().map(centre).collect(),
        here: tab.profiler.here(&tab.live, now),
    }
}

/// What was taken back: the sort, the verb, the item or category, how many.
pub(super) fn undone(undone: &Undone) -> Option<(&'static str, &'static str, String, usize)> {
    let bytes = match undone {
        Undone::Forgotten(count) => return Some(("forgetting", "", String::new(), *count)),
        Undone::Entry(bytes) => bytes,
    };
    match Logged::from_bytes(bytes).ok()? {
        Logged::Did(one) => Some(("interaction", one.kind.name(), one.item.to_owned(), 1)),
        Logged::Said(said) => Some(match said.subject {
            Subject::Item(id) => ("item", said.wish.name(), id.to_owned(), 1),
            Subject::Category(name) => ("category", said.wish.name(), name.to_owned(), 1),
        }),
    }
}
