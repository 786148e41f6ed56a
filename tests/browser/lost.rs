//! Changes of the log when the store is lost, and logs that are longer than usual.

use super::{NOW, Tab, core as core_of, done, flush, fresh, granted, raw, record};
use js_sys::{Array, Promise};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test as test;

fn change(core: &Tab, verb: &str, item: Option<&str>) -> Promise {
    core.change(verb, item, None)
}

/// Six views, of which the one of brie was forgotten.
async fn forgotten(database: &str) -> Tab {
    let core = granted(database).await;
    (0..6).for_each(|step| record(&core, "view", step));
    flush(&core).await;
    assert_eq!(done(change(&core, "forget", Some("brie"))).await.as_f64(), Some(1.0));
    assert_eq!(core.interactions(), 5);
    core
}

#[test]
async fn a_lost_connection_is_opened_anew_and_undo_still_brings_back_what_was_forgotten() {
    let database = fresh();
    let core = forgotten(&database).await;
    raw::disconnect(&database).await;
    let undone = Array::from(&done(change(&core, "undo", None)).await);
    assert_eq!(undone.get(0).as_string().as_deref(), Some("forgetting"));
    assert_eq!((core.interactions(), granted(&database).await.interactions()), (6, 6));
    raw::disconnect(&database).await;
    assert_eq!(done(change(&core, "forget", Some("milk"))).await.as_f64(), Some(1.0));
    assert_eq!((core.interactions(), granted(&database).await.interactions()), (5, 5));
}

#[test]
async fn a_change_is_refused_where_the_log_is_in_a_lost_store() {
    let database = fresh();
    let core = forgotten(&database).await;
    let before = core.snapshot();
    raw::replace(&database).await;
    // The second time the store is known to be lost; the undo waits, and takes nothing else in its place.
    for verb in ["undo", "undo", "forget", "import", "merge"] {
        let item = (verb == "forget").then_some("milk");
        assert!(JsFuture::from(change(&core, verb, item)).await.is_err(), "{verb}");
        assert_eq!((core.status().as_str(), core.interactions()), ("memory-only", 5));
    }
    assert!(core.snapshot() == before);
    // The control: a tab that never had a store may change what it has.
    let pending = core_of(&database);
    (0..6).for_each(|step| record(&pending, "view", step));
    assert_eq!(done(change(&pending, "forget", Some("milk"))).await.as_f64(), Some(1.0));
}

#[test]
async fn an_import_may_be_twice_as_long_as_a_log_is_kept_and_no_longer() {
    let stage = |core: &Tab, minute: u32| {
        let numbers = [NOW + f64::from(minute) * 60_000.0, 2.0, 1.0, f64::NAN, f64::NAN, f64::NAN, 7.0, 9.0];
        let item = ["milk", "brie"][minute as usize % 2];
        core.stage("purchase", item, None, false, &numbers, NOW + 1e9).unwrap()
    };
    let database = fresh();
    let core = granted(&database).await;
    assert!((0..6_000).all(|minute| stage(&core, minute).is_none()));
    assert_eq!(done(change(&core, "import", None)).await.as_f64(), Some(6_000.0));
    assert_eq!((core.interactions(), granted(&database).await.interactions()), (6_000, 6_000));
    let other = core_of(&fresh());
    assert!((0..10_000).all(|minute| stage(&other, minute).is_none()));
    assert_eq!(stage(&other, 10_000).as_deref(), Some("too-many"));
}

#[test]
async fn a_change_that_fails_leaves_what_was_forgotten_before_to_be_brought_back() {
    let core = forgotten(&fresh()).await;
    raw::write_nothing(true);
    let failed = JsFuture::from(change(&core, "forget", Some("milk"))).await;
    raw::write_nothing(false);
    assert!(failed.is_err() && core.interactions() == 5);
    let undone = Array::from(&done(change(&core, "undo", None)).await);
    assert_eq!((undone.get(0).as_string().as_deref(), core.interactions()), (Some("forgetting"), 6));
}

#[test]
async fn what_is_short_in_the_store_and_damaged_counts_from_the_beginning() {
    let database = fresh();
    let core = granted(&database).await;
    record(&core, "view", 0);
    flush(&core).await;
    for key in ["edition", "reported"] {
        raw::put(&database, key, "no number").await;
    }
    record(&core, "view", 1);
    flush(&core).await;
    assert_eq!((core.interactions(), granted(&database).await.interactions()), (2, 2));
}
