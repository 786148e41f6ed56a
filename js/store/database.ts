import { HomebodyError, asHomebodyError } from '../errors.js';

/** 2: what is kept is sealed, and `keys` has the key. */
const VERSION = 2;
/** An `open` that has not answered by then never will (Safari 14 and its kin). */
const WITHIN = 3_000;

export type StoreName = 'log' | 'meta' | 'ledger' | 'keys';
export type Row = readonly [key: IDBValidKey, value: unknown];

/** The records of a store in a range of keys, or only their keys. */
export interface Ask {
  readonly store: StoreName;
  readonly range?: IDBKeyRange | IDBValidKey;
  readonly keysOnly?: boolean;
}

/** The stores within a transaction. */
export type Stores = (name: StoreName) => IDBObjectStore;

/** The database; `undefined` where there is none and it is not to be made. */
export async function openDatabase(name: string, create: boolean): Promise<IDBDatabase | undefined> {
  const factory = factoryHere();
  if (factory === undefined || factory === null) {
    if (!create) return undefined;
    throw new Error('there is none here');
  }
  const opening = factory.open(name, VERSION);
  opening.onupgradeneeded = ({ oldVersion }) => {
    // An aborted first version leaves no database behind.
    if (!create && oldVersion < 1) opening.transaction?.abort();
    else upgrade(opening.result, oldVersion);
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => { fail(new Error('no answer within 3 seconds')); }, WITHIN);
  });
  try {
    const db = await Promise.race([result(opening), late]);
    // A tab that does not let go blocks another's upgrade or deletion for ever.
    db.onversionchange = () => { db.close(); };
    return db;
  } catch (error) {
    // An answer that comes all the same must not hold the database open.
    opening.onsuccess = () => { opening.result.close(); };
    if (!create && error instanceof DOMException && error.name === 'AbortError') return undefined;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Where storing is forbidden, asking for it may throw. */
function factoryHere(): IDBFactory | null | undefined {
  try { return (globalThis as { indexedDB?: IDBFactory | null }).indexedDB; } catch { return undefined; }
}

function upgrade(db: IDBDatabase, from: number): void {
  if (from < 1) {
    db.createObjectStore('log', { autoIncrement: true });
    db.createObjectStore('meta');
    db.createObjectStore('ledger', { autoIncrement: true });
  }
  db.createObjectStore('keys');
}

/** What a request comes to. A transaction stays alive as long as nothing else is awaited in it. */
export function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => { resolve(request.result); };
    request.onerror = () => { reject(request.error as DOMException); };
  });
}

/** Asks in a transaction of its own. */
export function read(db: IDBDatabase, asks: readonly Ask[]): Promise<Row[][]> {
  return answers(db.transaction(db.objectStoreNames, 'readonly'), asks);
}

/** Asks, lets `decide` write what it makes of the answers, and asks again, in one transaction; resolves when it is on
 * disk. Where `decide` returns false, it has written nothing. */
export async function write(
  db: IDBDatabase, asks: readonly Ask[], decide: (answers: Row[][], stores: Stores) => boolean, then: readonly Ask[] = [],
): Promise<Row[][] | undefined> {
  const transaction = writing(db);
  const complete = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => { resolve(); };
    transaction.onabort = () => { reject(transaction.error ?? new Error('the transaction was aborted')); };
  });
  complete.catch(() => undefined); // it is awaited below, if nothing fails before
  try {
    if (!decide(await answers(transaction, asks), (name) => transaction.objectStore(name))) return undefined;
  } catch (error) {
    abort(transaction); // half of what was decided must not stay
    throw error;
  }
  const told = await answers(transaction, then);
  await complete;
  return told;
}

/** A transaction that is on disk when it completes: only then is anything saved. */
export function writing(db: IDBDatabase): IDBTransaction {
  return db.transaction(db.objectStoreNames, 'readwrite', { durability: 'strict' });
}

function abort(transaction: IDBTransaction): void {
  try { transaction.abort(); } catch { /* it has ended by itself */ }
}

/** All requests are made before the first is awaited. */
function answers(transaction: IDBTransaction, asks: readonly Ask[]): Promise<Row[][]> {
  return Promise.all(asks.map(async ({ store, range, keysOnly }) => {
    const records = transaction.objectStore(store);
    const [keys, values] = await Promise.all([result(records.getAllKeys(range)), keysOnly === true ? [] : result(records.getAll(range))]);
    return keys.map((key, place): Row => [key, values[place]]);
  }));
}

/** The error of a failed operation, in the browser's words. What has failed in the module keeps its own. */
export function failed(doing: string, error: unknown): HomebodyError {
  const own = asHomebodyError(error);
  if (own instanceof HomebodyError) return own;
  const { name = '', message = '' } = error instanceof Error || error instanceof DOMException ? error : {};
  // A DOMException's message can be empty (a full quota in Chrome), its name never is.
  const words = [name === 'Error' ? '' : name, message].filter((word) => word !== '').join(': ');
  return new HomebodyError('store-failed', `the browser's database ${doing} failed: ${words || 'unknown'}`, { cause: error });
}
