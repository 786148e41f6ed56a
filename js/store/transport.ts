/** Posts a report, without cookies and without a referrer; nothing else is sent from here. Resolves to what the server said: it has
 * it (true), it will never take it (false), or not now: the same report may be sent again. */
export async function post(url: string, report: string, signal: AbortSignal): Promise<boolean | undefined> {
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
