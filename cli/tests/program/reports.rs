//! Reports: stored once, or refused by reason; never acknowledged without being on the disk.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::http::{Response, get, post, request};
use crate::server::Server;
use crate::shop::Shop;

pub fn today() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() / 86_400
}

fn version(shop: &Shop) -> String {
    let catalogue = std::fs::read(shop.path("shop/catalogue.json")).unwrap();
    let catalogue: serde_json::Value = serde_json::from_slice(&catalogue).unwrap();
    catalogue["version"].as_str().unwrap().into()
}

/// The shop has three departments: three counts, then three clicks.
fn report(shop: &Shop, id: u32, values: [i64; 6]) -> Vec<u8> {
    of_type("departments", 400, 3, shop, id, &values)
}

fn of_type(kind: &str, epsilon: u32, clip: u32, shop: &Shop, id: u32, values: &[i64]) -> Vec<u8> {
    let report = serde_json::json!({
        "type": kind, "format": 1, "id": format!("{id:032x}"), "day": today(),
        "bundle": version(shop), "epsilon_milli": epsilon, "clip": clip, "values": values,
    });
    format!("{:2048}", report.to_string()).into_bytes()
}

/// The sums of the reports by department.
fn departments(server: &Server) -> serde_json::Value {
    sums(server)["types"]["departments"].take()
}

fn send(server: &Server, body: &[u8]) -> u16 {
    post(server.port, "/v1/reports", body).status
}

pub fn sums(server: &Server) -> serde_json::Value {
    let bearer = format!("Bearer {}", server.token);
    let response = get(server.port, "/v1/sums", &[("authorization", &bearer)]);
    assert_eq!(response.status, 200);
    response.json()
}

#[test]
fn reports_add_up_with_their_intervals() {
    let shop = Shop::new();
    let server = Server::start(&shop, &[]);
    assert_eq!(send(&server, &report(&shop, 1, [5, -3, 0, 1, 0, 0])), 201);
    assert_eq!(send(&server, &report(&shop, 2, [7, 1, 2, -1, 0, 9])), 201);
    let all = sums(&server);
    assert_eq!((&all["bundle"], all["departments"].as_array().unwrap().len()), (&version(&shop).into(), 3));
    let sums = &all["types"]["departments"];
    assert_eq!((&sums["reports"], &sums["clip"], &sums["epsilon_milli"]), (&2.into(), &3.into(), &400.into()));
    // Three departments' interactions, then their clicks on recommendations.
    assert_eq!(sums["values"], serde_json::json!([12.0, -2.0, 2.0, 0.0, 0.0, 9.0]));
    assert_eq!(sums["vocabulary"].as_array().unwrap().len(), 6);
    // 1.96 · √(2 reports · 2q/(1−q)²), q = e^(−0.4/6), is 58.8.
    for half in sums["half"].as_array().unwrap() {
        assert!((58.7..58.9).contains(&half.as_f64().unwrap()), "{half}");
    }
    // All came on one day, so the day is the whole.
    let day = &sums["days"][0];
    assert_eq!((&day["day"], &day["reports"]), (&today().into(), &2.into()));
    assert_eq!((&day["values"], &day["half"]), (&sums["values"], &sums["half"]));
    assert_eq!(all["caps"], serde_json::json!([1_000, 8_000, 104_000]));
    assert_eq!(all["spent"]["sum"], serde_json::json!([1_000, 1_000, 1_000]));
    assert_eq!(sums["spent"]["sum"], serde_json::json!([400, 400, 400]));
}

