//! Connections: accepted up to a limit, cut off when slow, ended cleanly.
//!
//! `axum::serve` has no time limit for a slow client's headers, hence hyper by hand.

use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tower::ServiceExt;

use crate::error::{Error, Result};

/// How many further ports are tried when one is taken.
const PORTS: u16 = 100;
/// The most connections at once. More wait until one ends, so that memory stays bounded.
const CONNECTIONS: usize = 1_024;
/// Within this time a client must have sent all headers; an idle connection ends after it too.
const HEADERS: Duration = Duration::from_secs(15);
/// The most bytes of headers.
const HEADER_BYTES: usize = 16 << 10;
/// A connection older than this ends after its current request.
const LONGEST: Duration = Duration::from_secs(300);
/// What a request that is under way gets when its connection or the server is to end.
const GRACE: Duration = Duration::from_secs(5);

/// Who is asking; only the rate limit looks at it.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// Takes the port, or the next free one.
pub async fn bind(host: IpAddr, port: u16) -> Result<TcpListener> {
    let last = port.saturating_add(if port == 0 { 0 } else { PORTS });
    for candidate in port..=last {
        match TcpListener::bind(SocketAddr::new(host, candidate)).await {
            Ok(listener) => return Ok(listener),
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
                eprintln!("port {candidate} is taken by another program; trying {}", u32::from(candidate) + 1);
            }
            Err(error) => return Err(Error::request(format!("{host}:{candidate}: {error}"))),
        }
    }
    Err(Error::request(format!("no free port from {port} to {last}; name another by --port")))
}

/// Serves until it is to stop; then lets requests under way end, for a few seconds.
pub async fn run(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    let mut stop = pin!(stop);
    let (stopping, stopped) = watch::channel(());
    let slots = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let accept = async {
            let slot = slots.clone().acquire_owned().await.expect("the semaphore is never closed");
            (slot, listener.accept().await)
        };
        let (slot, accepted) = tokio::select! {
            accepted = accept => accepted,
            () = &mut stop => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let connection = serve(stream, Peer(peer.ip()), router.clone(), stopped.clone());
                connections.spawn(async move {
                    connection.await;
                    drop(slot);
                });
            }
            // Out of file handles, mostly: let some connections end.
            Err(_) => sleep(Duration::from_millis(50)).await,
        }
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    drop(stopping);
    let all = async { while connections.join_next().await.is_some() {} };
    let _ = timeout(GRACE, all).await;
}

async fn serve(stream: TcpStream, peer: Peer, router: Router, mut stopped: watch::Receiver<()>) {
    // Small answers should not wait for more to come.
    let _ = stream.set_nodelay(true);
    let service = router.map_request(move |mut request: hyper::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(peer);
        request
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS)
        .max_buf_size(HEADER_BYTES)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    let mut connection = pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = stopped.changed() => {}
        () = sleep(LONGEST) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = timeout(GRACE, connection).await;
}

/// Ctrl-C or SIGTERM.
pub async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate()).expect("SIGTERM can be listened to");
        tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    let _ = interrupt.await;
}
