import { HomebodyError } from './errors.js';
import { packedTexts } from './store/rows.js';
import type { Kind } from './types.js';
import { KINDS } from './words.js';

/** Longer than any id: what is above it need not be copied into the module to be refused. */
const LONGEST = 1_000;

/** Pages pass anything at all; what is no text is no item, what is no number is refused as such. */
export const asText = (value: unknown): string => (typeof value === 'string' ? value.slice(0, LONGEST) : '');
export const asName = (value: unknown): string | undefined => (value === undefined ? undefined : asText(value));
export const asTexts = (values: readonly unknown[]): Uint8Array => packedTexts(values.map(asText));
export const asNumber = (value: unknown): number => (typeof value === 'number' ? value : NaN);
export const asOptional = (value: unknown): number | undefined => (value === undefined ? undefined : asNumber(value));
/** The same where NaN says that nothing is said: what is no number is one that none can be. */
export const asSaid = (value: unknown): number => (value === undefined ? NaN : typeof value === 'number' && !Number.isNaN(value) ? value : -Infinity);

/** The core's number of a kind. */
export function asKind(kind: unknown): number {
  const number = KINDS.indexOf(kind as Kind);
  if (number < 0) throw new HomebodyError('unknown-kind', `unknown kind "${asText(kind).slice(0, 64)}"; one of ${KINDS.join(', ')}`);
  return number;
}
