// The merchant's page: noised sums over all reports. The token is held in the field and nowhere else.
import { byId, h, plural } from '../dom.js';
import { apart } from './apart.js';
import { ask } from './ask.js';
import { bundle } from './bundle.js';
import { cost } from './cost.js';
import { departments } from './departments.js';
import { overview } from './overview.js';
import { planner } from './planner.js';
import { quality } from './quality.js';
import { changes, orders, segments } from './shares.js';
import { shelf } from './shelf.js';
import { trend } from './trend.js';
import { epsilon } from './words.js';

/** What each type shows, in the order of the page. */
const SECTIONS = {
  departments: (sums, names) => [overview(sums), trend(sums, names), departments(sums, names)],
  shelf: (sums) => [shelf(sums)],
  orders: (sums) => [orders(sums)],
  segments: (sums) => [segments(sums)],
  changes: (sums) => [changes(sums)],
};

byId('open').addEventListener('submit', async (event) => {
  event.preventDefault();
  byId('message').textContent = 'Asking…';
  byId('sums').replaceChildren();
  try {
    show(await ask(new FormData(event.target).get('token')));
  } catch (error) {
    byId('message').textContent = error.message;
  }
});

function show({ sums, bundle: about, figures }) {
  const types = Object.values(sums.types);
  const reports = types.reduce((sum, { reports: some }) => sum + some, 0);
  const days = new Set(types.flatMap((type) => type.days.map(({ day }) => day))).size;
  const daily = types.reduce((sum, { epsilon_milli: milli }) => sum + milli, 0);
  byId('message').textContent = reports === 0
    ? 'No report has come yet. One goes from a browser some time after its shopper has agreed.'
    : `${plural(reports, 'report')} of ${plural(types.length, 'type')} on ${plural(days, 'day')}, ε = ${epsilon(daily)} a day together. Bundle ${sums.bundle}.`;
  byId('sums').replaceChildren(
    ...Object.entries(SECTIONS).flatMap(([name, section]) => (sums.types[name]?.reports > 0 ? section(sums.types[name], sums.departments) : [])),
    planner(sums),
    apart(figures),
    h('div', { class: 'two' }, cost(sums), quality(sums)),
    bundle(about));
}
