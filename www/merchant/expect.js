// What half of a 95 % interval will be, before anything was reported: the noise's own formulas, as the server has
// them (cli/src/serve/totals.rs). They speak of the noise alone.

const Z = 1.959964;

/**
 * What a report tells, and how it is hidden. `choices`: the answers of which it has one. `whole`: what a sum is a
 * share of, for one report.
 * @typedef {{ mechanism: string, sensitivity: number, choices: number, whole: number }} Measurement
 * @typedef {'local' | 'shared'} Mode
 */

/** A yes or no by itself: one answer changes one count by one. @type {Measurement} */
export const YES_NO = { mechanism: 'randomised response', sensitivity: 1, choices: 2, whole: 1 };

/** Discrete Laplace noise of scale sensitivity/ε (Ghosh, Roughgarden, Sundararajan 2009). */
function laplace(sensitivity, epsilon) {
  const q = Math.exp(-epsilon / sensitivity);
  return (2 * q) / (1 - q) ** 2;
}

/** How likely a true answer is said, and one that is not. @returns {[number, number]} */
function chances({ mechanism, choices }, epsilon) {
  const e = Math.exp(epsilon);
  return mechanism === 'unary encoding' ? [0.5, 1 / (e + 1)] : [e / (e + choices - 1), 1 / (e + choices - 1)];
}

/**
 * What one report's noise adds to the variance of a sum. An answer that is often true has another error than a rare one;
 * without its share, one like each other.
 * @param {Measurement} measurement @param {number} epsilon
 */
export function variance(measurement, epsilon, share = 1 / measurement.choices) {
  if (measurement.mechanism === 'discrete Laplace') return laplace(measurement.sensitivity, epsilon);
  const [p, q] = chances(measurement, epsilon);
  return (q * (1 - q)) / (p - q) ** 2 + (share * (1 - p - q)) / (p - q);
}

/**
 * Half of the 95 % interval of a share, 1 being the whole. Local noise is in each report, shared noise once in the sum.
 * @param {Measurement} measurement @param {Mode} mode @param {number} epsilon @param {number} shoppers each with one report
 */
export function half(measurement, mode, epsilon, shoppers) {
  const all = mode === 'local' ? shoppers * variance(measurement, epsilon) : laplace(measurement.sensitivity, epsilon);
  return (Z * Math.sqrt(all)) / (shoppers * measurement.whole);
}

/** How many shoppers it takes for half an interval of this. @param {Measurement} measurement @param {Mode} mode */
export function shoppersFor(measurement, mode, epsilon, wished) {
  const one = half(measurement, mode, epsilon, 1);
  return Math.ceil(mode === 'local' ? (one / wished) ** 2 : one / wished);
}

/** A type of `/v1/sums`. Of interactions by department, a share is of all that the clip leaves. @returns {Measurement} */
export const measurement = (name, { mechanism, sensitivity, choices, clip }) =>
  ({ mechanism, sensitivity, choices: choices ?? 1, whole: name === 'departments' ? clip : 1 });

/** The same half of the server's: the mean over the answers, which is what one like each other has. */
export function measured({ choices, whole }, { reports, values, half: halves }) {
  // Of several arms the first: its answers add up to its reports.
  const arms = choices > 1 && choices < values.length;
  const of = arms ? halves.slice(0, choices) : halves;
  const count = arms ? values.slice(0, choices).reduce((sum, value) => sum + value, 0) : reports;
  return { reports: count, half: Math.hypot(...of) / Math.sqrt(of.length) / (count * whole) };
}
