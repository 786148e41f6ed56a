// How it works, with the numbers of the visitor's latest step: event, signal, loss, taste, shelf.
import { bars } from '../bars.js';
import { byId, h, redraw, table, when } from '../dom.js';
import { productLink } from '../tiles.js';

const DEEDS = {
  view: 'looked at', click: 'chose', search: 'searched for', cart: 'put into the cart', uncart: 'took out of the cart', wish: 'wished for',
  purchase: 'ordered', payment: 'paid for', delivery: 'received', refund: 'sent back', rate: 'rated',
};
const DIMENSIONS = 8;
/** Pixels of a step that are not its content's: the page's edges and the step's number. */
const BESIDE = 88;

/** @param {import('../state.js').Shop} shop */
export function how(shop) {
  const body = h('div');
  const show = () => redraw(body, shop.lesson ? steps(shop) : nothingYet());
  show();
  return {
    title: 'How it works',
    content: [
      h('h1', {}, 'How it works'),
      h('p', { class: 'formula' }, 'P(t+1) = f(P(t), D(t+1))'),
      h('p', {}, 'Your profile P after an interaction D is a function f of your profile before it. P is a few hundred numbers in your browser, D is one thing '
        + 'you did, and f is a step of learning that takes well under a millisecond. Here it is with the numbers of your own latest step.'),
      body,
    ],
    leave: shop.subscribe(show),
  };
}

function nothingYet() {
  return h('p', { class: 'card' }, 'You have not done anything yet. ', h('a', { href: '#/' }, 'Choose a product'), ' and come back.');
}

function steps(shop) {
  const { step, before, after } = shop.lesson;
  const name = shop.catalogue.nameOf(step.item);
  const item = (title, id, ...content) => h('li', { id }, h('h2', {}, title), ...content);
  return h('ol', { class: 'steps' },
    item('What you did: D(t+1)', 'step-event',
      h('p', {}, `You ${DEEDS[step.kind] ?? step.kind} `, h('a', { href: productLink(step.item) }, name), `, ${when(step.at)}.`)),
    item('What it says', 'step-signal', h('p', {}, `Label ${step.label}: ${step.label >= 0.5 ? 'wanted' : 'not wanted'}. Weight ${number(step.weight)}: ${strength(step.weight)}.`),
      h('p', { class: 'muted' }, 'A table that the shop publishes gives each kind of interaction its label and weight; how long you looked, or how many stars you gave, scales it.')),
    item('How surprised the profile was', 'step-loss', h('p', {}, 'Loss before learning: ', h('strong', {}, number(step.loss)), `. ${surprise(step.loss)}`),
      h('p', { class: 'muted' }, 'The logistic loss of the long-term taste on this product against a few others. When it stays high for long, the taste has drifted, and the profile forgets faster.')),
    item('How the taste moved: P(t) to P(t+1)', 'step-taste', ...taste(step)),
    item('What moved on your shelf', 'step-shelf', ...shelf(shop, before, after)));
}

const number = (value) => value.toFixed(3);
const strength = (weight) => (weight === 0 ? 'it is counted and teaches nothing' : weight < 0.6 ? 'a hint' : weight < 0.9 ? 'a good sign' : 'a strong sign');
// ln 2 is the loss of a profile that knows nothing of the product.
const surprise = (loss) => (loss > 0.75 ? 'It had expected something else.' : loss > 0.65 ? 'It had no opinion: ln 2 = 0.693 is the loss of knowing nothing.' : 'It had seen this coming.');

function taste({ before, after }) {
  const moved = after
    .map((value, place) => ({ name: `dimension ${place + 1}`, before: before[place] ?? 0, after: value }))
    .sort((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before))
    .slice(0, DIMENSIONS);
  const length = Math.hypot(...after.map((value, place) => value - (before[place] ?? 0)));
  return [
    h('p', {}, `The long-term taste is a point in ${after.length} dimensions. It moved by ${number(length)}; these ${DIMENSIONS} dimensions moved most: grey before, green after.`),
    bars(moved, byId('main').clientWidth - BESIDE),
    h('details', {}, h('summary', {}, 'The same as a table'),
      table('Dimensions of the taste before and after', ['Dimension', 'Before', 'After', 'Moved by'],
        moved.map((one) => [one.name, number(one.before), number(one.after), number(one.after - one.before)]))),
    h('p', { class: 'muted' }, 'Beside it a short-term taste, counts of what you bought and which product follows which are kept; a learnt mix of them all sorts the shelf.'),
  ];
}

function shelf(shop, before, after) {
  const rows = after.map((id, place) => {
    const from = before.indexOf(id);
    const change = from < 0 ? 'new' : from === place ? '=' : from > place ? `▲ ${from - place}` : `▼ ${place - from}`;
    return { id, change, cells: [change, h('a', { href: productLink(id) }, shop.catalogue.nameOf(id)), from < 0 ? '–' : from + 1, place + 1] };
  });
  const gone = before.filter((id) => !after.includes(id)).map((id) => ['gone', h('a', { href: productLink(id) }, shop.catalogue.nameOf(id)), before.indexOf(id) + 1, '–']);
  const moved = rows.filter(({ change }) => change !== '=').length;
  return [
    h('p', {}, moved === 0 ? 'Nothing among the first twelve: your shelf was right already.' : `${moved} of the ${after.length} places hold something else than before.`),
    table('Places on the shelf before and after', ['', 'Product', 'From', 'To'], [...rows.map(({ cells }) => cells), ...gone]),
  ];
}
