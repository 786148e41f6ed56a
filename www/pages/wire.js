// Cut the wire: nothing can leave any more, and the shelf is still sorted anew.
import { blockedRequests, cutTheWire, wireIsCut } from '../cut.js';
import { h, plural, redraw, say, table } from '../dom.js';
import { tileList } from '../tiles.js';

/** @param {import('../state.js').Shop} shop */
export function wire(shop) {
  const state = h('div', { class: 'card' });
  const shelf = tileList(shop, { label: 'For you', list: 'for-you', moves: true });
  const show = () => {
    redraw(state, ...(wireIsCut() ? afterwards() : [offer(shop)]));
    shelf.show(shop.forYou());
  };
  return {
    title: 'Cut the wire',
    content: [
      h('h1', {}, 'Cut the wire'),
      h('p', {}, 'A shop that asks its server what to show you stands still without a network. This one does not: catalogue, factors and program '
        + 'are here already. Cut the wire, add something to the cart, and watch the shelf below.'),
      state,
      h('section', { class: 'shelf' }, h('h2', {}, 'For you'), shelf.element),
      claims(),
    ],
    enter: show,
    leave: shop.subscribe(show),
  };
}

function offer(shop) {
  const cut = () => {
    cutTheWire(shop.changed);
    say('The wire is cut');
    shop.changed();
  };
  // Not before all is here.
  return h('button', { class: 'main', disabled: !shop.opened, onclick: cut }, 'Cut the wire');
}

function afterwards() {
  const blocked = blockedRequests();
  // The answer is the count above: a blocked request fails, and that is the point.
  const attempt = () => { fetch('shop/catalogue.json', { cache: 'no-store' }).catch(() => {}); };
  return [
    h('p', {}, h('strong', {}, 'The wire is cut. '), 'Your browser lets no request of this page go. ',
      h('span', { id: 'blocked' }, `${plural(blocked.length, 'request')} blocked so far.`)),
    h('p', { class: 'row' },
      h('button', { 'aria-label': 'Try to send something', onclick: attempt }, 'Try to send something'),
      h('button', { 'aria-label': 'Reload to mend it', onclick: () => location.reload() }, 'Reload to mend it')),
    blocked.length > 0 && h('details', {}, h('summary', {}, 'What was blocked'),
      table('Blocked requests', ['Where to', 'Rule'], blocked.map(({ what, url }) => [url, what]))),
  ].filter(Boolean);
}

function claims() {
  return h('section', {}, h('h2', {}, 'What this shows, and what it does not'),
    h('ul', {},
      h('li', {}, 'The block is your browser\'s: a Content-Security-Policy that this page adds to itself (',
        h('code', {}, "default-src 'none'"), '). It covers fetch, beacons, images, sockets and frames, and cannot be taken off again: only a reload mends it.'),
      h('li', {}, 'It does not cover going to another address, WebRTC, or what went before. And the switch is the page\'s own: do not take its word for it. '
        + 'Open your browser\'s developer tools, go to Network, and choose Offline; or pull the plug. The shelf moves all the same.'),
      h('li', {}, 'A report that is due while the wire is cut is counted here as blocked; in your ledger it waits, and goes once the wire is mended, if you still allow it.')));
}
