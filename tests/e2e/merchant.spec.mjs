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
  for (const id of ['#overview', '#trend', '#departments', '#shelf']) await expect(page.locator(id)).toHaveCount(0);
  // What is known without a report is there.
  await expect(page.getByText('No report was refused.')).toBeVisible();
  expect((await rowsOf(page, 'Privacy loss')).map(([what, spent]) => `${what}: ${spent}`))
    .toEqual(['One report: 1', 'One day: 0', '30 days: 0 at most', 'A year: 0 at most']);
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

test('after a report it shows a sum with its interval for each department', async ({ page, server }) => {
  await page.clock.install();
  await enter(page, server.url);
  await choose(page, 'all');
  await shop(page, await firstIds(page, 2));
  const count = await departments(page);
  await page.clock.runFor(60_000);
  await expect(page.locator('#bytes-sent')).toHaveText('2,048');
  const [{ text }] = await ledger(page);
  const noise = number(/noise of about ±(\d+)/.exec(text)[1]); // one standard deviation, as the shopper is told

  await told(page, server);
  await expect(page.locator('#message')).toContainText('1 report on 1 day, ε = 1');
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
  await expect(page.getByText('Not reported', { exact: false }).first()).toBeVisible();
});

test.describe('with a month of real orders', () => {
  test.describe.configure({ mode: 'serial' });
  let server, sums;

  test.beforeAll(async () => {
    test.setTimeout(180_000);
    server = await startServer(MONTH);
    await promisify(execFile)(PROGRAM, ['simulate', '--data', join(FOLDERS.shop, '../data'),
      '--bundle', join(FOLDERS.shop, 'factors.safetensors'), '--server', server.url, '--shoppers', '150']);
    await fetch(`${server.url}/v1/reports`, { method: 'POST', body: '{}' }); // refused
    sums = await (await fetch(`${server.url}/v1/sums`, { headers: { authorization: `Bearer ${server.token}` } })).json();
  });
  test.afterAll(() => server?.stop());

  test('every figure is the server’s', async ({ page }) => {
    await told(page, server);
    const shown = Object.fromEntries((await page.locator('.score > div').allInnerTexts()).map((text) => text.split('\n')));
    const count = sums.departments.length;
    const total = (from) => sums.values.slice(from, from + count).reduce((sum, value) => sum + value, 0);
    const about = (value) => `${whole(value)} ± ${whole(sums.half * Math.sqrt(count))}`;
    expect(plain(shown.Reports)).toBe(whole(sums.reports));
    expect(plain(shown['Browsers a day'])).toBe(whole(sums.reports / sums.days.length));
    expect(plain(shown.Interactions)).toBe(about(total(0)));
    expect(plain(shown['Clicks on recommendations'])).toBe(about(total(count)));
    const bars = await page.getByRole('list', { name: 'Interactions by department' }).getByRole('listitem').allInnerTexts();
    const expected = sums.departments.map((name, place) => [name, sums.values[place]]).sort((a, b) => b[1] - a[1]);
    expect(bars.map(plain)).toEqual(expected.map(([name, value]) => `${name} ${whole(value)} ± ${whole(sums.half)}`));
    await expect(page.locator('.estimates svg')).toHaveCount(2 * count);
    expect((await rowsOf(page, 'Refused reports')).map((row) => row.slice(1))).toEqual([['wrong-size', '1']]);
    const [, , month] = await rowsOf(page, 'Privacy loss');
    expect(month).toEqual(['30 days', `${sums.days.length} at most`, '30']);
    await expect(page.getByText('Click-through against popularity: not reported')).toBeVisible();
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
          json.departments[0] = 'Nahrungsergänzungsmittelundreformwarenabteilung & everything else that has no shelf of its own';
          json.departments[1] = '<img src=x onerror="document.title=1">';
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

const whole = (value) => Math.round(value).toLocaleString('en-US');
const plain = (text) => text.replaceAll(/\s+/g, ' ').trim();
const number = (text) => Number(text.replaceAll(',', ''));
