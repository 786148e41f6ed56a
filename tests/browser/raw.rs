//! Looks at the origin's storages past the code under test.

use js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

async fn call(body: &str, argument: &str) -> JsValue {
    let function = Function::new_with_args("name", body);
    let promise: Promise = function.call1(&JsValue::NULL, &argument.into()).expect("the test's own code").into();
    JsFuture::from(promise).await.expect("the test's own code")
}

/// Is there a database of that name?
pub async fn exists(name: &str) -> bool {
    call("return indexedDB.databases().then((all) => all.some((one) => one.name === name))", name).await.is_truthy()
}

const OPEN: &str = "const open = () => new Promise((done, fail) => { const r = indexedDB.open(name); \
    r.onsuccess = () => done(r.result); r.onerror = () => fail(r.error); }); \
    const all = (db, store, what) => new Promise((done) => { \
    const r = db.transaction(store).objectStore(store)[what](); r.onsuccess = () => done(r.result); });";

/// The database, opened beside the code under test.
pub async fn database(name: &str) -> JsValue {
    call(&format!("{OPEN} return open()"), name).await
}

/// A transaction as one gets it without asking for more.
pub fn transaction(database: &JsValue) -> JsValue {
    let body = "return name.transaction('meta')";
    Function::new_with_args("name", body).call1(&JsValue::NULL, database).expect("the test's own code")
}

/// Every record of the database, as `store/key` and value.
pub async fn records(name: &str) -> Vec<(String, JsValue)> {
    let body = format!(
        "{OPEN} return (async () => {{ const db = await open(); const rows = []; \
         for (const store of db.objectStoreNames) {{ \
           const [keys, values] = [await all(db, store, 'getAllKeys'), await all(db, store, 'getAll')]; \
           keys.forEach((key, i) => rows.push([store + '/' + key, values[i]])); }} \
         db.close(); return rows; }})()"
    );
    let rows: Array = call(&body, name).await.into();
    rows.iter()
        .map(|row| Array::from(&row))
        .map(|row| (row.get(0).as_string().unwrap_or_default(), row.get(1)))
        .collect()
}

/// Is the word in a record's bytes?
pub fn holds(value: &JsValue, word: &str) -> bool {
    let found = |bytes: Vec<u8>| bytes.windows(word.len()).any(|window| window == word.as_bytes());
    value.dyn_ref::<Uint8Array>().is_some_and(|bytes| found(bytes.to_vec()))
}

/// A database as the first version made it, with the records of another.
pub async fn as_first_version(name: &str, records: &[(String, JsValue)]) {
    let rows: Array = records
        .iter()
        .map(|(path, value)| {
            let (store, key) = path.split_once('/').expect("the listing's own form");
            Array::of3(&store.into(), &key.parse().map_or_else(|_| JsValue::from(key), |n: f64| n.into()), value)
        })
        .collect();
    let body = "return new Promise((done, fail) => { const r = indexedDB.open(name, 1); r.onerror = () => fail(r.error); \
        r.onupgradeneeded = () => { for (const store of ['log', 'ledger']) r.result.createObjectStore(store, { autoIncrement: true }); \
          r.result.createObjectStore('meta'); }; \
        r.onsuccess = () => { const t = r.result.transaction(['log', 'meta', 'ledger'], 'readwrite'); \
          for (const [store, key, value] of rows) t.objectStore(store).put(value, key); \
          t.oncomplete = () => { r.result.close(); done(); }; }; })";
    let made = Function::new_with_args("name, rows", body).call2(&JsValue::NULL, &name.into(), &rows);
    JsFuture::from(Promise::from(made.expect("the test's own code"))).await.expect("the test's own code");
}

/// Forgets the key.
pub async fn lose_key(name: &str) {
    let body = format!(
        "{OPEN} return (async () => {{ const db = await open(); await new Promise((done) => {{ \
         db.transaction('keys', 'readwrite').objectStore('keys').clear().onsuccess = done; }}); db.close(); }})()"
    );
    call(&body, name).await;
}

/// Does the browser give the key out?
pub async fn gives_out(key: &JsValue) -> bool {
    let body = "return crypto.subtle.exportKey('raw', name).then(() => true, () => false)";
    let told = Function::new_with_args("name", body).call1(&JsValue::NULL, key).expect("the test's own code");
    JsFuture::from(Promise::from(told)).await.expect("the test's own code").is_truthy()
}

/// Changes the record under `meta/key` by flipping a bit in its middle.
pub async fn damage(name: &str, key: &str) {
    let body = format!(
        "{OPEN} return (async () => {{ const db = await open(); \
         const meta = () => db.transaction('meta', 'readwrite').objectStore('meta'); \
         await new Promise((done) => {{ const store = meta(); const r = store.get('{key}'); \
           r.onsuccess = () => {{ r.result[r.result.length >> 1] ^= 1; store.put(r.result, '{key}').onsuccess = done; }}; }}); \
         db.close(); }})()"
    );
    call(&body, name).await;
}

/// Names of what `localStorage`, `sessionStorage` and the Cache API hold.
pub async fn elsewhere() -> usize {
    let found = call(
        "return caches.keys().then((names) => ({ n: names.length + localStorage.length + sessionStorage.length }))",
        "",
    );
    let found: Object = found.await.into();
    Reflect::get(&found, &"n".into()).ok().and_then(|n| n.as_f64()).unwrap_or(f64::NAN) as usize
}

/// Deletes the database, as "clear site data" does.
pub async fn delete(name: &str) {
    let body = "return new Promise((done, fail) => { const r = indexedDB.deleteDatabase(name); \
                r.onsuccess = done; r.onerror = fail; r.onblocked = () => fail(new Error('blocked')); })";
    call(body, name).await;
}

/// From now on the browser writes nothing, as where the disk is full; or it does again.
pub fn write_nothing(full: bool) {
    let body = "const all = IDBDatabase.prototype; all.whole ??= all.transaction; \
        all.transaction = name !== 'full' ? all.whole : function (stores, mode, how) { \
          if (mode === 'readwrite') throw new DOMException('', 'QuotaExceededError'); \
          return all.whole.call(this, stores, mode, how); }";
    let word = if full { "full" } else { "" };
    Function::new_with_args("name", body).call1(&JsValue::NULL, &word.into()).expect("the test's own code");
}

/// Puts a value under `meta/key`.
pub async fn put(name: &str, key: &str, value: &str) {
    let body = format!(
        "{OPEN} return (async () => {{ const db = await open(); await new Promise((done) => {{ \
         db.transaction('meta', 'readwrite').objectStore('meta').put('{value}', '{key}').onsuccess = done; }}); db.close(); }})()"
    );
    call(&body, name).await;
}

/// Another tab wants to upgrade the database, so that ours let go of it, and does not.
pub async fn disconnect(name: &str) {
    let body = "return new Promise((done) => { const r = indexedDB.open(name, 99); r.onerror = done; \
                r.onupgradeneeded = () => r.transaction.abort(); })";
    call(body, name).await;
}

/// A database of a later version stands in its place, which ours cannot open.
pub async fn replace(name: &str) {
    delete(name).await;
    let body = "return new Promise((done, fail) => { const r = indexedDB.open(name, 99); r.onerror = fail; \
                r.onsuccess = () => { r.result.close(); done(); }; })";
    call(body, name).await;
}
