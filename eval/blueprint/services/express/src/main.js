import { createApp } from './app.js';
import { openDatabase } from './database.js';

const database = openDatabase(process.env.DATABASE ?? ':memory:');
const server = createApp(database).listen(Number(process.env.PORT ?? 8080), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    server.close(() => database.close());
    server.closeAllConnections();
  });
}