#[test]
fn every_type_is_taken_and_debiased() {
    let shop = Shop::new();
    let server = Server::start(&shop, &[]);
    let sent = [
        of_type("shelf", 250, 1, &shop, 1, &[4]),
        of_type("orders", 150, 1, &shop, 2, &[0]),
        of_type("segments", 100, 1, &shop, 3, &[1, 0, 0, 1]),
        of_type("changes", 100, 2, &shop, 4, &[-40, 0, 0, 7, 0, 0, 0]),
    ];
    assert_eq!(sent.each_ref().map(|body| send(&server, body)), [201; 4]);
    let types = &sums(&server)["types"];
    let names: Vec<&str> = types.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["changes", "departments", "orders", "segments", "shelf"]);
    let values = |kind: &str| -> Vec<f64> {
        types[kind]["values"].as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
    };
    assert_eq!(types["departments"]["reports"], 0);
    assert_eq!(values("changes"), [-40.0, 0.0, 0.0, 7.0, 0.0, 0.0, 0.0]);
    let [shelf, orders, segments] = ["shelf", "orders", "segments"].map(values);
    // The popular arm's one day: its answers add up to it, and the personal arm has none.
    assert_eq!((shelf.len(), &shelf[..3]), (6, [0.0; 3].as_slice()));
    assert!((shelf.iter().sum::<f64>() - 1.0).abs() < 1e-9 && (shelf[4] - 8.04).abs() < 0.01, "{shelf:?}");
    assert!(orders.len() == 7 && (orders.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{orders:?}");
    assert!(segments[0] == segments[3] && (segments[0] - 21.0).abs() < 0.1 && segments[1] < 0.0, "{segments:?}");
    for kind in ["shelf", "orders", "segments", "changes"] {
        let most = types[kind]["influence"].as_f64().unwrap();
        assert!(values(kind).iter().all(|value| value.abs() <= most + 1e-9), "{kind}");
    }
}

#[test]
fn a_shop_that_wants_some_types_takes_no_others() {
    let shop = Shop::new();
    let server = Server::start(&shop, &["--report", "orders=50", "--report", "departments"]);
    assert_eq!(send(&server, &report(&shop, 1, [0; 6])), 201);
    assert_eq!(send(&server, &of_type("orders", 50, 1, &shop, 2, &[0])), 201);
    let refused = |body: &[u8]| post(server.port, "/v1/reports", body).json()["code"].clone();
    assert_eq!(refused(&of_type("orders", 150, 1, &shop, 3, &[0])), "wrong-epsilon");
    assert_eq!(refused(&of_type("shelf", 250, 1, &shop, 4, &[0])), "wrong-type");
    let sums = sums(&server);
    assert_eq!(sums["types"].as_object().unwrap().len(), 2);
    assert_eq!(sums["spent"]["sum"], serde_json::json!([450, 450, 450]));
    drop(server);
    for (wanted, why) in
        [("orders=501", "from 0.001 to 0.5"), ("items", "some of departments"), ("shelf=x", "thousandths")]
    {
        let words = Server::refused(&shop, &["--report", wanted]);
        assert!(words.contains(why), "{wanted}: {words}");
    }
}

#[test]
fn a_database_from_before_there_were_types_goes_on() {
    let shop = Shop::new();
    let server = Server::start(&shop, &["--report", "departments=1000"]);
    let body = of_type("departments", 1_000, 3, &shop, 1, &[5, 0, 0, 0, 0, 0]);
    assert_eq!(send(&server, &body), 201);
    drop(server);
    // As it was then: without the column, and with another clip.
    let old = rusqlite::Connection::open(shop.path("reports.sqlite")).unwrap();
    old.execute_batch(
        "CREATE TABLE old (id TEXT PRIMARY KEY, day INTEGER NOT NULL, vocabulary TEXT NOT NULL, bundle TEXT NOT NULL,
            epsilon_milli INTEGER NOT NULL, clip INTEGER NOT NULL, noised TEXT NOT NULL) STRICT, WITHOUT ROWID;
         INSERT INTO old SELECT id, day, vocabulary, bundle, epsilon_milli, 10, noised FROM reports;
         DROP TABLE reports; ALTER TABLE old RENAME TO reports;",
    )
    .unwrap();
    drop(old);
    let server = Server::start(&shop, &[]);
    assert_eq!(departments(&server)["values"][0], 5.0);
    assert_eq!(send(&server, &of_type("orders", 150, 1, &shop, 2, &[6])), 201);
    assert_eq!(send(&server, &report(&shop, 3, [7, 0, 0, 0, 0, 0])), 201);
    let sums = departments(&server);
    // Each is weighed by its own noise: variances of 800 and 450.
    assert_eq!((&sums["values"][0], &sums["reports"]), (&12.0.into(), &2.into()));
    let half = sums["half"][0].as_f64().unwrap();
    assert!((69.2..69.4).contains(&half), "{half}");
}

