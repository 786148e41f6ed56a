//! A month of orders, sent to a real server: what it says came of it is what the server has.

use crate::reports::sums;
use crate::server::Server;
use crate::shop::Shop;
use crate::{Run, run, text};

const OPEN: [&str; 4] = ["--reports-per-minute", "1000000", "--oldest-report", "31"];

fn simulate(shop: &Shop, server: &Server, bundle: &str, more: &[&str]) -> Run {
    let [data, bundle] = ["data", bundle].map(|name| shop.path(name));
    let url = format!("http://localhost:{}", server.port);
    let flags = ["simulate", "--data", text(&data), "--bundle", text(&bundle), "--server", &url, "--runs", "0"];
    run([flags.as_slice(), more].concat())
}

const BUNDLE: &str = "shop/factors.safetensors";

/// The number after a word, at the beginning of a line.
fn after(words: &str, label: &str) -> Option<u64> {
    let line = words.lines().find_map(|line| line.trim_start().strip_prefix(label))?;
    line.split_whitespace().next()?.parse().ok()
}

#[test]
fn the_sums_that_it_prints_are_the_servers() {
    let shop = Shop::new();
    let server = Server::start(&shop, &OPEN);
    let words = simulate(&shop, &server, BUNDLE, &[]).ok().out();
    assert!(words.contains("40 of 40 households ordered"), "{words}");
    let sent = after(&words, "reports sent:").unwrap();
    // Three orders on three days each, five types; a report that is put off over midnight leaves its day to the next.
    assert!(sent.is_multiple_of(5) && (80..=120).contains(&(sent / 5)), "{words}");
    assert_eq!(after(&words, "accepted"), Some(sent));

    let sums = sums(&server);
    assert_eq!(sums["refused"], serde_json::json!([]));
    let (mut held, mut all) = (0, 0);
    for (kind, of_type) in sums["types"].as_object().unwrap() {
        assert_eq!(of_type["reports"], sent / 5, "{kind}");
        let days: Vec<u64> =
            of_type["days"].as_array().unwrap().iter().map(|day| day["day"].as_u64().unwrap()).collect();
        assert_eq!((days.len(), days[2]), (3, crate::reports::today()), "the last of the three days is today");
        let table = words.split(&format!("\n{kind} ")).nth(1).unwrap().split("\n\n").next().unwrap();
        let rows: Vec<[f64; 5]> = table.lines().skip(1).map(numbers).collect();
        let [values, halves] = ["values", "half"].map(|key| of_type[key].as_array().unwrap());
        assert_eq!((rows.len(), values.len()), (halves.len(), halves.len()), "{kind}");
        for ((row, value), half) in rows.iter().zip(values).zip(halves) {
            let ([happened, clipped, estimate, low, high], half) = (*row, half.as_f64().unwrap());
            let value = value.as_f64().unwrap();
            assert!((estimate - value).abs() <= 0.5, "{words}");
            assert!((low - (value - half)).abs() < 1.0 && (high - (value + half)).abs() < 1.0, "{words}");
            assert!(clipped <= happened);
            held += usize::from((value - clipped).abs() <= half);
            all += 1;
        }
        let clipped: f64 = rows.iter().map(|row| row[1]).sum();
        if ["orders", "segments", "shelf"].contains(&kind.as_str()) {
            assert_eq!(clipped, (sent / 5) as f64, "{kind}: one answer a report is true");
        }
        if kind == "departments" {
            // Every order was of three items, and nothing more was counted but what the shelf added.
            let [bought, clicks] = [0, 3].map(|from| rows[from..from + 3].iter().map(|row| row[0]).sum::<f64>());
            let shelf = after(&words, "360 items of orders;").unwrap() as f64;
            assert!(bought == 360.0 + shelf && clicks <= shelf && clicks > 0.0, "{words}");
        }
    }
    assert!(words.contains(&format!("{held} of {all} intervals hold")), "{words}");
    assert!(held as f64 >= 0.9 * f64::from(all), "{words}"); // one seed, so it is the same in every run
}

/// The intervals of a thousand draws of the noise hold the truth in 93 to 97 of 100 cases, for each type and over all;
/// those with half of the variance do not.
#[test]
fn intervals_hold_the_truth_in_95_of_100_cases() {
    let shop = Shop::new();
    let [data, bundle] = ["data", BUNDLE].map(|name| shop.path(name));
    let flags = ["simulate", "--data", text(&data), "--bundle", text(&bundle), "--shoppers", "100", "--seed", "1"];
    let words = run(flags).ok().out();
    assert!(words.contains("1000 runs of the noise over one day of each of 100 shoppers"), "{words}");
    let rows: Vec<(&str, [f64; 2])> = words.lines().filter_map(coverage).collect();
    let names: Vec<&str> = rows.iter().map(|row| row.0).collect();
    assert_eq!(names, ["departments", "shelf", "orders", "segments", "changes", "all"], "{words}");
    for (name, [held, narrow]) in rows {
        assert!((93.0..=97.0).contains(&held), "{name}: {words}");
        assert!(narrow < 90.0, "control, {name}: {words}");
    }
    // Without a server nothing is sent, and what the clip took is no error of the noise.
    assert!(!words.contains("reports sent") && words.contains("The truth is what the clip left"), "{words}");
    assert_eq!(words, run(flags).ok().out(), "the same seed, the same runs");
}

