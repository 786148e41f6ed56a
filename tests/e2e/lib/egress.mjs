// Judges a trip: all that left the browser, and all that it keeps. One judge, for the shop and for its leaking twins.
import { complaints } from './network.mjs';

/** What the shop itself keeps, and says so: its own cart and orders, in this tab, as long as it is open. */
const BASKET = 'sessionStorage shop-basket';

/**
 * What is wrong with a trip; empty when all is well.
 * @param {{ requests: import('./network.mjs').Sent[], when: (at: number) => string | undefined, ledger: readonly any[], departments: number,
 *   done: { ids: Set<string>, words: string[], bought: Set<string> } }} trip
 * @param {{ where: string, bytes: Buffer }[]} kept
 * @param {{ base: string, files: Set<string> }} shop
 */
export function judge({ requests, when, ledger, departments, done, seen }, kept, { base, files }) {
  return [
    ...complaints(requests, { files, base, ledger, departments }),
    ...traces(requests, done),
    ...reportsOf(seen, when, ledger),
    ...storageComplaints(kept, done),
  ];
}

/** Items and words in an address, a header or a body. */
function traces(requests, { ids, words }) {
  return requests.flatMap(({ method, url, headers, body }) => {
    const text = decoded([url, ...Object.values(headers), body].join('\n'));
    // A number within a longer one, as in a report's random id, is none.
    const told = [...text.matchAll(/(?<![0-9a-z])[0-9]+(?![0-9a-z])/g)].map(([number]) => number).filter((number) => ids.has(number));
    const said = words.filter((word) => text.includes(word));
    return [...told.map((id) => `${method} ${url}: tells of the item ${id}`), ...said.map((word) => `${method} ${url}: tells of the search "${word}"`)];
  });
}

const decoded = (text) => text.replace(/\+/g, ' ').replace(/%[0-9a-f]{2}/gi, (code) => String.fromCharCode(parseInt(code.slice(1), 16)));

/** Each report once, none while anything is done, nothing but id and values of its own, each as long as the other. */
function reportsOf(seen, when, ledger) {
  const posts = seen.filter(({ method, path }) => method === 'POST' && path === '/v1/reports');
  const parsed = posts.flatMap(({ body }) => {
    try { return [JSON.parse(body)]; } catch { return []; }
  });
  const twice = (list) => list.length - new Set(list).size;
  const kinds = (of) => new Set(posts.map(of)).size;
  const sent = ledger.filter(({ state }) => state === 'sent');
  const declared = new Set(sent.map(({ body }) => body));
  return [
    ...posts.filter(({ at }) => when(at) !== 'waiting').map(({ url }) => `POST ${url}: left while the shopper was doing something`),
    twice(parsed.map(({ id }) => id)) > 0 && 'two reports have one id',
    declared.size !== sent.length && 'two lines of the ledger have one body',
    posts.filter(({ body }) => declared.has(body)).length !== sent.length && `the ledger says that ${sent.length} reports were sent, the wire has others`,
    kinds(({ bytes }) => bytes) > 1 && 'reports are not all of one size',
    kinds(({ headers }) => JSON.stringify(headers)) > 1 && 'reports have headers of their own',
  ].filter(Boolean);
}

/** Where two trips differ that should look alike from outside. */
export function differences(one, other) {
  const files = ({ seen, requests }) => [...new Set([...seen, ...requests].filter(({ method }) => method !== 'POST').map(({ method, path }) => `${method} ${path}`))];
  const reports = ({ seen }) => seen.filter(({ method }) => method === 'POST').map(({ headers, body }) => {
    const { id: _, values: __, ...rest } = JSON.parse(body);
    return JSON.stringify([headers, rest]);
  });
  const ids = ({ seen }) => seen.filter(({ method }) => method === 'POST').map(({ body }) => JSON.parse(body).id);
  const without = (a, b) => a.filter((line) => !b.includes(line));
  return [
    ...[files, reports].flatMap((of) => [...without(of(one), of(other)), ...without(of(other), of(one))]),
    ...ids(one).filter((id) => ids(other).includes(id)).map((id) => `both have the id ${id}`),
  ];
}

/** Items and words in what the browser keeps. */
function storageComplaints(kept, { ids, words, bought }) {
  return kept.flatMap(({ where, bytes }) => {
    const own = where === BASKET ? bought : new Set();
    const found = [...ids].filter((id) => bytes.includes(id) && !own.has(id));
    return [...found.slice(0, 3), ...words.filter((word) => bytes.includes(word))].map((what) => `${where} holds ${what}`);
  });
}

/** Every storage of the origin, each record with its name and all of its bytes. @param {import('@playwright/test').Page} page */
export async function bytesKept(page) {
  const kept = (await page.evaluate(readBytes)).map(([where, base64]) => ({ where, bytes: Buffer.from(base64, 'base64') }));
  const cookies = (await page.context().cookies()).map(({ name, value }) => ({ where: `cookie ${name}`, bytes: Buffer.from(`${name}=${value}`) }));
  return [...kept, ...cookies];
}

/** Runs in the page. Texts are in UTF-8, numbers in digits. */
async function readBytes() {
  const kept = [];
  const add = async (where, ...parts) => {
    const bytes = new Uint8Array(await new Blob(parts.flatMap(pieces)).arrayBuffer());
    let text = '';
    for (const byte of bytes) text += String.fromCharCode(byte);
    kept.push([where, btoa(text)]);
  };
  const pieces = (value) => {
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof Blob) return [value];
    if (value instanceof Map || value instanceof Set) return [...value].flatMap(pieces);
    if (value && typeof value === 'object' && !(value instanceof CryptoKey) && !(value instanceof Date)) return Object.entries(value).flatMap(([key, part]) => [`${key}\n`, ...pieces(part)]);
    return [`${String(value)}\n`];
  };
  const answer = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  for (const { name } of await indexedDB.databases()) {
    const database = await answer(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      const records = database.transaction(store).objectStore(store);
      const [keys, values] = await Promise.all([answer(records.getAllKeys()), answer(records.getAll())]);
      for (const [at, value] of values.entries()) await add(`indexedDB ${name}/${store}`, keys[at], value);
    }
    database.close();
  }
  for (const [where, storage] of [['localStorage', localStorage], ['sessionStorage', sessionStorage]]) {
    for (const [key, value] of Object.entries(storage)) await add(`${where} ${key}`, key, value);
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) await add(`cache ${name}`, request.url, await (await cache.match(request)).blob());
  }
  const folder = async (directory) => {
    for await (const [name, entry] of directory.entries()) {
      if (entry.kind === 'directory') await folder(entry);
      else await add(`file ${name}`, name, await entry.getFile());
    }
  };
  await folder(await navigator.storage.getDirectory());
  for (const { scope } of await navigator.serviceWorker.getRegistrations()) await add('service worker', scope);
  return kept;
}
