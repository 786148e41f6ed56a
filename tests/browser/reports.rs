//! One report a day, its noise fixed before it is sent, its line in the ledger.

use super::{NOW, done, flush, fresh, granted, raw, record};
use homebody::web::Core;
use js_sys::{Array, Promise, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test as test;

const NOWHERE: &str = "http://localhost:1/nowhere";
const DAY: f64 = 86_400_000.0;

async fn ledger(core: &Core) -> Vec<(String, String)> {
    let lines = Array::from(&done(core.ledger()).await);
    let text = |line: &JsValue, key: &str| Reflect::get(line, &key.into()).unwrap().as_string().unwrap_or_default();
    lines.iter().map(|line| (text(&line, "state"), text(&line, "body"))).collect()
}

async fn shopped(database: &str) -> Core {
    let core = granted(database).await;
    (0..12).for_each(|step| record(&core, "click", step));
    flush(&core).await;
    core
}

async fn report(core: &Core, now: f64) {
    done(core.report(NOWHERE.to_owned(), 1_000, now, None)).await;
}

#[test]
async fn a_report_that_cannot_be_sent_waits_unchanged() {
    let database = fresh();
    let core = shopped(&database).await;
    report(&core, NOW).await;
    let first = ledger(&core).await;
    assert_eq!((first.len(), first[0].0.as_str(), first[0].1.len()), (1, "waiting", 2_048));
    assert_eq!(core.epsilon(NOW), [1_000; 3]);
    done(core.close(NOW)).await;
    let again = granted(&database).await;
    record(&again, "click", 50);
    flush(&again).await;
    report(&again, NOW).await;
    assert_eq!(ledger(&again).await, first, "no second report, and the same noise");
    assert_eq!(again.epsilon(NOW), [1_000; 3], "the budget survives the reload");
}

#[test]
async fn two_tabs_at_once_make_one_report() {
    let database = fresh();
    let (one, other) = (shopped(&database).await, granted(&database).await);
    let both = [&one, &other].map(|core| core.report(NOWHERE.to_owned(), 1_000, NOW, None));
    done(Promise::all(&Array::from_iter(both))).await;
    assert_eq!(ledger(&one).await.len(), 1);
}

#[test]
async fn the_next_day_counts_only_what_came_since() {
    let core = shopped(&fresh()).await;
    report(&core, NOW).await;
    report(&core, NOW + DAY).await;
    assert_eq!(ledger(&core).await.len(), 1, "nothing new, no report");
    record(&core, "click", 60);
    flush(&core).await;
    report(&core, NOW + DAY).await;
    let lines = ledger(&core).await;
    assert_eq!(lines.len(), 2);
    assert_ne!(lines[0].1, lines[1].1);
    report(&core, NOW - 30.0 * DAY).await;
    assert_eq!(ledger(&core).await.len(), 2, "a clock set back opens no day again");
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
    let core = granted(&database).await;
    done(core.erase(NOW)).await;
    let later = NOW + 2.0 * DAY;
    record(&core, "click", 1);
    flush(&core).await;
    report(&core, later).await;
    assert_eq!(ledger(&core).await.len(), 1, "control: the budget was good for one");
    done(core.close(NOW)).await;
    raw::damage(&database, "budget").await;
    let again = granted(&database).await;
    record(&again, "click", 2);
    flush(&again).await;
    assert_eq!(again.interactions(), 2);
    report(&again, later + DAY).await;
    let states: Vec<_> = ledger(&again).await.into_iter().map(|(state, _)| state).collect();
    assert_eq!(states, ["waiting", "withheld"]);
}

#[test]
async fn a_tab_that_missed_an_erasure_does_not_bring_it_back() {
    let database = fresh();
    let (missed, other) = (shopped(&database).await, granted(&database).await);
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
