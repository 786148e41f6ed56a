// A modest phone on a modest line, by the DevTools protocol: what Chrome calls fast 3G, and a processor four times slower.

export const FAST_3G = { latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 0.75e6 / 8 };
export const CPU = 4;
export const IN_WORDS = `CPU ${CPU} × slower, 1.6 Mbit/s down, 0.75 up, ${FAST_3G.latency} ms a round trip`;

/** @param {import('@playwright/test').Page} page */
export async function slowDown(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', { offline: false, ...FAST_3G });
  await session.send('Emulation.setCPUThrottlingRate', { rate: CPU });
  return session;
}
