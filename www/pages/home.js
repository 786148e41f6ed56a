// The first page: "For you" by taste, "Buy again" by what was bought, and the departments. Both lists
// are sorted anew after every change of the profile, in this tab or another.
import { h, say } from '../dom.js';
import { draw } from '../pictures/picture.js';
import { tileList } from '../tiles.js';
import { departmentCards } from './departments.js';

/** @param {import('../state.js').Shop} shop */
export function home(shop) {
  const heading = h('h2', {}, 'For you');
  const forYou = tileList(shop, { label: 'For you', list: 'for-you', moves: true });
  const buyAgain = tileList(shop, { label: 'Buy again', list: 'buy-again' });
  const lead = h('p', { class: 'muted lead' });
  const nothingBought = h('p', { class: 'muted' }, 'What you buy here will be at hand in this place.');
  let first;

  const show = () => {
    // One day in ten, so that the shop can compare, it is what others buy.
    const arm = shop.profile.arm();
    const best = shop.forYou({ arm });
    const again = shop.forYou({ list: 'buy-again' });
    forYou.element.dataset.arm = arm;
    heading.textContent = arm === 'popular' ? 'What others buy' : 'For you';
    forYou.show(best);
    buyAgain.show(again);
    lead.textContent = leadOf(shop.profile.state(), arm);
    nothingBought.hidden = again.length > 0;
    if (first !== undefined && best[0] && best[0].id !== first) say(`"For you" is sorted anew: ${shop.catalogue.nameOf(best[0].id)} comes first`);
    first = best[0]?.id;
    shop.shelf = best;
  };

  return {
    title: 'Home',
    content: [
      hero(),
      h('section', { id: 'for-you', class: 'shelf' }, heading, lead, forYou.element),
      h('section', { id: 'buy-again', class: 'shelf' }, h('h2', {}, 'Buy again'), nothingBought, buyAgain.element),
      h('section', {}, h('h2', {}, 'Departments'), departmentCards(shop)),
    ],
    enter() {
      // First as it was when the visitor left it, then as it is: so one sees what has moved meanwhile.
      if (shop.shelf) forYou.show(shop.shelf);
      show();
    },
    leave: shop.subscribe(show),
  };
}

function leadOf({ status, paused, interactions }, arm) {
  if (arm === 'popular') return 'One day in ten this shelf is the same for everyone, so that the shop can compare.';
  if (status === 'refused' || status === 'closed') return 'What is popular in this shop.';
  if (paused) return 'Learning is paused: your clicks change nothing.';
  if (interactions === 0) return 'What is popular in this shop, until you have looked around.';
  return 'Sorted on your device, anew after everything you do.';
}

function hero() {
  const fruit = ['tomato', 'carrot', 'cheese', 'loaf', 'apple', 'fish', 'broccoli'].map((name) => draw(name));
  const scene = (href, title, text) => h('a', { href, class: 'scene' }, h('strong', {}, title), h('span', {}, text));
  return h('section', { class: 'hero' },
    h('div', { class: 'hero-words' },
      h('h1', {}, 'Good things for your kitchen'),
      h('p', {}, 'A grocery whose shelves follow what you do, and whose server is not told. Click a product and come back: the shelf below has moved.')),
    h('div', { class: 'hero-picture', 'aria-hidden': 'true' }, ...fruit),
    h('div', { class: 'scenes' },
      scene('#/household', 'Be a household', 'Play a real year in 20 seconds'),
      scene('#/wire', 'Cut the wire', 'The shelf still moves'),
      scene('#/how', 'How it works', 'With the numbers of your last click'),
      scene('#/knows', 'What the shop knows', 'Its rows beside your profile')));
}
