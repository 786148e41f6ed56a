// What the figures cost in privacy.
import { h, table } from '../dom.js';
import { epsilon, number } from './words.js';

const MONTH = 30;

export function cost({ reports, days, epsilon_milli: milli, caps }) {
  const last = days.length > 0 ? days[days.length - 1].day : 0;
  const recent = days.filter(({ day }) => day > last - MONTH);
  // One report a day and browser: who sent one on each of these days has spent the most.
  const most = Math.min(recent.length * milli, caps.month);
  return h('section', { 'aria-labelledby': 'cost' },
    h('h2', { id: 'cost' }, 'Privacy spent'),
    table('Privacy loss', ['Of one browser', 'ε', 'Cap'], [
      ['One report', epsilon(milli), ''],
      ['One day', reports > 0 ? `${epsilon(milli)} at most` : '0', epsilon(caps.day)],
      [`${MONTH} days`, `${epsilon(most)} at most`, epsilon(caps.month)],
      ['A year', `${epsilon(Math.min(days.filter(({ day }) => day > last - 365).length * milli, caps.year))} at most`, epsilon(caps.year)],
    ]),
    h('p', { class: 'muted' }, `${number(reports)} reports, ε = ${epsilon(milli)} each. “At most” is a browser that sent one on each day on which any came; `
      + 'who sent which is not known here. Each browser keeps its own budget and sends nothing beyond the caps.'));
}
