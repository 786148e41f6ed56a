// Idle moments that come when a test says so.

/** From the next page on, what waits for an idle moment waits in `window.waiting`. */
export const holdIdle = (page) => page.addInitScript(() => {
  window.waiting = [];
  window.requestIdleCallback = (work) => window.waiting.push(work);
});

/** The moment is there. */
export const idleNow = (page) => page.evaluate(() => { window.waiting.splice(0).forEach((work) => { work(); }); });
