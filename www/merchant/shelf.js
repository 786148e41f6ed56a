// Click-through of the shelf, against popularity: of the days on which it was seen, those on which something was
// chosen from it.
import { h, table } from '../dom.js';
import { bars } from './bars.js';
import { share } from './estimates.js';
import { number, percent, plusMinus, range } from './words.js';

const ARMS = [['For you, by the profile', 0], ['What others buy, by popularity', 3]];

export function shelf(sums) {
  const arms = ARMS.map(([name, from]) => arm(name, from, sums));
  return h('section', { 'aria-labelledby': 'shelf' },
    h('h2', { id: 'shelf' }, 'Click-through of the shelf, against popularity'),
    h('p', {}, 'On most days the shelf is ranked by the profile, on some by what is ordered most. Click-through is the share of the days on which '
      + 'the shelf was seen that something was chosen from it.'),
    arms.some(({ ratio }) => ratio) && bars('Click-through', 'Click-through by arm', arms.filter(({ ratio }) => ratio).map(({ name, ratio }) => ({
      name, value: ratio.value, low: ratio.low, high: ratio.high, text: `${percent(ratio.value)} (${range(ratio.low, ratio.high, percent)})` }))),
    h('p', {}, verdict(arms.map(({ ratio }) => ratio))),
    h('details', {}, h('summary', {}, 'Click-through as a table'),
      table('Click-through of the shelf', ['Shelf', 'Reports', 'Seen', 'Chosen from', 'Click-through', '95 % interval'], arms.map(({ name, reports, seen, chosen, ratio }) =>
        [name, number(reports), plusMinus(seen), plusMinus(chosen), ratio ? percent(ratio.value) : 'not known', ratio ? range(ratio.low, ratio.high, percent) : '']))));
}

/** Not seen, seen, chosen from: they add up to the arm's reports, so what was seen is as sure as what was not. */
function arm(name, from, { values, half }) {
  const [unseen, only, chose] = values.slice(from, from + 3);
  const seen = { value: only + chose, half: half[from] };
  const chosen = { value: chose, half: half[from + 2] };
  return { name, reports: unseen + only + chose, seen, chosen, ratio: share(chosen, seen) };
}

/** Of independent errors, one to each side. */
function verdict([own, others]) {
  if (!own || !others) return 'The noise is too large to say how the two compare: more reports would tell.';
  const difference = own.value - others.value;
  const low = difference - Math.hypot(own.value - own.low, others.high - others.value);
  const high = difference + Math.hypot(own.high - own.value, others.value - others.low);
  const said = `The profile against popularity: ${number(100 * difference)} points (95 % interval ${range(100 * low, 100 * high)})`;
  return low > 0 || high < 0 ? `${said}.` : `${said}; the two cannot be told apart yet.`;
}
