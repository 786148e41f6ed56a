// What the figures cost in privacy: of one browser that sent all it could. Who sent which is not known.
import { h, table } from '../dom.js';
import { epsilon, number } from './words.js';

export function cost({ types, caps, spent }) {
  const names = Object.keys(types);
  const of = ({ sum }, most) => sum.map((milli, period) => `${epsilon(milli)} of ${epsilon(most[period])}`);
  const daily = names.reduce((sum, name) => sum + types[name].epsilon_milli, 0);
  const reports = names.reduce((sum, name) => sum + types[name].reports, 0);
  return h('section', { 'aria-labelledby': 'cost' },
    h('h2', { id: 'cost' }, 'Privacy spent'),
    table('Privacy loss', ['ε of one browser', 'One report', 'One day', '30 days', 'A year'], [
      ['All types', epsilon(daily), ...of(spent, caps)],
      ...names.map((name) => [h('code', {}, name), epsilon(types[name].epsilon_milli), ...of(types[name].spent, types[name].caps)]),
    ]),
    h('p', { class: 'muted' }, `${number(reports)} reports. At most: of a browser that sent on each day on which any came, as far as its caps let it. `
      + `By Rényi composition, with one chance in a million to be wrong, 30 days cost it ${epsilon(spent.renyi[1])} and a year ${epsilon(spent.renyi[2])}. `
      + 'Each browser keeps its own budget and sends nothing beyond the caps.'));
}
