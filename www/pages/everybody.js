// All households at once: one good or bad basket says little, the sum says how good the profile is.
import { h, plural, table } from '../dom.js';
import { Playback } from '../playback.js';

/** @param {import('../state.js').Shop} shop */
export function everybody(shop, file) {
  const { length } = file.households;
  const result = h('div', { role: 'status' });
  const bar = h('progress', { max: length, value: 0, hidden: true, 'aria-label': 'Households played' });
  const play = async () => {
    button.disabled = true;
    bar.hidden = false;
    const rows = [];
    for (const household of file.households) {
      if (!button.isConnected) return; // the visitor has left the page
      rows.push(await outcomeOf(shop, file, household));
      bar.value = rows.length;
      // A breath between two years, so that the page stays alive.
      await new Promise((resolve) => setTimeout(resolve));
    }
    bar.hidden = true;
    result.replaceChildren(...sumOf(rows));
  };
  const failed = (error) => {
    [bar.hidden, button.disabled] = [true, false];
    result.replaceChildren(h('p', { class: 'problem' }, `They cannot be played: ${error.message}.`));
  };
  const button = h('button', { onclick: () => play().catch(failed) }, `Sum up all ${length}`);
  return h('section', {}, h('h2', {}, `All ${length} households`),
    h('p', { class: 'muted' }, 'One basket is luck. All of them, each basket asked before it is learnt, take about half a minute.'),
    button, bar, result);
}

async function outcomeOf(shop, file, household) {
  const playback = await Playback.open(shop.catalogue, file, household);
  while (!playback.atEnd) playback.step({ reasons: false });
  playback.ask({ reasons: false });
  playback.close();
  const { hits, popularHits, asked } = playback;
  return { number: household.number, hits, popularHits, asked };
}

function sumOf(rows) {
  const sum = (get) => rows.reduce((total, row) => total + get(row), 0);
  const [hits, popular, asked] = [sum((row) => row.hits), sum((row) => row.popularHits), sum((row) => row.asked)];
  const better = rows.filter((row) => row.hits > row.popularHits).length;
  return [
    h('p', { class: 'big' }, `${(hits / popular).toFixed(2)} times`),
    h('p', { id: 'sum' }, `as many hits as popularity: ${hits.toLocaleString('en-US')} against ${popular.toLocaleString('en-US')} in ${plural(asked, 'basket')}; `
      + `better for ${better} of ${rows.length} households.`),
    h('details', {}, h('summary', {}, 'Household by household'),
      table('Hits by household', ['Household', 'Baskets', 'Hits of the profile', 'Hits of popularity'],
        rows.map((row) => [row.number, row.asked, row.hits, row.popularHits]))),
  ];
}
