import { packedTexts } from './store/rows.js';

/** The core takes no longer header (`MAX_HEADER`), so no more is read of one. */
const LONGEST = 2 ** 20;

/** The header's JSON, as far as it is there. */
function headerOf(bundle: Uint8Array): string {
  if (bundle.length < 8) return '';
  // No header has more than 32 bits of length.
  const length = new DataView(bundle.buffer, bundle.byteOffset).getUint32(0, true);
  return new TextDecoder().decode(bundle.subarray(8, 8 + Math.min(length, LONGEST)));
}

interface Header {
  readonly __metadata__?: Record<string, string>;
  readonly [tensor: string]: unknown;
}

/** If it is of the format. */
interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [start: number, end: number, ...more: number[]];
}

/** What the core takes of a header (`Header::listed`); nothing where it is none of the format, which the core says in the right words. */
export function listed(bundle: Uint8Array): [texts: Uint8Array, numbers: Float64Array] {
  try {
    const { __metadata__: metadata = {}, ...tensors } = JSON.parse(headerOf(bundle)) as Header;
    const about = Object.entries(metadata);
    const [texts, numbers] = [about.flat(), [about.length]];
    for (const [name, entry] of Object.entries(tensors)) {
      const { dtype, shape, data_offsets: [start, end, ...more], ...others } = entry as Entry;
      if (more.length + Object.keys(others).length > 0) throw new TypeError('more than an entry has');
      texts.push(name, dtype);
      numbers.push(shape.length, ...shape, start, end);
    }
    if (numbers.every((number) => Number.isSafeInteger(number) && number >= 0) && texts.every((text) => typeof text === 'string')) {
      return [packedTexts(texts), Float64Array.from(numbers)];
    }
  } catch { /* no JSON, or something else than was read of it */ }
  return [new Uint8Array(), new Float64Array()];
}

/** The version that a bundle's header names. What is no bundle is refused elsewhere, in the right words. */
export function versionOf(bundle: Uint8Array): unknown {
  try {
    return (JSON.parse(headerOf(bundle)) as Header).__metadata__?.['homebody.version'];
  } catch {
    return undefined;
  }
}

/** Does this bundle, of which there is at least the beginning, bring what only the full module reads: a learnt mix, or a learnt
 * update function? */
export function isMixed(bundle: Uint8Array): boolean {
  return /"(blend\.features|homebody\.neural)"/.test(headerOf(bundle));
}
