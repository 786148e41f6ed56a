//! What the inspector is given: interests, corrections, what each event changed, the map.

use super::object::{array, object, tuple};
use super::store::Keyed;
use super::tab::Tab;
use super::view::{about, time};
use crate::factors::Factors;
use crate::interaction::Millis;
use crate::profile::Logged;
use crate::profiler::{Change, Interest};
use wasm_bindgen::JsValue;

pub(super) fn interests(list: &[Interest], factors: &Factors) -> JsValue {
    array(&mut list.iter().map(|one| {
        let department = factors.department_of(one.category);
        object(&[
            ("category", factors.category_name(one.category).into()),
            ("department", factors.departments()[usize::from(department)].as_str().into()),
            ("share", one.share.into()),
            ("error", one.error.into()),
            ("sure", one.sure().into()),
            ("interactions", one.interactions.into()),
            ("changedAt", one.changed.map_or(JsValue::UNDEFINED, time)),
        ])
    }))
}

pub(super) fn changes(list: &[Change<'_>], factors: &Factors) -> JsValue {
    array(&mut list.iter().map(|one| {
        let mut moved = one.moved.iter().map(|one| {
            object(&[("item", factors.id(one.item).into()), ("from", one.from.into()), ("to", one.to.into())])
        });
        object(&[
            ("at", time(one.did.at)),
            ("kind", one.did.kind.name().into()),
            ("item", one.did.item.into()),
            ("category", one.category.map(|category| factors.category_name(category)).into()),
            ("before", one.share[0].into()),
            ("after", one.share[1].into()),
            ("moved", array(&mut moved)),
            ("unlearnt", one.unlearnt.map(|why| why.name()).into()),
            ("here", point(one.here)),
        ])
    }))
}

/// Without departments there is no map.
pub(super) fn map(tab: &Tab, now: Millis) -> JsValue {
    let factors = tab.profiler.factors();
    let mut centres = factors.centres().into_iter().map(|(department, at)| {
        tuple(&[factors.departments()[usize::from(department)].as_str().into(), point(Some(at))])
    });
    object(&[("departments", array(&mut centres)), ("here", point(tab.profiler.here(&tab.live, now)))])
}

fn point(at: Option<[f32; 2]>) -> JsValue {
    at.map_or(JsValue::UNDEFINED, |at| tuple(&at.map(JsValue::from)))
}

pub(super) fn corrections(tab: &Tab) -> JsValue {
    array(&mut tab.live.corrections.iter().map(|(subject, stand)| {
        let (sort, name) = about(subject);
        object(&[
            (sort, name.into()),
            ("level", stand.level.into()),
            ("locked", stand.locked.is_some().into()),
            ("notMe", stand.barred.into()),
        ])
    }))
}

/// What was taken back: the sort, the verb, the item or category; or how many came back.
pub(super) fn undone(back: usize, gone: &[Keyed]) -> JsValue {
    if back > 0 {
        return tuple(&["forgetting".into(), "".into(), "".into(), back.into()]);
    }
    let last = gone.first().and_then(|(_, bytes)| Logged::from_bytes(bytes).ok());
    let (sort, verb, name) = match last {
        Some(Logged::Did(one)) => ("interaction", one.kind.name(), one.item),
        Some(Logged::Said(said)) => {
            let (sort, name) = about(said.subject);
            (sort, said.wish.name(), name)
        }
        None => return JsValue::UNDEFINED,
    };
    tuple(&[sort.into(), verb.into(), name.into()])
}
