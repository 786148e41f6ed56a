//! One report of each type a day, their noise fixed before they are sent, their lines in the ledger.

use super::{NOW, Tab, UNSAID, done, flush, fresh, granted, raw, record};
use homebody::interaction::{Arm, Kind};
use js_sys::{Array, Promise, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test as test;

const NOWHERE: &str = "http://localhost:1/nowhere";
const DAY: f64 = 86_400_000.0;

async fn ledger(core: &Tab) -> Vec<(String, String)> {
    let lines = Array::from(&done(core.ledger()).await);
    let text = |line: &JsValue, key: &str| Reflect::get(line, &key.into()).unwrap().as_string().unwrap_or_default();
    lines.iter().map(|line| (text(&line, "state"), text(&line, "body"))).collect()
}

/// The types, and ε of each as the registry has it, in thousandths.
const TYPES: [(&str, u32); 5] =
    [("departments", 400), ("shelf", 250), ("orders", 150), ("segments", 100), ("changes", 100)];

async fn opened(database: &str) -> Tab {
    let core = granted(database).await;
    TYPES.iter().for_each(|(name, _)| core.want(name, None).expect("the registry has it"));
    core
}

/// Spent today, in the last 30 and the last 365 days: in all, and on each type.
fn spent(core: &Tab, now: f64) -> Vec<[u32; 3]> {
    core.epsilon(now).chunks(9).map(|row| [row[0], row[1], row[2]]).collect()
}

/// What one day of reports costs.
fn once() -> Vec<[u32; 3]> {
    [1_000].into_iter().chain(TYPES.map(|(_, epsilon)| epsilon)).map(|epsilon| [epsilon; 3]).collect()
}

fn kind(body: &str) -> &str {
    body.split('"').nth(3).unwrap_or_default()
}

async fn shopped(database: &str) -> Tab {
    let core = opened(database).await;
    (0..12).for_each(|step| record(&core, "click", step));
    flush(&core).await;
    core
}

async fn report(core: &Tab, now: f64) {
    done(core.report(NOWHERE, now)).await;
}

#[test]
async fn a_report_that_cannot_be_sent_waits_unchanged() {
    let database = fresh();
    let core = shopped(&database).await;
    report(&core, NOW).await;
    let first = ledger(&core).await;
    assert_eq!(first.iter().map(|(_, body)| kind(body)).collect::<Vec<_>>(), TYPES.map(|(name, _)| name));
    assert!(first.iter().all(|(state, body)| state == "waiting" && body.len() == 2_048));
    assert_eq!(spent(&core, NOW), once());
    done(core.close(NOW)).await;
    let again = opened(&database).await;
    record(&again, "click", 50);
    flush(&again).await;
    report(&again, NOW).await;
    assert_eq!(ledger(&again).await, first, "no second report, and the same noise");
    assert_eq!(spent(&again, NOW), once(), "the budget survives the reload");
}

#[test]
async fn only_the_types_that_the_shop_wants_are_made_and_none_above_its_cap() {
    let core = granted(&fresh()).await;
    assert!(core.want("orders", Some(501)).is_err() && core.want("items", None).is_err());
    core.want("orders", Some(50)).unwrap();
    core.want("segments", None).unwrap();
    record(&core, "purchase", 0);
    flush(&core).await;
    report(&core, NOW).await;
    let lines = ledger(&core).await;
    assert_eq!(lines.iter().map(|(_, body)| kind(body)).collect::<Vec<_>>(), ["orders", "segments"]);
    assert_eq!(spent(&core, NOW)[..4], [[150; 3], [0; 3], [0; 3], [50; 3]]);
}

#[test]
async fn over_the_months_budget_nothing_is_sent_and_the_ledger_says_why_once_a_day() {
    let core = opened(&fresh()).await;
    for day in 0..10 {
        record(&core, "click", 1440 * day);
        flush(&core).await;
        report(&core, NOW + day as f64 * DAY).await;
        report(&core, NOW + day as f64 * DAY).await;
    }
    let lines = ledger(&core).await;
    let withheld: Vec<_> = lines.iter().filter(|(state, _)| state == "withheld").collect();
    assert_eq!((lines.len(), withheld.len()), (8 * 5 + 2, 2), "eight days of five, then two days without");
    assert_eq!(spent(&core, NOW + 9.0 * DAY)[0], [0, 8_000, 8_000]);
}

const PERSONAL: usize = Arm::Personal as usize;
const POPULAR: usize = Arm::Popular as usize;

#[test]
async fn the_arm_of_a_day_survives_a_reload_by_what_was_done_in_it() {
    let database = fresh();
    let core = opened(&database).await;
    assert_eq!(core.arm(NOW), PERSONAL, "without an experiment");
    core.experiment(1_000).unwrap();
    assert!(core.experiment(1_001).is_err());
    let tomorrow = NOW + DAY;
    assert_eq!((core.arm(NOW), core.arm(tomorrow)), (PERSONAL, POPULAR), "drawn once a day");
    let (seen, popular) = (Kind::Impression as usize, POPULAR as i32);
    core.record(seen, "brie", tomorrow, UNSAID, UNSAID, UNSAID, UNSAID, UNSAID, false, UNSAID, popular, tomorrow);
    flush(&core).await;
    done(core.close(tomorrow)).await;
    // It draws no other, although no day is to be in that arm any more.
    let again = opened(&database).await;
    assert_eq!((again.arm(tomorrow), again.arm(tomorrow + DAY)), (POPULAR, PERSONAL));
}

#[test]
async fn two_tabs_at_once_make_one_report_of_each_type() {
    let database = fresh();
    let (one, other) = (shopped(&database).await, opened(&database).await);
    let both = [&one, &other].map(|core| core.report(NOWHERE, NOW));
    done(Promise::all(&Array::from_iter(both))).await;
    assert_eq!(ledger(&one).await.len(), 5);
    assert_eq!(spent(&one, NOW), once());
}

#[test]
async fn the_next_day_counts_only_what_came_since() {
    let core = shopped(&fresh()).await;
    report(&core, NOW).await;
    report(&core, NOW + DAY).await;
    assert_eq!(ledger(&core).await.len(), 5, "nothing new, no report");
    record(&core, "click", 60);
    flush(&core).await;
    report(&core, NOW + DAY).await;
    let lines = ledger(&core).await;
    assert_eq!(lines.len(), 10);
    assert_ne!(lines[0].1, lines[5].1);
    report(&core, NOW - 30.0 * DAY).await;
    assert_eq!(ledger(&core).await.len(), 10, "a clock set back opens no day again");
}

#[test]
async fn a_clock_set_back_before_the_first_report_opens_no_day_before_what_was_done() {
    let core = shopped(&fresh()).await;
    for day in [30.0, 29.0, 1.0] {
        report(&core, NOW - day * DAY).await;
    }
    let lines = ledger(&core).await;
    assert!(lines.len() == 3 && lines.iter().all(|(state, _)| state == "withheld"), "{lines:?}");
    assert_eq!(spent(&core, NOW)[0], [0; 3]);
    report(&core, NOW).await;
    assert_eq!(ledger(&core).await.len(), 3 + 5, "control: put right, the day is there");
}

#[test]
async fn a_report_too_old_is_given_up() {
    let core = shopped(&fresh()).await;
    report(&core, NOW).await;
    report(&core, NOW + 10.0 * DAY).await;
    assert_eq!(ledger(&core).await[0].0, "failed");
}

#[test]
async fn a_damaged_budget_is_used_up_and_loses_no_interaction() {
    let database = fresh();
    let core = opened(&database).await;
    done(core.erase(NOW)).await;
    let later = NOW + 2.0 * DAY;
    record(&core, "click", 1);
    flush(&core).await;
    report(&core, later).await;
    assert_eq!(ledger(&core).await.len(), 5, "control: the budget was good for one of each");
    done(core.close(NOW)).await;
    raw::damage(&database, "budget").await;
    let again = opened(&database).await;
    record(&again, "click", 2);
    flush(&again).await;
    assert_eq!(again.interactions(), 2);
    report(&again, later + DAY).await;
    let states: Vec<_> = ledger(&again).await.into_iter().map(|(state, _)| state).collect();
    assert_eq!(states, ["waiting", "waiting", "waiting", "waiting", "waiting", "withheld"]);
}

#[test]
async fn a_tab_that_missed_an_erasure_does_not_bring_it_back() {
    let database = fresh();
    let (missed, other) = (shopped(&database).await, opened(&database).await);
    done(other.erase(NOW)).await;
    record(&other, "view", 70);
    flush(&other).await;
    report(&missed, NOW + 2.0 * DAY).await;
    record(&missed, "view", 71);
    flush(&missed).await;
    done(missed.close(NOW)).await;
    let now = granted(&database).await;
    assert!(now.interactions() <= 2, "{} interactions, of which 12 were erased", now.interactions());
}
