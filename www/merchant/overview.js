// The month at a glance: how many browsers told something, and what it adds up to.
import { h } from '../dom.js';
import { estimate, share, stands } from './estimates.js';
import { dateOf, epsilon, number, percent, plusMinus, range } from './words.js';

/** @param sums of the type `departments` */
export function overview(sums) {
  const { reports, days, epsilon_milli: milli, clip } = sums;
  const [interactions, clicks] = [estimate(sums, 'interactions'), estimate(sums, 'clicks')];
  const ratio = share(clicks, interactions);
  return h('section', { 'aria-labelledby': 'overview' },
    h('h2', { id: 'overview' }, `${dateOf(days[0].day)} to ${dateOf(days[days.length - 1].day)}`),
    h('div', { class: 'score' },
      figure('Reports', number(reports), `on ${days.length} days, ε = ${epsilon(milli)} each`),
      figure('Browsers a day', number(reports / days.length), 'that sent a report; one a day at most'),
      figure('Interactions', plusMinus(interactions), doubt(interactions)),
      figure('Clicks on recommendations', plusMinus(clicks), doubt(clicks)),
      figure('Clicks among interactions', ratio ? percent(ratio.value) : 'not known',
        ratio ? `95 % interval ${range(ratio.low, ratio.high, percent)}` : 'the noise is larger than the sum')),
    h('p', { class: 'muted' }, `Of one browser and day ${clip} interactions count at most, drawn at random: the sums are of these. `
      + 'The intervals (±) hold in 95 of 100 cases; they speak of the noise and of nothing else. Visits are not reported.'));
}

const figure = (name, value, note) => h('div', {}, h('span', { class: 'muted' }, name), h('strong', { class: 'figure' }, value), h('span', { class: 'muted' }, note));
const doubt = (sum) => (stands(sum) ? '95 % interval' : 'cannot be told from zero');
