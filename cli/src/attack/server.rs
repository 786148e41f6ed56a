//! The servers under attack: a running one, or one of our own in this process.

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use homebody::privacy::{Settings, Type};
use tokio::runtime::Runtime;

use super::forge;
use super::outcome::{Answers, Sums};
use crate::error::{Error, Result};
use crate::serve::app::App;
use crate::serve::report::{Report, Terms};
use crate::serve::{bundle, files, limit, listen, staff, store, sums};
use crate::simulate::send::Server;

/// What stands before the sums of a server of our own.
pub enum Door {
    /// All that stands before those of `homebody serve`, so many reports a minute from one address.
    Guarded(NonZeroU32),
    /// Nothing: each report is taken as often as it comes, whatever is in it.
    Open,
}

impl Door {
    /// As if each client came from an address of its own.
    pub fn unhurried() -> Self {
        Self::Guarded(NonZeroU32::MAX)
    }
}

pub struct Target {
    client: Server,
    token: String,
    own: Option<Own>,
}

/// A server in this process; its database goes with it.
struct Own {
    runtime: Option<Runtime>,
    writer: Option<store::Writer>,
    folder: PathBuf,
}

impl Target {
    pub fn given(url: &str, token: &Path) -> Result<Self> {
        let token = std::fs::read_to_string(token).map_err(Error::file(token))?.trim().to_owned();
        Ok(Self { client: Server::named(url)?, token, own: None })
    }

    /// Starts one on a port of its own.
    pub fn own(path: &Path, wanted: Settings, door: Door) -> Result<Self> {
        let (factors, bytes) = crate::bundle::read(path)?;
        let about = bundle::About::new(&factors, bytes.len(), crate::bundle::metadata(path, &bytes)?);
        // A month of the crowd is taken in at once.
        let (departments, oldest) = (factors.departments().to_vec(), 31);
        let terms = Terms { bundle: factors.version().into(), departments, wanted, oldest };
        let shop = path.parent().unwrap_or(Path::new("."));
        let files = files::Files::open(shop, shop, shop)?;
        let folder = folder()?;
        let token = staff::read_or_make(&folder.join("staff-token"))?;
        let (store, writer) = store::open(&folder.join("reports.sqlite"))?;
        let per_minute = if let Door::Guarded(per_minute) = door { per_minute } else { NonZeroU32::MAX };
        let app = App {
            terms,
            about,
            files,
            log: None,
            store,
            token: staff::Token::new(&token),
            limit: limit::Limit::new(per_minute),
            refusals: Arc::default(),
        };
        let router = if matches!(door, Door::Open) { without_checks(app) } else { app.router() };
        let runtime = Runtime::new().map_err(|error| Error::request(format!("cannot start: {error}")))?;
        let listener = runtime.block_on(listen::bind([127, 0, 0, 1].into(), 0))?;
        let address = listener.local_addr().map_err(|error| Error::request(format!("no address: {error}")))?;
        runtime.spawn(listen::run(listener, router, std::future::pending()));
        let own = Own { runtime: Some(runtime), writer: Some(writer), folder };
        Ok(Self { client: Server::named(&format!("http://{address}"))?, token, own: Some(own) })
    }

    pub fn is_own(&self) -> bool {
        self.own.is_some()
    }

    /// Sends, and waits where it is told to.
    pub fn send<B: AsRef<[u8]>>(&self, bodies: &[B]) -> Result<Answers> {
        let bodies: Vec<&[u8]> = bodies.iter().map(AsRef::as_ref).collect();
        Ok(Answers(self.client.send_all(&bodies)?))
    }

    /// Sends, and does not wait.
    pub fn send_at_once<B: AsRef<[u8]>>(&self, bodies: &[B]) -> Result<Answers> {
        let bodies: Vec<&[u8]> = bodies.iter().map(AsRef::as_ref).collect();
        Ok(Answers(self.client.send_at_once(&bodies)?))
    }

    /// What the merchant is told.
    pub fn sums(&self) -> Result<Sums> {
        Ok(Sums(self.client.get("/v1/sums", &self.token)?))
    }
}

/// The same sums and store, and no check. An id of its own for each report, so that nothing counts as sent before.
fn without_checks(app: App) -> Router {
    Router::new().route("/v1/reports", post(take)).route("/v1/sums", get(sums::get)).with_state(Arc::new(app))
}

async fn take(State(app): State<Arc<App>>, body: Bytes) -> StatusCode {
    let Ok(mut report) = Report::read(&body) else { return StatusCode::BAD_REQUEST };
    let Ok(kind) = Type::named(&report.kind) else { return StatusCode::BAD_REQUEST };
    report.id = forge::id(&mut forge::entropy());
    match app.store.add(report, kind, &app.terms.departments).await {
        Ok(_) => StatusCode::CREATED,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// A new one for each server.
fn folder() -> Result<PathBuf> {
    let mut name = [0; 8];
    forge::entropy().fill(&mut name);
    let folder = std::env::temp_dir().join(format!("homebody-attack-{:016x}", u64::from_le_bytes(name)));
    std::fs::create_dir(&folder).map_err(Error::file(&folder))?;
    Ok(folder)
}

impl Drop for Own {
    fn drop(&mut self) {
        // Ends what still holds the store; then the writer closes it.
        drop(self.runtime.take());
        if let Some(writer) = self.writer.take() {
            writer.finish();
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
