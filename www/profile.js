// Opens the shopper's profile. The script is fetched by `import()`, so that a shop whose profiler is
// blocked or broken is still a shop.
import { popularOnly } from './popular.js';

/** One day in ten the shelf is what others buy. `?popular=1` is such a day; who watches the demo (`?debug`) has none by chance. */
function popularDays() {
  const asked = new URLSearchParams(location.search);
  return Number(asked.get('popular') ?? (asked.has('debug') ? 0 : 0.1));
}

const hasServer = document.documentElement.dataset.server !== 'none'; // as `cargo xtask site` writes it

/** The page is on the screen; a tab that nobody sees is not drawn, and does not wait for it. */
const painted = () => new Promise((done) => {
  requestAnimationFrame(() => requestAnimationFrame(done)); // the second comes when the first is shown
  setTimeout(done, 1000);
});

/**
 * @param {import('./catalogue.js').Catalogue} catalogue
 * @param {{ profile: boolean, reports: boolean } | 'pending'} consent
 */
export async function openShopProfile(catalogue, consent) {
  // `?without`: the shop by itself, for measuring beside it.
  if (new URLSearchParams(location.search).has('without')) return { profile: popularOnly(catalogue) };
  try {
    await painted(); // the shop needs the line and the processor first
    // The inspector comes along: fetched when its page is opened, it would be a request that tells.
    const [{ openProfile }] = await Promise.all([import('./pkg/index.js'), import('./pkg/inspector/index.js')]);
    const profile = await openProfile({
      full: true, // the bundle brings a learnt mix
      factors: 'shop/factors.safetensors',
      consent,
      nameOf: (id) => catalogue.nameOf(id),
      // Seconds, so that a visitor of the demo sees a report go; a real shop keeps the default of minutes.
      reports: hasServer ? { url: 'v1/reports', types: { departments: {}, shelf: {}, orders: {}, segments: {}, changes: {} }, delay: [2000, 6000] } : undefined,
      experiment: { popular: popularDays() },
    });
    return { profile, problem: profile.state().problem };
  } catch (error) {
    const problem = { code: error.code ?? 'script-not-loaded', message: error.message };
    return { profile: popularOnly(catalogue), problem };
  }
}
