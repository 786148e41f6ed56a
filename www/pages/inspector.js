// What the shop's script knows about the shopper, all of it, and what left the device; with the switches.
import { h, money, plural, redraw, table, when } from '../dom.js';
import { controls } from './controls.js';

const SHOWN = 100; // lines of the log; the export has all of them

/** @param {import('../state.js').Shop} shop */
export function inspector(shop, part) {
  const state = h('div');
  const facts = h('div');
  const { element: switches, erased, show: showSwitches } = controls(shop);

  const show = async () => {
    showSwitches();
    state.replaceChildren(stateOf(shop));
    const [kept, ledger] = await Promise.all([shop.profile.export(), shop.profile.ledger()]);
    redraw(facts, taste(shop.profile.taste()), ledgerOf(ledger), log(shop, kept?.log ?? []), refused(shop.profile.state().refused));
    if (part === 'ledger') document.getElementById('ledger')?.scrollIntoView();
    part = undefined; // only when the page opens
  };
  show();

  return {
    title: 'Your profile',
    content: [
      h('h1', {}, 'Your profile'),
      h('p', {}, 'All that this page has learnt of you. It is on your device; the shop has none of it.'),
      erased, state, switches, facts,
    ],
    leave: shop.subscribe(show),
  };
}

const STATUS = {
  pending: 'learning in memory only; nothing is stored or sent until you choose',
  ready: 'kept on this device',
  'memory-only': 'in memory only: this browser does not let it be stored',
  refused: 'you refused: nothing is kept',
  closed: 'off',
};

function stateOf(shop) {
  const { status, paused, interactions, gpc, noReportsBefore, epsilonToday } = shop.profile.state();
  const reports = status === 'closed' ? 'off'
    : shop.choice === undefined ? 'off until you choose'
    : shop.choice !== 'all' ? 'off: you did not allow them'
    : gpc ? 'off: your browser asks for it (Global Privacy Control)'
    : noReportsBefore !== undefined && noReportsBefore > Date.now() ? `off until ${when(noReportsBefore)}, since the profile was erased`
    : 'on: noised sums by department, one report a day at most';
  const facts = [
    ['Profile', paused ? `${STATUS[status]}; learning is paused` : STATUS[status]],
    ['Learnt from', plural(interactions, 'interaction')],
    ['Reports', reports],
    ['Privacy loss today', `ε = ${epsilonToday}`],
  ];
  return h('dl', { class: 'facts', id: 'state', 'data-status': status },
    ...facts.flatMap(([term, text]) => [h('dt', {}, term), h('dd', {}, text)]));
}

function taste(shares) {
  const bar = (share) => h('meter', { value: share, min: 0, max: 1, 'aria-label': `${Math.round(share * 100)} percent` });
  const rows = shares
    .filter(({ share, interactions }) => share > 0 || interactions > 0)
    .sort((a, b) => b.share - a.share)
    .map(({ department, share, interactions }) => [department, bar(share), `${(share * 100).toFixed(1)}\u00a0%`, interactions]);
  return section('taste', 'Taste by department', rows.length === 0
    ? 'Nothing is known yet.'
    : table('Taste by department', ['Department', '', 'Share', 'Interactions'], rows));
}

function ledgerOf(entries) {
  const rows = [...entries].reverse().map(({ at, state, text, bytes, epsilon, body }) => [
    when(at), state, body ? withBody(text, body) : text, bytes, `${epsilon}`,
  ]);
  return section('ledger', 'What left this device', rows.length === 0
    ? 'Nothing about you has left this device.'
    : table('What left, or did not leave, this device', ['When', 'State', 'What', 'Bytes', 'ε'], rows));
}

function withBody(text, body) {
  return h('details', {}, h('summary', {}, text), h('pre', {}, body.trimEnd()));
}

function log(shop, interactions) {
  const detail = ({ price, quantity, rating, dwell }) => [
    quantity > 1 && `× ${quantity}`,
    price !== undefined && money(price),
    rating !== undefined && `${rating} stars`,
    dwell !== undefined && `${(dwell / 1000).toFixed(1)} s`,
  ].filter(Boolean).join(' · ');
  const rows = interactions.slice(-SHOWN).reverse()
    .map((one) => [when(one.at), one.kind, shop.catalogue.nameOf(one.item), detail(one)]);
  const all = `The latest ${SHOWN} of ${plural(interactions.length, 'event')}; the export has all.`;
  return section('events', 'Events',
    rows.length === 0 ? noEvents(shop.profile.state()) : table('Events', ['When', 'Kind', 'Product', 'Details'], rows),
    interactions.length > SHOWN ? all : '');
}

function noEvents({ interactions }) {
  return interactions === 0 ? 'No events yet.' : 'Only in memory, and not listed one by one, until you choose.';
}

const REASONS = {
  'unknown-item': 'not a product of this shop', 'impossible-time': 'an impossible time', duplicate: 'the same one twice',
  'absurd-size': 'an absurd size', 'invalid-value': 'an invalid value', 'too-many': 'too many at once',
};

function refused(counts) {
  const rows = Object.entries(counts).map(([reason, count]) => [REASONS[reason] ?? reason, count]);
  return section('refused', 'Events that were not learnt from',
    rows.length === 0 ? 'None.' : table('Refused events', ['Why', 'Events'], rows));
}

function section(id, title, ...content) {
  const shown = content.map((part) => (part instanceof Node ? part : part !== '' && h('p', { class: 'muted' }, part)));
  return h('section', { id }, h('h2', {}, title), ...shown);
}
