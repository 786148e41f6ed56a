// What a page may hand over by mistake or by malice: refused by reason, and the page goes on.
import { choose, enter, firstIds } from './lib/shopper.mjs';
import { expect, test } from './lib/test.mjs';

test('whatever is recorded, the page sees a reason or an error with a code, and nothing is changed', async ({ page, server }) => {
  await enter(page, server.url);
  await choose(page, 'device');
  const [id] = await firstIds(page, 1);
  const { answers, before, after, prototype } = await page.evaluate(async (good) => {
    const { profile } = window.homebodyDemo;
    const throwing = { get price() { throw new Error('a getter of the page'); } };
    const attempts = {
      'no item': () => profile.record('view', undefined),
      'a number as item': () => profile.record('view', 7),
      '__proto__': () => profile.record('view', '__proto__'),
      'a megabyte of id': () => profile.record('view', 'x'.repeat(1 << 20)),
      'a lone surrogate': () => profile.record('view', '\ud800'),
      'half a piece': () => profile.record('purchase', good, { quantity: 0.5 }),
      'the year 1970': () => profile.record('view', good, { at: 0 }),
      'the year 9999': () => profile.record('view', good, { at: 253402300000000 }),
      'six stars': () => profile.record('rate', good, { rating: 6 }),
      'an unknown kind': () => profile.record('veiw', good),
      'no kind': () => profile.record(undefined, good),
      'a getter that throws': () => profile.record('view', good, throwing),
      'too long a list': () => profile.recommend({ limit: 1_000 }),
      'no such category': () => profile.recommend({ category: 'Nothing' }),
      'no such item to explain': () => profile.explain('nothing'),
    };
    const answer = async (attempt) => {
      try {
        return await attempt();
      } catch (error) {
        return `${error.name}: ${error.code ?? error.message}`;
      }
    };
    const before = profile.state().interactions;
    const answers = {};
    // Each number of its own: one that is none, and one in words.
    const numbers = { price: 'purchase', quantity: 'purchase', rating: 'view', dwell: 'view', propensity: 'view', sentiment: 'rate' };
    for (const [number, kind] of Object.entries(numbers)) {
      for (const none of [NaN, '1', null]) attempts[`${number} ${none}`] = () => profile.record(kind, good, { rating: kind === 'rate' ? 5 : undefined, [number]: none });
    }
    for (const [name, attempt] of Object.entries(attempts)) answers[name] = await answer(attempt);
    return { answers, before, after: profile.state().interactions, prototype: Object.keys(Object.prototype) };
  }, id);
  const numbers = ['price', 'quantity', 'rating', 'dwell', 'propensity', 'sentiment'].flatMap((number) => ['NaN', '1', 'null'].map((none) => `${number} ${none}`));
  expect(answers).toEqual({
    ...Object.fromEntries(numbers.map((name) => [name, 'invalid-value'])),
    'no item': 'unknown-item',
    'a number as item': 'unknown-item',
    '__proto__': 'unknown-item',
    'a megabyte of id': 'absurd-size',
    'a lone surrogate': 'unknown-item',
    'half a piece': 'invalid-value',
    'the year 1970': 'impossible-time',
    'the year 9999': 'impossible-time',
    'six stars': 'invalid-value',
    'an unknown kind': 'HomebodyError: unknown-kind',
    'no kind': 'HomebodyError: unknown-kind',
    'a getter that throws': 'Error: a getter of the page',
    'too long a list': 'HomebodyError: invalid-option',
    'no such category': 'HomebodyError: invalid-option',
    'no such item to explain': 'HomebodyError: unknown-item',
  });
  expect(after).toBe(before);
  expect(prototype).toEqual([]);
  // The control: what is right is taken, so it was not refused for another reason.
  const taken = await page.evaluate(async (good) => {
    const { profile } = window.homebodyDemo;
    return [profile.record('purchase', good, { price: 2.99, quantity: 2 }), profile.state().interactions];
  }, id);
  expect(taken).toEqual([undefined, before + 1]);
});

test('a withdrawal does not wait for a server that does not answer', async ({ page, server }) => {
  let asked = 0;
  await page.route('**/v1/reports', () => { asked += 1; }); // never answered
  await page.clock.install();
  await enter(page, server.url);
  await choose(page, 'all');
  const [id] = await firstIds(page, 1);
  await page.evaluate((good) => window.homebodyDemo.profile.record('cart', good), id);
  await page.evaluate(() => window.homebodyDemo.profile.saved());
  await page.clock.runFor(10_000);
  await expect.poll(() => asked).toBe(1);
  // Nor does the store.
  await page.evaluate((good) => window.homebodyDemo.profile.record('wish', good), id);
  await page.evaluate(() => window.homebodyDemo.profile.saved());
  await page.evaluate(() => window.homebodyDemo.profile.setConsent({ profile: true, reports: false }));
  await page.clock.runFor(3_600_000);
  expect(asked).toBe(1);
  const [line] = await page.evaluate(() => window.homebodyDemo.profile.ledger());
  expect(line.state).toBe('waiting');
});
