/** Bytes of a buffer of their own, as the browser's interfaces take them. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** Keys, and what stands under them. */
export interface Entries {
  readonly keys: readonly number[];
  readonly bytes: readonly Bytes[];
}

/** Keys and records as the core takes them. */
export const flat = ({ keys, bytes }: Entries): [keys: Float64Array, bytes: Uint8Array] => [Float64Array.from(keys), packed(bytes)];

/** Records on their way into the module and out of it: each is its length and its bytes (`src/web/rows.rs`). */
export function packed(records: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(records.reduce((sum, record) => sum + 4 + record.length, 0));
  const view = new DataView(out.buffer);
  let at = 0;
  for (const record of records) {
    view.setUint32(at, record.length, true);
    out.set(record, at + 4);
    at += 4 + record.length;
  }
  return out;
}

export function unpacked(bytes: Uint8Array): Bytes[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const records = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 4 + view.getUint32(at, true);
    records.push(bytes.slice(at + 4, end));
    at = end;
  }
  return records;
}

// A text may begin with what else would be taken for a mark of its encoding.
const [encoder, decoder] = [new TextEncoder(), new TextDecoder('utf-8', { ignoreBOM: true })];

/** The same for texts. */
export const packedTexts = (texts: readonly string[]): Uint8Array => packed(texts.map((text) => encoder.encode(text)));
export const unpackedTexts = (bytes: Uint8Array): string[] => unpacked(bytes).map((text) => decoder.decode(text));

/** Are these the same bytes? */
export function same(one: unknown, other: unknown): boolean {
  return one instanceof Uint8Array && other instanceof Uint8Array
    ? one.length === other.length && one.every((byte, place) => byte === other[place])
    : one === other;
}
