// The shop: opens the catalogue, draws the page that the part of the address behind `#` names, then opens the
// profile, and keeps the header true. A browser never sends that part, so the server cannot know it.
import { loadCatalogue } from './catalogue.js';
import { onChoiceElsewhere, savedChoice } from './consent.js';
import { byId, h } from './dom.js';
import { headerOf } from './header.js';
import { Shop } from './state.js';
import { suggestions } from './suggest.js';
// All pages come at once: a page loaded when it is first needed would be a request that tells.
import { cart } from './pages/cart.js';
import { category } from './pages/category.js';
import { checkout } from './pages/checkout.js';
import { departments } from './pages/departments.js';
import { home } from './pages/home.js';
import { household } from './pages/household.js';
import { how } from './pages/how.js';
import { inspector } from './pages/inspector.js';
import { knows } from './pages/knows.js';
import { missing } from './pages/missing.js';
import { orders } from './pages/orders.js';
import { product } from './pages/product.js';
import { search } from './pages/search.js';
import { wire } from './pages/wire.js';

const PAGES = { '': home, departments, category, product, search, cart, checkout, orders, profile: inspector, how, household, knows, wire };

start().catch((error) => {
  byId('main').replaceChildren(
    h('h1', {}, 'The shop could not be opened'),
    h('p', {}, `${error.message}. Please try again in a moment.`));
});

async function start() {
  const shop = new Shop(await loadCatalogue());
  const open = shop.open(savedChoice());

  if (new URLSearchParams(location.search).has('debug')) {
    window.homebodyDemo = {
      catalogue: shop.catalogue,
      shop,
      get profile() { return shop.profile; },
      /** The items from which something is learnt. */
      get ordinary() {
        const sensitive = new Set(shop.profile.sensitive());
        return shop.catalogue.ids.filter((id) => !sensitive.has(shop.catalogue.item(id).category));
      },
    };
  }
  const showHeader = headerOf(shop);
  shop.showFirst = showHeader;
  listen(shop);
  showHeader();
  draw(shop);
  await open;
}

function listen(shop) {
  addEventListener('hashchange', () => draw(shop));
  // Before anything is learnt from it, so that one can say what a click has moved.
  document.addEventListener('click', () => shop.lookBefore(), { capture: true });
  onChoiceElsewhere((choice) => (choice ? shop.choose(choice) : shop.forget()));

  for (const button of byId('consent').querySelectorAll('button')) {
    button.addEventListener('click', () => shop.choose(button.dataset.choice));
  }
  const find = (words) => {
    const [best] = shop.catalogue.search(words);
    if (best) shop.profile.record('search', best); // here and not in the page, which "back" draws again
    if (words) location.hash = `#/search/${encodeURIComponent(words)}`;
  };
  const { close } = suggestions(shop, find);
  byId('search').addEventListener('submit', (event) => {
    event.preventDefault();
    close();
    find(new FormData(event.target).get('words').trim());
  });
  byId('skip').addEventListener('click', (event) => {
    event.preventDefault(); // `#main` would be taken for a page
    byId('main').focus();
  });
}

let leave = () => {};

function draw(shop) {
  leave();
  const { title, content, enter = () => {}, leave: next = () => {} } = pageAt(location.hash)(shop);
  leave = next;
  document.title = `${title} · Homebody Grocery`;
  byId('main').replaceChildren(...content);
  enter();
  markRoom();
  byId('main').dataset.page = location.hash; // says what is drawn, since the address changes first
  byId('main').focus({ preventScroll: true });
  scrollTo(0, 0);
}

/** The header's link to where one is. */
function markRoom() {
  const here = location.hash.split('/')[1] ?? '';
  for (const link of document.querySelectorAll('.rooms a')) {
    const current = link.getAttribute('href') === `#/${here}`;
    if (!current) link.removeAttribute('aria-current');
    else {
      link.setAttribute('aria-current', 'page');
      link.scrollIntoView({ block: 'nearest', inline: 'center' }); // on a phone the row is wider than the screen
    }
  }
}

function pageAt(hash) {
  try {
    const [name, ...rest] = hash.replace(/^#?\/?/, '').split('/').map(decodeURIComponent);
    if (Object.hasOwn(PAGES, name)) return (shop) => PAGES[name](shop, ...rest);
  } catch {
    // a broken %-sequence: no such page
  }
  return missing;
}
