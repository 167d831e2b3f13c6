import { createAdaptorServer } from '@hono/node-server';
import { createApp } from '../../src/app.js';
import { openDatabase } from '../../src/database.js';

/** Starts the service on a free port with an empty database in memory. Close it with `await service.close()`. */
export async function startService() {
  const database = openDatabase(':memory:');
  const server = createAdaptorServer(createApp(database));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${server.address().port}`;
  return {
    database,
    get: (path) => send(base, 'GET', path),
    post: (path, body) => send(base, 'POST', path, JSON.stringify(body)),
    send: (method, path, text) => send(base, method, path, text),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      database.close();
    },
  };
}

async function send(base, method, path, text) {
  const response = await fetch(base + path, {
    method,
    ...(text === undefined ? {} : { body: text, headers: { 'content-type': 'application/json' } }),
  });
  return { status: response.status, body: await response.json() };
}
