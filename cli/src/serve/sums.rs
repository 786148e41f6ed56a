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

/// Two-sided 95 % of a normal distribution; sums of many draws are nearly normal.
const Z: f64 = 1.959_964;

#[derive(Debug, Serialize)]
pub struct Sums {
    bundle: String,
    departments: Vec<String>,
    reports: u64,
    epsilon_milli: u32,
    clip: u32,
    days: Vec<Day>,
    rows: Vec<Row>,
    refused: Vec<Refused>,
}

#[derive(Debug, Serialize)]
struct Day {
    day: i64,
    reports: u64,
}

#[derive(Debug, Serialize)]
struct Row {
    department: String,
    measure: &'static str,
    sum: i64,
    low: f64,
    high: f64,
}

#[derive(Debug, Serialize)]
struct Refused {
    reason: String,
    count: u64,
}

pub async fn get(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Json<Sums>, Refusal> {
    app.token.check(&headers)?;
    let sums = tokio::task::spawn_blocking(move || add_up(&app)).await;
    match sums {
        Ok(Ok(sums)) => Ok(Json(sums)),
        failed => {
            eprintln!("the sums could not be read: {failed:?}");
            Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "not-readable", "the database cannot be read now")
                .after(5))
        }
    }
}

/// The noise of one value: discrete Laplace with `q = exp(-ε/sensitivity)` has variance `2q/(1-q)²`
/// (Ghosh, Roughgarden, Sundararajan 2009). The sum of noised values is unbiased as it is.
fn variance(epsilon_milli: u32, clip: u32) -> f64 {
    let sensitivity = f64::from(homebody::privacy::Report::sensitivity(clip));
    let q = libm::exp(-f64::from(epsilon_milli) / 1000.0 / sensitivity);
    2.0 * q / ((1.0 - q) * (1.0 - q))
}

fn add_up(app: &App) -> rusqlite::Result<Sums> {
    let terms = &app.terms;
    let reader = app.store.reader()?;
    let mut totals = Totals::new(2 * terms.departments.len());
    let mut select = reader.prepare("SELECT day, epsilon_milli, clip, noised FROM reports WHERE vocabulary = ?")?;
    let mut rows = select.query([store::vocabulary(terms)])?;
    while let Some(row) = rows.next()? {
        let noised: String = row.get(3)?;
        totals.add(
            row.get(0)?,
            row.get(1)?,
            row.get(2)?,
            &serde_json::from_str::<Vec<i64>>(&noised).unwrap_or_default(),
        );
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
    Ok(Sums {
        bundle: terms.bundle.clone(),
        departments: terms.departments.clone(),
        reports: totals.days.values().sum(),
        epsilon_milli: terms.epsilon_milli,
        clip: terms.clip,
        rows: totals.rows(&terms.departments),
        days: totals.days.into_iter().map(|(day, reports)| Day { day, reports }).collect(),
        refused: refused.into_iter().map(|(reason, count)| Refused { reason, count }).collect(),
    })
}

struct Totals {
    days: BTreeMap<i64, u64>,
    sums: Vec<i64>,
    /// Of every sum: each report adds noise of its own ε to each value.
    variance: f64,
}

impl Totals {
    fn new(values: usize) -> Self {
        Self { days: BTreeMap::new(), sums: vec![0; values], variance: 0.0 }
    }

    fn add(&mut self, day: i64, epsilon_milli: u32, clip: u32, noised: &[i64]) {
        *self.days.entry(day).or_default() += 1;
        self.variance += variance(epsilon_milli, clip);
        for (sum, value) in self.sums.iter_mut().zip(noised) {
            *sum += value;
        }
    }

    fn rows(&self, departments: &[String]) -> Vec<Row> {
        let (interactions, clicks) = self.sums.split_at(departments.len());
        let half = Z * self.variance.sqrt();
        let row = |department: &String, measure, sum: i64| Row {
            department: department.clone(),
            measure,
            sum,
            low: sum as f64 - half,
            high: sum as f64 + half,
        };
        let both = departments.iter().zip(interactions.iter().zip(clicks));
        both.flat_map(|(department, (interactions, clicks))| {
            [row(department, "interactions", *interactions), row(department, "recommendation-clicks", *clicks)]
        })
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    /// The variance's formula against the distribution's own sum.
    #[test]
    fn the_variance_is_the_distributions() {
        for (epsilon_milli, clip) in [(1_000, 10), (500, 3), (4_000, 1)] {
            let q = (-f64::from(epsilon_milli) / 1000.0 / f64::from(2 * clip)).exp_m1() + 1.0;
            let sum: f64 = (1..2_000).map(|k| 2.0 * f64::from(k * k) * q.powi(k)).sum::<f64>() * (1.0 - q) / (1.0 + q);
            let got = variance(epsilon_milli, clip);
            assert!((got - sum).abs() < 1e-9 * sum, "{got} {sum}");
        }
    }

    /// The difference of two geometric draws is discrete Laplace.
    fn noise(random: &mut Random, q: f64) -> i64 {
        let mut geometric = || {
            let u = 1.0 - f64::from(random.unit());
            (libm::log(u) / libm::log(q)).floor() as i64
        };
        geometric() - geometric()
    }

    /// Of 400 seeded collections, about 95 % must have the truth within their interval.
    #[test]
    fn intervals_cover_the_truth() {
        let mut random = Random::new(5);
        let q = libm::exp(-0.05);
        let departments = vec!["A".to_string()];
        let covered = |random: &mut Random, shrink: f64| {
            let all = (0..400).filter(|_| {
                let mut totals = Totals::new(2);
                (0..50).for_each(|_| totals.add(1, 1_000, 10, &[3 + noise(random, q), noise(random, q)]));
                totals.variance *= shrink;
                let row = &totals.rows(&departments)[0];
                (row.low..=row.high).contains(&150.0)
            });
            all.count()
        };
        assert!((366..=392).contains(&covered(&mut random, 1.0)));
        // The control: an interval from half the variance does not.
        assert!(covered(&mut random, 0.5) < 366);
    }

    #[test]
    fn without_reports_the_sums_are_exactly_zero() {
        let row = &Totals::new(2).rows(&["A".to_string()])[0];
        assert_eq!((row.sum, row.low, row.high), (0, 0.0, 0.0));
    }
}
