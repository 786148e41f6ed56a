// Numbers and dates of the merchant's page, in words.

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const date = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short' });

export const number = (/** @type {number} */ value) => whole.format(Math.round(value) + 0); // + 0: no "-0"
export const plusMinus = (/** @type {import('./estimates.js').Estimate} */ { value, half }) => `${number(value)} ±\u00a0${number(half)}`;
export const range = (low, high, word = number) => `${word(low)}\u00a0to\u00a0${word(high)}`;
export const interval = (/** @type {import('./estimates.js').Estimate} */ { value, half }) => range(value - half, value + half);
export const percent = (/** @type {number} */ ratio) => `${number(100 * ratio)}\u00a0%`;
/** A share, in points of a hundred: the smaller, the finer. */
export const points = (/** @type {number} */ share) => (100 * share).toLocaleString('en-US', { maximumSignificantDigits: 2 });
export const epsilon = (/** @type {number} */ milli) => (milli / 1000).toLocaleString('en-US');

/** Days since 1970, as a date. */
export const dateOf = (/** @type {number} */ day) => date.format(new Date(day * 86_400_000));
export const datesOf = ({ from, to }) => (from === to ? dateOf(to) : `${dateOf(from)} – ${dateOf(to)}`);
