//! What the server knows, and which URL goes where.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::{from_fn_with_state, map_response};
use axum::routing::{get, post};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use super::access_log::{self, AccessLog};
use super::bundle::{self, About};
use super::files::{self, Files};
use super::limit::Limit;
use super::refusal::Refusals;
use super::report::Terms;
use super::staff::Token;
use super::store::Store;
use super::{headers, reports, sums};

pub struct App {
    pub terms: Terms,
    pub about: About,
    pub files: Files,
    pub log: Option<AccessLog>,
    pub store: Store,
    pub token: Token,
    pub limit: Limit,
    pub refusals: Arc<Refusals>,
}

/// A report has 2 KiB; what is longer than this is not even read.
const MAX_BODY: usize = 64 << 10;
/// A client that needs longer than this for one request is sent away.
const LONGEST_REQUEST: Duration = Duration::from_secs(10);

impl App {
    pub fn router(self) -> Router {
        self.store.count_with(self.refusals.clone());
        let app = Arc::new(self);
        Router::new()
            .route("/v1/reports", post(reports::post))
            .route("/v1/sums", get(sums::get))
            .route("/v1/bundle", get(bundle::get))
            .layer(RequestBodyLimitLayer::new(MAX_BODY))
            .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, LONGEST_REQUEST))
            .fallback(files::get)
            .layer(map_response(headers::set))
            .layer(from_fn_with_state(app.clone(), access_log::write))
            .with_state(app)
    }
}
