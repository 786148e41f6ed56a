// Lists all that an origin keeps in the browser, in every storage there is.

/** @typedef {{ where: string, key?: unknown, value: unknown, bytes: number }} Kept */

/**
 * Every single thing that is kept, and the databases even when they are empty.
 * @param {import('@playwright/test').Page} page
 */
export async function storageOf(page) {
  const { databases, kept } = await page.evaluate(readAll);
  const cookies = await page.context().cookies();
  return {
    /** @type {string[]} */ databases,
    /** @type {Kept[]} */ kept: [...kept, ...cookies.map(cookieKept)],
  };
}

const cookieKept = ({ name, value }) => ({ where: 'cookie', key: name, value, bytes: name.length + value.length });

/** In words, for a message: nothing, or what is kept where. */
export function inWords({ databases, kept }) {
  const things = [...databases.map((name) => `database ${name}`), ...kept.map(({ where, key }) => `${where} ${JSON.stringify(key)}`)];
  return things.length === 0 ? 'nothing' : things.join(', ');
}

/** The values in a record that say something: numbers, texts, bytes; not the shape around them. */
export function leaves(value) {
  if (value === null || value === undefined) return [];
  if (typeof value !== 'object') return [value];
  return Object.values(value).flatMap(leaves);
}

/** Runs in the page. */
async function readAll() {
  const kept = [];
  const plain = (value) => {
    if (value instanceof Date) return value.getTime();
    if (value instanceof ArrayBuffer) return { bytes: value.byteLength };
    if (ArrayBuffer.isView(value)) return { bytes: value.byteLength };
    if (Array.isArray(value)) return value.map(plain);
    if (value instanceof Map) return [...value].map(plain);
    if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
    return value;
  };
  const size = (value) => {
    if (typeof value === 'string') return value.length;
    if (typeof value === 'number') return 8;
    if (!value || typeof value !== 'object') return 1;
    if ('bytes' in value) return value.bytes;
    const name = (key) => (Array.isArray(value) ? 0 : key.length);
    return Object.entries(value).reduce((sum, [key, part]) => sum + name(key) + size(part), 0);
  };
  const add = (where, key, value) => kept.push({ where, key: plain(key), value: plain(value), bytes: size(plain(value)) });
  const answer = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

  const databases = (await indexedDB.databases()).map(({ name }) => name);
  for (const name of databases) {
    const database = await answer(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      const records = database.transaction(store).objectStore(store);
      const [keys, values] = await Promise.all([answer(records.getAllKeys()), answer(records.getAll())]);
      values.forEach((value, index) => add(`${name}/${store}`, keys[index], value));
    }
    database.close();
  }
  for (const [where, storage] of [['localStorage', localStorage], ['sessionStorage', sessionStorage]]) {
    for (const [key, value] of Object.entries(storage)) add(where, key, value);
  }
  for (const name of await caches.keys()) {
    for (const request of await (await caches.open(name)).keys()) add(`cache ${name}`, request.url, '');
  }
  const files = await navigator.storage.getDirectory();
  for await (const [name] of files.entries()) add('file', name, '');
  for (const { scope } of await navigator.serviceWorker.getRegistrations()) add('service worker', scope, '');
  const { held, pending } = await navigator.locks.query();
  for (const { name } of [...held, ...pending]) add('lock', name, '');
  return { databases, kept };
}
