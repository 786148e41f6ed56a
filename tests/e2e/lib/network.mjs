// Writes down every request that leaves a page, with headers and body, and judges it: the shop's own
// files, asked for without a word about the shopper, or a report that the ledger declares.
import { readdirSync } from 'node:fs';
import { relative } from 'node:path';
import { FOLDERS } from './server.mjs';

/** @typedef {{ method: string, url: string, path: string, headers: Record<string, string>, body: string, bytes: number }} Sent */

/**
 * Listens through the DevTools protocol, which also sees beacons and what a cache would hide.
 * @param {import('@playwright/test').Page} page
 */
export async function watch(page) {
  const session = await page.context().newCDPSession(page);
  /** @type {(Sent & { requestId: string })[]} */
  const sent = [];
  /** Headers as they went over the wire come in an event of their own, before or after the other. */
  const wire = new Map();

  session.on('Network.requestWillBeSent', ({ requestId, request: { method, url, headers, postDataEntries, postData } }) => {
    const parts = postDataEntries?.map(({ bytes }) => Buffer.from(bytes ?? '', 'base64').toString());
    const { pathname, search } = new URL(url);
    sent.push({ method, url, path: pathname + search, headers, body: parts?.join('') ?? postData ?? '', bytes: 0, requestId });
  });
  session.on('Network.requestWillBeSentExtraInfo', ({ requestId, headers }) => wire.set(requestId, headers));
  session.on('Network.webSocketCreated', ({ requestId, url }) => {
    sent.push({ method: 'WEBSOCKET', url, path: url, headers: {}, body: '', bytes: 0, requestId });
  });
  await session.send('Network.enable', { maxPostDataSize: 1 << 20 });

  return {
    /** @returns {Sent[]} */
    requests: () => sent.map((request) => {
      const headers = lowercase({ ...request.headers, ...wire.get(request.requestId) });
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('');
      const head = `${request.method} ${request.path} HTTP/1.1\r\n${lines}\r\n`;
      return { ...request, headers, bytes: Buffer.byteLength(head) + Buffer.byteLength(request.body) };
    }),
  };
}

const lowercase = (headers) => Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** All paths that the shop serves to anyone: its pages, the package, catalogue and bundle. */
export function ownFiles() {
  const below = (folder, prefix) => readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${prefix}/${relative(folder, `${entry.parentPath}/${entry.name}`)}`);
  const pages = below(FOLDERS.www, '').filter((path) => !path.startsWith('/data/'));
  return new Set(['/', '/?debug', ...pages, ...below(FOLDERS.pkg, '/pkg'), '/shop/catalogue.json', '/shop/factors.safetensors', '/shop/households.json']);
}

/** What the browser adds by itself to any request, and says nothing about what was looked at. */
const PLAIN_HEADERS = new Set([
  'accept', 'accept-encoding', 'accept-language', 'cache-control', 'connection', 'content-length', 'content-type', 'host',
  'if-modified-since', 'if-none-match', 'origin', 'pragma', 'priority', 'proxy-connection', 'upgrade-insecure-requests', 'user-agent',
]);

const FIELDS = ['bundle', 'clip', 'day', 'epsilon_milli', 'format', 'id', 'type', 'values'];

/**
 * What is wrong with the requests; empty when all is well.
 * @param {Sent[]} requests
 * @param {{ files: Set<string>, base: string, ledger: readonly { state: string, body?: string }[], departments: number }} expected
 */
export function complaints(requests, { files, base, ledger, departments }) {
  const declared = ledger.flatMap(({ body }) => (body === undefined ? [] : [body]));
  return requests.flatMap((request) => {
    const wrong = (text) => `${request.method} ${request.url}: ${text}`;
    const headers = Object.keys(request.headers)
      .filter((name) => request.headers[name] !== '' && !PLAIN_HEADERS.has(name) && !/^(sec-|:)/.test(name))
      .map((name) => wrong(`header ${name}: ${request.headers[name]}`));
    if (new URL(request.url).origin !== base) return [wrong('is not the shop'), ...headers];
    if (request.path === '/v1/reports' && request.method === 'POST') {
      const undeclared = declared.includes(request.body) ? [] : ['is not in the ledger'];
      return [...headers, ...[...reportComplaints(request.body, departments), ...undeclared].map(wrong)];
    }
    const isFile = request.method === 'GET' && files.has(request.path) && request.body === '';
    return isFile ? headers : [wrong('is neither a file of the shop nor a report'), ...headers];
  });
}

const bit = (value) => value === 0 || value === 1;
const below = (most) => (value) => value >= 0 && value < most;

/** The types that the demo wants, as `docs/reports.md` has them: ε in thousandths, clip, how many values, and which. */
export const TYPES = {
  departments: { epsilon: 400, clip: 3, length: (departments) => 2 * departments, value: Number.isInteger },
  shelf: { epsilon: 250, clip: 1, length: () => 1, value: below(6) },
  orders: { epsilon: 150, clip: 1, length: () => 1, value: below(7) },
  segments: { epsilon: 100, clip: 1, length: (departments) => departments + 1, value: bit },
  changes: { epsilon: 100, clip: 2, length: () => 7, value: Number.isInteger },
};

function reportComplaints(body, departments) {
  if (Buffer.byteLength(body) !== 2048) return [`has ${Buffer.byteLength(body)} bytes and not 2,048`];
  const json = body.trimEnd();
  let report;
  try {
    report = JSON.parse(json);
  } catch {
    return ['is not JSON'];
  }
  const { type, format, id, day, bundle, epsilon_milli: epsilon, clip, values } = report;
  const fields = Object.keys(report).sort();
  if (!Object.hasOwn(TYPES, type)) return [`names the type ${type}`];
  const declared = TYPES[type];
  return [
    fields.join() !== FIELDS.join() && `has the fields ${fields}`,
    JSON.stringify(report) !== json && 'is not written in the one way',
    format !== 1 && `is of format ${format}`,
    !/^[0-9a-f]{32}$/.test(id) && `has the id ${id}`,
    !Number.isInteger(day) && 'has a broken day',
    (epsilon !== declared.epsilon || clip !== declared.clip) && `has ε ${epsilon} and clip ${clip}`,
    !/^[0-9a-f]{1,64}$/.test(bundle) && `names the bundle ${bundle}`,
    !(Array.isArray(values) && values.length === declared.length(departments) && values.every((value) => Number.isInteger(value) && declared.value(value)))
      && `has other values than ${type} has`,
  ].filter(Boolean);
}

/** A request in words. @param {Sent} request */
export function inWords({ method, path, body }) {
  if (path === '/v1/reports' && method === 'POST') {
    const { type, values, epsilon_milli: milli } = JSON.parse(body);
    return `a declared report: ${type}, ${values.length === 1 ? 'one answer' : `${values.length} numbers`} under noise, ε = ${milli / 1000}, a body of ${Buffer.byteLength(body)} bytes`;
  }
  if (/^\/(\?debug)?$/.test(path) || path.endsWith('.html')) return "the shop's page";
  if (path === '/shop/catalogue.json') return "the shop's catalogue, the same for everyone";
  if (path === '/shop/factors.safetensors') return "the shop's item factors, the same for everyone";
  if (path.startsWith('/pkg/')) return 'a file of the homebody package';
  return "a file of the shop's pages";
}
