//! Corrections in the store: they last, tabs agree, and what is forgotten is nowhere any more.

use super::{NOW, Tab, bare, core, done, flush, fresh, granted, raw, record};
use js_sys::{Array, JsString};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test as test;

async fn forget_item(core: &Tab, item: &str) -> Option<f64> {
    done(core.change("forget", Some(item), None)).await.as_f64()
}

fn undo_of(core: &Tab) -> js_sys::Promise {
    core.change("undo", None, None)
}

fn standing(core: &Tab) -> String {
    String::from(js_sys::JSON::stringify(&core.corrections()).unwrap())
}

/// How many records name it.
async fn names(database: &str, word: &str) -> usize {
    raw::records(database).await.iter().filter(|(_, value)| raw::holds(value, word)).count()
}

#[test]
async fn what_is_forgotten_is_as_if_it_had_never_been() {
    let database = fresh();
    let (one, other) = (bare(&database).await, bare(&database).await);
    (0..4).for_each(|step| record(&one, "view", step)); // brie, cheddar, milk, bread
    flush(&one).await;
    let before = one.snapshot();
    record(&one, "cart", 4); // pasta
    flush(&one).await;
    done(other.sync()).await;
    assert!(other.snapshot() != before && names(&database, "pasta").await == 1, "the control: it is seen and kept");
    assert_eq!(forget_item(&one, "pasta").await, Some(1.0));
    assert!(one.snapshot() == before);
    assert_eq!(names(&database, "pasta").await, 0, "nor is it anywhere in the store");
    assert_eq!((done(other.sync()).await.is_truthy(), other.interactions()), (true, 4));
    assert!(other.snapshot() == before && bare(&database).await.snapshot() == before);
    // Nothing meant, nothing done; nothing said, refused.
    assert_eq!(forget_item(&one, "pasta").await, Some(0.0));
    assert!(done(other.sync()).await.is_falsy(), "what the log no longer holds stays learnt");
    let nothing = wasm_bindgen_futures::JsFuture::from(one.change("forget", None, None)).await;
    assert!(nothing.is_err());
}

#[test]
async fn a_tab_that_has_not_heard_of_it_loses_nothing_and_agrees() {
    let database = fresh();
    let (one, other) = (granted(&database).await, granted(&database).await);
    (0..6).for_each(|step| record(&one, "view", step));
    flush(&one).await;
    done(other.sync()).await;
    forget_item(&one, "brie").await;
    (20..30).for_each(|step| record(&other, "cart", step));
    flush(&other).await; // without a look at the store before
    done(one.sync()).await;
    assert_eq!((one.interactions(), other.interactions()), (15, 15));
    assert!(one.snapshot() == other.snapshot() && granted(&database).await.snapshot() == one.snapshot());
}

#[test]
async fn corrections_last_and_reach_the_other_tab() {
    let database = fresh();
    let (one, other) = (granted(&database).await, granted(&database).await);
    (0..6).for_each(|step| record(&one, "view", step));
    for (wish, name, category) in
        [("more", "milk", false), ("lock", "Bakery", true), ("not-me", "Dairy > Cheese", true)]
    {
        one.correct(wish, name, category, NOW).unwrap();
    }
    flush(&one).await;
    done(other.sync()).await;
    let said = standing(&one);
    assert!(said.contains("milk") && said.contains("Bakery") && said.contains("Dairy > Cheese"), "{said}");
    assert_eq!((one.interactions(), standing(&other)), (4, said.clone()), "two cheeses are unlearnt");
    let third = granted(&database).await;
    assert!(standing(&third) == said && third.snapshot() == one.snapshot() && other.snapshot() == one.snapshot());
    // Not learnt again, from any tab.
    record(&other, "cart", 0);
    flush(&other).await;
    assert_eq!(other.interactions(), 4);
    // Taken back, all that was done counts, from before and since.
    other.correct("clear", "Dairy > Cheese", true, NOW).unwrap();
    flush(&other).await;
    done(one.sync()).await;
    assert_eq!((other.interactions(), one.interactions()), (7, 7));
    assert!(one.correct("more", "gouda", false, NOW).is_err() && one.correct("adore", "milk", false, NOW).is_err());
}

