// Two builds or more by turns in one page: each learns the same ids, and of each turn the ratio to the first is taken, so
// that what else the machine does falls on all.
import { median, seeded } from './rank.mjs';

const [ROUNDS, WARM, TIMED] = [301, 100, 300];

/** @param builds urls of packages, each the folder of its `index.js` */
export async function turns(builds, bundle) {
  const random = seeded(7);
  const factors = new Uint8Array(await (await fetch(bundle)).arrayBuffer());
  const profiles = [];
  for (const build of builds) {
    const { openProfile } = await import(`${build}/index.js`);
    const options = { factors: factors.slice(), consent: { profile: true, reports: false }, database: `turns-${Math.random()}` };
    profiles.push(await openProfile(options));
  }
  const times = builds.map(() => []);
  const id = () => `item-${String(Math.floor(random() * 100_000)).padStart(7, '0')}`;
  for (let round = 0; round < ROUNDS; round++) {
    const ids = Array.from({ length: WARM + TIMED }, id);
    for (const at of builds.map((_, place) => (place + round) % builds.length)) {
      let start = 0;
      ids.forEach((one, place) => {
        if (place === WARM) start = performance.now();
        profiles[at].record('view', one, { dwell: 20_000 });
      });
      times[at].push(((performance.now() - start) / TIMED) * 1000);
    }
    for (const profile of profiles) await profile.saved();
  }
  for (const profile of profiles) {
    if (profile.state().interactions < ROUNDS * TIMED) throw new Error('a build has not learnt what it was given');
    await profile.erase();
    profile.close();
  }
  return builds.map((build, at) => ({
    build, median: median(times[at]), ratio: median(times[at].map((time, round) => time / times[0][round])),
  }));
}
