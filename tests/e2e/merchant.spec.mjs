// The merchant's page: empty, refused, with the sums of a report, and with those of a month.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { faults } from './lib/axe.mjs';
import { FOLDERS, MONTH, PROGRAM, startServer } from './lib/server.mjs';
import { choose, departments, enter, firstIds, ledger, shop } from './lib/shopper.mjs';
import { expect, test } from './lib/test.mjs';

async function ask(page, server, token = server.token) {
  await page.goto(`${server.url}/merchant.html`);
  await page.getByLabel('Staff token').fill(token);
  await page.getByRole('button', { name: 'Show the sums' }).click();
}

async function told(page, server) {
  await ask(page, server);
  await page.locator('#bundle').waitFor();
}

const rowsOf = async (page, name) => {
  const rows = page.getByRole('table', { name }).locator('tbody tr');
  return (await rows.evaluateAll((all) => all.map((row) => [...row.cells].map((cell) => cell.textContent))));
};

test('before the first report it says that there is none, and shows no figure', async ({ page, server }) => {
  await told(page, server);
  await expect(page.locator('#message')).toContainText('No report has come yet');
  for (const id of ['#overview', '#trend', '#departments', '#shelf', '#orders', '#segments', '#changes']) await expect(page.locator(id)).toHaveCount(0);
  // What is known without a report is there.
  await expect(page.getByText('No report was refused.')).toBeVisible();
  expect(await rowsOf(page, 'Privacy loss')).toEqual([
    ['All types', '1', '0 of 1', '0 of 8', '0 of 104'],
    ['changes', '0.1', '0 of 0.5', '0 of 4', '0 of 52'],
    ['departments', '0.4', '0 of 1', '0 of 8', '0 of 104'],
    ['orders', '0.15', '0 of 0.5', '0 of 4', '0 of 52'],
    ['segments', '0.1', '0 of 0.5', '0 of 4', '0 of 52'],
    ['shelf', '0.25', '0 of 1', '0 of 8', '0 of 104'],
  ]);
  await expect(page.getByRole('table', { name: 'Evaluation of the bundle' })).toBeVisible();
  expect(await faults(page)).toEqual([]);
});

test('a wrong token opens nothing', async ({ page, server }) => {
  await ask(page, server, 'not-the-token');
  await expect(page.locator('#message')).toContainText('does not know this token');
  await expect(page.getByRole('table')).toHaveCount(0);
});

test('a server that has gone, or cannot answer now, is said; afterwards it goes on', async ({ page, server }) => {
  await page.route('**/v1/sums', (route) => route.fulfill({ status: 503, body: '{}' }));
  await ask(page, server);
  await expect(page.locator('#message')).toContainText('The server answered 503');
  await page.unroute('**/v1/sums');
  await page.context().setOffline(true);
  await page.getByRole('button', { name: 'Show the sums' }).click();
  await expect(page.locator('#message')).toContainText('does not answer');
  await expect(page.getByRole('table')).toHaveCount(0);
  await page.context().setOffline(false);
  await page.getByRole('button', { name: 'Show the sums' }).click();
  await expect(page.locator('#bundle')).toBeVisible();
});

test('after the first reports it shows a sum with its interval for each department', async ({ page, server }) => {
  await page.clock.install();
  await enter(page, server.url);
  await choose(page, 'all');
  await shop(page, await firstIds(page, 2));
  const count = await departments(page);
  await page.clock.runFor(60_000);
  await expect.poll(async () => (await ledger(page)).filter(({ state }) => state === 'sent').length).toBe(5);
  const [{ text }] = await ledger(page);
  const noise = number(/noise of about ±(\d+)/.exec(text)[1]); // one standard deviation, as the shopper is told

  await told(page, server);
  await expect(page.locator('#message')).toContainText('5 reports of 5 types on 1 day, ε = 1 a day together');
  await page.getByText('Departments as a table').click();
  const rows = await rowsOf(page, 'Sums with 95 % intervals');
  expect(rows.length).toBe(count);
  for (const [, sum, interval] of rows) {
    const [low, high] = interval.split('\u00a0to\u00a0').map(number);
    expect(low).toBeLessThanOrEqual(number(sum));
    expect(high).toBeGreaterThanOrEqual(number(sum));
    // The merchant is told of the same noise as the shopper: 95 % are 1.96 standard deviations each way.
    expect(Math.abs((high - low) / 2 - 1.96 * noise)).toBeLessThanOrEqual(2);
  }
  // One day of one browser says nothing of a shelf, and the page says so.
  await expect(page.locator('section', { has: page.locator('#shelf') })).toContainText('The noise is too large');
});

