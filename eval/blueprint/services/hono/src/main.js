import { serve } from '@hono/node-server';
import { createApp } from './app.js';
import { openDatabase } from './database.js';

const database = openDatabase(process.env.DATABASE ?? ':memory:');
const { fetch } = createApp(database);
const server = serve({ fetch, port: Number(process.env.PORT ?? 8080), hostname: '127.0.0.1' }, ({ port }) => {
  console.log(`listening on http://127.0.0.1:${port}`);
});

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    server.close(() => database.close());
    server.closeAllConnections();
  });
}
