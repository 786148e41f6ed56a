// Search by words, in the browser; what was sought is ranked by the profile.
import { byId, h, plural } from '../dom.js';
import { shelf } from '../shelf.js';

/** @param {import('../state.js').Shop} shop */
export function search(shop, words = '') {
  byId('words').value = words; // also when the address was opened directly
  const ids = shop.catalogue.search(words);
  return {
    title: `"${words}"`,
    content: [
      h('h1', {}, `Search: ${words}`),
      ids.length === 0
        ? h('p', {}, 'Nothing on our shelves has all of these words. Fewer or shorter ones may help.')
        : h('p', { class: 'muted' }, plural(ids.length, 'product')),
      ...shelf(shop, 'Search results', () => shop.profile.rank(ids)),
    ],
    leave: () => {
      byId('words').value = '';
    },
  };
}