#[test]
async fn undo_takes_back_one_thing_after_another() {
    let database = fresh();
    let core = granted(&database).await;
    record(&core, "view", 0);
    flush(&core).await;
    let before = core.snapshot();
    record(&core, "cart", 4);
    record(&core, "impression", 5);
    core.correct("less", "milk", false, NOW).unwrap();
    flush(&core).await;
    let whole = core.snapshot();
    forget_item(&core, "brie").await;
    let undo = async || {
        let undone = Array::from(&done(undo_of(&core)).await);
        (undone.get(0).unchecked_into::<JsString>(), undone.get(1).unchecked_into::<JsString>())
    };
    assert_eq!(undo().await.0, "forgetting");
    assert!(core.snapshot() == whole, "back at its place in the log");
    assert_eq!(undo().await, ("item".into(), "less".into()));
    assert_eq!(undo().await, ("interaction".into(), "cart".into()), "that it was on screen is nothing to take back");
    forget_item(&core, "apples").await;
    assert!(core.snapshot() == before);
    // Something else done, the forgotten is gone for good.
    record(&core, "view", 2);
    assert_eq!(undo().await, ("interaction".into(), "view".into()));
}

#[test]
async fn what_was_forgotten_is_not_put_back_into_a_log_that_another_tab_has_changed() {
    let database = fresh();
    let (one, other) = (bare(&database).await, bare(&database).await);
    (0..4).for_each(|step| record(&one, "view", step));
    flush(&one).await;
    forget_item(&one, "brie").await;
    done(other.sync()).await;
    assert_eq!(forget_item(&other, "milk").await, Some(1.0));
    assert!(done(one.sync()).await.is_truthy());
    let undone = Array::from(&done(undo_of(&one)).await);
    assert_eq!(undone.get(0).unchecked_into::<JsString>(), "interaction", "the last one of the log, and not brie's");
    assert_eq!((names(&database, "brie").await, one.interactions()), (0, 1));
}

#[test]
async fn without_a_store_it_works_in_memory() {
    let database = fresh();
    let pending = core(&database);
    (0..6).for_each(|step| record(&pending, "view", step));
    assert_eq!(forget_item(&pending, "pasta").await, Some(1.0));
    pending.correct("not-me", "Dairy", true, NOW).unwrap();
    assert_eq!(pending.interactions(), 2);
    assert!(!raw::exists(&database).await);
    done(undo_of(&pending)).await;
    assert_eq!(pending.interactions(), 5);
    pending.correct("not-me", "Dairy", true, NOW).unwrap();
    done(pending.grant()).await;
    assert_eq!((pending.interactions(), granted(&database).await.interactions()), (2, 2), "granted later, it is kept");
}

#[test]
async fn nothing_comes_to_somebody_who_refused() {
    let database = fresh();
    let core = granted(&database).await;
    record(&core, "view", 0);
    flush(&core).await;
    done(core.refuse(NOW)).await;
    core.correct("more", "milk", false, NOW).unwrap();
    let numbers = [NOW, 2.0, 1.0, f64::NAN, f64::NAN, f64::NAN, 7.0, 9.0];
    core.stage("purchase", "milk", None, false, &numbers, NOW).unwrap();
    assert_eq!(done(core.change("import", None, None)).await.as_f64(), Some(0.0));
    assert_eq!((core.interactions(), standing(&core).as_str()), (0, "[]"));
}

#[test]
async fn an_import_takes_the_place_of_what_was_there() {
    let database = fresh();
    let (one, other) = (granted(&database).await, granted(&database).await);
    (0..6).for_each(|step| record(&one, "view", step));
    flush(&one).await;
    done(other.sync()).await;
    let read = |kind: &str, price: f64| {
        let numbers = [NOW, price, 1.0, f64::NAN, f64::NAN, f64::NAN, 7.0, 9.0];
        one.stage(kind, "milk", None, false, &numbers, NOW).unwrap()
    };
    assert_eq!((read("purchase", 2.0), read("purchase", -1.0).as_deref()), (None, Some("invalid-value")));
    one.stage("more", "Bakery", Some("category"), false, &[NOW], NOW).unwrap();
    assert_eq!(done(one.change("import", None, None)).await.as_f64(), Some(2.0));
    done(other.sync()).await;
    for tab in [&one, &other, &granted(&database).await] {
        assert_eq!(tab.interactions(), 1);
        assert!(standing(tab).contains("Bakery") && tab.snapshot() == one.snapshot());
    }
    record(&other, "view", 2);
    flush(&other).await;
    done(one.sync()).await;
    assert!(one.interactions() == 2 && one.snapshot() == other.snapshot());
}

