// Departments: a bar for each with its interval, and the same numbers as a table.
import { h, table } from '../dom.js';
import { element } from '../svg.js';
import { estimate, MEASURES, stands } from './estimates.js';
import { interval, plusMinus } from './words.js';

const [WIDTH, HEIGHT] = [1000, 20];

export function departments(sums) {
  const rows = sums.departments.map((name, place) => ({
    name, interactions: estimate(sums, 'interactions', place), clicks: estimate(sums, 'clicks', place),
  }));
  rows.sort((a, b) => b.interactions.value - a.interactions.value);
  return h('section', { 'aria-labelledby': 'departments' },
    h('h2', { id: 'departments' }, 'By department'),
    h('p', {}, 'A bar is the sum, the line across it the 95 % interval. Pale bars cannot be told from zero: their interval reaches it.'),
    h('div', { class: 'two' }, bars(rows, 'interactions'), bars(rows, 'clicks')),
    h('details', {}, h('summary', {}, 'Departments as a table'),
      table('Sums with 95 % intervals', ['Department', MEASURES.interactions, '95 % interval', MEASURES.clicks, '95 % interval'],
        rows.map(({ name, interactions, clicks }) => [name, interactions.value, interval(interactions), clicks.value, interval(clicks)]))));
}

/** The words stand beside each bar, so the bars themselves are for the eye alone. */
function bars(rows, measure) {
  const all = rows.map((row) => row[measure]);
  const low = Math.min(0, ...all.map(({ value, half }) => value - half));
  const high = Math.max(1, ...all.map(({ value, half }) => value + half));
  const at = (value) => ((value - low) / (high - low)) * WIDTH;
  return h('div', { class: 'card' }, h('h3', {}, MEASURES[measure]),
    h('ul', { class: 'estimates', 'aria-label': `${MEASURES[measure]} by department` }, ...rows.map((row) => h('li', {},
      h('span', {}, row.name), h('span', { class: 'number' }, plusMinus(row[measure])), bar(row[measure], at)))));
}

function bar({ value, half }, at) {
  const [from, to] = [Math.min(at(0), at(value)), Math.max(at(0), at(value))];
  const middle = HEIGHT / 2;
  const line = (x1, x2, y1, y2, kind) => element('line', { class: kind, x1, x2, y1, y2, 'vector-effect': 'non-scaling-stroke' });
  return element('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    element('rect', { class: stands({ value, half }) ? 'sum' : 'sum unsure', x: from, y: 3, width: Math.max(1, to - from), height: HEIGHT - 6 }),
    line(at(0), at(0), 0, HEIGHT, 'zero'),
    line(at(value - half), at(value + half), middle, middle, 'interval'),
    line(at(value - half), at(value - half), 5, HEIGHT - 5, 'interval'),
    line(at(value + half), at(value + half), 5, HEIGHT - 5, 'interval'));
}
