// A wire of our own between browser and shop: whatever leaves the browser passes here, also what no page tells of
// (beacons, workers, WebSockets), and is written down as it is, to the byte.
import { createServer, request as ask } from 'node:http';

/** @typedef {import('./network.mjs').Sent & { at: number }} Seen `at`: milliseconds since 1970 */

/** Chromium asks its maker how a form is to be filled in; the policy of the pages lets none of them reach it. */
const MAKER = 'content-autofill.googleapis.com:443';

/**
 * @param {string} base the shop; nothing else is reached from here
 * @param {Record<string, (text: string) => string>} [edits] files that the shop serves changed
 * @param {{ policy?: boolean }} [options] `policy`: whether its Content-Security-Policy stands
 */
export async function startProxy(base, edits = {}, { policy = true } = {}) {
  /** @type {Seen[]} */
  const seen = [];
  const note = (method, url, lines, body = '') => {
    const { pathname, search, host } = new URL(url);
    const headers = {};
    for (let at = 0; at < lines.length; at += 2) headers[lines[at].toLowerCase()] = lines[at + 1];
    seen.push({ method, url, path: pathname + search, headers, body, bytes: Buffer.byteLength(body), at: Date.now() });
    return { host, pathname };
  };

  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const { pathname } = note(request.method, request.url, request.rawHeaders, body.toString('latin1'));
    if (new URL(request.url).origin !== base) return response.writeHead(502).end();
    const edit = edits[pathname];
    const headers = { ...request.headers, ...(edit && { 'accept-encoding': 'identity', 'if-none-match': '' }) };
    const onward = ask(request.url, { method: request.method, headers }, (answer) => {
      if (!policy) delete answer.headers['content-security-policy'];
      if (!edit) return answer.pipe(response.writeHead(answer.statusCode, answer.headers));
      const parts = [];
      answer.on('data', (part) => parts.push(part)).on('end', () => {
        const text = Buffer.concat(parts).toString();
        const changed = edit(text);
        if (changed === text) throw new Error(`nothing was changed in ${pathname}`);
        const { etag: _, 'content-length': __, ...others } = answer.headers;
        response.writeHead(200, others).end(changed);
      });
      return undefined;
    });
    onward.on('error', () => response.destroy());
    return onward.end(body);
  });
  // WebSockets and https ask for a tunnel; there is none, the wish for it is enough.
  server.on('connect', ({ url, rawHeaders }, socket) => {
    if (url !== MAKER) note('CONNECT', `http://${url}/`, rawHeaders);
    socket.destroy();
  });
  server.keepAliveTimeout = 60_000;
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    seen,
    /** For a browser context; without the bypass Chromium goes past a proxy to this machine. */
    option: { server: `http://127.0.0.1:${server.address().port}`, bypass: '<-loopback>' },
    stop: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }),
  };
}
