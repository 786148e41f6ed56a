// Departments: a bar for each with its interval, and the same numbers as a table.
import { h, table } from '../dom.js';
import { bars, row } from './bars.js';
import { estimate, MEASURES } from './estimates.js';
import { interval, plusMinus } from './words.js';

export function departments(sums, names) {
  const rows = names.map((name, place) => ({
    name, interactions: estimate(sums, 'interactions', place), clicks: estimate(sums, 'clicks', place),
  }));
  rows.sort((a, b) => b.interactions.value - a.interactions.value);
  const drawn = (measure) => bars(MEASURES[measure], `${MEASURES[measure]} by department`,
    rows.map((one) => row(one.name, one[measure], plusMinus(one[measure]))));
  return h('section', { 'aria-labelledby': 'departments' },
    h('h2', { id: 'departments' }, 'By department'),
    h('p', {}, 'A bar is the sum, the line across it the 95 % interval. Pale bars cannot be told from zero: their interval reaches it.'),
    h('div', { class: 'two' }, drawn('interactions'), drawn('clicks')),
    h('details', {}, h('summary', {}, 'Departments as a table'),
      table('Sums with 95 % intervals', ['Department', MEASURES.interactions, '95 % interval', MEASURES.clicks, '95 % interval'],
        rows.map(({ name, interactions, clicks }) => [name, Math.round(interactions.value), interval(interactions), Math.round(clicks.value), interval(clicks)]))));
}
