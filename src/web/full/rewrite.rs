//! The log is changed and learnt again: what is forgotten, taken back or brought along.

use super::insight;
use crate::interaction::{Kind, Millis};
use crate::profile::{Logged, Profile, merged};
use crate::profiler::{Forget, Profiler};
use crate::web::outbox::Outbox;
use crate::web::rows::{Keyed, packed};
use crate::web::tab::{Status, Tab};
use js_sys::{Array, Float64Array, Uint8Array};
use wasm_bindgen::JsValue;

/// What is wanted of the log.
#[derive(Debug)]
pub(in crate::web) enum Wanted {
    /// Only that it is learnt again.
    Nothing,
    /// Everything that is meant goes.
    Without(Meant),
    /// What has become sensitive goes.
    WithoutSensitive,
    /// The last correction or interaction goes. That something was on screen is nothing to take back.
    WithoutLast,
    /// What went comes back to its place.
    With(Vec<Keyed>),
    /// It takes in what another device did, of which the shop was told there; of what it had itself and not told yet,
    /// the shop is not told any more.
    Also(Vec<Vec<u8>>),
    /// It becomes these entries, of which the shop was told elsewhere.
    Only(Vec<Vec<u8>>),
}

/// The interactions for which everything given holds.
#[derive(Debug)]
pub(in crate::web) struct Meant {
    pub(super) item: Option<String>,
    pub(super) category: Option<String>,
    pub(super) kind: Option<Kind>,
    pub(super) at: Option<Millis>,
    pub(super) before: Option<Millis>,
}

impl Meant {
    pub(super) fn what(&self) -> Forget<'_> {
        let Self { item, category, kind, at, before } = self;
        Forget { item: item.as_deref(), category: category.as_deref(), kind: *kind, at: *at, before: *before }
    }
}

/// Positions and bytes.
type Log<'a> = [(u64, &'a [u8])];

/// What is to be changed in the log.
#[derive(Debug, Default)]
struct Edit {
    goes: Vec<Keyed>,
    put: Vec<Keyed>,
    /// What stands in it afterwards was reported already, elsewhere.
    reported: bool,
    /// Nothing was meant: what is learnt stays, with what the log no longer holds.
    idle: bool,
}

impl Wanted {
    fn edit(&self, profiler: &Profiler, log: &Log<'_>) -> Edit {
        let mut edit = Edit::default();
        let owned = |(key, bytes): &(u64, &[u8])| (*key, bytes.to_vec());
        let mut goes = |goes: &dyn Fn(&Logged<'_>) -> bool| {
            let chosen = log.iter().filter(|(_, bytes)| Logged::from_bytes(bytes).is_ok_and(|entry| goes(&entry)));
            edit.goes = chosen.map(owned).collect();
        };
        match self {
            Self::Nothing => {}
            Self::Without(meant) => {
                goes(&|entry| matches!(entry, Logged::Did(one) if meant.what().means(one, profiler)));
            }
            Self::WithoutSensitive => goes(&|entry| profiler.tells(entry)),
            Self::WithoutLast => {
                goes(&|entry| !matches!(entry, Logged::Did(one) if one.kind == Kind::Impression));
                edit.goes.drain(..edit.goes.len().saturating_sub(1));
            }
            Self::With(put) => edit.put.clone_from(put),
            Self::Also(_) | Self::Only(_) => {
                let next = log.last().map_or(0, |(key, _)| *key) + 1;
                let entries = match self {
                    Self::Also(others) => merged(log.iter().map(|(_, own)| own.to_vec()).collect(), others.clone()),
                    Self::Only(entries) => entries.clone(),
                    _ => Vec::new(),
                };
                edit.put = (next..).zip(entries).collect();
                edit.reported = true;
                edit.goes = log.iter().map(owned).collect();
            }
        }
        edit.idle = matches!(self, Self::Without(_) | Self::WithoutLast) && edit.goes.is_empty();
        edit
    }
}

