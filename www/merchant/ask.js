// What the server tells its staff, and in words why it does not.

/** @param {string} token */
export async function ask(token) {
  const [sums, bundle, figures] = await Promise.all([get('/v1/sums', token), get('/v1/bundle', token), get('/merchant/tell-apart.json', token)]);
  return { sums, bundle, figures };
}

async function get(path, token) {
  const request = { headers: { authorization: `Bearer ${token}` }, credentials: 'omit', cache: 'no-store' };
  const response = await fetch(path, request).catch(() => {
    throw new Error('The server does not answer. Is it running?');
  });
  if (response.status === 401 || response.status === 403) {
    throw new Error('The server does not know this token. It printed the right one when it started.');
  }
  if (!response.ok) throw new Error(`The server answered ${response.status}. Please try again later.`);
  return response.json();
}
