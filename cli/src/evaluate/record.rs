//! Everything that was measured, as JSON: for scripts, and for whoever asks later.

use serde_json::{Map, Value, json};

use super::bootstrap::{Difference, RESAMPLES};
use super::curve::curve;
use super::data::Data;
use super::metrics::{AT, Means};
use super::outcome::Outcome;
use super::score::Score;
use super::split::{Protocol, Slice, Split};
use super::strangers::{self, Cold};
use crate::train::Settings;

/// What was asked, of what data.
pub fn question(data: &Data, split: &Split, slice: Slice, settings: &Settings) -> Map<String, Value> {
    let filters: Vec<String> =
        data.filters.iter().map(|filter| format!("{}={}", filter.column, filter.value)).collect();
    let protocol = match split.protocol {
        Protocol::Purchases => "purchases",
        Protocol::Sessions => "sessions",
        Protocol::Strangers => "strangers",
    };
    let Settings { dim, iterations, alpha, regularization, seed } = *settings;
    let question = json!({
        "versions": { "homebody": env!("CARGO_PKG_VERSION"), "record": 1 },
        "data": data.path,
        "where": filters,
        "protocol": protocol,
        "slice": if slice == Slice::Test { "test" } else { "tune" },
        "cut": (split.protocol != Protocol::Sessions).then_some(split.cut),
        "at": AT,
        "seed": seed,
        "model": {
            "dim": dim, "iterations": iterations, "alpha": short(alpha), "regularization": short(regularization),
        },
        "counts": split.counts(),
        "coverage": split.coverage,
    });
    let Value::Object(question) = question else { unreachable!("an object was written above") };
    question
}

/// The figures of a comparison.
pub fn comparison(outcomes: &[Outcome<Score>], against: usize, seed: u64) -> Map<String, Value> {
    let base = &outcomes[against];
    let method = |outcome: &Outcome<Score>| {
        let score = &outcome.result;
        let curves = json!({
            "all": curve(score, |ranked| Some(ranked.all)), "new": curve(score, |ranked| ranked.new),
        });
        json!({
            "name": outcome.label, "settings": settings(outcome),
            "all": means(&score.on_all()), "new": means(&score.on_new()), "curve": curves,
        })
    };
    let difference = |outcome: &Outcome<Score>| {
        let [all, new] = outcome.differences(base, seed);
        json!({ "name": outcome.label, "all": all, "new": new })
    };
    let others = outcomes.iter().enumerate().filter(|(index, _)| *index != against).map(|(_, outcome)| outcome);
    Map::from_iter([
        ("repeat_share".into(), json!(base.result.repeat_share())),
        ("methods".into(), outcomes.iter().map(method).collect()),
        ("differences".into(), differences(&base.label, others.map(difference).collect())),
    ])
}

/// The figures of strangers.
pub fn strangers(outcomes: &[Outcome<Vec<Cold>>], against: usize, seed: u64) -> Map<String, Value> {
    let base = &outcomes[against];
    let method = |outcome: &Outcome<Vec<Cold>>| json!({ "name": outcome.label, "settings": settings(outcome), "curve": strangers::points(&outcome.result) });
    let difference = |outcome: &Outcome<Vec<Cold>>| {
        let all: Vec<Difference> = strangers::differences(&outcome.result, &base.result, seed);
        json!({ "name": outcome.label, "after": all })
    };
    let others = outcomes.iter().enumerate().filter(|(index, _)| *index != against).map(|(_, outcome)| outcome);
    Map::from_iter([
        ("after".into(), json!(strangers::AFTER)),
        ("baskets".into(), json!(base.result.len())),
        ("methods".into(), outcomes.iter().map(method).collect()),
        ("differences".into(), differences(&base.label, others.map(difference).collect())),
    ])
}

fn differences(against: &str, methods: Vec<Value>) -> Value {
    json!({ "against": against, "measure": "NDCG@20", "resamples": RESAMPLES, "level": 0.95, "methods": methods })
}

fn settings<T>(outcome: &Outcome<T>) -> Map<String, Value> {
    outcome.settings.iter().map(|(name, value)| ((*name).into(), json!(short(*value)))).collect()
}

fn means(means: &Means) -> Value {
    let values = means.means().into_iter().zip(means.errors());
    let values: Vec<Value> = values.map(|(mean, error)| json!({ "mean": mean, "error": error })).collect();
    json!({ "lists": means.lists, "recall": values[0], "mrr": values[1], "ndcg": values[2] })
}

/// 0.3, not 0.30000001192092896.
fn short(value: f32) -> f64 {
    value.to_string().parse().unwrap_or(f64::from(value))
}
