// What the merchant is told to expect: the formulas by themselves, against the server's own intervals, and on the page.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { half, measured, measurement, shoppersFor, variance, YES_NO } from '../../www/merchant/expect.js';
import { faults } from './lib/axe.mjs';
import { FOLDERS, MONTH, PROGRAM, startServer } from './lib/server.mjs';
import { expect, test } from './lib/test.mjs';

const FIGURES = JSON.parse(readFileSync(new URL('../../www/merchant/tell-apart.json', import.meta.url), 'utf8'));

test('a yes or no at ε 0.3 from 800 shoppers: ±23 points with local noise, ±1.2 with shared', () => {
  expect(100 * half(YES_NO, 'local', 0.3, 800)).toBeCloseTo(23, 0);
  expect(100 * half(YES_NO, 'shared', 0.3, 800)).toBeCloseTo(1.15, 2);
});

test('as many shoppers as it says are just enough', () => {
  for (const mode of /** @type {const} */ (['local', 'shared'])) {
    for (const wished of [0.2, 0.01]) {
      const enough = shoppersFor(YES_NO, mode, 0.3, wished);
      expect(half(YES_NO, mode, 0.3, enough)).toBeLessThanOrEqual(wished);
      expect(half(YES_NO, mode, 0.3, enough - 1)).toBeGreaterThan(wished);
    }
  }
  // Four times the shoppers halve local noise and quarter shared noise.
  expect(half(YES_NO, 'local', 0.3, 800) / half(YES_NO, 'local', 0.3, 3200)).toBeCloseTo(2, 9);
  expect(half(YES_NO, 'shared', 0.3, 800) / half(YES_NO, 'shared', 0.3, 3200)).toBeCloseTo(4, 9);
});

test.describe('beside a server with a month of real orders', () => {
  test.describe.configure({ mode: 'serial' });
  let server, all;

  test.beforeAll(async () => {
    test.setTimeout(180_000);
    server = await startServer(MONTH);
    await promisify(execFile)(PROGRAM, ['simulate', '--data', join(FOLDERS.shop, '../data'),
      '--bundle', join(FOLDERS.shop, 'factors.safetensors'), '--server', server.url, '--shoppers', '100', '--runs', '0']);
    all = await (await fetch(`${server.url}/v1/sums`, { headers: { authorization: `Bearer ${server.token}` } })).json();
  });
  test.afterAll(() => server?.stop());

  test('the formulas have the half-width of each of the server’s sums', () => {
    let compared = 0;
    for (const [name, type] of Object.entries(all.types)) {
      const what = measurement(name, type);
      const arms = what.choices > 1 ? type.values.length / what.choices : 1;
      type.values.forEach((value, place) => {
        const first = place - (place % (type.values.length / arms));
        const own = arms > 1 ? type.values.slice(first, first + what.choices).reduce((sum, one) => sum + one, 0) : type.reports;
        const expected = 1.959964 * Math.sqrt(own * variance(what, type.epsilon_milli / 1000, Math.max(0, value / own)));
        expect(Math.abs(expected / type.half[place] - 1), `${name} ${place}`).toBeLessThan(1e-6);
        compared += 1;
      });
      const { reports, half: got } = measured(what, type);
      expect(Math.abs(half(what, 'local', type.epsilon_milli / 1000, reports) / got - 1), name).toBeLessThan(0.05); // a share below 0 counts as 0
      // The control: of another ε it is another.
      expect(Math.abs(half(what, 'local', type.epsilon_milli / 800, reports) / got - 1), name).toBeGreaterThan(0.1);
    }
    expect(compared).toBeGreaterThan(60);
  });

  async function told(page) {
    await page.goto(`${server.url}/merchant.html`);
    await page.getByLabel('Staff token').fill(server.token);
    await page.getByRole('button', { name: 'Show the sums' }).click();
    await page.locator('#planner').waitFor();
  }

  test('the page says what to expect, by keyboard, as it is typed', async ({ page }) => {
    await told(page);
    const said = page.locator('section', { has: page.locator('#planner') }).locator('output');
    await expect(said).toContainText('Expect ±\u00a023 points');
    await page.getByLabel('Where the noise is').focus();
    await page.keyboard.press('ArrowDown');
    await expect(said).toContainText('Expect ±\u00a01.2 points');
    await page.getByLabel('Shoppers, one report each').fill('3200');
    await expect(said).toContainText('Expect ±\u00a00.29 points');
    await page.getByLabel('Measurement').selectOption({ label: 'Share of a department' });
    await expect(page.getByLabel('ε of one report')).toHaveValue('0.4');
    await page.getByLabel('Shoppers, one report each').fill('');
    await expect(said).toContainText('wants a number above 0');
    await page.getByLabel('Shoppers, one report each').fill('100000');
    await expect(said).toContainText('shoppers.');
  });

  test('what was told before is true after, and both figures of ε stand there with their table', async ({ page }) => {
    await told(page);
    for (const summary of await page.locator('summary').all()) await summary.click();
    const rows = await page.getByRole('table', { name: 'Points to expect' }).locator('tbody tr').allInnerTexts();
    expect(rows.length).toBe(5);
    for (const row of rows) {
      const [, , before, after] = row.split('\t');
      const [a, b] = [before, after].map((text) => Number(text.replace(/[^\d.]/g, '')));
      expect(Math.abs(a / b - 1)).toBeLessThan(0.1); // of two digits
    }
    const now = FIGURES.points.find((point) => point.month_milli === FIGURES.default_milli);
    const part = page.locator('section', { has: page.locator('#apart') });
    await expect(part).toContainText(now.auc.most.toFixed(2));
    await expect(part.locator('svg')).toHaveCount(2);
    await expect(part.getByRole('table').locator('tbody tr')).toHaveCount(FIGURES.points.length);
    expect(FIGURES.default_milli).toBe(all.caps[1]);
  });

  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    for (const width of [375, 768, 1440]) {
      test(`no fault and no overflow, ${colorScheme}, ${width} pixels wide`, async ({ page }) => {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 900 });
        await told(page);
        for (const summary of await page.locator('summary').all()) await summary.click();
        expect(await page.evaluate(() => document.scrollingElement.scrollWidth)).toBe(width);
        expect(await faults(page)).toEqual([]);
      });
    }
  }
});
