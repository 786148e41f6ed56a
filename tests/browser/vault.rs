//! Encryption at rest: what lies in the database tells nothing without the key, and nothing is lost by it.

use super::{ITEMS, NOW, Tab, bare, done, flush, fresh, granted, raw, record};
use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test as test;

/// A visit that fills log, snapshots and ledger.
async fn visited(core: &Tab) {
    core.want("departments", None).unwrap();
    (0..120).for_each(|step| record(core, "click", step));
    core.correct("not-me", "Bakery", true, NOW).unwrap();
    flush(core).await;
    core.want("departments", None).unwrap();
    done(core.report("http://localhost:1/nowhere", NOW)).await;
    (120..250).for_each(|step| record(core, "cart", step));
    flush(core).await;
}

/// Of log, snapshots and ledger: how many records there are, and how many tell something.
async fn telling(database: &str) -> (usize, usize) {
    let told = ITEMS.iter().chain(&["Bakery", "Dairy", "department", "test-1"]);
    let records = raw::records(database).await;
    let kept = records.iter().filter(|(path, _)| !path.starts_with("keys/") && path != "meta/budget");
    let bytes: Vec<_> =
        kept.map(|(_, value)| value).filter(|value| value.is_instance_of::<js_sys::Uint8Array>()).collect();
    let tells = |value: &&&JsValue| told.clone().any(|word| raw::holds(value, word));
    (bytes.len(), bytes.iter().filter(tells).count())
}

#[test]
async fn what_is_stored_tells_nothing_without_the_key() {
    let (sealed, open) = (fresh(), fresh());
    visited(&granted(&sealed).await).await;
    visited(&bare(&open).await).await;
    let (all, tell) = telling(&sealed).await;
    assert!(all > 250 && tell == 0, "{tell} of {all}");
    // The control: without encryption the same scan finds it in every record.
    let (all, tell) = telling(&open).await;
    assert!(all > 250 && tell == all, "{tell} of {all}");
    // Equal entries do not look equal.
    let records = raw::records(&sealed).await;
    let log: Vec<_> = records.iter().filter(|(path, _)| path.starts_with("log/")).map(|(_, v)| bytes(v)).collect();
    assert!((1..log.len()).all(|at| log[..at].iter().all(|other| other[1..13] != log[at][1..13])), "a nonce for each");
}

fn bytes(value: &JsValue) -> Vec<u8> {
    value.unchecked_ref::<js_sys::Uint8Array>().to_vec()
}

#[test]
async fn there_is_one_key_and_the_browser_does_not_give_it_out() {
    let database = fresh();
    let (one, other) = (granted(&database).await, granted(&database).await);
    assert!(raw::records(&database).await.is_empty(), "no key before there is something to seal");
    record(&one, "view", 0);
    record(&other, "view", 1);
    done(js_sys::Promise::all(&js_sys::Array::of2(&one.flush(NOW), &other.flush(NOW)))).await;
    flush(&one).await;
    flush(&other).await;
    done(one.sync()).await;
    assert_eq!((one.interactions(), other.interactions(), granted(&database).await.interactions()), (2, 2, 2));
    let records = raw::records(&database).await;
    let keys: Vec<_> = records.iter().filter(|(path, _)| path.starts_with("keys/")).map(|(_, key)| key).collect();
    assert_eq!(keys.len(), 1);
    assert_eq!(Reflect::get(keys[0], &"extractable".into()), Ok(JsValue::FALSE));
    assert!(!raw::gives_out(keys[0]).await);
}

#[test]
async fn a_store_of_the_first_version_is_sealed_where_it_stands() {
    let (old, database) = (fresh(), fresh());
    let before = bare(&old).await;
    visited(&before).await;
    raw::as_first_version(&database, &raw::records(&old).await).await;
    let (all, tell) = telling(&database).await;
    assert_eq!(all, tell, "the control");
    let core = granted(&database).await;
    assert!(core.snapshot() == before.snapshot() && core.problem().is_none(), "{:?}", core.problem());
    let (kept, tell) = telling(&database).await;
    assert_eq!((kept, tell), (all, 0));
    assert_eq!(js_sys::Array::from(&done(core.ledger()).await).length(), 1);
    record(&core, "view", 300);
    flush(&core).await;
    assert!(granted(&database).await.snapshot() == core.snapshot());
}

#[test]
async fn a_lost_key_loses_the_profile_and_not_the_shop() {
    let database = fresh();
    let core = granted(&database).await;
    visited(&core).await;
    assert_eq!(core.epsilon(NOW)[..3], [400; 3]);
    done(core.close(NOW)).await;
    raw::lose_key(&database).await;
    let again = granted(&database).await;
    assert_eq!((again.interactions(), again.problem().is_none()), (0, false), "nothing can be read, and it is said");
    assert_eq!(again.epsilon(NOW)[..3], [400; 3], "what was spent stays spent");
    record(&again, "view", 300);
    flush(&again).await;
    assert_eq!((again.interactions(), granted(&database).await.interactions()), (1, 1));
}

#[test]
async fn an_erasure_ends_the_key() {
    let database = fresh();
    let (one, other) = (granted(&database).await, granted(&database).await);
    record(&one, "view", 0);
    flush(&one).await;
    done(other.sync()).await;
    let name = async || {
        raw::records(&database).await.into_iter().find_map(|(path, _)| path.strip_prefix("keys/").map(str::to_owned))
    };
    let first = name().await;
    done(one.erase(NOW)).await;
    assert!(first.is_some() && name().await.is_none());
    record(&other, "view", 1); // it does not know yet
    flush(&other).await;
    record(&other, "view", 2);
    flush(&other).await;
    done(one.sync()).await;
    assert!(name().await.is_some() && name().await != first);
    assert_eq!((one.interactions(), other.interactions()), (1, 1), "both go on with the new one");
}
