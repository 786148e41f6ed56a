// The shop: opens catalogue and profile, keeps the header true, and draws the page that the part of
// the address behind `#` names. A browser never sends that part, so the server cannot know it.
import { loadCatalogue } from './catalogue.js';
import { onChoiceElsewhere, savedChoice } from './consent.js';
import { byId, h, say } from './dom.js';
import { Shop } from './state.js';
// All pages come at once: a page loaded when it is first needed would be a request that tells.
import { cart } from './pages/cart.js';
import { category } from './pages/category.js';
import { checkout } from './pages/checkout.js';
import { home } from './pages/home.js';
import { inspector } from './pages/inspector.js';
import { missing } from './pages/missing.js';
import { orders } from './pages/orders.js';
import { product } from './pages/product.js';
import { search } from './pages/search.js';

const PAGES = { '': home, category, product, search, cart, checkout, orders, profile: inspector };

start().catch((error) => {
  byId('main').replaceChildren(
    h('h1', {}, 'The shop could not be opened'),
    h('p', {}, `${error.message}. Please try again in a moment.`));
});

async function start() {
  const shop = new Shop(await loadCatalogue());
  await shop.open(savedChoice());

  if (new URLSearchParams(location.search).has('debug')) {
    window.homebodyDemo = { catalogue: shop.catalogue, shop, get profile() { return shop.profile; } };
  }
  shop.subscribe(() => showHeader(shop));
  listen(shop);
  showHeader(shop);
  draw(shop);
}

function listen(shop) {
  addEventListener('hashchange', () => draw(shop));
  onChoiceElsewhere((choice) => (choice ? shop.choose(choice) : shop.forget()));

  for (const button of byId('consent').querySelectorAll('button')) {
    button.addEventListener('click', () => shop.choose(button.dataset.choice));
  }
  byId('search').addEventListener('submit', (event) => {
    event.preventDefault();
    const words = new FormData(event.target).get('words').trim();
    const [best] = shop.catalogue.search(words);
    if (best) shop.profile.record('search', best); // here and not in the page, which "back" draws again
    if (words) location.hash = `#/search/${encodeURIComponent(words)}`;
  });
  byId('skip').addEventListener('click', (event) => {
    event.preventDefault(); // `#main` would be taken for a page
    byId('main').focus();
  });
}

async function showHeader(shop) {
  byId('consent').hidden = shop.choice !== undefined;
  byId('cart-count').textContent = String(shop.basket.pieces);
  byId('problem').hidden = shop.problem === undefined;
  byId('problem').textContent = shop.problem
    ? `Lists made for you are off; what you see is popular. ${shop.problem.message} (${shop.problem.code})` : '';
  const ledger = await shop.profile.ledger();
  byId('bytes-sent').textContent = ledger.reduce((sum, { bytes }) => sum + bytes, 0).toLocaleString('en-US');
}

let leave = () => {};

function draw(shop) {
  leave();
  const { title, content, leave: next = () => {} } = pageAt(location.hash)(shop);
  leave = next;
  document.title = `${title} · Homebody Grocery`;
  byId('main').replaceChildren(...content);
  byId('main').dataset.page = location.hash; // says what is drawn, since the address changes first
  byId('main').focus({ preventScroll: true });
  scrollTo(0, 0);
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
