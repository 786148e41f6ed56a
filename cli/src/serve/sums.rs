//! `GET /v1/sums`: what all reports add up to by type, with the error that their noise leaves.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use homebody::privacy::{Caps, Mechanism, MilliEpsilon, Type, registry};
use serde::Serialize;

use super::app::App;
use super::refusal::Refusal;
use super::spent::{Spent, of_one_browser};
use super::store;
use super::totals::{Sums, Totals};

#[derive(Debug, Serialize)]
pub struct Answer {
    bundle: String,
    departments: Vec<String>,
    /// Of one browser on all types together, in thousandths of ε: the most that it may, and that it can have spent.
    caps: [MilliEpsilon; 3],
    spent: Spent,
    types: BTreeMap<&'static str, OfType>,
    refused: Vec<Refused>,
}

/// A type that is wanted: its row of the registry, and its sums.
#[derive(Debug, Serialize)]
struct OfType {
    purpose: &'static str,
    vocabulary: Vec<String>,
    mechanism: &'static str,
    /// The answers of which a report has one; none where it counts.
    choices: Option<usize>,
    clip: u32,
    sensitivity: u32,
    influence: f64,
    epsilon_milli: MilliEpsilon,
    caps: [MilliEpsilon; 3],
    spent: Spent,
    #[serde(flatten)]
    all: Sums,
    days: Vec<Day>,
}

#[derive(Debug, Serialize)]
struct Day {
    day: i64,
    #[serde(flatten)]
    sums: Sums,
}

#[derive(Debug, Serialize)]
struct Refused {
    reason: String,
    count: u64,
}

pub async fn get(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Json<Answer>, Refusal> {
    app.token.check(&headers)?;
    let answer = tokio::task::spawn_blocking(move || add_up(&app)).await;
    match answer {
        Ok(Ok(answer)) => Ok(Json(answer)),
        failed => {
            eprintln!("the sums could not be read: {failed:?}");
            Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "not-readable", "the database cannot be read now")
                .after(5))
        }
    }
}

fn add_up(app: &App) -> rusqlite::Result<Answer> {
    let terms = &app.terms;
    let reader = app.store.reader()?;
    let mut totals = Vec::new();
    let mut select =
        reader.prepare("SELECT day, epsilon_milli, clip, noised FROM reports WHERE type = ? AND vocabulary = ?")?;
    for (kind, _) in terms.wanted.wanted() {
        let mut sums = Totals::new(kind, terms.departments.len());
        let mut rows = select.query([kind.declared().name, &store::vocabulary(kind, &terms.departments)])?;
        while let Some(row) = rows.next()? {
            let noised: String = row.get(3)?;
            let values: Vec<i64> = serde_json::from_str(&noised).unwrap_or_default();
            sums.add(row.get(0)?, row.get(1)?, row.get(2)?, &values);
        }
        totals.push((kind, sums));
    }
    let days = totals.iter().flat_map(|(_, sums)| sums.days.keys().copied()).collect();
    let spent = |of: Option<Type>| of_one_browser(&terms.wanted, of, &days);
    let of_type = |(kind, Totals { all, days, .. }): (Type, Totals)| {
        let registry::Declared { name, mechanism, caps, .. } = kind.declared();
        let epsilon_milli = terms.wanted.losses()[kind as usize];
        let row = OfType {
            purpose: kind.purpose(),
            vocabulary: kind.labels(&terms.departments),
            mechanism: mechanism.name(),
            choices: match mechanism {
                Mechanism::Laplace { .. } => None,
                Mechanism::Response { choices } => Some(*choices as usize),
                Mechanism::Unary => Some(kind.vocabulary(terms.departments.len())),
            },
            clip: mechanism.clip(),
            sensitivity: mechanism.sensitivity(),
            influence: mechanism.influence(epsilon_milli),
            epsilon_milli,
            caps: Caps::all(caps),
            spent: spent(Some(kind)),
            all,
            days: days.into_iter().map(|(day, sums)| Day { day, sums }).collect(),
        };
        (*name, row)
    };
    Ok(Answer {
        bundle: terms.bundle.clone(),
        departments: terms.departments.clone(),
        caps: registry::CAPS.all(),
        spent: spent(None),
        types: totals.into_iter().map(of_type).collect(),
        refused: refused(app, &reader)?,
    })
}

fn refused(app: &App, reader: &rusqlite::Connection) -> rusqlite::Result<Vec<Refused>> {
    let mut refused: BTreeMap<String, u64> = BTreeMap::new();
    let mut select = reader.prepare("SELECT reason, count FROM refusals")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        refused.insert(row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned());
    }
    for (reason, count) in app.refusals.counts() {
        *refused.entry(reason.into()).or_default() += count;
    }
    Ok(refused.into_iter().map(|(reason, count)| Refused { reason, count }).collect())
}
