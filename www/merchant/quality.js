// How good the data are: what was stored, what was refused and why.
import { h, table } from '../dom.js';
import { number } from './words.js';

const REASONS = {
  'absurd-value': 'A value farther from zero than honest noise gets',
  'cross-site': "Sent from another site's page",
  malformed: 'Not a report',
  'not-stored': 'Could not be stored; the browser tries again',
  'rate-limited': 'Too many from one address; the browser tries again',
  'too-large': 'Larger than any report',
  unreadable: 'Cut off on the way',
  'wrong-bundle': 'Made with another bundle',
  'wrong-clip': 'Clipped otherwise',
  'wrong-day': 'Of a day too long ago, or ahead',
  'wrong-epsilon': 'Of another ε',
  'wrong-format': 'Of another format',
  'wrong-id': 'Without a proper id',
  'wrong-length': 'Of another number of values',
  'wrong-size': 'Not of the one size that reports have',
  'wrong-type': 'Of a type that the shop does not want',
};

export function quality({ types, refused }) {
  const reports = Object.values(types).reduce((sum, type) => sum + type.reports, 0);
  const count = refused.reduce((sum, row) => sum + row.count, 0);
  const rows = [...refused].sort((a, b) => b.count - a.count);
  return h('section', { 'aria-labelledby': 'quality' },
    h('h2', { id: 'quality' }, 'Data quality'),
    h('p', {}, `${number(reports)} reports stored, ${number(count)} refused. An id counts once, however often it is sent.`),
    refused.length === 0
      ? h('p', { class: 'muted' }, 'No report was refused.')
      : table('Refused reports', ['Why', 'Code', 'Reports'],
        rows.map((row) => [REASONS[row.reason] ?? 'Another reason', h('code', {}, row.reason), row.count])));
}
