import type { Core } from '../homebody.js';

/** Posts the report of a line of the ledger, without cookies and without a referrer: what the module writes of such a line, so that nothing
 * else can be passed in, and nothing else in the package sends. Resolves to what became of it: the server has it (true), it is given
 * up or the server will never take it (false), or the line stays as it is: it does not wait, or may be sent again. */
export async function send(core: Core, line: Uint8Array, now: number, url: string, signal: AbortSignal): Promise<boolean | undefined> {
  const report = core.letter(line, now);
  if (report === undefined || report === '') return report === undefined ? undefined : false;
  const posting = fetch(url, {
    method: 'POST',
    body: report,
    headers: { 'content-type': 'application/json' },
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
    signal,
  });
  const status = await posting.then((response) => response.status, () => undefined);
  // Too many requests, and timeouts, pass.
  if (status === undefined || status >= 500 || [408, 425, 429].includes(status)) return undefined;
  return status >= 200 && status < 300;
}
