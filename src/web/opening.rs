//! Opens the database, or says within three seconds why not.

use super::idb::{failed, result};
use super::store::{KEYS, LEDGER, LOG, META};
use crate::error::Error;
use js_sys::{Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    IdbDatabase, IdbFactory, IdbObjectStoreParameters, IdbOpenDbRequest, IdbTransaction, IdbVersionChangeEvent,
};

/// 2: what is kept is sealed, and `keys` has the key.
const VERSION: u32 = 2;
/// An `open` that has not answered by then never will (Safari 14 and its kin).
const WITHIN: u32 = 3_000;

/// The database; `None` where there is none and it is not to be made.
pub(super) async fn open(name: &str, create: bool) -> Result<Option<IdbDatabase>, Error> {
    let fail = failed("opening");
    let factory = Reflect::get(&js_sys::global(), &"indexedDB".into()).unwrap_or(JsValue::UNDEFINED);
    if factory.is_undefined() || factory.is_null() {
        if !create {
            return Ok(None);
        }
        return Err(Error::Store { doing: "opening", message: "there is none here".to_owned() });
    }
    let request = factory.unchecked_ref::<IdbFactory>().open_with_u32(name, VERSION).map_err(&fail)?;
    let upgrade = Closure::once(move |event: IdbVersionChangeEvent| upgrade(&event, create));
    request.set_onupgradeneeded(Some(upgrade.as_ref().unchecked_ref()));
    let waiting = wait_for(request.clone());
    let late = gloo_timers::future::TimeoutFuture::new(WITHIN);
    match first(waiting, late).await {
        Some(Ok(())) => {}
        Some(Err(error)) if !create && is_abort(&error) => return Ok(None),
        Some(Err(error)) => return Err(fail(error)),
        None => {
            // An answer that comes all the same must not hold the database open.
            let late = request.clone();
            let close = move || drop(late.result().map(|db| db.unchecked_into::<IdbDatabase>().close()));
            request.set_onsuccess(Some(Closure::once_into_js(close).unchecked_ref()));
            return Err(Error::Store { doing: "opening", message: "no answer within 3 seconds".to_owned() });
        }
    }
    Ok(Some(request.result().map_err(&fail)?.unchecked_into()))
}

fn upgrade(event: &IdbVersionChangeEvent, create: bool) {
    let Some(request) = event.target().map(JsCast::unchecked_into::<IdbOpenDbRequest>) else { return };
    let old = event.old_version();
    if !create && old < 1.0 {
        // An aborted first version leaves no database behind.
        let _ = request.transaction().map(|transaction: IdbTransaction| transaction.abort());
        return;
    }
    let Ok(db) = request.result().map(JsCast::unchecked_into::<IdbDatabase>) else { return };
    let numbered = IdbObjectStoreParameters::new();
    numbered.set_auto_increment(true);
    // A store that cannot be made aborts the upgrade, and the open fails with its reason.
    if old < 1.0 {
        let _ = db.create_object_store_with_optional_parameters(LOG, &numbered);
        let _ = db.create_object_store(META);
        let _ = db.create_object_store_with_optional_parameters(LEDGER, &numbered);
    }
    let _ = db.create_object_store(KEYS);
}

async fn wait_for(request: IdbOpenDbRequest) -> Result<(), JsValue> {
    result(request.into()).await.map(drop)
}

fn is_abort(error: &JsValue) -> bool {
    Reflect::get(error, &"name".into()).is_ok_and(|name| name == "AbortError")
}

/// The work's result, or `None` when the timer was first.
async fn first<T>(work: impl Future<Output = T> + 'static, late: impl Future<Output = ()> + 'static) -> Option<T>
where
    T: 'static,
{
    let slot = std::rc::Rc::new(std::cell::RefCell::new(None));
    let filled = slot.clone();
    let work = wasm_bindgen_futures::future_to_promise(async move {
        let result = work.await;
        *filled.borrow_mut() = Some(result);
        Ok(JsValue::UNDEFINED)
    });
    let late = wasm_bindgen_futures::future_to_promise(async move {
        late.await;
        Ok(JsValue::UNDEFINED)
    });
    let _ = JsFuture::from(Promise::race(&js_sys::Array::of2(&work, &late))).await;
    slot.borrow_mut().take()
}
