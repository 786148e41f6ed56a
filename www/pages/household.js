// Be a household: its real year is played, then its next basket is predicted and compared.
import { lastPart } from '../catalogue.js';
import { h, plural, redraw, say } from '../dom.js';
import { loadHouseholds, Playback } from '../playback.js';
import { tileList } from '../tiles.js';
import { everybody } from './everybody.js';
import { prediction } from './prediction.js';

const PLAYS = 20_000; // milliseconds for a year
const MONTH = 30 * 86_400_000;
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', timeZone: 'UTC' });
const still = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

/** @param {import('../state.js').Shop} shop */
export function household(shop) {
  const body = h('div', {}, h('p', { class: 'muted' }, 'Fetching the households…'));
  let left = false;
  let stop = () => {};
  const start = async (file, chosen, stage) => {
    stop();
    const playback = await Playback.open(shop.catalogue, file, chosen);
    if (left) return playback.close();
    const { element, halt } = player(shop, playback);
    stop = () => {
      halt();
      playback.close();
    };
    stage.replaceChildren(element);
    element.querySelector('button').focus({ preventScroll: true });
    stage.scrollIntoView({ behavior: still() ? 'auto' : 'smooth', block: 'start' });
  };

  loadHouseholds()
    .then((file) => body.replaceChildren(...(file ? choice(shop, file, start) : [h('p', {}, 'This shop came without households: they belong to the demo\'s own data.')])))
    .catch((error) => body.replaceChildren(h('p', { class: 'problem' }, `The households cannot be had: ${error.message}. With a cut wire they cannot be fetched.`)));

  return {
    title: 'Be a household',
    content: [
      h('h1', {}, 'Be a household'),
      h('p', {}, 'Real households, a real year of baskets. Choose one, let its year pass through the profile, and see what it expects of the next basket. '
        + 'None of these households was in the data that this shop was trained on.'),
      body,
    ],
    leave() {
      left = true;
      stop();
    },
  };
}

const byNumber = (a, b) => Number(a.number) - Number(b.number);
const productsOf = ({ baskets }) => baskets.reduce((sum, basket) => sum + basket.length - 1, 0);

function choice(shop, { households, ...file }, start) {
  const sorted = [...households].sort(byNumber);
  const select = h('select', { id: 'household' }, ...sorted.map((one, place) => h('option', { value: place }, describe(one))));
  const stage = h('div', { id: 'stage' });
  const begin = h('button', {
    class: 'main',
    onclick: async () => {
      begin.disabled = true;
      await start(file, sorted[Number(select.value)], stage)
        .catch((error) => stage.replaceChildren(h('p', { class: 'problem', role: 'alert' }, `The year cannot be played: ${error.message}.`)))
        .finally(() => { begin.disabled = false; });
    },
  }, 'Begin the year');
  return [
    h('div', { class: 'card' },
      h('div', { class: 'chosen' }, h('label', { for: 'household' }, 'Which household?', select), begin),
      h('details', {}, h('summary', {}, 'What is honest about this'), h('ul', {},
        h('li', {}, `Who is here: ${file.rule}. They were left out of training, so nothing was learnt from them.`),
        h('li', {}, 'Each basket goes through the same ', h('code', {}, 'record'), ' as your own clicks, with its time. The year (2017) is shifted as a whole so that the last basket is today\'s; the intervals are kept.'),
        h('li', {}, 'It happens in a profile of its own, in memory: yours is not touched, nothing is stored and nothing is sent.'),
        h('li', {}, 'All households came in one file, so the server does not know which one you chose.'),
        h('li', {}, 'Before each basket the profile names 12 products it expects; a hit is one that is in the basket. "Popular" always names the 12 best-selling products of the shop.')))),
    stage,
    everybody(shop, { ...file, households: sorted }),
  ];
}

const inWords = (words) => [words.slice(0, -1).join(', '), words.at(-1)].filter(Boolean).join(' and ');

function describe(one) {
  const { number, kind, baskets } = one;
  return `Household ${number}, of the ${inWords(kind.map((path) => lastPart(path).toLowerCase()))} kind: ${plural(baskets.length, 'basket')}, ${plural(productsOf(one), 'product')}`;
}

function player(shop, playback) {
  const shelf = tileList(shop, { label: 'What it would buy next', moves: true, plain: true });
  const [bar, date, score, end] = [h('progress', { max: playback.baskets.length - 1, value: 0, 'aria-label': 'The year' }), h('strong'), h('div', { class: 'score' }), h('div', { id: 'prediction' })];
  const expects = h('section', { class: 'shelf small' }, h('h2', {}, 'What the profile expects'), shelf.element);
  const map = h('homebody-map');
  const way = [];
  let timer;

  const show = async (list) => {
    if (list) shelf.show(list);
    bar.value = playback.done;
    date.textContent = day.format(playback.next.real);
    score.replaceChildren(...scoreOf(playback));
    const text = `to the basket of ${day.format(playback.next.real)}`;
    const here = await playback.map();
    way.push({ here: here.here, text });
    map.show(here, way.slice(0, -1));
  };
  const finish = () => {
    halt();
    controls.hidden = true;
    const list = playback.ask();
    show(list);
    expects.hidden = true; // it stands beside the real basket now
    end.replaceChildren(prediction(shop, playback, list));
    say(end.querySelector('#outcome')?.textContent ?? '');
  };
  const halt = () => {
    clearTimeout(timer);
    timer = undefined;
    play.textContent = still() ? 'Next month' : 'Play';
  };
  /** Learns up to a time, or one basket. */
  const advance = (until = 0) => {
    let list;
    do list = playback.step(); while (!playback.atEnd && playback.next.at <= until);
    show(list);
    if (playback.atEnd) finish();
  };
  const run = () => {
    const started = performance.now();
    advance();
    if (playback.atEnd) return;
    timer = setTimeout(run, Math.max(0, PLAYS / playback.baskets.length - (performance.now() - started)));
    play.textContent = 'Pause';
  };
  const press = () => {
    if (still()) advance(playback.next.at + MONTH);
    else if (timer === undefined) run();
    else halt();
  };
  const play = h('button', { class: 'main', onclick: press });
  const controls = h('div', { class: 'row' }, play,
    h('button', { onclick: () => { halt(); advance(); } }, 'One basket'),
    h('button', { onclick: () => { halt(); advance(Infinity); } }, 'Skip to the end'), date);
  halt();
  const where = h('section', { class: 'shelf' }, h('h2', {}, 'Where it is in this shop'), map);
  const element = h('div', { class: 'play' }, controls, bar, score, end, h('div', { class: 'watched' }, expects, where));
  queueMicrotask(() => show(playback.expected())); // the map wants to know how wide it is
  return { element, halt };
}

function scoreOf({ done, baskets, hits, popularHits }) {
  const one = (figure, words) => h('div', {}, h('span', { class: 'big' }, figure.toLocaleString('en-US')), h('span', { class: 'muted' }, words));
  return [
    one(done, `of ${plural(baskets.length - 1, 'basket')} learnt`),
    one(hits, 'hits of the profile so far'),
    one(popularHits, 'hits of what is popular'),
  ];
}
