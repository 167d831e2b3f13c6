import { createServer } from 'node:http';
import { buildApp } from './app.ts';

const app = buildApp();
createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const text = Buffer.concat(chunks).toString('utf8');
    const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
    void app.inject(request.method ?? 'GET', request.url ?? '/', body).then((answer) => {
      response.writeHead(answer.statusCode, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer.body));
    });
  });
}).listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1');
