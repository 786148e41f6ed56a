// The sums day by day or week by week: a line in its band, a slider to read it with, and a table.
import { h, plural, table } from '../dom.js';
import { ALL, MEASURES, periods } from './estimates.js';
import { placeAt, plot } from './plot.js';
import { datesOf, interval, plusMinus } from './words.js';

export function trend({ days }, departments) {
  const measure = choice('Count', Object.entries(MEASURES));
  const department = choice('Of', [[ALL, 'All departments'], ...departments.map((name, place) => [place, name])]);
  const step = choice('By', [[1, 'day'], [7, 'week']]);
  const slider = h('input', { type: 'range', min: 0, step: 1, 'aria-label': 'Day or week to read', oninput: () => read() });
  const said = h('output', { class: 'read' });
  const canvas = h('div', { class: 'plot' });
  const numbers = h('div');
  let points = [];

  const read = () => {
    const place = Number(slider.value);
    const point = points[place];
    said.textContent = `${datesOf(point)}: ${plusMinus(point)}, from ${plural(point.reports, 'report')}`;
    slider.setAttribute('aria-valuetext', said.textContent);
    canvas.replaceChildren(plot(points, place, canvas.clientWidth));
  };
  const redraw = () => {
    points = periods(days, Number(step.value), measure.value, Number(department.value));
    slider.max = String(points.length - 1);
    slider.value = slider.max;
    read();
    numbers.replaceChildren(table('Sums over time', [step.value === '1' ? 'Day' : 'Week', 'Reports', 'Sum', '95 % interval'],
      points.map((point) => [datesOf(point), point.reports, Math.round(point.value), interval(point)])));
  };
  for (const select of [measure, department, step]) select.addEventListener('change', redraw);
  canvas.addEventListener('pointermove', ({ clientX }) => {
    const { left, width } = canvas.getBoundingClientRect();
    slider.value = String(placeAt(points, clientX - left, width));
    read();
  });
  // Drawn once it has a width, and anew whenever that changes.
  new ResizeObserver(() => (points.length === 0 ? redraw() : read())).observe(canvas);

  return h('section', { 'aria-labelledby': 'trend' },
    h('h2', { id: 'trend' }, 'Over time'),
    h('div', { class: 'chosen' }, ...[measure, department, step].map((select) => h('label', {}, select.ariaLabel, select))),
    h('div', { class: 'card' }, canvas, slider, said),
    h('p', { class: 'muted' }, 'The band is the 95 % interval of each point. Weeks are surer than days: what was done adds up, and most of the noise cancels out.'),
    h('details', {}, h('summary', {}, 'Sums over time as a table'), numbers));
}

function choice(label, options) {
  return h('select', { 'aria-label': label }, ...options.map(([value, name]) => h('option', { value }, name)));
}
