// Sums under noise. An estimate is a value and half of its 95 % interval; errors of independent noise
// add up as squares.

/** @typedef {{ value: number, half: number }} Estimate */
/** @typedef {'interactions' | 'clicks'} Measure */

export const MEASURES = /** @type {const} */ ({ interactions: 'Interactions', clicks: 'Clicks on recommendations' });

/** All departments together. */
export const ALL = -1;

/**
 * One department's sum, or all departments', out of `values`: interactions by department, then clicks.
 * @param {{ values: number[], half: number[] }} sums @param {Measure} measure
 * @returns {Estimate}
 */
export function estimate({ values, half }, measure, department = ALL) {
  const count = values.length / 2;
  const from = measure === 'clicks' ? count : 0;
  const at = (place) => ({ value: values[place], half: half[place] });
  if (department !== ALL) return at(from + department);
  return together(Array.from({ length: count }, (_, place) => at(from + place)));
}

/** @param {Estimate[]} parts @returns {Estimate} */
export const together = (parts) => ({
  value: parts.reduce((sum, { value }) => sum + value, 0),
  half: Math.hypot(...parts.map(({ half }) => half)),
});

/** The interval does not reach zero. @param {Estimate} estimate */
export const stands = ({ value, half }) => Math.abs(value) > half;

/**
 * The share of one estimate in another, with its interval (Fieller 1954); null where the noise may have made
 * all of the whole.
 * @param {Estimate} part @param {Estimate} whole
 */
export function share(part, whole) {
  const g = (whole.half / whole.value) ** 2;
  if (!(whole.value > 0) || g >= 1) return null;
  const ratio = part.value / whole.value;
  const half = Math.sqrt((1 - g) * part.half ** 2 + (ratio * whole.half) ** 2) / whole.value / (1 - g);
  return { value: ratio, low: ratio / (1 - g) - half, high: ratio / (1 - g) + half };
}

/**
 * Days without a gap, in steps of so many that end with the last one.
 * @param {{ day: number, reports: number, values: number[], half: number[] }[]} days
 */
export function periods(days, step, measure, department) {
  if (days.length === 0) return [];
  const known = new Map(days.map((day) => [day.day, day]));
  const [first, last] = [days[0].day, days[days.length - 1].day];
  const result = [];
  for (let end = last; end >= first; end -= step) {
    const covered = Array.from({ length: step }, (_, back) => known.get(end - back)).filter((day) => day !== undefined);
    const reports = covered.reduce((sum, day) => sum + day.reports, 0);
    result.unshift({ from: Math.max(first, end - step + 1), to: end, reports, ...together(covered.map((day) => estimate(day, measure, department))) });
  }
  return result;
}