#[test]
fn an_id_counts_once_also_after_a_crash() {
    let shop = Shop::new();
    let first = report(&shop, 1, [5, 0, 0, 0, 0, 0]);
    let server = Server::start(&shop, &[]);
    assert_eq!(send(&server, &first), 201);
    assert_eq!(send(&server, &first), 200);
    // Other content under the same id is not taken either.
    assert_eq!(send(&server, &report(&shop, 1, [9, 9, 9, 9, 9, 9])), 200);
    server.kill();

    let server = Server::start(&shop, &[]);
    assert_eq!(send(&server, &first), 200, "acknowledged before the crash, so it must be there");
    assert_eq!(departments(&server)["reports"], 1);
    assert_eq!(departments(&server)["values"][0], 5.0);
    // The control: the same content under a fresh id counts.
    assert_eq!(send(&server, &report(&shop, 2, [5, 0, 0, 0, 0, 0])), 201);
    assert_eq!(departments(&server)["values"][0], 10.0);
}

#[test]
fn nothing_is_acknowledged_that_is_not_committed() {
    let shop = Shop::new();
    let server = Server::start(&shop, &[]);
    let body = report(&shop, 1, [1, 0, 0, 0, 0, 0]);
    // Somebody else holds the database: nothing can be committed.
    let other = rusqlite::Connection::open(shop.path("reports.sqlite")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let refused = post(server.port, "/v1/reports", &body);
    assert_eq!(refused.status, 503);
    assert_eq!(refused.json()["code"], "not-stored");
    assert!(refused.header("retry-after").is_some());
    other.execute_batch("ROLLBACK").unwrap();
    // The control: the same report is new now, and only now.
    assert_eq!(send(&server, &body), 201);
    assert_eq!(send(&server, &body), 200);
}

#[test]
fn what_is_wrong_is_named_and_counted() {
    let shop = Shop::new();
    let server = Server::start(&shop, &[]);
    let right = String::from_utf8(report(&shop, 1, [1, 0, 0, 0, 0, 0])).unwrap();
    let padded = |text: String| format!("{:2048}", text.trim_end());
    let code = |body: &str| {
        let response = post(server.port, "/v1/reports", body.as_bytes());
        assert_eq!(response.status, 400, "{body}");
        assert!(!response.json()["message"].as_str().unwrap().is_empty());
        response.json()["code"].as_str().unwrap().to_string()
    };
    let day = today();
    for (from, to, expected) in [
        ("\"format\":1", "\"format\":2".to_string(), "wrong-format"),
        ("\"departments\"", "\"items\"".into(), "wrong-type"),
        ("[1,0,0", "[1,0".into(), "wrong-length"),
        ("[1,0,0", "[454,0,0".into(), "absurd-value"),
        ("[1,0,0", "[1.5,0,0".into(), "malformed"),
        ("\"format\":1", "\"format\":1,\"user\":7".into(), "malformed"),
        ("\"clip\":3", "\"clip\":1000".into(), "wrong-clip"),
        ("\"epsilon_milli\":400", "\"epsilon_milli\":1".into(), "wrong-epsilon"),
        (&version(&shop), "0123456789abcdef".into(), "wrong-bundle"),
        (&format!("\"day\":{day}"), format!("\"day\":{}", day - 8), "wrong-day"),
        (&format!("\"day\":{day}"), format!("\"day\":{}", day + 3), "wrong-day"),
    ] {
        let body = padded(right.replace(from, &to));
        assert_ne!(body, right, "{from}");
        assert_eq!(code(&body), expected);
    }
    assert_eq!(code(right.trim_end()), "wrong-size");
    assert_eq!(code(&padded(String::from("hello"))), "malformed");
    let sums = sums(&server);
    assert_eq!(sums["types"]["departments"]["reports"], 0);
    let counted = |reason: &str| {
        let all = sums["refused"].as_array().unwrap().iter();
        all.filter(|row| row["reason"] == reason).map(|row| row["count"].as_u64().unwrap()).sum::<u64>()
    };
    assert_eq!((counted("wrong-day"), counted("malformed"), counted("wrong-size")), (2, 3, 1));
    // The control: unchanged it is stored.
    assert_eq!(send(&server, right.as_bytes()), 201);
}

#[test]
#[cfg(unix)]
fn counts_of_refusals_survive_a_restart() {
    let shop = Shop::new();
    let server = Server::start(&shop, &[]);
    assert_eq!(send(&server, b"{}"), 400);
    server.stop("-INT");
    let server = Server::start(&shop, &[]);
    assert_eq!(send(&server, b"{}"), 400);
    assert_eq!(sums(&server)["refused"], serde_json::json!([{ "reason": "wrong-size", "count": 2 }]));
}

#[test]
fn a_body_beyond_the_limit_is_not_read() {
    let shop = Shop::new();
    let server = Server::start(&shop, &[]);
    let long = vec![b' '; (64 << 10) + 1];
    assert_eq!(send(&server, &long), 413);
    // Of unknown length, it is cut off on the way.
    let mut chunked =
        b"POST /v1/reports HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    for _ in 0..5 {
        chunked.extend(format!("{:x}\r\n{}\r\n", 16 << 10, " ".repeat(16 << 10)).bytes());
    }
    chunked.extend(b"0\r\n\r\n");
    assert_eq!(crate::http::send(server.port, &chunked).status, 413);
    // The control: within the limit it is read, and refused for what it is.
    assert_eq!(send(&server, &long[1..]), 400);
}

