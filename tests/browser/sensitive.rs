//! What is sensitive is written nowhere, and what became so later goes.

use super::{NOW, bare, core, done, flush, fresh, raw, record, refused};
use wasm_bindgen_test::wasm_bindgen_test as test;

async fn named(database: &str, word: &str) -> usize {
    raw::records(database).await.iter().filter(|(_, value)| raw::holds(value, word)).count()
}

#[test]
async fn no_kind_of_interaction_is_written() {
    let database = fresh();
    let core = bare(&database).await;
    core.mark_sensitive("Dairy > Cheese").unwrap();
    assert!(core.sensitive().ends_with(b"Dairy > Cheese"));
    assert!(core.mark_sensitive("Cheese").is_err(), "a misspelt name is said");
    for kind in homebody::interaction::Kind::ALL {
        assert_eq!(refused(&core, kind.name(), "brie", NOW), Some("sensitive"));
    }
    assert!(core.correct("more", "brie", false, NOW).is_err(), "nor what is asked of it");
    assert_eq!(refused(&core, "cart", "pasta", NOW), None);
    flush(&core).await;
    core.want("departments", None).unwrap();
    done(core.report("http://localhost:1/nowhere", NOW)).await;
    done(core.close(NOW)).await;
    assert_eq!(named(&database, "brie").await, 0);
    assert!(named(&database, "pasta").await > 0, "the control");
}

#[test]
async fn what_was_learnt_before_it_became_sensitive_goes() {
    let database = fresh();
    let before = bare(&database).await;
    (0..120).for_each(|step| record(&before, "cart", step));
    flush(&before).await;
    done(before.close(NOW)).await;
    let later = core(&database);
    later.mark_sensitive("Dairy > Cheese").unwrap();
    done(later.grant()).await;
    assert_eq!((later.interactions(), later.status().as_str()), (80, "ready"), "two of six items were cheese");
    let log = done(later.tell("log", 0)).await;
    let log = String::from(js_sys::JSON::stringify(&log).unwrap());
    assert!(!log.contains("brie") && log.contains("milk"));
    let again = core(&database);
    again.mark_sensitive("Dairy > Cheese").unwrap();
    done(again.grant()).await;
    assert!(again.snapshot() == later.snapshot(), "and it is done once");
}

#[test]
async fn an_import_leaves_it_out() {
    let core = bare(&fresh()).await;
    core.mark_sensitive("Dairy > Cheese").unwrap();
    let numbers = [NOW, 2.0, 1.0, f64::NAN, f64::NAN, f64::NAN, 7.0, 9.0];
    for item in ["brie", "milk"] {
        assert_eq!(core.stage("purchase", item, None, false, &numbers, NOW).unwrap(), None);
    }
    core.stage("more", "Dairy > Cheese", Some("category"), false, &[NOW], NOW).unwrap();
    assert_eq!(done(core.change("import", None, None)).await.as_f64(), Some(1.0));
    assert_eq!(core.interactions(), 1);
}
