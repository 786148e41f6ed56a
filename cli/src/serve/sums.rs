//! `GET /v1/sums`: what all reports add up to, with the error that their noise leaves.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Serialize;

use super::app::App;
use super::refusal::Refusal;
use super::store;
use super::totals::{Sums, Totals};

#[derive(Debug, Serialize)]
pub struct Answer {
    bundle: String,
    departments: Vec<String>,
    epsilon_milli: u32,
    clip: u32,
    caps: Caps,
    #[serde(flatten)]
    all: Sums,
    days: Vec<Day>,
    refused: Vec<Refused>,
}

/// The most that one browser spends, in thousandths of ε.
#[derive(Debug, Serialize)]
struct Caps {
    day: u32,
    month: u32,
    year: u32,
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
    let mut totals = Totals::new(2 * terms.departments.len());
    let mut select = reader.prepare("SELECT day, epsilon_milli, clip, noised FROM reports WHERE vocabulary = ?")?;
    let mut rows = select.query([store::vocabulary(terms)])?;
    while let Some(row) = rows.next()? {
        let noised: String = row.get(3)?;
        let values: Vec<i64> = serde_json::from_str(&noised).unwrap_or_default();
        totals.add(row.get(0)?, row.get(1)?, row.get(2)?, &values);
    }
    let mut refused: BTreeMap<String, u64> = BTreeMap::new();
    let mut select = reader.prepare("SELECT reason, count FROM refusals")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        refused.insert(row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned());
    }
    for (reason, count) in app.refusals.counts() {
        *refused.entry(reason.into()).or_default() += count;
    }
    let homebody::privacy::Caps { day, month, year } = homebody::privacy::Caps::default();
    Ok(Answer {
        bundle: terms.bundle.clone(),
        departments: terms.departments.clone(),
        epsilon_milli: terms.epsilon_milli,
        clip: terms.clip,
        caps: Caps { day, month, year },
        all: totals.all,
        days: totals.days.into_iter().map(|(day, sums)| Day { day, sums }).collect(),
        refused: refused.into_iter().map(|(reason, count)| Refused { reason, count }).collect(),
    })
}