test.describe('with a month of real orders', () => {
  test.describe.configure({ mode: 'serial' });
  let server, all, sums;

  test.beforeAll(async () => {
    test.setTimeout(180_000);
    server = await startServer(MONTH);
    await promisify(execFile)(PROGRAM, ['simulate', '--data', join(FOLDERS.shop, '../data'),
      '--bundle', join(FOLDERS.shop, 'factors.safetensors'), '--server', server.url, '--shoppers', '150', '--runs', '0']);
    await fetch(`${server.url}/v1/reports`, { method: 'POST', body: '{}' }); // refused
    all = await (await fetch(`${server.url}/v1/sums`, { headers: { authorization: `Bearer ${server.token}` } })).json();
    sums = { ...all.types.departments, departments: all.departments };
  });
  test.afterAll(() => server?.stop());

  test('every figure is the server’s', async ({ page }) => {
    await told(page, server);
    const { departments: names, types: { departments: sums } } = all;
    const shown = Object.fromEntries((await page.locator('.score > div').allInnerTexts()).map((text) => text.split('\n')));
    const count = names.length;
    const total = (from) => sums.values.slice(from, from + count).reduce((sum, value) => sum + value, 0);
    const about = (from) => `${whole(total(from))} ± ${whole(Math.hypot(...sums.half.slice(from, from + count)))}`;
    expect(plain(shown.Reports)).toBe(whole(sums.reports));
    expect(plain(shown['Browsers a day'])).toBe(whole(sums.reports / sums.days.length));
    expect(plain(shown.Interactions)).toBe(about(0));
    expect(plain(shown['Clicks on recommendations'])).toBe(about(count));
    const bars = await page.getByRole('list', { name: 'Interactions by department' }).getByRole('listitem').allInnerTexts();
    const expected = names.map((name, place) => [name, sums.values[place], sums.half[place]]).sort((a, b) => b[1] - a[1]);
    expect(bars.map(plain)).toEqual(expected.map(([name, value, half]) => `${name} ${whole(value)} ± ${whole(half)}`));
    expect((await rowsOf(page, 'Refused reports')).map((row) => row.slice(1))).toEqual([['wrong-size', '1']]);
    const [spent] = await rowsOf(page, 'Privacy loss');
    expect(spent).toEqual(['All types', '1', ...all.spent.sum.map((milli, period) => `${epsilon(milli)} of ${epsilon(all.caps[period])}`)]);
  });

  test('the shelf, orders, segments and changes have a bar and a row for each sum, and they are the server’s', async ({ page }) => {
    await told(page, server);
    for (const summary of await page.locator('summary').all()) await summary.click();
    const { shelf } = all.types;
    const arms = await rowsOf(page, 'Click-through of the shelf');
    const chosen = [2, 5].map((place) => `${whole(shelf.values[place])} ± ${whole(shelf.half[place])}`);
    expect(arms.map((row) => plain(row[3]))).toEqual(chosen);
    expect(arms.reduce((sum, row) => sum + number(row[1]), 0)).toBeCloseTo(shelf.reports, -0.5);
    for (const [name, type] of [['Orders', 'orders'], ['Segments', 'segments'], ['Changes and anomalies', 'changes']]) {
      const { values, half, reports } = all.types[type];
      const rows = await rowsOf(page, `${name}, with intervals`);
      expect(rows.map((row) => plain(row[1]))).toEqual(values.map((value, place) => `${whole(value)} ± ${whole(half[place])}`));
      const bars = page.locator('section', { has: page.locator(`#${type}`) }).getByRole('listitem');
      expect((await bars.allInnerTexts()).map(plain)).toEqual(rows.map(([title], place) =>
        `${title} ${whole(100 * values[place] / reports)} % ± ${whole(100 * half[place] / reports)}`));
    }
    const conversion = 1 - all.types.orders.values[0] / all.types.orders.reports;
    await expect(page.locator('section', { has: page.locator('#orders') })).toContainText(`on ${whole(100 * conversion)}\u00a0% of the days`);
  });

  test('the trend is read by keyboard, by day and by week, and its table adds up', async ({ page }) => {
    await told(page, server);
    const slider = page.getByRole('slider');
    const said = page.locator('.read');
    const last = sums.days.at(-1);
    await expect(said).toContainText(`from ${last.reports} reports`);
    await slider.focus();
    await page.keyboard.press('Home');
    await expect(said).toContainText(`from ${sums.days[0].reports} reports`);
    await expect(slider).toHaveAttribute('aria-valuetext', await said.innerText());
    await page.getByLabel('Of', { exact: true }).selectOption({ label: sums.departments[0] });
    await page.getByText('Sums over time as a table').click();
    const total = async () => (await rowsOf(page, 'Sums over time')).reduce((sum, row) => sum + number(row[2]), 0);
    expect(await total()).toBe(sums.values[0]);
    await page.getByLabel('By', { exact: true }).selectOption('week');
    expect((await rowsOf(page, 'Sums over time')).length).toBe(Math.ceil((last.day - sums.days[0].day + 1) / 7));
    expect(await total()).toBe(sums.values[0]);
    await page.getByLabel('Count', { exact: true }).selectOption({ label: 'Clicks on recommendations' });
    expect(await total()).toBe(sums.values[sums.departments.length]);
  });

  for (const colorScheme of ['light', 'dark']) {
    for (const width of [375, 768, 1440]) {
      test(`no fault and no overflow, ${colorScheme}, ${width} pixels wide, with the longest names`, async ({ page }) => {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 900 });
        // The server's answer with names as long and as hostile as a shop could have.
        await page.route('**/v1/sums', async (route) => {
          const response = await route.fetch();
          const json = await response.json();
          for (const names of [json.departments, json.types.segments.vocabulary]) {
            names[0] = 'Nahrungsergänzungsmittelundreformwarenabteilung & everything else that has no shelf of its own';
            names[1] = '<img src=x onerror="document.title=1">';
          }
          await route.fulfill({ response, json });
        });
        await told(page, server);
        for (const summary of await page.locator('summary').all()) await summary.click();
        expect(await page.evaluate(() => document.scrollingElement.scrollWidth)).toBe(width);
        expect(await page.evaluate(() => [...document.querySelectorAll('.card, .score > div, .estimates li')]
          .filter((box) => box.scrollWidth > box.clientWidth + 1).map((box) => box.textContent))).toEqual([]);
        expect(await page.locator('img').count()).toBe(0);
        expect(await faults(page)).toEqual([]);
      });
    }
  }
});

const whole = (value) => (Math.round(value) + 0).toLocaleString('en-US');
const epsilon = (milli) => (milli / 1000).toLocaleString('en-US');
const plain = (text) => text.replaceAll(/\s+/g, ' ').trim();
const number = (text) => Number(text.replaceAll(',', ''));
