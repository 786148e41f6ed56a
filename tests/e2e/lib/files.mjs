// The plainest file host: a folder below some path, and nothing else. No headers, no compression.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.wasm': 'application/wasm' };

/** @param {string} folder @param {string} path with a slash at both ends */
export async function startFileHost(folder, path) {
  /** Paths that were asked for in vain. @type {string[]} */
  const missing = [];
  const server = createServer(async ({ method, url }, response) => {
    const { pathname } = new URL(url, 'http://localhost');
    try {
      if (method !== 'GET' || !pathname.startsWith(path)) throw new Error('not here');
      const name = decodeURIComponent(pathname.slice(path.length)) || 'index.html';
      const bytes = await readFile(join(folder, name));
      response.writeHead(200, { 'content-type': TYPES[extname(name)] ?? 'application/octet-stream' }).end(bytes);
    } catch {
      missing.push(`${method} ${pathname}`);
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}${path}`,
    missing,
    stop: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }),
  };
}
