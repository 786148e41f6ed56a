//! Each attack goes through a running server. What the defence lets through stays within the stated influence; the
//! control beside it, without the defence, does not.

use crate::reports::sums;
use crate::server::Server;
use crate::shop::Shop;
use crate::{run, text};

/// The largest number of a report by department that is taken: 3 and 30 scales of 15.
const INFLUENCE: f64 = 453.0;

fn attack(shop: &Shop, kind: &str, more: &[&str]) -> String {
    let [data, bundle] = ["data", "shop/factors.safetensors"].map(|name| shop.path(name));
    let flags = ["attack", "--kind", kind, "--data", text(&data), "--bundle", text(&bundle), "--shoppers", "40"];
    run([flags.as_slice(), more].concat()).ok().out()
}

/// By how much an attempt moved the sum, how much it could, and what became of its reports; of the first after `from`.
fn attempt(words: &str, from: &str, way: &str) -> (f64, Option<f64>, String) {
    let part = words.split_once(from).unwrap_or_else(|| panic!("{from}: {words}")).1;
    let line = part.lines().find(|line| line.starts_with(way)).unwrap_or_else(|| panic!("{way}: {words}"));
    // Of fixed width, counted in characters.
    let rest: String = line.chars().skip(62).collect();
    let (moved, rest) = rest.trim_start().split_once(' ').unwrap();
    let (most, reports) = rest.trim_start().split_once("  ").unwrap();
    (moved.parse().unwrap(), most.trim().parse().ok(), reports.trim().into())
}

#[test]
fn ten_thousand_fake_views_count_as_three() {
    let words = attack(&Shop::new(), "fake-views", &[]);
    let of = |way| attempt(&words, "before, of", way);
    assert!(words.contains("of those at once the page takes 1, a second apart 10000"), "{words}");
    let (moved, most, _) = of("the shop's page: its clip left 3");
    assert!(moved.abs() <= INFLUENCE && most == Some(INFLUENCE), "{words}");
    assert_eq!(of("a forged report of them all"), (0.0, Some(INFLUENCE), "absurd-value 1".into()));
    assert_eq!(of("a forged report of the most"), (INFLUENCE, Some(INFLUENCE), "taken 1".into()));
    // The control.
    let (moved, most, reports) = of("without clip and checks");
    assert_eq!((moved, most, reports.as_str()), (10_000.0, None, "taken 1"));
    assert!(moved > INFLUENCE);
}

#[test]
fn a_click_farm_is_held_by_budget_clip_and_ids() {
    let words = attack(&Shop::new(), "click-farm", &["--browsers", "5"]);
    let of = |way| attempt(&words, "before, of", way);
    assert!(words.contains("report on 40 days and withholds 110"), "{words}");
    let (moved, most, reports) = of("the shop's page: the clip left 120");
    // Twelve standard deviations of the noise of 40 reports.
    assert!((moved - 120.0).abs() < 12.0 * 134.0 && most == Some(40.0 * INFLUENCE), "{words}");
    assert_eq!(reports, "taken 200");
    assert_eq!(of("the same reports once more"), (0.0, Some(0.0), "there already 200".into()));
    let hurried = words.lines().find(|line| line.starts_with("all at once from one address")).unwrap();
    let taken: u32 = hurried.split("taken ").last().unwrap().split(',').next().unwrap().parse().unwrap();
    assert!((60..80).contains(&taken) && hurried.contains("too many, to wait"), "{hurried}");
    // The control: all views of all days, twice.
    let (moved, _, _) = of("without budget, clip and checks");
    assert_eq!(moved, 2.0 * 5.0 * 30.0 * 100.0);
    assert!(moved > 40.0 * INFLUENCE);
}

#[test]
fn poison_moves_a_sum_by_its_influence_and_no_more() {
    let words = attack(&Shop::new(), "report-poisoning", &[]);
    for (kind, influence) in
        [("departments", INFLUENCE), ("shelf", 8.0), ("orders", 38.1), ("segments", 21.0), ("changes", 1202.0)]
    {
        let from = format!("\n{kind} · ");
        // One client of 40, on eight days.
        let (moved, most, reports) = attempt(&words, &from, "the most that is taken");
        assert!((moved - 8.0 * influence).abs() < 1.0, "{kind}: {words}");
        assert!(moved <= most.unwrap() + 1.0 && reports == "taken 8", "{kind}: {words}");
        assert_eq!(
            attempt(&words, &from, "one more than is taken"),
            (0.0, Some(0.0), "absurd-value 8".into()),
            "{kind}"
        );
    }
    // The control, of the types whose numbers are not bits or answers.
    for kind in ["departments", "changes"] {
        let (moved, _, _) = attempt(&words, &format!("\n{kind} · "), "without checks");
        assert!(moved > 8.0 * 1202.0, "{kind}: {words}");
    }
}

#[test]
fn two_households_are_hardly_told_apart_and_without_noise_they_are() {
    let shop = Shop::new();
    let [picture, figures] = ["apart.svg", "apart.json"].map(|name| shop.path(name));
    let words =
        attack(&shop, "tell-apart", &["--pairs", "100", "--picture", text(&picture), "--figures", text(&figures)]);
    let auc =
        |line: &str| -> f64 { line.split("AUC ").nth(1).unwrap().split_whitespace().next().unwrap().parse().unwrap() };
    let line = |start: &str| words.lines().find(|line| line.starts_with(start)).unwrap_or_else(|| panic!("{words}"));
    let (with, without) = (auc(line("through the server")), auc(line("without the noise")));
    // Half of the pairs of this shop like the same: then there is nothing to tell.
    assert!((0.4..0.75).contains(&with) && without > 0.9, "{words}");
    let figures: serde_json::Value = serde_json::from_slice(&std::fs::read(figures).unwrap()).unwrap();
    let points = figures["points"].as_array().unwrap();
    let of = |n: usize, path: &str| points[n].pointer(path).unwrap().as_f64().unwrap();
    let last = points.len() - 1;
    assert_eq!(figures["default_milli"], points[last]["month_milli"]);
    assert!(of(last, "/auc/most") > of(0, "/auc/most"), "more ε tells more: {figures}");
    assert!(of(last, "/half/shelf/0") < of(0, "/half/shelf/0") / 5.0, "and has smaller errors: {figures}");
    assert!((of(0, "/half/shelf/0") / of(0, "/half/shelf/1") - 10.0).abs() < 0.5, "the root of a hundred: {figures}");
    assert!(std::fs::read_to_string(picture).unwrap().ends_with("</svg>\n"));
}

/// Against a server that is running already, the reports are in its own sums.
#[test]
fn a_running_server_is_attacked_as_it_stands() {
    let shop = Shop::new();
    let server = Server::start(&shop, &[]);
    let (url, token) = (format!("http://localhost:{}", server.port), shop.path("reports.staff-token"));
    let words = attack(&shop, "fake-views", &["--server", &url, "--staff-token-file", text(&token)]);
    assert!(words.contains("before, of 0 reports"), "{words}");
    let sums = sums(&server);
    assert_eq!(sums["types"]["departments"]["reports"], 2, "the page's and the largest that is taken");
    assert_eq!(sums["refused"], serde_json::json!([{ "reason": "absurd-value", "count": 1 }]));
    let moved = attempt(&words, "before, of", "the shop's page").0 + INFLUENCE;
    let told = sums["types"]["departments"]["values"].as_array().unwrap();
    assert!(told.iter().any(|value| (value.as_f64().unwrap() - moved).abs() <= 1.0), "{words} {sums}");
}
