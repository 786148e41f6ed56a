// Fifty strangers, each with one click on a category's page: does that category rise on the first page?
import { mulberry } from '../lib/random.mjs';
import { categoryAt, choose, enter, forYou, go } from '../lib/shopper.mjs';

const VISITS = 50;
const ENOUGH = 45;
const SEED = 20260101;

export async function seededVisits({ base, say, expect, stranger }) {
  const random = mulberry(SEED);
  const outcomes = { rose: 0, same: 0, fell: 0 };
  for (let visit = 0; visit < VISITS; visit += 1) {
    const page = await stranger();
    await enter(page, base);
    await choose(page, 'device');
    const before = await forYou(page);
    const category = await anyCategory(page, random());
    await go(page, categoryAt(category));
    const tiles = page.locator('.tile [data-item]');
    await tiles.nth(Math.floor(random() * (await tiles.count()))).click();
    await page.locator('article.product').waitFor();
    await go(page, '#/');
    const rise = share(await forYou(page), category) - share(before, category);
    const outcome = rise > 0 ? 'rose' : rise < 0 ? 'fell' : 'same';
    outcomes[outcome] += 1;
    const places = Math.round(share(before, category) * 12);
    if (outcome !== 'rose') say(`  visit ${visit + 1}: "${category}" ${outcome === 'same' ? 'kept' : 'fell from'} ${places} of 12`);
    await page.context().close();
  }
  expect(outcomes.rose >= ENOUGH, `in ${outcomes.rose} of ${VISITS} seeded visits (seed ${SEED}) the clicked category's share`
    + ` of the top 12 rose after one click (same ${outcomes.same}, fell ${outcomes.fell}; at least ${ENOUGH} are asked for)`);
}

const share = (list, category) => list.filter((item) => item.category === category).length / list.length;

/** Each category is as likely as the other, however many products it has. */
function anyCategory(page, part) {
  return page.evaluate((at) => {
    const { catalogue, ordinary } = window.homebodyDemo; // what is sensitive does not rise
    const taught = new Set(ordinary.map((id) => catalogue.item(id).category));
    const paths = catalogue.departments.flatMap(({ categories }) => categories).filter(({ path }) => taught.has(path));
    return paths[Math.floor(paths.length * at)].path;
  }, part);
}