#[test]
async fn three_tabs_that_change_the_log_at_once_agree() {
    let database = fresh();
    let tabs = [granted(&database).await, granted(&database).await, granted(&database).await];
    (0..30).for_each(|step| record(&tabs[0], "view", step));
    flush(&tabs[0]).await;
    // The last entry goes, so that the next place is not the one behind the last that is there.
    done(undo_of(&tabs[0])).await;
    let tabs = tabs.map(std::rc::Rc::new);
    for round in 0..4 {
        let work = tabs.iter().enumerate().map(|(tab, core)| {
            let (core, base) = (core.clone(), 40 + round * 20 + tab * 5);
            wasm_bindgen_futures::future_to_promise(async move {
                (0..3).for_each(|step| record(&core, "cart", base + step));
                core.correct(["not-me", "clear"][round % 2], "Bakery", true, NOW).unwrap();
                flush(&core).await;
                forget_item(&core, ["brie", "milk", "pasta"][tab]).await;
                Ok(JsValue::UNDEFINED)
            })
        });
        done(js_sys::Promise::all(&work.collect::<Array>())).await;
    }
    for _ in 0..2 {
        for core in &tabs {
            flush(core).await;
            done(core.sync()).await;
        }
    }
    let bytes = granted(&database).await.snapshot();
    assert!(tabs.iter().all(|core| core.snapshot() == bytes));
    assert!(tabs.iter().all(|core| core.status() == "ready" && core.problem().is_none()));
    // What a tab forgot last is gone; every correction of every tab is in the log.
    let log = done(tabs[0].tell("log", 0)).await;
    let said = Array::from(&js_sys::Reflect::get(&log, &"said".into()).unwrap());
    assert_eq!(said.length(), 12);
}

#[test]
async fn a_merge_takes_in_what_another_device_did_once() {
    let core = granted(&fresh()).await;
    (0..4).for_each(|step| record(&core, "view", 2 * step));
    flush(&core).await;
    let other = |at: f64| [at, 2.0, 1.0, f64::NAN, f64::NAN, f64::NAN, 7.0, 9.0];
    for _ in 0..2 {
        for minute in [1.0, 3.0] {
            let at = NOW + minute * 60_000.0;
            core.stage("purchase", "pasta", None, false, &other(at), NOW + 86_400_000.0).unwrap();
        }
        done(core.change("merge", None, None)).await;
        let log = done(core.tell("log", 0)).await;
        let did = Array::from(&js_sys::Reflect::get(&log, &"did".into()).unwrap());
        let times: Vec<_> =
            did.iter().map(|one| js_sys::Reflect::get(&one, &"at".into()).unwrap().as_f64().unwrap()).collect();
        assert!(times.len() == 6 && times.is_sorted(), "{times:?}");
        assert_eq!(core.interactions(), 6);
    }
}

#[test]
async fn what_was_forgotten_before_it_was_written_comes_back_to_a_place_of_its_own() {
    let database = fresh();
    let core = granted(&database).await;
    (0..3).for_each(|step| record(&core, "view", step));
    flush(&core).await;
    record(&core, "cart", 4); // pasta, not yet in the log
    assert_eq!(forget_item(&core, "pasta").await, Some(1.0));
    record(&core, "impression", 5);
    flush(&core).await;
    assert_eq!(core.interactions(), 4);
    done(undo_of(&core)).await;
    assert_eq!(core.interactions(), 5);
    assert!(granted(&database).await.snapshot() == core.snapshot());
    done(core.change("forget", Some("apples"), None)).await;
    assert_eq!((core.interactions(), granted(&database).await.interactions()), (4, 4));
}
