const { createServer } = require('node:http');
const { createApp } = require('./app.js');

const app = createApp();
createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  const { status, body } = await app.inject({ method: request.method, url: request.url, body: text ? JSON.parse(text) : {} });
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}).listen(Number(process.env.PORT ?? 3000), '127.0.0.1');
