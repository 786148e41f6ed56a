//! The profile goes from one module of a page to another.

use super::tab::property;
use super::{NOW, Tab, core, done, flush, fresh, granted, granted_to, raw, record, refused};

fn went_over(from: &Tab, to: Tab) -> Tab {
    to.take_from(&from.hand_over()).expect("what was just handed over can be read");
    to
}

#[wasm_bindgen_test::wasm_bindgen_test]
async fn what_is_stored_and_what_is_on_its_way() {
    let database = fresh();
    let before = granted(&database).await;
    (0..5).for_each(|step| record(&before, "view", step));
    flush(&before).await;
    (5..8).for_each(|step| record(&before, "cart", step));
    let after = went_over(&before, granted(&database).await);
    assert_eq!((after.status().as_str(), after.interactions()), ("ready", 8));
    record(&after, "wish", 8);
    flush(&after).await;
    assert!(after.snapshot() == granted(&database).await.snapshot());
    // The control: who does not take it over has only what was stored.
    let other = fresh();
    let before = granted(&other).await;
    record(&before, "view", 0);
    before.hand_over();
    assert_eq!(granted(&other).await.interactions(), 0);
}

#[wasm_bindgen_test::wasm_bindgen_test]
async fn before_an_answer_nothing_is_stored_and_nothing_is_lost() {
    let database = fresh();
    let before = core(&database);
    (0..8).for_each(|step| record(&before, "view", step));
    before.pause(true);
    let list = |core: &Tab| {
        let ids = core.recommend(6, 0, None, &[], false, false, 0, false, 0.0, -1, NOW + 1e6).unwrap();
        ids.as_chunks::<4>().0.iter().map(|row| (row[0], row[1])).collect::<Vec<_>>()
    };
    let was = list(&before);
    let after = went_over(&before, core(&database));
    assert_eq!((after.status().as_str(), after.interactions()), ("pending", 8));
    assert_eq!(list(&after), was);
    assert_eq!(refused(&after, "view", "milk", NOW), Some("paused"));
    after.pause(false);
    let after = granted_to(after).await;
    flush(&after).await;
    assert_eq!(granted(&database).await.interactions(), 8);
}

#[wasm_bindgen_test::wasm_bindgen_test]
async fn counts_of_refusals_and_the_arm_of_the_day() {
    let before = core(&fresh());
    before.experiment(500).unwrap();
    assert_eq!(refused(&before, "view", "nothing", NOW), Some("unknown-item"));
    for _ in 0..20 {
        let arm = before.arm(NOW);
        let after = core(&fresh());
        after.experiment(500).unwrap();
        let after = went_over(&before, after);
        assert_eq!(after.arm(NOW), arm);
        assert_eq!(after.refused()[0], 1);
    }
}

#[wasm_bindgen_test::wasm_bindgen_test]
async fn a_refusal_stays() {
    let database = fresh();
    let before = granted(&database).await;
    record(&before, "view", 0);
    done(before.refuse(NOW)).await;
    let after = core(&database);
    after.withdraw();
    let after = went_over(&before, after);
    assert_eq!((after.status().as_str(), after.interactions()), ("refused", 0));
}

#[wasm_bindgen_test::wasm_bindgen_test]
async fn without_a_store_more_than_is_kept_of_the_log_stays_learnt() {
    let database = fresh();
    let before = granted(&database).await;
    record(&before, "view", 0);
    raw::replace(&database).await;
    flush(&before).await;
    assert_eq!(before.status(), "memory-only");
    (1..5_010).for_each(|step| record(&before, "view", step));
    assert_eq!(went_over(&before, core(&fresh())).interactions(), before.interactions());
}

#[wasm_bindgen_test::wasm_bindgen_test]
async fn bytes_that_end_too_early_are_refused() {
    let before = core(&fresh());
    let bytes = before.hand_over();
    let error = core(&fresh()).take_from(&bytes[..20]).unwrap_err();
    assert_eq!(property(&error, "code").as_deref(), Some("record-damaged"));
}