/// A row of shares: `name values held % narrow %`.
fn coverage(line: &str) -> Option<(&str, [f64; 2])> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [name, _, held, "%", narrow, "%"] = words[..] else { return None };
    Some((name, [held.parse().ok()?, narrow.parse().ok()?]))
}

/// The five numbers at the end of a line.
fn numbers(line: &str) -> [f64; 5] {
    let words: Vec<&str> = line.trim_end_matches("  missed").split_whitespace().collect();
    let numbers: Vec<f64> = words[words.len() - 5..].iter().map(|word| word.parse().unwrap()).collect();
    numbers.try_into().expect("five numbers a row")
}

#[test]
fn the_same_seed_sends_the_same_and_counts_once() {
    let shop = Shop::new();
    let server = Server::start(&shop, &OPEN);
    let few = ["--shoppers", "10"];
    let first = simulate(&shop, &server, BUNDLE, &few).ok().out();
    let sent = after(&first, "accepted").unwrap();
    let again = simulate(&shop, &server, BUNDLE, &few).ok().out();
    assert_eq!((after(&again, "accepted"), after(&again, "there already")), (Some(0), Some(sent)));
    assert_eq!(sums(&server)["types"]["orders"]["reports"], sent / 5);
    // The control: another seed draws other households, and other noise.
    let other = simulate(&shop, &server, BUNDLE, &["--shoppers", "10", "--seed", "2"]).ok().out();
    assert_eq!(after(&other, "there already"), None);
    assert!(sums(&server)["types"]["orders"]["reports"].as_u64().unwrap() > sent / 5);
}

#[test]
fn what_the_server_does_not_take_is_said_by_reason() {
    let shop = Shop::new();
    shop.train("other", &["--seed", "9"]);
    let server = Server::start(&shop, &["--reports-per-minute", "1000000"]);
    let few = |more: &[&'static str]| [&["--shoppers", "5"], more].concat();
    let wrong = simulate(&shop, &server, "other/factors.safetensors", &few(&[])).ok().out();
    let sent = after(&wrong, "reports sent:").unwrap();
    assert!(sent > 0);
    assert_eq!((after(&wrong, "refused: wrong-bundle"), after(&wrong, "accepted")), (Some(sent), Some(0)), "{wrong}");
    let half = simulate(&shop, &server, BUNDLE, &few(&["--report", "orders=50"])).ok().out();
    assert_eq!(after(&half, "refused: wrong-epsilon"), Some(sent / 5), "{half}");
    let counted = sums(&server);
    assert_eq!(counted["types"]["orders"]["reports"], 0);
    assert_eq!(
        counted["refused"],
        serde_json::json!([{ "reason": "wrong-bundle", "count": sent }, { "reason": "wrong-epsilon", "count": sent / 5 }])
    );
    // The control: with the server's own bundle and ε the same households are taken in.
    let right = simulate(&shop, &server, BUNDLE, &few(&[])).ok().out();
    assert_eq!(after(&right, "accepted"), Some(sent), "{right}");
}

#[test]
fn it_waits_when_it_is_asked_to() {
    let shop = Shop::new();
    // A report every half second, two at once.
    let server = Server::start(&shop, &["--reports-per-minute", "120"]);
    let busy: Vec<u16> = (0..130).map(|_| crate::http::post(server.port, "/v1/reports", b"{}").status).collect();
    assert!(busy.contains(&429), "the allowance is used up");
    let run = simulate(&shop, &server, BUNDLE, &["--shoppers", "1"]).ok();
    assert!(run.err().contains("asks to wait"), "{}", run.err());
    assert_eq!(after(&run.out(), "accepted"), after(&run.out(), "reports sent:"));
}

#[test]
fn a_server_that_is_not_there_is_said() {
    let shop = Shop::new();
    let server = Server::start(&shop, &[]);
    let url = format!("http://localhost:{}", server.port);
    drop(server);
    let [data, bundle] = ["data", BUNDLE].map(|name| shop.path(name));
    let flags = ["simulate", "--data", text(&data), "--bundle", text(&bundle), "--server"];
    let gone = run([flags.as_slice(), &[url.as_str()]].concat()).failed().err();
    assert!(gone.contains("does not answer"), "{gone}");
    let odd = run([flags.as_slice(), &["localhost"]].concat()).failed().err();
    assert!(odd.contains("http://HOST:PORT"), "{odd}");
}
