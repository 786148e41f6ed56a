import type { Row } from './database.js';
import type { Bytes } from './rows.js';

/** The first byte of what is sealed: no record of ours begins with it. */
const SEALED = 0xae;
/** Bytes of the nonce, drawn for each record, which follow. */
const NONCE = 12;

/** A key and its name: two keys cannot be compared. */
interface Key {
  readonly name: IDBValidKey;
  readonly key: CryptoKey;
}

/** Records as they are stored, and the key that they were sealed with: none where they were not. */
export interface Sealed {
  readonly records: readonly Bytes[];
  readonly by: Key | undefined;
}

/** Seals and opens what the store keeps: AES-GCM with a key that the browser keeps and never gives out.
 *
 * It protects copies of the database that were made without the key, a backup for one; not against who has the disk, nor
 * against a script on the shop's own origin. */
export interface Vault {
  /** What stands in the store of keys is this tab's key. */
  look(keys: readonly Row[]): void;
  /** Can all read this with the store's keys? */
  fits(keys: readonly Row[], sealed: Sealed): boolean;
  /** The first key of a store goes into it with the first thing that it seals. */
  keep(keys: readonly Row[], sealed: Sealed, store: IDBObjectStore): void;
  /** The key is erased, and the next one is another. */
  forget(): void;
  /** Does it lie there as it is, though it should not? */
  isBare(stored: unknown): boolean;
  seal(records: readonly Bytes[]): Promise<Sealed>;
  /** What cannot be opened is empty: the reader calls it damaged. */
  open(stored: readonly unknown[]): Promise<Bytes[]>;
}

/** One that seals, or (`on` false) only opens what was sealed. */
export function vault(on: boolean): Vault {
  if (on && (globalThis.crypto as Crypto | undefined)?.subtle === undefined) {
    throw new Error('crypto.subtle is only on https pages and on localhost');
  }
  let known: Key | undefined;

  /** The store's key, or the one that it will have. */
  const keyToSeal = async (): Promise<Key> => {
    if (known === undefined) {
      const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
      // Another piece of work may have made one meanwhile.
      known ??= { name: crypto.getRandomValues(new Uint32Array(1))[0] ?? 0, key };
    }
    return known;
  };

  const sealOne = async (key: CryptoKey, record: Bytes): Promise<Bytes> => {
    const nonce = crypto.getRandomValues(new Uint8Array(NONCE));
    const text = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce }, key, record));
    const sealed = new Uint8Array(1 + NONCE + text.length);
    sealed[0] = SEALED;
    sealed.set(nonce, 1);
    sealed.set(text, 1 + NONCE);
    return sealed;
  };

  const openOne = async (key: Key | undefined, record: Bytes): Promise<Bytes> => {
    if (!isSealed(record)) return record;
    if (key === undefined) return new Uint8Array();
    const iv = record.subarray(1, 1 + NONCE);
    return new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key.key, record.subarray(1 + NONCE)));
  };

  return {
    look(keys) {
      const [first] = keys;
      known = first && { name: first[0], key: first[1] as CryptoKey };
    },
    fits: ([first], { by }) => by === undefined || first === undefined || first[0] === by.name,
    keep(keys, { by }, store) {
      if (by !== undefined && keys.length === 0) store.put(by.key, by.name);
    },
    forget() {
      known = undefined;
    },
    isBare: (stored) => on && stored instanceof Uint8Array && !isSealed(stored),
    async seal(records) {
      if (!on || records.length === 0) return { records, by: undefined };
      const by = await keyToSeal();
      return { records: await Promise.all(records.map((record) => sealOne(by.key, record))), by };
    },
    async open(stored) {
      const key = known;
      const none = new Uint8Array();
      return Promise.all(stored.map((record) => (record instanceof Uint8Array ? openOne(key, record as Bytes).catch(() => none) : none)));
    },
  };
}

/** A nonce and the tag of 16 bytes are in the shortest. */
function isSealed(record: Uint8Array): boolean {
  return record.length > NONCE + 16 && record[0] === SEALED;
}
