import { createApp } from './app.js';
import { openDatabase } from './database.js';

const database = openDatabase(process.env.DATABASE ?? ':memory:');
const app = createApp(database);
const address = await app.listen({ port: Number(process.env.PORT ?? 8080), host: '127.0.0.1' });
console.log(`listening on ${address}`);

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, async () => {
    await app.close();
    database.close();
  });
}
