//! `GET /v1/bundle`: what is known about the bundle in use, as the trainer wrote it down.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use homebody::Factors;
use serde::Serialize;

use super::app::App;
use super::refusal::Refusal;
use crate::bundle::Metadata;

#[derive(Clone, Debug, Serialize)]
pub struct About {
    version: String,
    items: usize,
    dim: usize,
    bytes: usize,
    /// `homebody.…`, all of them texts.
    metadata: Metadata,
}

impl About {
    pub fn new(factors: &Factors, bytes: usize, metadata: Metadata) -> Self {
        Self { version: factors.version().into(), items: factors.len(), dim: factors.dim(), bytes, metadata }
    }
}

pub async fn get(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Json<About>, Refusal> {
    app.token.check(&headers)?;
    Ok(Json(app.about.clone()))
}
