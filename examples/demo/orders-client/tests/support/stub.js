import { createClient } from '../../src/client.js';

/** A client whose requests go nowhere: they are kept in `calls`, and `answer` is what comes back. */
export function createStubbedClient({ status = 200, answer = {} } = {}) {
  const calls = [];
  const fetch = async (url, { method, body }) => {
    calls.push({ method, path: url.pathname, body: body === undefined ? undefined : JSON.parse(body) });
    return new Response(JSON.stringify(answer), { status });
  };
  return { client: createClient({ baseUrl: 'http://service.test', fetch }), calls };
}
