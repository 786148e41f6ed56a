//! The access log: method, path and status. No address, no query, no user agent, no time: two
//! shoppers who look at different things leave the same lines.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use super::app::App;
use crate::error::{Error, Result};

pub struct AccessLog(File);

impl AccessLog {
    pub fn open(path: &Path) -> Result<Self> {
        OpenOptions::new().create(true).append(true).open(path).map(Self).map_err(Error::file(path))
    }

    fn write(&self, line: &str) {
        // One write in append mode is one whole line, from any thread. A full disk must not
        // stop the shop.
        let _ = (&self.0).write_all(line.as_bytes());
    }
}

pub async fn write(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let Some(log) = &app.log else { return next.run(request).await };
    let (method, path) = (request.method().clone(), request.uri().path().to_string());
    let response = next.run(request).await;
    log.write(&format!("{method} {path} {}\n", response.status().as_u16()));
    response
}
