// The first page: "For you" by taste, "Buy again" by what was bought, and the departments. Both lists
// are sorted anew after every change of the profile, in this tab or another.
import { h, say } from '../dom.js';
import { categoryLink, tileList } from '../tiles.js';

/** @param {import('../state.js').Shop} shop */
export function home(shop) {
  const forYou = tileList(shop, { label: 'For you', list: 'for-you' });
  const buyAgain = tileList(shop, { label: 'Buy again', list: 'buy-again' });
  const lead = h('p', { class: 'muted' });
  const nothingBought = h('p', { class: 'muted' }, 'What you buy here will be at hand in this place.');
  let first;

  const show = () => {
    const best = shop.profile.recommend({ limit: 12 });
    const again = shop.profile.recommend({ limit: 12, list: 'buy-again' });
    forYou.show(best);
    buyAgain.show(again);
    lead.textContent = leadOf(shop.profile.state());
    nothingBought.hidden = again.length > 0;
    if (first !== undefined && best[0] && best[0].id !== first) say(`"For you" is sorted anew: ${shop.catalogue.nameOf(best[0].id)} comes first`);
    first = best[0]?.id;
  };
  show();

  return {
    title: 'Home',
    content: [
      h('h1', {}, 'Good things for your kitchen'),
      h('section', { id: 'for-you' }, h('h2', {}, 'For you'), lead, forYou.element),
      h('section', { id: 'buy-again' }, h('h2', {}, 'Buy again'), nothingBought, buyAgain.element),
      h('section', {}, h('h2', {}, 'Departments'), departments(shop)),
    ],
    leave: shop.subscribe(show),
  };
}

function leadOf({ status, paused, interactions }) {
  if (status === 'refused' || status === 'closed') return 'What is popular in this shop.';
  if (paused) return 'Learning is paused: your clicks change nothing.';
  if (interactions === 0) return 'What is popular in this shop, until you have looked around.';
  return 'Sorted on your device, anew after everything you do.';
}

function departments(shop) {
  return h('ul', { class: 'departments' },
    ...shop.catalogue.departments.map(({ name, items }) =>
      h('li', {}, h('a', { href: categoryLink(name) }, name), ' ', h('span', { class: 'muted' }, items.toLocaleString('en-US')))));
}
