// Shares of the days on which a browser came: orders by their worth, segments, changes. Each report is one such day.
import { h, table } from '../dom.js';
import { bars, row } from './bars.js';
import { interval, number, percent, plusMinus, range } from './words.js';

/** @param {{ id: string, title: string, lead: string, what: string, sums: object, names?: string[] }} section */
export function shares({ id, title, lead, what, sums: { reports, values, half, vocabulary }, names = vocabulary }) {
  const rows = names.map((name, place) => {
    const [sum, of] = [{ value: values[place], half: half[place] }, reports];
    return { name, sum, share: { value: sum.value / of, half: sum.half / of } };
  });
  const points = ({ value, half: error }) => `${percent(value)} ±\u00a0${number(100 * error)}`;
  return h('section', { 'aria-labelledby': id },
    h('h2', { id }, title),
    h('p', {}, lead),
    bars(what, `${title}: ${what}`, rows.map((one) => row(one.name, one.share, points(one.share)))),
    h('details', {}, h('summary', {}, `${title} as a table`),
      table(`${title}, with intervals`, ['', 'Days', '95 % interval', 'Share', '95 % interval'], rows.map(({ name, sum, share }) =>
        [name, plusMinus(sum), interval(sum), percent(share.value), range(share.value - share.half, share.value + share.half, percent)]))));
}

/** Orders: conversion first, then how much. */
export function orders(sums) {
  const none = sums.half[0] / sums.reports;
  const conversion = 1 - sums.values[0] / sums.reports;
  return shares({ id: 'orders', title: 'Orders', sums, what: "Of all browsers' days",
    lead: `Conversion: on ${percent(conversion)} of the days (95 % interval ${range(conversion - none, conversion + none, percent)}) something was ordered. `
      + 'The amounts are those of a whole day, in the shop’s currency.' });
}

export const segments = (sums) => shares({ id: 'segments', title: 'Segments', sums, what: "Of all browsers' days",
  lead: 'The department that a browser likes best, by its profile, on the days on which it came.' });

const CHANGES = { drift: 'Interest moved', 'unknown-item': 'Item unknown to the bundle', 'impossible-time': 'Impossible time', duplicate: 'Recorded twice',
  'absurd-size': 'Absurd size', 'invalid-value': 'Invalid value', 'too-many': 'Too many at once' };

export const changes = (sums) => shares({ id: 'changes', title: 'Changes and anomalies', sums, what: "For 100 of all browsers' days",
  names: sums.vocabulary.map((name) => CHANGES[name] ?? name),
  lead: `How often a browser noticed that its shopper's interest has moved, and what it could not take in: a page that reports wrong items or times shows here. At most ${sums.clip} of one day count.` });
