//! Comparisons as a person makes them: tables printed, files written, wrong wishes refused.

use std::path::PathBuf;

use serde_json::Value;
use tempfile::TempDir;

use crate::{Run, homebody, run, text};

struct Tables(TempDir);

impl Tables {
    /// 100 days of 40 users, each with an order a day; in the even stores one of five items, in the odd
    /// ones twelve of twenty.
    fn new() -> Self {
        let tables = Self(tempfile::tempdir().unwrap());
        let mut purchases = String::from("user,item,order,time,store\n");
        for day in 0..100u32 {
            for user in 0..40u32 {
                let items = if user % 2 == 0 { 1 } else { 12 };
                for n in 0..items {
                    let item = match user % 6 {
                        0 => user % 5, // takes the same every day
                        2 | 4 => (user + day) % 5,
                        _ => 5 + (user + day + n) % 20,
                    };
                    let (order, time) = (user * 1_000 + day, 1_700_000_000 + day * 86_400);
                    purchases += &format!("{user},{item},{order},{time},{}\n", user % 2);
                }
            }
        }
        // After each item the next one, of ten in France and of three in Italy.
        let mut sessions = String::from("session_id,seq,item_id,kind,locale\n");
        for session in 0..200u32 {
            let (locale, items) = if session % 4 == 0 { ("IT", 3) } else { ("FR", 10) };
            for seq in (0..5).rev() {
                sessions += &format!("{session},{seq},{},engage,{locale}\n", (session + seq) % items);
            }
        }
        std::fs::write(tables.path("purchases.csv"), purchases).unwrap();
        std::fs::write(tables.path("sessions.csv"), sessions).unwrap();
        tables
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn evaluate(&self, table: &str, more: &[&str]) -> Run {
        self.command("evaluate", table, more)
    }

    fn command(&self, command: &str, table: &str, more: &[&str]) -> Run {
        let mut program = homebody();
        program.args([command, text(&self.path(table)), "--dim", "4", "--iterations", "3"]).args(more);
        Run(program.output().unwrap())
    }

    fn json(&self, table: &str, more: &[&str]) -> Value {
        let file = self.path("record.json");
        self.evaluate(table, &[more, &["--json", text(&file)]].concat()).ok();
        serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
    }
}

fn line<'a>(shown: &'a str, start: &str) -> &'a str {
    shown.lines().find(|line| line.starts_with(start)).unwrap_or_else(|| panic!("{start}: {shown}"))
}

