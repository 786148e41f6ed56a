//! One bundle takes the place of another while the page goes on.

use super::tab::made;
use super::{NOW, Tab, core, done, fixture, flush, fresh, granted, granted_to, record, refused};

/// The grocery as its next training has it: the same items, other factors, another version.
fn next() -> Vec<u8> {
    let mut tensors = fixture::tensors();
    let factors = tensors.iter_mut().find(|(name, ..)| *name == "factors").expect("it has factors");
    factors.3.rotate_left(4 * 4);
    fixture::safetensors(&tensors, &[("homebody.format", "1"), ("homebody.version", "test-2")])
}

/// Its first three items alone: brie, cheddar, milk.
fn head() -> Vec<u8> {
    let (ids, offsets) = fixture::strings(&["brie", "cheddar", "milk"]);
    let length = [ids.len()];
    let mut tensors: Vec<(&str, &str, &[usize], Vec<u8>)> =
        vec![("ids", "U8", &length, ids.clone()), ("ids.offsets", "U32", &[4], offsets)];
    for (name, dtype, shape, bytes) in fixture::tensors() {
        let (shape, size): (&[usize], usize) = match (name, shape) {
            ("factors", _) => (&[3, 4], 48),
            ("ids" | "ids.offsets", _) => continue,
            (_, [6]) if name != "category.names.offsets" => (&[3], bytes.len() / 2),
            (_, shape) => (shape, bytes.len()),
        };
        tensors.push((name, dtype, shape, bytes[..size].to_vec()));
    }
    fixture::safetensors(&tensors, &[("homebody.format", "1"), ("homebody.version", "head-1")])
}

async fn change(core: &Tab, bundle: Vec<u8>) -> bool {
    let was = core.bundle();
    done(core.change_bundle(&bundle)).await;
    core.bundle() != was
}

fn opened(bundle: &[u8], database: &str) -> Tab {
    Tab::open(bundle, database, true)
}

#[wasm_bindgen_test::wasm_bindgen_test]
async fn nothing_recorded_is_lost_stored_or_not() {
    let database = fresh();
    let core = granted(&database).await;
    (0..40).for_each(|step| record(&core, "view", step));
    flush(&core).await;
    (40..45).for_each(|step| record(&core, "cart", step)); // still on their way
    assert!(change(&core, next()).await);
    (45..50).for_each(|step| record(&core, "view", step));
    flush(&core).await;
    assert_eq!((core.bundle().as_str(), core.interactions()), ("test-2", 50));
    // Who opens the new bundle on what is stored has the same, to the byte.
    let again = granted_to(opened(&next(), &database)).await;
    assert!(again.snapshot() == core.snapshot());
    // The control: the old bundle's profile is another.
    assert!(granted(&database).await.snapshot() != core.snapshot());
}

#[wasm_bindgen_test::wasm_bindgen_test]
async fn before_consent_too() {
    let [waiting, fresh_one] = [core(&fresh()), opened(&next(), &fresh())];
    (0..10).for_each(|step| record(&waiting, "view", step));
    assert!(change(&waiting, next()).await);
    (0..10).for_each(|step| record(&fresh_one, "view", step));
    assert_eq!(waiting.interactions(), fresh_one.interactions());
    assert_eq!(waiting.status(), "pending");
}

#[wasm_bindgen_test::wasm_bindgen_test]
async fn what_was_refused_meanwhile_does_not_come_back() {
    let core = granted(&fresh()).await;
    (0..10).for_each(|step| record(&core, "view", step));
    flush(&core).await;
    let changing = core.change_bundle(&next());
    core.withdraw(); // another tab was refused
    done(changing).await;
    assert_eq!((core.bundle().as_str(), core.status().as_str(), core.interactions()), ("test-2", "refused", 0));
}

#[wasm_bindgen_test::wasm_bindgen_test]
async fn the_same_bundle_changes_nothing_and_a_broken_one_neither() {
    let core = granted(&fresh()).await;
    record(&core, "view", 0);
    flush(&core).await;
    let before = core.snapshot();
    assert!(!change(&core, fixture::bundle()).await);
    let broken = wasm_bindgen_futures::JsFuture::from(core.change_bundle(&[1; 40])).await;
    assert!(broken.is_err() && core.snapshot() == before && core.bundle() == "test-1");
}

#[wasm_bindgen_test::wasm_bindgen_test]
fn a_buffer_that_somebody_took_away_is_refused() {
    let whole = js_sys::Uint8Array::from(fixture::bundle().as_slice());
    let buffer = whole.buffer();
    assert!(made(&whole).is_ok(), "the control: as it was");
    let options = js_sys::Object::new();
    js_sys::Reflect::set(&options, &"transfer".into(), &js_sys::Array::of1(&buffer)).unwrap();
    let copy: js_sys::Function = js_sys::Reflect::get(&js_sys::global(), &"structuredClone".into()).unwrap().into();
    copy.call2(&js_sys::global(), &buffer, &options).unwrap();
    assert!(made(&whole).is_err());
}

