import { packedTexts } from './store/rows.js';

/** Longer than any id: what is above it need not be copied into the module to be refused. */
const LONGEST = 1_000;

/** Pages pass anything at all; what is no text is no item, what is no number is refused as such. */
export const asText = (value: unknown): string => (typeof value === 'string' ? value.slice(0, LONGEST) : '');
export const asName = (value: unknown): string | undefined => (value === undefined ? undefined : asText(value));
export const asTexts = (values: readonly unknown[]): Uint8Array => packedTexts(values.map(asText));
export const asNumber = (value: unknown): number => (typeof value === 'number' ? value : NaN);
export const asOptional = (value: unknown): number | undefined => (value === undefined ? undefined : asNumber(value));
