//! What stays after an erasure or a refusal: one date, or nothing at all.

use super::{NOW, core, done, flush, fresh, granted, raw, record, refused};
use wasm_bindgen_test::wasm_bindgen_test as test;

const DAY: f64 = 86_400_000.0;

async fn only_the_date_is_left(database: &str) -> bool {
    let records = raw::records(database).await;
    let dates =
        records.iter().filter(|(key, value)| key == "meta/no reports before" && value.is_instance_of::<js_sys::Date>());
    records.len() == 1 && dates.count() == 1
}

use wasm_bindgen::JsCast;

#[test]
async fn erasing_leaves_one_date() {
    let database = fresh();
    let core = granted(&database).await;
    core.want("departments", None).unwrap();
    (0..150).for_each(|step| record(&core, "purchase", step));
    flush(&core).await;
    done(core.report("http://localhost:1/nowhere", NOW)).await;
    // Control: before the erasure the listing finds more.
    assert!(!only_the_date_is_left(&database).await && raw::records(&database).await.len() > 150);
    let date = done(core.erase(NOW)).await.as_f64().unwrap();
    assert!(only_the_date_is_left(&database).await);
    assert_eq!(raw::elsewhere().await, 0);
    assert_eq!((core.interactions(), core.no_reports_before()), (0, Some(date)));
    // A report went, so it is a month: else erasing would give back what was spent of the month's budget.
    assert!(date > NOW + 29.0 * DAY && date <= NOW + 30.0 * DAY);
    // It goes on from nothing, and a report must wait for the date.
    record(&core, "view", 1);
    flush(&core).await;
    done(core.report("http://localhost:1/nowhere", NOW + 28.0 * DAY)).await;
    assert_eq!(core.epsilon(NOW)[..6], [0; 6]);
}

#[test]
async fn another_tab_notices_and_drops_what_was_on_its_way() {
    let database = fresh();
    let (one, other) = (granted(&database).await, granted(&database).await);
    record(&one, "view", 0);
    flush(&one).await;
    done(other.sync()).await;
    record(&other, "cart", 1);
    done(one.erase(NOW)).await;
    flush(&other).await;
    assert_eq!((other.interactions(), other.no_reports_before()), (0, one.no_reports_before()));
    assert!(only_the_date_is_left(&database).await, "what was recorded before the erasure is not written after it");
    // Twice on one day is seen too.
    record(&other, "cart", 2);
    done(one.erase(NOW)).await;
    flush(&other).await;
    assert_eq!(other.interactions(), 0);
}

#[test]
async fn a_refusal_makes_no_database() {
    let database = fresh();
    let core = core(&database);
    record(&core, "view", 0);
    done(core.refuse(NOW)).await;
    assert!(!raw::exists(&database).await);
    assert_eq!((core.status().as_str(), core.interactions()), ("refused", 0));
    let why = refused(&core, "view", "brie", NOW);
    assert_eq!(why, Some("no-consent"));
}

#[test]
async fn consent_taken_back_deletes_what_was_kept() {
    let database = fresh();
    let core = granted(&database).await;
    (0..20).for_each(|step| record(&core, "view", step));
    flush(&core).await;
    done(core.refuse(NOW)).await;
    assert!(only_the_date_is_left(&database).await);
}

#[test]
async fn a_refusal_holds_when_the_connection_is_lost() {
    let database = fresh();
    let core = granted(&database).await;
    record(&core, "view", 0);
    flush(&core).await;
    raw::delete(&database).await;
    done(core.refuse(NOW)).await;
    assert_eq!((core.status().as_str(), core.interactions()), ("refused", 0));
    assert!(!raw::exists(&database).await);
}

#[test]
async fn what_another_tab_was_refused_is_forgotten_here() {
    let database = fresh();
    let (one, other) = (granted(&database).await, granted(&database).await);
    record(&other, "view", 0);
    flush(&other).await;
    done(one.refuse(NOW)).await;
    other.withdraw();
    let why = refused(&other, "view", "brie", NOW);
    assert_eq!((why, other.interactions()), (Some("no-consent"), 0));
    assert!(only_the_date_is_left(&database).await);
}

#[test]
async fn a_refusal_that_cannot_be_written_is_said_and_forgets_it_here_all_the_same() {
    let database = fresh();
    let core = granted(&database).await;
    record(&core, "view", 0);
    flush(&core).await;
    raw::write_nothing(true);
    let refusal = wasm_bindgen_futures::JsFuture::from(core.refuse(NOW)).await;
    raw::write_nothing(false);
    assert!(refusal.is_err());
    assert_eq!((core.status().as_str(), core.interactions()), ("refused", 0));
    // The control: it could be read.
    assert_eq!(granted(&database).await.interactions(), 1);
}
