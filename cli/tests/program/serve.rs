//! The shop's files over HTTP, and the life of the server.

use std::io::Read;

use crate::http::{get, request, send};
use crate::server::Server;
use crate::shop::Shop;

#[test]
fn every_file_has_its_type_and_the_strict_headers() {
    let shop = Shop::new();
    let server = Server::start(&shop, &[]);
    for (path, mime) in [
        ("/", "text/html; charset=utf-8"),
        ("/merchant.html", "text/html; charset=utf-8"),
        ("/app.js", "text/javascript; charset=utf-8"),
        ("/pkg/index.js", "text/javascript; charset=utf-8"),
        ("/pkg/homebody_bg.wasm", "application/wasm"),
        ("/shop/catalogue.json", "application/json"),
        ("/shop/factors.safetensors", "application/octet-stream"),
    ] {
        let response = get(server.port, path, &[]);
        assert_eq!((response.status, response.header("content-type")), (200, Some(mime)), "{path}");
        let policy = response.header("content-security-policy").unwrap();
        for part in [
            "default-src 'self'",
            "script-src 'self' 'wasm-unsafe-eval'",
            "object-src 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "form-action 'none'",
        ] {
            assert!(policy.split("; ").any(|found| found.trim() == part), "{part} in {policy}");
        }
        assert!(!policy.contains("'unsafe-eval'") && !policy.contains("'unsafe-inline'"));
        assert_eq!(response.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(response.header("referrer-policy"), Some("no-referrer"));
        assert!(response.header("permissions-policy").is_some());
        assert_eq!(response.header("access-control-allow-origin"), None);
    }
    let missing = get(server.port, "/none", &[]);
    assert_eq!(missing.status, 404);
    assert!(missing.header("content-security-policy").is_some());
    assert_eq!(request(server.port, "DELETE", "/app.js", &[], b"").status, 405);
    let head = request(server.port, "HEAD", "/app.js", &[], b"");
    assert_eq!((head.status, head.body.len()), (200, 0));
}

#[test]
fn an_etag_saves_the_body_until_the_file_changes() {
    let shop = Shop::new();
    let server = Server::start(&shop, &[]);
    let first = get(server.port, "/app.js", &[]);
    let tag = first.header("etag").unwrap();
    assert!(tag.starts_with('"'), "a strong one: {tag}");
    let again = get(server.port, "/app.js", &[("if-none-match", tag)]);
    assert_eq!((again.status, again.body.len()), (304, 0));
    assert_eq!(again.header("etag"), Some(tag));
    // The controls: another tag, and another file under the same name.
    assert_eq!(get(server.port, "/app.js", &[("if-none-match", "\"other\"")]).status, 200);
    shop.write("www/app.js", b"export const greeting = 'good evening';");
    let changed = get(server.port, "/app.js", &[("if-none-match", tag)]);
    assert_eq!(changed.status, 200);
    assert_eq!(changed.body, b"export const greeting = 'good evening';");
}

#[test]
fn compressed_where_the_browser_takes_it() {
    let shop = Shop::new();
    let server = Server::start(&shop, &[]);
    let plain = get(server.port, "/app.js", &[]);
    assert_eq!(plain.header("content-encoding"), None);
    let gzip = get(server.port, "/app.js", &[("accept-encoding", "gzip")]);
    assert_eq!(gzip.header("content-encoding"), Some("gzip"));
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(gzip.body.as_slice()).read_to_end(&mut unpacked).unwrap();
    assert!(unpacked == plain.body && gzip.body.len() < plain.body.len());
    let brotli = get(server.port, "/app.js", &[("accept-encoding", "gzip, br")]);
    assert_eq!(brotli.header("content-encoding"), Some("br"));
    let mut unpacked = Vec::new();
    brotli::BrotliDecompress(&mut brotli.body.as_slice(), &mut unpacked).unwrap();
    assert_eq!(unpacked, plain.body);
    let tags = [&plain, &gzip, &brotli].map(|response| response.header("etag").unwrap());
    assert!(tags[0] != tags[1] && tags[1] != tags[2], "each encoding has its own: {tags:?}");
}

#[test]
fn nothing_but_the_shop_is_served() {
    let shop = Shop::new();
    shop.write("www/.env", b"secret");
    let server = Server::start(&shop, &[]);
    for path in [
        "/data/purchases.parquet",
        "/Data/purchases.parquet",
        "/./data/purchases.parquet",
        "//data/purchases.parquet",
        "/%64ata/purchases.parquet",
        "/pkg/../data/purchases.parquet",
        "/../reports.sqlite",
        "/..%2freports.sqlite",
        "/%2e%2e/reports.sqlite",
        "/pkg/..%5c..%5creports.sqlite",
        "/.env",
        "/shop/../reports.sqlite",
        "/shop/reports.sqlite",
        "/pkg/",
        "/data",
    ] {
        assert_eq!(get(server.port, path, &[]).status, 404, "{path}");
    }
    // The control: the same requests, well formed, find what is there.
    assert_eq!(get(server.port, "/pkg/index.js", &[]).status, 200);
}

#[test]
fn broken_requests_are_refused_and_the_next_one_is_served() {
    let shop = Shop::new();
    let server = Server::start(&shop, &[]);
    let long = format!("GET / HTTP/1.1\r\nx: {}\r\n\r\n", "y".repeat(100_000));
    for (bytes, status) in [
        (b"GET / HTTP/1.1\r\nhost localhost\r\n\r\n".as_slice(), 400),
        (b"\0\x01\x02\r\n\r\n", 400),
        (long.as_bytes(), 431),
    ] {
        assert_eq!(send(server.port, bytes).status, status);
    }
    assert_eq!(get(server.port, "/", &[]).status, 200);
}

#[test]
fn a_taken_port_is_said_and_the_next_one_used() {
    let shop = Shop::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let server = Server::start_at(&shop, port, &[]);
    assert_ne!(server.port, port);
    assert_eq!(get(server.port, "/", &[]).status, 200);
    #[cfg(unix)]
    {
        let (_, err) = server.stop("-TERM");
        assert!(err.contains(&format!("port {port} is taken")), "{err}");
    }
}

#[test]
#[cfg(unix)]
fn ends_cleanly_on_ctrl_c_and_sigterm() {
    let shop = Shop::new();
    for signal in ["-INT", "-TERM"] {
        let server = Server::start(&shop, &[]);
        // A connection that says nothing must not hold it up for long.
        let _idle = std::net::TcpStream::connect(("127.0.0.1", server.port)).unwrap();
        assert_eq!(get(server.port, "/", &[]).status, 200);
        let (status, err) = server.stop(signal);
        assert_eq!(status.code(), Some(0), "{signal}: {err}");
        assert!(err.contains("stopped"), "{err}");
        assert!(!shop.path("reports.sqlite-wal").exists(), "the log is folded into the database");
    }
}

#[test]
fn the_access_log_tells_nothing_about_who_looked() {
    let shop = Shop::new();
    let server = Server::start(&shop, &[]);
    get(server.port, "/?item=7&user=me", &[("user-agent", "spy"), ("referer", "http://elsewhere/")]);
    get(server.port, "/none", &[]);
    let log = std::fs::read_to_string(shop.path("access.log")).unwrap();
    assert_eq!(log, "GET / 200\nGET /none 404\n");
}
