// Bars of estimates with their intervals. The words stand beside each bar, so the bars are for the eye alone.
import { h } from '../dom.js';
import { element } from '../svg.js';

const [WIDTH, HEIGHT] = [1000, 20];

/** @typedef {{ name: string, value: number, low: number, high: number, text: string }} Row */

/** An estimate as a row. @param {import('./estimates.js').Estimate} estimate @returns {Row} */
export const row = (name, { value, half }, text) => ({ name, value, low: value - half, high: value + half, text });

/** @param {string} title @param {string} label @param {Row[]} rows */
export function bars(title, label, rows) {
  const low = Math.min(0, ...rows.map((one) => one.low));
  const high = Math.max(0, ...rows.map((one) => one.high)) || 1;
  const at = (value) => ((value - low) / (high - low)) * WIDTH;
  return h('div', { class: 'card' }, h('h3', {}, title),
    h('ul', { class: 'estimates', 'aria-label': label }, ...rows.map((one) => h('li', {},
      h('span', {}, one.name), h('span', { class: 'number' }, one.text), bar(one, at)))));
}

/** @param {Row} row */
function bar({ value, low, high }, at) {
  const [from, to] = [Math.min(at(0), at(value)), Math.max(at(0), at(value))];
  const middle = HEIGHT / 2;
  const line = (x1, x2, y1, y2, kind) => element('line', { class: kind, x1, x2, y1, y2, 'vector-effect': 'non-scaling-stroke' });
  const sure = low > 0 || high < 0;
  return element('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    element('rect', { class: sure ? 'sum' : 'sum unsure', x: from, y: 3, width: Math.max(1, to - from), height: HEIGHT - 6 }),
    line(at(0), at(0), 0, HEIGHT, 'zero'),
    line(at(low), at(high), middle, middle, 'interval'),
    line(at(low), at(low), 5, HEIGHT - 5, 'interval'),
    line(at(high), at(high), 5, HEIGHT - 5, 'interval'));
}