/// A shopper of all six items comes back to a head, closed before the rest came; what the next visit knows.
async fn after_a_head(marked: bool) -> u32 {
    let database = fresh();
    let whole = granted(&database).await;
    (0..120).for_each(|step| record(&whole, "purchase", step));
    flush(&whole).await;
    done(whole.close(NOW)).await;
    let with_head = opened(&head(), &database);
    if marked {
        with_head.mark_head();
    }
    let with_head = granted_to(with_head).await;
    assert_eq!(refused(&with_head, "view", "brie", NOW), None);
    flush(&with_head).await;
    done(with_head.close(NOW)).await;
    let again = granted(&database).await;
    assert_eq!(again.interactions(), 121);
    js_sys::Array::from(&again.counts()).length()
}

#[wasm_bindgen_test::wasm_bindgen_test]
async fn a_head_keeps_what_it_does_not_hold() {
    assert_eq!(after_a_head(true).await, 6);
    // The control: a bundle of fewer items that is to stay forgets what is not sold any more.
    assert_eq!(after_a_head(false).await, 3);
}

#[wasm_bindgen_test::wasm_bindgen_test]
async fn a_head_refuses_nothing_for_its_items_sake() {
    let with_head = opened(&head(), &fresh());
    assert_eq!(refused(&with_head, "view", "apples", NOW), Some("unknown-item"), "the control");
    with_head.mark_head();
    assert_eq!(refused(&with_head, "view", "apples", NOW), Some("not-yet"));
    assert_eq!(refused(&with_head, "view", "brie", NOW), None);
}

/// The grocery with something else in its header.
fn with_header(old: &str, new: &str) -> js_sys::Uint8Array {
    let bundle = fixture::bundle();
    let end = 8 + u64::from_le_bytes(bundle[..8].try_into().unwrap()) as usize;
    let header = std::str::from_utf8(&bundle[8..end]).unwrap();
    assert!(header.contains(old), "{header}");
    let header = header.replacen(old, new, 1);
    let all = [&(header.len() as u64).to_le_bytes(), header.as_bytes(), &bundle[end..]].concat();
    all.as_slice().into()
}

#[wasm_bindgen_test::wasm_bindgen_test]
fn a_header_of_another_form_is_refused_by_the_page_too() {
    for (old, new) in [("\"F32\"", "\"F32\""), ("\"test-1\"", "\"test\\u002d1\""), ("\":", "\" : ")] {
        let core = made(&with_header(old, new)).expect("the control: the same, written otherwise");
        assert_eq!(core.bundle(), "test-1");
    }
    for (old, new) in [
        ("{", "["),
        ("}}", "}"),
        ("\"dtype\"", "\"type\""),
        ("\"F32\"", "\"F33\""),
        ("\"F32\"", "32"),
        ("\"shape\":[", "\"shape\":[-"),
        ("\"shape\":[", "\"shape\":[0."),
        ("\"shape\":[", "\"shape\":[1e300,"),
        ("\"shape\":[", "\"shape\":[[],"),
        ("\"shape\"", "\"sides\""),
        ("\"data_offsets\":[0,", "\"data_offsets\":["),
        ("\"data_offsets\":[0,", "\"data_offsets\":[\"0\","),
        ("\"data_offsets\"", "\"offsets\""),
        ("\"data_offsets\":[0,", "\"data_offsets\":[0,0,"),
        ("\"dtype\"", "\"by\":\"anna\",\"dtype\""),
        ("\"test-1\"", "1"),
        ("\"test-1\"", "null"),
    ] {
        let error = made(&with_header(old, new)).expect_err(new);
        assert_eq!(error.code(), "bundle-header", "{new}");
    }
    let many: String = (0..257).map(|at| format!("\"{at}\":\"\",")).collect();
    let (long, deep) = (format!("{{{}", " ".repeat(1 << 20)), "\"shape\":[1,1,1,1,1,1,1,1,");
    for (old, new) in [("{", long.as_str()), ("\"shape\":[", deep), ("{\"homebody", &format!("{{{many}\"homebody"))] {
        assert_eq!(made(&with_header(old, new)).expect_err(old).code(), "bundle-too-large", "{old}");
    }
    // Read as JSON has it, and refused for what it then is.
    let twice = with_header("{", "{\"ids\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},");
    assert!(made(&twice).is_ok(), "the last one of a name counts");
    let gap = with_header("\"data_offsets\":[0,", "\"data_offsets\":[1,");
    assert_eq!(made(&gap).expect_err("a gap").code(), "tensor-offsets");
}
