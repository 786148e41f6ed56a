//! The log and the snapshots.

use super::{NOW, Tab, bare, core, done, flush, fresh, granted, raw, record, refused, tab};
use js_sys::{Array, Promise};
use wasm_bindgen_test::wasm_bindgen_test as test;

async fn settle(core: &Tab) {
    flush(core).await;
    done(core.sync()).await;
}

async fn log_length(core: &Tab) -> u32 {
    let log = done(core.tell("log", 0)).await;
    Array::from(&js_sys::Reflect::get(&log, &"did".into()).expect("the log is an object")).length()
}

#[test]
async fn a_visit_survives_a_reload() {
    let database = fresh();
    let first = granted(&database).await;
    for step in 0..120 {
        record(&first, "view", step);
    }
    settle(&first).await;
    let bytes = first.snapshot();
    done(first.close(NOW)).await;
    assert_eq!(first.status(), "closed");
    let second = granted(&database).await;
    assert_eq!((second.snapshot() == bytes, second.interactions()), (true, 120));
    assert!(refused(&second, "view", "brie", NOW).is_none());
}

#[test]
async fn without_a_snapshot_the_log_alone_restores_it() {
    let database = fresh();
    let first = granted(&database).await;
    for step in 0..30 {
        record(&first, "cart", step);
    }
    settle(&first).await;
    // Not closed: as after a crash.
    assert!(raw::records(&database).await.iter().all(|(key, _)| !key.contains("snapshot")));
    let second = granted(&database).await;
    assert!(second.snapshot() == first.snapshot());
}

#[test]
async fn four_connections_at_once_lose_nothing_and_agree() {
    let database = fresh();
    let mut tabs = Vec::new();
    for _ in 0..4 {
        tabs.push(granted(&database).await);
    }
    // Each records its 250 and writes them while the others do the same.
    for round in 0..25 {
        for (tab, core) in tabs.iter().enumerate() {
            (0..10).for_each(|step| record(core, "click", tab * 250 + round * 10 + step));
        }
        let writes: Array = tabs.iter().map(|core| core.flush(NOW)).collect();
        done(Promise::all(&writes)).await;
    }
    let before: Vec<_> = tabs.iter().map(|core| core.snapshot()).collect();
    for core in &tabs {
        settle(core).await;
    }
    let bytes = tabs[0].snapshot();
    assert!(tabs.iter().all(|core| core.snapshot() == bytes), "every tab has the same profile");
    assert!(tabs.iter().all(|core| core.interactions() == 1_000), "live profiles too");
    assert_eq!(log_length(&tabs[0]).await, 1_000);
    assert!(granted(&database).await.snapshot() == bytes, "and so has a tab that opens now");
    // Control: had they not read each other's entries, they would differ.
    assert!(before.iter().any(|other| *other != before[3]));
}

#[test]
async fn a_damaged_snapshot_is_stood_in_for() {
    let database = fresh();
    let first = granted(&database).await;
    for step in 0..150 {
        record(&first, "view", step);
    }
    settle(&first).await;
    let bytes = first.snapshot();
    done(first.close(NOW)).await;
    raw::damage(&database, "snapshot-a").await;
    let second = granted(&database).await;
    assert!(second.snapshot() == bytes, "the log still has it");
    assert!(second.problem().is_some(), "and the damage is said");
}

#[test]
async fn an_older_snapshot_never_overwrites_a_newer_one() {
    let database = fresh();
    let (old, new) = (granted(&database).await, granted(&database).await);
    record(&old, "view", 0);
    settle(&old).await;
    for step in 1..40 {
        record(&new, "view", step);
    }
    settle(&new).await;
    let bytes = new.snapshot();
    done(new.close(NOW)).await;
    done(old.close(NOW)).await;
    assert!(granted(&database).await.snapshot() == bytes);
}

#[test]
async fn the_log_stays_bounded_and_the_profile_stays_whole() {
    let database = fresh();
    let first = granted(&database).await;
    for day in 0..3 {
        // Impressions expire after a week; these are a fortnight apart.
        for step in 0..120 {
            record(&first, "impression", day * 20_160 + step);
            record(&first, "view", day * 20_160 + step);
        }
        let later = NOW + f64::from(day as u32) * 14.0 * 86_400_000.0;
        while !done(first.flush(later)).await.is_truthy() {}
    }
    let kept = log_length(&first).await;
    assert!((360..720).contains(&kept), "{kept} of 720: impressions went, views stayed");
    let bytes = first.snapshot();
    done(first.close(NOW)).await;
    assert!(granted(&database).await.snapshot() == bytes);
}

#[test]
async fn the_whole_log_is_looked_through_once_a_day() {
    let core = granted(&fresh()).await;
    // Old already when the log gets them: a week and a minute, so that intake still takes them.
    let batch = |from: usize| {
        for step in from..from + 110 {
            let at = NOW + step as f64 * 60_000.0;
            assert_eq!(refused(&core, "impression", "brie", at), None);
        }
    };
    let later = |days: f64| NOW + days * 86_400_000.0;
    let flush = async |now| while !done(core.flush(now)).await.is_truthy() {};
    batch(0);
    flush(later(10.0)).await;
    let first = log_length(&core).await;
    assert!(first <= 110);
    batch(200);
    flush(later(10.1)).await;
    assert_eq!(log_length(&core).await, first + 110, "on the same day nothing more is read");
    batch(400);
    flush(later(11.0)).await;
    assert!(log_length(&core).await < first + 110, "the next day what is old goes");
}

