//! Posts reports to a running server and does as it says: waits when told to, gives up when refused.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, StatusCode, Uri, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::sleep;

use crate::error::{Error, Result};
use crate::progress::Progress;

/// What the server said to one report.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    Accepted,
    /// Its id had been stored before.
    ThereAlready,
    /// The reason's code.
    Refused(String),
}

/// Connections at once. The server stores together what comes together.
const CONNECTIONS: usize = 16;
/// A server that cannot be reached so often in a row is not there.
const TRIES: u32 = 5;
/// No wait that a server asks for is longer.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// An answer to a report is a line.
const LONGEST_ANSWER: usize = 64 << 10;
/// A year of sums by day.
const LONGEST_SUMS: usize = 64 << 20;

pub struct Server {
    host: String,
    port: u16,
}

impl Server {
    pub fn named(url: &str) -> Result<Self> {
        let wrong = || Error::request(format!("--server {url}: right would be http://HOST:PORT"));
        let uri: Uri = url.parse().map_err(|_| wrong())?;
        match (uri.scheme_str(), uri.host(), uri.path()) {
            (Some("http"), Some(host), "/") => Ok(Self { host: host.into(), port: uri.port_u16().unwrap_or(80) }),
            _ => Err(wrong()),
        }
    }

    /// The answers, in the order of the bodies.
    pub fn send_all(&self, bodies: &[&[u8]]) -> Result<Vec<Answer>> {
        self.send(bodies, true)
    }

    /// The same; told to wait, it counts the report as refused.
    pub fn send_at_once(&self, bodies: &[&[u8]]) -> Result<Vec<Answer>> {
        self.send(bodies, false)
    }

    /// What the server tells its staff.
    pub fn get(&self, path: &str, token: &str) -> Result<serde_json::Value> {
        let answer = async {
            let request = Request::get(path)
                .header(header::HOST, &self.host)
                .header(header::AUTHORIZATION, format!("Bearer {token}"))
                .body(Body::empty())
                .map_err(|error| error.to_string())?;
            let mut sender = self.connect().await?;
            let response = sender.send_request(request).await.map_err(|error| error.to_string())?;
            let (head, body) = response.into_parts();
            let text = to_bytes(Body::new(body), LONGEST_SUMS).await.map_err(|error| error.to_string())?;
            if head.status != StatusCode::OK {
                return Err(format!("it answered {}", head.status));
            }
            serde_json::from_slice(&text).map_err(|error| error.to_string())
        };
        let Self { host, port } = self;
        let failed = |error| Error::request(format!("http://{host}:{port}{path}: {error}"));
        runtime()?.block_on(answer).map_err(failed)
    }

    fn send(&self, bodies: &[&[u8]], patient: bool) -> Result<Vec<Answer>> {
        let runtime = runtime()?;
        let run = Run {
            server: self,
            patient,
            bodies,
            next: AtomicUsize::new(0),
            waited: AtomicBool::new(false),
            progress: Progress::steps(bodies.len() as u64, "reports"),
        };
        let parts: Vec<_> = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(|| runtime.block_on(run.worker()))).collect();
            workers.into_iter().map(|worker| worker.join().expect("a worker does not panic")).collect()
        });
        let mut answers = Vec::with_capacity(bodies.len());
        for part in parts {
            answers.extend(part?);
        }
        answers.sort_unstable_by_key(|(place, _)| *place);
        Ok(answers.into_iter().map(|(_, answer)| answer).collect())
    }

    async fn connect(&self) -> Result<SendRequest<Body>, String> {
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await.map_err(|error| error.to_string())?;
        let _ = stream.set_nodelay(true);
        let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(|error| error.to_string())?;
        // Ends with the sender; what went wrong is told by the request that it happened to.
        tokio::spawn(connection);
        Ok(sender)
    }
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Runtime::new().map_err(|error| Error::request(format!("cannot start: {error}")))
}

struct Run<'a> {
    server: &'a Server,
    /// Waits when it is asked to.
    patient: bool,
    bodies: &'a [&'a [u8]],
    next: AtomicUsize,
    waited: AtomicBool,
    progress: Progress,
}

/// What to do after one try.
enum Try {
    Done(Answer),
    Wait(Duration),
}

impl Run<'_> {
    async fn worker(&self) -> Result<Vec<(usize, Answer)>> {
        let mut answers = Vec::new();
        let mut connection = None;
        loop {
            let place = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(body) = self.bodies.get(place) else { return Ok(answers) };
            answers.push((place, self.send(&mut connection, body).await?));
            self.progress.advance(1);
        }
    }

    async fn send(&self, connection: &mut Option<SendRequest<Body>>, body: &[u8]) -> Result<Answer> {
        let mut failed = 0;
        loop {
            match self.attempt(connection, body).await {
                Ok(Try::Done(answer)) => return Ok(answer),
                Ok(Try::Wait(_)) if !self.patient => return Ok(Answer::Refused("too many, to wait".into())),
                Ok(Try::Wait(time)) => {
                    if !self.waited.swap(true, Ordering::Relaxed) {
                        self.progress.say(
                            "the server asks to wait, and so we do; a server that is to take a whole month at once \
                             needs a higher --reports-per-minute",
                        );
                    }
                    sleep(time).await;
                }
                Err(error) => {
                    *connection = None;
                    failed += 1;
                    if failed == TRIES {
                        let Server { host, port } = self.server;
                        return Err(Error::request(format!("http://{host}:{port} does not answer: {error}")));
                    }
                    sleep(Duration::from_millis(200)).await;
                }
            }
        }
    }

    async fn attempt(&self, connection: &mut Option<SendRequest<Body>>, body: &[u8]) -> Result<Try, String> {
        if connection.as_ref().is_none_or(SendRequest::is_closed) {
            *connection = Some(self.server.connect().await?);
        }
        let sender = connection.as_mut().expect("just connected");
        let request = Request::post("/v1/reports")
            .header(header::HOST, &self.server.host)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_vec()))
            .map_err(|error| error.to_string())?;
        sender.ready().await.map_err(|error| error.to_string())?;
        let response = sender.send_request(request).await.map_err(|error| error.to_string())?;
        let (head, body) = response.into_parts();
        let text = to_bytes(Body::new(body), LONGEST_ANSWER).await.map_err(|error| error.to_string())?;
        Ok(match head.status {
            StatusCode::CREATED => Try::Done(Answer::Accepted),
            StatusCode::OK => Try::Done(Answer::ThereAlready),
            status if status.is_server_error() => return Err(format!("it answered {status}")),
            // As the browser's transport has it: these pass.
            status if matches!(status.as_u16(), 408 | 425 | 429) => {
                let seconds = head.headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
                Try::Wait(Duration::from_secs(seconds.unwrap_or(1)).min(LONGEST_WAIT))
            }
            status => {
                let json = serde_json::from_slice::<serde_json::Value>(&text).unwrap_or_default();
                Try::Done(Answer::Refused(json["code"].as_str().unwrap_or(status.as_str()).into()))
            }
        })
    }
}
