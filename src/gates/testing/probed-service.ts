/** A small service over node:http for tests of the probe: right as it stands, with faults that can be put into it. */
import type { Endpoint } from '../../core/checks/endpoints.ts';

/** What the requirements of these tests say. */
export const ORDER_ENDPOINTS: Endpoint[] = [
  {
    method: 'POST',
    path: '/orders',
    requirement: 'F1',
    success: 201,
    fields: [
      {
        name: 'sku',
        in: 'body',
        type: 'string',
        required: true,
        min_length: 3,
        max_length: 12,
        unique: true,
      },
      { name: 'quantity', in: 'body', type: 'integer', required: true, min: 1, max: 100 },
      { name: 'kind', in: 'body', type: 'enum', required: true, values: ['small', 'large'] },
      { name: 'email', in: 'body', type: 'email', required: true },
      { name: 'due_on', in: 'body', type: 'date', required: false },
    ],
    example: { due_on: '2031-05-01' },
  },
  {
    method: 'GET',
    path: '/orders',
    requirement: 'F2',
    success: 200,
    fields: [{ name: 'limit', in: 'query', type: 'integer', required: false, min: 1, max: 50 }],
  },
  {
    method: 'GET',
    path: '/orders/{id}',
    requirement: 'F3',
    success: 200,
    fields: [{ name: 'id', in: 'path', type: 'integer', required: true }],
  },
  { method: 'DELETE', path: '/orders/{id}', requirement: 'F4', success: 204, fields: [] },
];

/** Lines of the service by what they do; a fault takes the place of one. */
const PARTS = {
  broken_json: `try { return JSON.parse(text); } catch { return undefined; }`,
  shape: `if (typeof body !== 'object' || body === null || Array.isArray(body)) return 'a body is needed';`,
  sku: `if (typeof body.sku !== 'string' || body.sku.length < 3 || body.sku.length > 12) return 'sku';`,
  quantity: `if (!Number.isInteger(body.quantity) || body.quantity < 1 || body.quantity > 100) return 'quantity';`,
  kind: `if (!['small', 'large'].includes(body.kind)) return 'kind';`,
  email: `if (typeof body.email !== 'string' || !/^\\S+@\\S+$/.test(body.email)) return 'email';`,
  due_on: `if (body.due_on != null && !isDay(body.due_on)) return 'due_on';`,
  duplicate: `if ([...orders.values()].some((order) => order.sku === body.sku)) return send(reply, 409, { error: 'sku is taken' });`,
  limit: `if (limit !== null && !(/^\\d+$/.test(limit) && Number(limit) >= 1 && Number(limit) <= 50)) return send(reply, 400, { error: 'limit' });`,
  unknown_id: `if (order === undefined) return send(reply, 404, { error: 'no such order' });`,
  start: `server.listen(Number(process.env.PORT), '127.0.0.1');`,
  first: ``,
  failure: ``,
};

/** The service as one file. `faults`: what stands in the place of a part. */
export function orderService(faults: Partial<Record<keyof typeof PARTS, string>> = {}): string {
  const part = { ...PARTS, ...faults };
  return `import { createServer } from 'node:http';
const orders = new Map();
let next = 1;
const isDay = (text) => typeof text === 'string' && /^\\d{4}-\\d\\d-\\d\\d$/.test(text) && new Date(text + 'T00:00:00Z').toJSON()?.startsWith(text) === true;
function send(reply, status, body) {
  reply.writeHead(status, { 'content-type': 'application/json' });
  reply.end(status === 204 ? undefined : JSON.stringify(body));
}
async function read(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  ${part.broken_json}
}
function problem(body) {
  ${part.shape}
  ${part.sku}
  ${part.quantity}
  ${part.kind}
  ${part.email}
  ${part.due_on}
  return null;
}
async function createOrder(request, reply) {
  const body = await read(request);
  const wrong = problem(body);
  if (wrong !== null) return send(reply, 422, { error: wrong });
  ${part.duplicate}
  const order = { ...body, id: next++ };
  orders.set(order.id, order);
  send(reply, 201, order);
}
const server = createServer((request, reply) => {
  ${part.first}
  const url = new URL(request.url, 'http://here');
  if (request.method === 'POST' && url.pathname === '/orders') return createOrder(request, reply)${part.failure};
  if (request.method === 'GET' && url.pathname === '/orders') {
    const limit = url.searchParams.get('limit');
    ${part.limit}
    return send(reply, 200, [...orders.values()].slice(0, Number(limit ?? 50)));
  }
  const id = /^\\/orders\\/(\\d+)$/.exec(url.pathname)?.[1];
  const order = orders.get(Number(id));
  ${part.unknown_id}
  if (request.method === 'DELETE') { orders.delete(order.id); return send(reply, 204); }
  send(reply, 200, order);
});
${part.start}
`;
}
