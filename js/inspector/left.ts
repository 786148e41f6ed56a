import type { Epsilon, LedgerEntry, ProfileState } from '../types.js';
import { count, date, folded, h, table } from './dom.js';
import type { Child } from './dom.js';
import type { Context } from './put-right.js';

const STATES = { waiting: 'waits to be sent', sent: 'sent', failed: 'given up', withheld: 'not sent' } as const;

/** What left this device: each report in words, its bytes, what it cost; what was withheld, and why. */
export async function left({ profile }: Context): Promise<Child[]> {
  const ledger = await profile.ledger();
  const state = profile.state();
  const bytes = ledger.reduce((sum, entry) => sum + (entry.state === 'sent' || entry.state === 'failed' ? entry.bytes : 0), 0);
  return [
    h('p', {}, reportsInWords(state)),
    h('p', {}, bytes === 0 ? 'Nothing about you has left this device.' : `${count(bytes, 'byte')} about you have left this device, all of them below.`),
    ledger.length > 0 && reports(ledger),
    h('h2', {}, 'What it cost in privacy'),
    h('p', { class: 'muted' }, 'ε says how much a report can give away at most: at 1, whoever reads it can be at most 2.7 times as sure of '
      + 'anything that you did as before. Each period has its limit; beyond it nothing is sent.'),
    table('Privacy spent', ['ε of', 'Today', '30 days', '365 days'], Object.entries(state.epsilon).map(([name, { spent, most }]) => [
      name === 'all' ? 'All reports' : name, ...(['day', 'month', 'year'] as const).map((period) => `${spent[period]} of ${most[period]}`),
    ]), [1, 2, 3]),
    h('p', { class: 'muted' }, composed(state.epsilon.all)),
  ];
}

function composed({ renyi }: Epsilon): string {
  return `These are plain sums. Many small losses come to less than their sum: reckoned so, and with one chance in a million to be wrong `
    + `(Rényi composition), the last 30 days cost ${renyi.month}, the last 365 days ${renyi.year}.`;
}

/** Are reports sent, or why not? */
export function reportsInWords({ reports, status, noReportsBefore }: ProfileState): string {
  if (reports === 'gpc') return 'Reports are off because your browser asks for it (Global Privacy Control).';
  if (reports === 'not-set-up') return 'This shop wants no reports.';
  if (reports === 'not-allowed') return status === 'pending' ? 'Reports are off until you choose.' : 'Reports are off: you did not allow them.';
  if (noReportsBefore !== undefined && noReportsBefore > Date.now()) {
    return `Reports are off until ${date(noReportsBefore)}, since everything was erased.`;
  }
  return status === 'ready' ? 'Reports are on: a few numbers hidden under noise, once a day at most.' : 'Reports are off: nothing can be stored here.';
}

/** Latest first. */
function reports(ledger: readonly LedgerEntry[]): HTMLElement {
  const line = ({ at, state, text, bytes, epsilon, body }: LedgerEntry): HTMLElement => h('li', {},
    h('p', {}, h('strong', {}, `${date(at)}: ${STATES[state]}`), ` · ${count(bytes, 'byte')} · ε = ${epsilon}`),
    h('p', {}, text),
    body !== undefined && folded(`body ${at}`, 'Every byte of it', h('pre', {}, body.trimEnd())));
  return h('ol', { id: 'ledger', 'aria-label': 'What left, or did not leave, this device' }, ...[...ledger].reverse().map(line));
}
