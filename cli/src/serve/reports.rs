//! `POST /v1/reports`.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

use super::app::App;
use super::listen::Peer;
use super::refusal::Refusal;
use super::report::Report;
use crate::import::now;

const DAY: i64 = 86_400_000;

/// A request whose body may be read: from our own pages, and not too many of them.
pub struct Admitted;

impl FromRequestParts<Arc<App>> for Admitted {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refusal> {
        let admitted = admit(parts, app);
        admitted.inspect_err(|refusal| app.refusals.count(refusal.code))
    }
}

fn admit(parts: &Parts, app: &App) -> Result<Admitted, Refusal> {
    // Browsers say where a request comes from; another site's page has no reports to send.
    if parts.headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site") {
        return Err(Refusal::new(StatusCode::FORBIDDEN, "cross-site", "reports come from the shop's own pages"));
    }
    if let Some(Peer(address)) = parts.extensions.get::<Peer>() {
        app.limit.check(*address).map_err(|seconds| {
            Refusal::new(StatusCode::TOO_MANY_REQUESTS, "rate-limited", "too many reports from one address")
                .after(seconds)
        })?;
    }
    Ok(Admitted)
}

pub async fn post(State(app): State<Arc<App>>, _: Admitted, body: Result<Bytes, BytesRejection>) -> Response {
    match receive(&app, body).await {
        Ok(status) => status.into_response(),
        Err(refusal) => {
            app.refusals.count(refusal.code);
            refusal.into_response()
        }
    }
}

/// 201 where the report is new, 200 where its id was there already: both mean that it is stored.
async fn receive(app: &App, body: Result<Bytes, BytesRejection>) -> Result<StatusCode, Refusal> {
    let body = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", rejection.body_text())
        }
        status => Refusal::new(status, "unreadable", rejection.body_text()),
    })?;
    let report = Report::read(&body)?;
    let kind = report.check(&app.terms, now().div_euclid(DAY))?;
    match app.store.add(report, kind, &app.terms.departments).await {
        Ok(true) => Ok(StatusCode::CREATED),
        Ok(false) => Ok(StatusCode::OK),
        Err(error) => {
            eprintln!("a report could not be stored: {error}");
            let message = "the report is not stored; send it again later, with the same id";
            Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "not-stored", message).after(30))
        }
    }
}
