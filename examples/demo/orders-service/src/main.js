import { openDatabase } from './database.js';
import { createService } from './server.js';

const database = openDatabase(process.env.DATABASE ?? ':memory:');
const server = createService(database);

server.listen(Number(process.env.PORT ?? 8080), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    server.close(() => database.close());
    server.closeAllConnections();
  });
}
