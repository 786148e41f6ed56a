// What the shop knows: the rows that its server has because of this visit, beside the visitor's own profile.
import { h, plural, redraw, table, when } from '../dom.js';

/** @param {import('../state.js').Shop} shop */
export function knows(shop) {
  const body = h('div');
  const show = async () => {
    const [ledger, kept] = await Promise.all([shop.profile.ledger(), shop.profile.export()]);
    redraw(body,
      h('div', { class: 'two' },
        h('section', { class: 'card', id: 'server' }, h('h2', {}, 'The server has'), ...serverHas(ledger)),
        h('section', { class: 'card', id: 'device' }, h('h2', {}, 'Your device has'), ...deviceHas(shop, kept))),
      h('section', {}, h('h2', {}, 'Why there is no third column'),
        h('p', {}, 'No cookie, no number of yours, no query behind an address: the access log keeps method, path and status, and neither time nor sender. '
          + 'So a line says that somebody opened the shop, or the page of the households, and nothing of what was looked at, sought or put into a cart. '
          + 'What any server sees while you are connected is your IP address: this one keeps it in memory only, to refuse floods of reports, and writes it nowhere.')));
  };
  show();
  return {
    title: 'What the shop knows',
    content: [
      h('h1', {}, 'What the shop knows'),
      h('p', {}, 'On the left, what the server keeps because you are here. On the right, what your browser keeps. The left is read from your browser\'s own list '
        + 'of requests and from your ledger, so compare it with the developer tools.'),
      body,
    ],
    leave: shop.subscribe(show),
  };
}

function serverHas(ledger) {
  const sent = ledger.filter(({ state, body }) => state === 'sent' && body !== undefined);
  const lines = requests();
  return [
    h('p', { class: 'big' }, String(sent.length)),
    h('p', {}, sent.length === 1 ? 'report hidden under noise, stored in its database' : 'reports hidden under noise, stored in its database'),
    ...sent.map(({ at, text, bytes, body }) => h('details', {}, h('summary', {}, `${when(at)}: ${text}`),
      h('p', { class: 'muted' }, `As sent, ${bytes.toLocaleString('en-US')} bytes with the padding:`), h('pre', {}, body.trimEnd()))),
    h('p', { class: 'big' }, String(lines.length)),
    h('p', {}, 'lines in its access log: the files of the shop, the same for everyone'),
    h('details', {}, h('summary', {}, 'The lines'),
      h('pre', { class: 'log', tabindex: 0, role: 'region', 'aria-label': 'Lines of the access log' }, lines.join('\n'))),
  ];
}

/** What this page asked the server for, in the words of its access log. */
function requests() {
  const [page] = performance.getEntriesByType('navigation');
  const line = ({ name, initiatorType, responseStatus = 200, transferSize, encodedBodySize }) => {
    const { pathname } = new URL(name);
    const method = pathname.startsWith('/v1/') && initiatorType === 'fetch' ? 'POST' : 'GET';
    // A file that the browser only asked about came without its body.
    const same = transferSize > 0 && transferSize < encodedBodySize;
    return `${method} ${pathname} ${same ? 304 : responseStatus || 200}`;
  };
  return [page, ...performance.getEntriesByType('resource')]
    .filter((entry) => entry !== undefined && new URL(entry.name).origin === location.origin)
    .filter(({ transferSize, encodedBodySize }) => transferSize > 0 || encodedBodySize === 0) // else it was in the cache
    .map(line);
}

function deviceHas(shop, kept) {
  const { interactions, status } = shop.profile.state();
  const taste = (kept?.taste ?? []).filter(({ share }) => share > 0).sort((a, b) => b.share - a.share).slice(0, 8);
  const meter = (share) => h('meter', { value: share, min: 0, max: 1, 'aria-label': `${Math.round(share * 100)} percent` });
  const log = kept?.log.length ?? 0;
  return [
    h('p', { class: 'big' }, interactions.toLocaleString('en-US')),
    h('p', {}, `interactions learnt from, with what was only shown to you${status === 'ready' ? `; ${plural(log, 'event')} kept in the log` : '; in memory only'}`),
    taste.length === 0
      ? h('p', { class: 'muted' }, 'No taste is known yet: look around.')
      : table('Your taste by department', ['Department', '', 'Share'],
        taste.map(({ department, share }) => [department, meter(share), `${(share * 100).toFixed(1)}\u00a0%`])),
    h('p', {}, h('a', { href: '#/profile' }, 'All of it, and the switches')),
  ];
}
