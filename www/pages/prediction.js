// The predicted next basket beside the real one, with what popularity would have hit.
import { h, plural } from '../dom.js';
import { hitsOf } from '../playback.js';
import { tileList } from '../tiles.js';

/** @param {import('../state.js').Shop} shop @param {import('../playback.js').Playback} playback */
export function prediction(shop, playback, list) {
  const ids = list.map(({ id }) => id);
  const real = playback.next.ids;
  const [hits, popular] = [hitsOf(ids, real), hitsOf(playback.popular, real)];
  const [left, right] = [column(shop, 'Predicted', list, real), column(shop, 'What it bought', real.map((id) => ({ id })), ids)];
  return h('section', { class: 'card' },
    h('h2', {}, 'The next basket'),
    h('p', { class: 'big' }, `${hits} of ${ids.length}`),
    h('p', { id: 'outcome' }, `${hits} of the ${ids.length} predicted products are in the basket, which holds ${plural(real.length, 'product')}. `
      + `The ${ids.length} most popular products would have hit ${popular}. `
      + `Over the whole year, asked before each of ${plural(playback.asked, 'basket')}: ${playback.hits.toLocaleString('en-US')} hits, against ${playback.popularHits.toLocaleString('en-US')} of what is popular.`),
    h('div', { class: 'two small' }, left, right));
}

function column(shop, title, entries, hits) {
  const tiles = tileList(shop, { label: title, plain: true });
  tiles.show(entries);
  for (const { id } of entries) {
    if (!hits.includes(id)) continue;
    const tile = tiles.tileOf(id);
    tile?.classList.add('hit');
    tile?.append(h('span', { class: 'hidden' }, 'hit'));
  }
  return h('div', {}, h('h3', {}, title), tiles.element);
}
