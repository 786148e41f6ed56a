// What the reports say of the recommendations, and what they do not.
import { h } from '../dom.js';
import { estimate, share } from './estimates.js';
import { percent, plusMinus, range } from './words.js';

export function shelf(sums) {
  const [interactions, clicks] = [estimate(sums, 'interactions'), estimate(sums, 'clicks')];
  const ratio = share(clicks, interactions);
  return h('section', { 'aria-labelledby': 'shelf' },
    h('h2', { id: 'shelf' }, 'The shelf of recommendations'),
    h('div', { class: 'two' },
      h('div', { class: 'card' }, h('h3', {}, 'What is reported'),
        h('p', {}, `${plusMinus(clicks)} clicks on recommendations. They are counted among the interactions: of ${plusMinus(interactions)}, `
          + (ratio ? `that is ${percent(ratio.value)} (95 % interval ${range(ratio.low, ratio.high, percent)}).` : 'the noise is too large to say which share.'))),
      h('div', { class: 'card missing' }, h('h3', {}, 'Click-through against popularity: not reported'),
        h('p', {}, 'A click-through is clicks by times shown. The one report that there is, ', h('code', {}, 'departments'),
          ', says neither how often the shelf was shown nor what was clicked on lists that are not ranked, such as “popular”.'),
        h('p', {}, 'It would take a report type with times shown and clicks for each list, under noise of their own. There is none yet, so no figure stands here.'))));
}