#[test]
fn purchases_are_told_by_their_times() {
    let tables = Tables::new();
    let shown = tables.evaluate("purchases.csv", &[]).ok().out();
    for words in ["40 users, cut at", "25 items, 40 users", "NDCG@20 new", "| popular |", "| static |", "| online |"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    // The second table compares with the first method.
    assert!(line(&shown, "| NDCG@20 minus that of popular |").ends_with("| all | new |"));
    let other = ["--compare", "popular,frequency", "--against", "frequency"];
    let shown = tables.evaluate("purchases.csv", &other).ok().out();
    assert!(shown.contains("minus that of frequency") && shown.contains("| popular | -"), "{shown}");
}

#[test]
fn sessions_are_told_by_having_no_times() {
    let tables = Tables::new();
    let all = tables.evaluate("sessions.csv", &["--compare", "popular,seq-rules,item-knn"]).ok().out();
    assert!(all.contains("160 sessions, 800 events") && all.contains("40 sessions, 160 events"), "{all}");
    // After each item comes the next one, though the rows stand in the other order.
    let french = tables.json("sessions.csv", &["--compare", "popular,seq-rules", "--where", "locale=FR"]);
    assert_eq!((&french["counts"]["items"], &french["counts"]["eval_users"]), (&10.into(), &30.into()));
    let ndcg = |method: usize| french["methods"][method]["new"]["ndcg"]["mean"].as_f64().unwrap();
    assert!(ndcg(1) > 0.95 && ndcg(0) < 0.7, "{} {}", ndcg(1), ndcg(0));
    // The same rows, split by order because the command line says so.
    let forced = tables.evaluate("sessions.csv", &["--split", "order", "--compare", "popular"]).ok().out();
    assert_eq!(line(&forced, "| popular |"), line(&all, "| popular |"));
    let failed = tables.evaluate("sessions.csv", &["--split", "time"]).failed();
    assert!(failed.err().contains("time"), "{}", failed.err());
}

#[test]
fn the_record_holds_everything_and_is_the_same_again() {
    let tables = Tables::new();
    let more = ["--compare", "popular,freq-decay:half=30", "--where", "store=0"];
    let record = tables.json("purchases.csv", &more);
    for key in [
        "versions",
        "data",
        "where",
        "protocol",
        "slice",
        "cut",
        "at",
        "seed",
        "model",
        "counts",
        "coverage",
        "repeat_share",
        "methods",
        "differences",
    ] {
        assert!(record.get(key).is_some(), "{key}: {record}");
    }
    let method = &record["methods"][1];
    assert_eq!((&method["name"], &method["settings"]["half"]), (&"freq-decay:half=30".into(), &30.0.into()));
    for key in ["all", "new"] {
        assert!(method[key]["lists"].is_u64(), "{method}");
        assert!(method[key]["ndcg"]["mean"].is_f64() && method[key]["ndcg"]["error"].is_f64(), "{method}");
        assert!(method["curve"][key].is_array(), "{method}");
    }
    let difference = &record["differences"]["methods"][0]["all"];
    let [low, mean, high] = ["low", "mean", "high"].map(|key| difference[key].as_f64().unwrap());
    assert!(low <= mean && mean <= high, "{difference}");
    assert_eq!(record["counts"]["eval_users"], 20, "the even stores only");

    assert_eq!(record, tables.json("purchases.csv", &more));
    // The control: another seed draws other resamples.
    let other = tables.json("purchases.csv", &[&more[..], &["--seed", "2"]].concat());
    assert_eq!(record["methods"], other["methods"]);
    assert_ne!(record["differences"], other["differences"]);
}

#[test]
fn a_chart_is_drawn() {
    let tables = Tables::new();
    let file = tables.path("curve.svg");
    tables.evaluate("sessions.csv", &["--compare", "popular,item-knn", "--chart", text(&file)]).ok();
    let drawn = std::fs::read_to_string(file).unwrap();
    assert!(drawn.starts_with("<svg") && drawn.ends_with("</svg>\n"), "{drawn}");
    assert_eq!(drawn.matches(">item-knn 0.").count() + drawn.matches(">item-knn 1.").count(), 2, "{drawn}");
}

#[test]
fn strangers_are_compared_with_popularity() {
    let tables = Tables::new();
    let shown = tables.evaluate("purchases.csv", &["--strangers", "--compare", "item-knn"]).ok().out();
    for words in ["| after 0 | after 1 | after 3 | after 10 |", "minus that of popular", "| item-knn | +0.0000"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let record = tables.json("purchases.csv", &["--strangers", "--compare", "item-knn"]);
    let users = |key: &str| record["counts"][key].as_u64().unwrap();
    assert!(users("eval_users") > 0 && users("train_users") + users("eval_users") == 40, "{record}");
    assert_eq!(record["methods"][1]["curve"].as_array().unwrap().len(), 4);
    let failed = tables.evaluate("sessions.csv", &["--strangers"]).failed();
    assert!(failed.err().contains("is for purchases"), "{}", failed.err());
    let failed = tables.evaluate("purchases.csv", &["--strangers", "--where", "store=0", "--seed", "2"]).failed();
    assert!(failed.err().contains("more than ten"), "{}", failed.err());
}

#[test]
fn wrong_wishes_say_what_would_be_right() {
    let tables = Tables::new();
    for (more, words) in [
        (["--compare", "popular,svd"], "right would be one of popular, frequency"),
        (["--compare", "item-knn:q=3"], "it has k, shrink, half here"),
        (["--against", "item-knn"], "one of those compared: popular, static"),
        (["--where", "shop=1"], "the columns are user, item, order, time, store"),
        (["--where", "store=7"], "it holds 0, 1"),
        (["--min-orders", "100000"], "lower --min-orders"),
    ] {
        let failed = tables.evaluate("purchases.csv", &more).failed();
        assert!(failed.err().contains(words), "{more:?}: {}", failed.err());
    }
    let usage = homebody().args(["evaluate", "x", "--where", "store"]).output().unwrap();
    assert!(String::from_utf8_lossy(&usage.stderr).contains("COLUMN=VALUE"));
}

#[test]
fn parquet_is_filtered_as_csv_is() {
    let tables = Tables::new();
    let data = tables.path("data");
    run(["import", text(&tables.path("purchases.csv")), "--out", text(&data)]).ok();
    let of_item = |item: &str| tables.evaluate("data", &["--compare", "popular", "--where", item]);
    assert!(of_item("item=3").ok().out().contains("before it: 1 items, 14 users"));
    assert!(of_item("kind=view").failed().err().contains("it holds purchase"));
    assert!(of_item("colour=red").failed().err().contains("the columns are user, item, kind, at"));
}

#[test]
fn advice_is_the_simplest_of_the_best() {
    let tables = Tables::new();
    let shown = tables.command("advise", "sessions.csv", &["--where", "locale=FR"]).ok().out();
    assert!(shown.contains("150 sessions, 10 items") && shown.contains("drift is not known"), "{shown}");
    assert!(line(&shown, "- For items new to the user:").contains("**seq-rules**"), "{shown}");
    let shown = tables.command("advise", "purchases.csv", &["--slow"]).ok().out();
    assert!(shown.contains("Jensen–Shannon") && shown.contains("- Popularity hardly moves"), "{shown}");
}

#[test]
fn jumps_of_the_interest_are_found_and_sessions_have_none() {
    let tables = Tables::new();
    let said = tables.command("drift", "purchases.csv", &["--alarms", "1"]).ok().out();
    let years = said.lines().find(|line| line.contains("household-years")).expect(&said);
    assert!(years.contains("households, ") && years.contains(" orders"), "{years}");
    // Households of one taste are spliced with those of the other: what they order is new to the profile.
    let row = said.lines().find(|line| line.starts_with("| never ordered | item by item | Page–Hinkley")).expect(&said);
    let cells: Vec<&str> = row.split('|').map(str::trim).collect();
    let number = |cell: &str| cell.trim_end_matches(" %").parse::<f64>().unwrap();
    assert!(number(cells[4]) <= 1.0 && number(cells[6]) > number(cells[9]) + 10.0, "{row}");
    let refused = tables.command("drift", "sessions.csv", &[]).failed().err();
    assert!(refused.contains("drift is about purchases"), "{refused}");
    let few = tables.command("drift", "purchases.csv", &["--households", "1"]).failed().err();
    assert!(few.contains("10 orders in each half"), "{few}");
}

#[test]
fn the_mix_may_be_told_what_others_ordered_since() {
    let tables = Tables::new();
    let said = tables.evaluate("purchases.csv", &["--compare", "blend,blend:daily=1"]).ok().out();
    assert!(said.contains("| blend |") && said.contains("| blend:daily=1 |"), "{said}");
    let refused = tables.evaluate("sessions.csv", &["--compare", "blend:daily=1"]).failed().err();
    assert!(refused.contains("purchases with times"), "{refused}");
}
