// The merchant's page: noised sums over all reports. The token is held in the field and nowhere else.
import { byId, h, plural, table } from './dom.js';

byId('open').addEventListener('submit', async (event) => {
  event.preventDefault();
  const token = new FormData(event.target).get('token');
  byId('message').textContent = 'Asking…';
  byId('sums').replaceChildren();
  try {
    show(await fetchSums(token));
  } catch (error) {
    byId('message').textContent = error.message;
  }
});

async function fetchSums(token) {
  const request = { headers: { authorization: `Bearer ${token}` }, credentials: 'omit', cache: 'no-store' };
  const response = await fetch('/v1/sums', request).catch(() => {
    throw new Error('The server does not answer. Is it running?');
  });
  if (response.status === 401 || response.status === 403) {
    throw new Error('The server does not know this token. It printed the right one when it started.');
  }
  if (!response.ok) throw new Error(`The server answered ${response.status}. Please try again later.`);
  return response.json();
}

function show({ bundle, reports, days, rows, refused, epsilon_milli: milli, clip }) {
  byId('message').textContent = reports === 0
    ? 'No report has come yet. One goes from a browser some time after its shopper has agreed.'
    : `${plural(reports, 'report')} on ${plural(days.length, 'day')}, ε = ${milli / 1000} each; of one browser and day at most`
      + ` ${clip} interactions count. Bundle ${bundle}.`;
  byId('sums').replaceChildren(
    ...(reports === 0 ? [] : [
      h('section', {}, h('h2', {}, 'By department'), departments(rows)),
      h('section', {}, h('h2', {}, 'Reports by day'),
        table('Reports by day', ['Day', 'Reports'], days.map((day) => [dateOf(day.day), day.reports]))),
    ]),
    h('section', {}, h('h2', {}, 'Refused reports'), refused.length === 0
      ? h('p', { class: 'muted' }, 'None.')
      : table('Refused reports', ['Why', 'Reports'], refused.map(({ reason, count }) => [reason, count]))));
}

/** One row a department, with both measures; most interactions first. */
function departments(rows) {
  const of = (measure) => new Map(rows.filter((row) => row.measure === measure).map((row) => [row.department, row]));
  const [interactions, clicks] = [of('interactions'), of('recommendation-clicks')];
  const interval = (row) => (row ? `${number(row.low)}\u00a0to\u00a0${number(row.high)}` : '');
  const sorted = [...interactions.values()].sort((a, b) => b.sum - a.sum);
  return table('Sums with 95 % intervals',
    ['Department', 'Interactions', '95 % interval', 'Clicks on recommendations', '95 % interval'],
    sorted.map((row) => {
      const click = clicks.get(row.department);
      return [row.department, Math.round(row.sum), interval(row), click ? Math.round(click.sum) : '', interval(click)];
    }));
}

const number = (/** @type {number} */ value) => (Math.round(value) + 0).toLocaleString('en-US'); // + 0: no "-0"

/** Days since 1970, as a date. */
function dateOf(day) {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}
