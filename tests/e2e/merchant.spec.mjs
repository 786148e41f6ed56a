// The merchant's page: empty, refused, and with the sums of a report.
import { choose, departments, enter, firstIds, ledger, shop } from './lib/shopper.mjs';
import { expect, test } from './lib/test.mjs';

async function ask(page, server, token) {
  await page.goto(`${server.url}/merchant.html`);
  await page.getByLabel('Staff token').fill(token);
  await page.getByRole('button', { name: 'Show the sums' }).click();
}

test('before the first report it says that there is none', async ({ page, server }) => {
  await ask(page, server, server.token);
  await expect(page.locator('#message')).toContainText('No report has come yet');
  await expect(page.getByRole('table')).toHaveCount(0);
});

test('a wrong token opens nothing', async ({ page, server }) => {
  await ask(page, server, 'not-the-token');
  await expect(page.locator('#message')).toContainText('does not know this token');
  await expect(page.getByRole('table')).toHaveCount(0);
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

  await ask(page, server, server.token);
  await expect(page.locator('#message')).toContainText('1 report on 1 day, ε = 1');
  const rows = page.getByRole('table', { name: 'Sums with 95 % intervals' }).locator('tbody tr');
  await expect(rows).toHaveCount(count);
  for (const cells of (await rows.allInnerTexts()).map((row) => row.split('\t'))) {
    const [, sum, interval] = cells;
    const [low, high] = interval.split('\u00a0to\u00a0').map(number);
    expect(low).toBeLessThanOrEqual(number(sum));
    expect(high).toBeGreaterThanOrEqual(number(sum));
    // The merchant is told of the same noise as the shopper: 95 % are 1.96 standard deviations each way.
    expect(Math.abs((high - low) / 2 - 1.96 * noise)).toBeLessThanOrEqual(2);
  }
});

const number = (text) => Number(text.replaceAll(',', ''));