#[test]
fn too_many_from_one_address_must_wait() {
    let shop = Shop::new();
    let server = Server::start(&shop, &["--reports-per-minute", "3"]);
    let answers: Vec<Response> =
        (0..5).map(|id| post(server.port, "/v1/reports", &report(&shop, id, [0; 6]))).collect();
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [201, 201, 201, 429, 429]);
    let wait: u64 = answers[3].header("retry-after").unwrap().parse().unwrap();
    assert!((1..=20).contains(&wait), "{wait}");
    // The control: pages and sums are not limited, and with a higher limit all five pass.
    assert_eq!(get(server.port, "/", &[]).status, 200);
    assert_eq!(departments(&server)["reports"], 3);
    drop(server);
    let server = Server::start(&shop, &["--reports-per-minute", "60"]);
    assert!((5..10).all(|id| send(&server, &report(&shop, id, [0; 6])) == 201));
}

#[test]
fn sums_are_for_the_staff() {
    let shop = Shop::new();
    let server = Server::start(&shop, &[]);
    for path in ["/v1/sums", "/v1/bundle"] {
        let with = |value: &str| get(server.port, path, &[("authorization", value)]);
        let none = get(server.port, path, &[]);
        assert_eq!((none.status, none.header("www-authenticate")), (401, Some("Bearer")));
        assert_eq!(with("Bearer 0123456789abcdef0123456789abcdef").status, 401);
        assert_eq!(with(&format!("Bearer {}x", server.token)).status, 401);
        assert_eq!(get(server.port, &format!("{path}?token={}", server.token), &[]).status, 401);
        // The control: the token itself, also after a restart.
        assert_eq!(with(&format!("Bearer {}", server.token)).status, 200);
    }
    let token = server.token.clone();
    drop(server);
    assert_eq!(Server::start(&shop, &[]).token, token);
}

#[test]
fn the_bundle_in_use_is_told_as_the_trainer_wrote_it() {
    let shop = Shop::new();
    let server = Server::start(&shop, &[]);
    let bearer = format!("Bearer {}", server.token);
    let about = get(server.port, "/v1/bundle", &[("authorization", &bearer)]).json();
    assert_eq!((&about["version"], &about["items"], &about["dim"]), (&version(&shop).into(), &8.into(), &8.into()));
    let metadata = about["metadata"].as_object().unwrap();
    assert!(metadata["homebody.provenance"].as_str().unwrap().contains("40 users"), "{metadata:?}");
}

#[test]
fn a_month_is_taken_in_only_where_that_was_asked_for() {
    let shop = Shop::new();
    let old = |days: u64| {
        let text = String::from_utf8(report(&shop, days as u32, [0; 6])).unwrap();
        let day = today();
        format!("{:2048}", text.trim_end().replace(&format!("\"day\":{day}"), &format!("\"day\":{}", day - days)))
    };
    let server = Server::start(&shop, &["--oldest-report", "31"]);
    let sent = [31, 32].map(|days| send(&server, old(days).as_bytes()));
    assert_eq!(sent, [201, 400]);
    drop(server);
    // The control: by itself the server looks a week back.
    let server = Server::start(&shop, &[]);
    assert_eq!([7, 8].map(|days| send(&server, old(days).as_bytes())), [201, 400]);
}

#[test]
fn another_sites_page_cannot_report() {
    let shop = Shop::new();
    let server = Server::start(&shop, &[]);
    let from = |site: &str, id| {
        let headers = [("content-type", "application/json"), ("sec-fetch-site", site)];
        request(server.port, "POST", "/v1/reports", &headers, &report(&shop, id, [0; 6])).status
    };
    assert_eq!(from("cross-site", 1), 403);
    assert_eq!(from("same-origin", 1), 201);
    assert_eq!(request(server.port, "OPTIONS", "/v1/reports", &[("origin", "http://evil")], b"").status, 405);
}