impl Tab {
    /// Learns a log that is stored as it is up to the `stored`th entry, as it is wanted. What is to be done to it: the
    /// keys that go, the keys that come, the snapshot and what comes, and up to where it was reported; nothing where
    /// nothing was meant.
    pub(super) fn edit(&mut self, wanted: &Wanted, log: &Log<'_>, stored: usize) -> Option<Array> {
        let Edit { goes, put, reported, idle } = wanted.edit(&self.profiler, log);
        if idle {
            return None;
        }
        let stays = |key: u64| goes.iter().all(|(gone, _)| *gone != key);
        let old = &log[..stored.min(log.len())];
        let mut after: Vec<(u64, &[u8])> = log.iter().copied().filter(|(key, _)| stays(*key)).collect();
        after.extend(put.iter().map(|(key, bytes)| (*key, bytes.as_slice())));
        crate::sort::short(&mut after, |one, other| one.0 < other.0);
        let (profile, _) = self.profiler.restore(None, &after);
        let snapshot = profile.to_bytes(self.profiler.factors());
        let new = || after.iter().filter(|(key, _)| old.binary_search_by_key(key, |(old, _)| *old).is_err());
        let keys = |keys: Vec<f64>| Float64Array::from(keys.as_slice());
        let bytes = packed(std::iter::once(snapshot.as_slice()).chain(new().map(|(_, bytes)| *bytes)));
        let told =
            after.last().filter(|_| reported).map_or(JsValue::UNDEFINED, |(last, _)| JsValue::from(*last as f64));
        let done = Array::of4(
            &keys(goes.iter().map(|(key, _)| *key as f64).collect()),
            &keys(new().map(|(key, _)| *key as f64).collect()),
            &Uint8Array::from(bytes.as_slice()),
            &told,
        );
        self.learnt = Some((profile, goes));
        Some(done)
    }

    /// Takes over what was learnt again; `sent` of the outbox's entries are in it. Returns what went.
    pub(super) fn adopt(&mut self, sent: usize) -> Vec<Keyed> {
        let Some((profile, gone)) = self.learnt.take() else { return Vec::new() };
        // Not what was withdrawn meanwhile.
        if self.status == Status::Ready {
            self.outbox.take(sent);
            self.snapshot_at = profile.seq;
            self.confirmed = profile;
            self.rebuild();
        }
        gone
    }

    /// Without a store the log is what waits in this tab, and nothing else can be learnt again.
    pub(super) fn edit_alone(&mut self, wanted: &Wanted) -> Vec<Keyed> {
        let log: Vec<Keyed> = (1..).zip(self.outbox.iter().map(<[u8]>::to_vec)).collect();
        self.outbox = Outbox::default();
        let entries: Vec<_> = log.iter().map(|(key, bytes)| (*key, bytes.as_slice())).collect();
        let Edit { goes, put, idle, .. } = wanted.edit(&self.profiler, &entries);
        let mut log = log;
        log.retain(|(key, _)| goes.iter().all(|(gone, _)| gone != key));
        for (key, entry) in put {
            // Places move up when entries go, so each goes back to its place among all, first ones first.
            log.insert((key as usize - 1).min(log.len()), (key, entry));
        }
        log.iter().for_each(|(_, bytes)| self.outbox.push(bytes));
        if !idle {
            self.confirmed = Profile::new(self.profiler.factors());
            self.rebuild();
        }
        goes
    }

    /// What the page is told of a change that was made: how many entries came or went, or what was taken back.
    pub(super) fn told(&mut self, wanted: Wanted, gone: Vec<Keyed>) -> JsValue {
        match wanted {
            Wanted::With(put) => insight::undone(put.len(), &gone),
            Wanted::WithoutLast => insight::undone(0, &gone),
            Wanted::Also(staged) | Wanted::Only(staged) => staged.len().into(),
            Wanted::Nothing | Wanted::WithoutSensitive => JsValue::UNDEFINED,
            Wanted::Without(_) => {
                let count = gone.len();
                self.forgotten = gone;
                count.into()
            }
        }
    }
}