#[test]
async fn a_flood_writes_few_snapshots_and_a_start_replays_few_entries() {
    // How many of twenty batches were followed by another snapshot than before, `apart` milliseconds from one another.
    let snapshots = async |apart: f64| {
        let (database, mut last, mut written) = (fresh(), Vec::new(), 0);
        let core = bare(&database).await;
        for batch in 0..20 {
            (0..100).for_each(|step| record(&core, "view", batch * 100 + step));
            while !done(core.flush(NOW + batch as f64 * apart)).await.is_truthy() {}
            let stored = raw::records(&database).await.into_iter().filter(|(key, _)| key.contains("snapshot"));
            let stored: Vec<_> = stored.map(|(_, bytes)| js_sys::Uint8Array::new(&bytes).to_vec()).collect();
            written += u32::from(stored != last);
            last = stored;
        }
        // Behind the magic and the format: the position in the log.
        let newest = last.iter().map(|bytes| u64::from_le_bytes(bytes[6..14].try_into().unwrap())).max();
        (written, 2_000 - newest.expect("there is one"))
    };
    assert_eq!(snapshots(100.0).await, (2, 900), "two thousand in two seconds: the first, and after a thousand more");
    assert_eq!(snapshots(10_000.0).await, (20, 0), "the control: with time between them one after each");
}

#[test]
async fn pending_consent_learns_in_memory_and_leaves_no_trace() {
    let database = fresh();
    let pending = core(&database);
    let before = pending.interactions();
    record(&pending, "click", 1);
    assert_eq!((pending.status().as_str(), pending.interactions()), ("pending", before + 1));
    assert!(!raw::exists(&database).await);
    // Granted later, nothing is lost.
    done(pending.grant()).await;
    assert!(raw::exists(&database).await);
    assert_eq!(granted(&database).await.interactions(), 1);
}

#[test]
async fn another_bundle_learns_the_log_again() {
    let database = fresh();
    let first = granted(&database).await;
    (0..120).for_each(|step| record(&first, "purchase", step));
    settle(&first).await;
    done(first.close(NOW)).await;
    let bundle = super::fixture::safetensors(
        &super::fixture::tensors(),
        &[("homebody.format", "1"), ("homebody.version", "test-2")],
    );
    let second = Tab::open(&bundle, &database, true);
    done(second.grant()).await;
    assert_eq!((second.status().as_str(), second.interactions()), ("ready", 120));
    // The same factors under another name: what is learnt again is what was learnt.
    let records = super::ITEMS.map(|id| [&(id.len() as u32).to_le_bytes(), id.as_bytes()].concat());
    let ids = records.concat();
    let list = |core: &Tab| core.rank(&ids, false, NOW);
    let first = granted(&database).await;
    let order = |core: &Tab| list(core).chunks(4).map(|one| core.id(one[0] as u32)).collect::<Vec<_>>();
    assert_eq!(order(&second), order(&first));
}

#[test]
async fn a_database_deleted_under_a_tab_is_begun_anew() {
    let database = fresh();
    let first = granted(&database).await;
    (0..120).for_each(|step| record(&first, "view", step));
    settle(&first).await;
    raw::delete(&database).await;
    // Whoever deleted it meant the profile; what comes after is kept.
    (200..220).for_each(|step| record(&first, "cart", step));
    settle(&first).await;
    assert_eq!((first.status().as_str(), first.interactions(), log_length(&first).await), ("ready", 20, 20));
    let second = granted(&database).await;
    assert!(second.snapshot() == first.snapshot());
    done(first.close(NOW)).await;
}

#[test]
async fn too_much_at_once_is_refused_and_nothing_taken_is_lost() {
    let database = fresh();
    let core = granted(&database).await;
    let mut taken = 0;
    for step in 0..5_200 {
        let at = NOW + step as f64 * 1_000.0;
        let why = refused(&core, "view", "brie", at);
        assert_eq!(why, (step >= 5_000).then_some("too-many"));
        taken += u32::from(why.is_none());
    }
    settle(&core).await;
    assert_eq!((taken, core.interactions(), log_length(&core).await), (5_000, 5_000, 5_000));
}

#[test]
async fn what_waits_for_an_answer_is_bounded() {
    let core = core(&fresh());
    let taken = (0..5_100).filter(|step| {
        let at = NOW + f64::from(*step) * 1_000.0;
        refused(&core, "view", "brie", at).is_none()
    });
    assert_eq!(taken.count(), 5_000);
    done(core.refuse(NOW)).await;
    assert_eq!(core.interactions(), 0, "and it is dropped on a refusal");
}

#[test]
async fn what_is_written_is_on_disk_before_it_counts() {
    let database = fresh();
    drop(granted(&database).await);
    let db = raw::database(&database).await;
    assert_eq!(tab::durability(&tab::writing(&db)).as_deref(), Some("strict"));
    // The control: what did not ask for it does not have it.
    assert_ne!(tab::durability(&raw::transaction(&db)).as_deref(), Some("strict"));
}
