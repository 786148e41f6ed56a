// The merchant's page: noised sums over all reports. The token is held in the field and nowhere else.
import { byId, h, plural } from '../dom.js';
import { ask } from './ask.js';
import { bundle } from './bundle.js';
import { cost } from './cost.js';
import { departments } from './departments.js';
import { overview } from './overview.js';
import { quality } from './quality.js';
import { shelf } from './shelf.js';
import { trend } from './trend.js';
import { epsilon } from './words.js';

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

function show({ sums, bundle: about }) {
  const { bundle: version, reports, days, epsilon_milli: milli, clip } = sums;
  const none = reports === 0;
  byId('message').textContent = none
    ? 'No report has come yet. One goes from a browser some time after its shopper has agreed.'
    : `${plural(reports, 'report')} on ${plural(days.length, 'day')}, ε = ${epsilon(milli)} each; of one browser and day at most`
      + ` ${clip} interactions count. Bundle ${version}.`;
  byId('sums').replaceChildren(
    ...(none ? [] : [overview(sums), trend(sums), departments(sums), shelf(sums)]),
    h('div', { class: 'two' }, cost(sums), quality(sums)),
    bundle(about));
}
