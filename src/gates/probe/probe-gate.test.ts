import { afterEach, describe, expect, it } from 'vitest';
import type { GateResult } from '../../core/records.ts';
import { PROBE_DEFAULTS, type GateCommand, type ProbeConfig } from '../../definitions/config.ts';
import { NO_WALL, openWall } from '../../workspace/wall/open-wall.ts';
import { gate, openGatesRig, wholeRepo, type GatesRig } from '../testing/gates-rig.ts';
import { ORDER_ENDPOINTS, orderService } from '../testing/probed-service.ts';
import type { GateOrder } from '../gates.ts';

const { wall } = await openWall({ mode: 'auto', path: process.env['PATH'] ?? '' });
const MANIFEST = JSON.stringify({ type: 'module', scripts: { start: 'node server.js' } });

let rig: GatesRig | null = null;
afterEach(() => rig?.[Symbol.dispose]());

function probe(
  more: Partial<ProbeConfig> = {},
  command = ['node', 'server.js'],
  env: string[] = [],
): GateCommand {
  return gate({
    name: 'probe',
    kind: 'probe',
    command,
    env,
    probe: { ...PROBE_DEFAULTS, replyTimeoutMs: 10_000, ...more },
  });
}

async function probed(
  server: string,
  {
    config = probe(),
    manifest = '{"type":"module"}',
    order = {},
    env = {},
  }: {
    config?: GateCommand;
    manifest?: string;
    order?: Partial<GateOrder>;
    env?: Record<string, string>;
  } = {},
): Promise<GateResult & { logs: string[] }> {
  const base = { 'package.json': manifest, 'README.md': 'Orders.' };
  rig = await openGatesRig({ api: base }, { api: wholeRepo(config) }, env);
  const own = Object.entries({ 'server.js': server });
  const head = await rig.change(
    rig.git.base,
    Object.fromEntries(own.map(([path, text]) => [`api/${path}`, text])),
  );
  const pass = await rig.run(head, { wall, endpoints: ORDER_ENDPOINTS, ...order });
  return { ...pass.of('probe'), logs: pass.logs };
}

const problems = (result: GateResult): string => result.findings.map(({ problem }) => problem).join('\n');

describe('the probe of new endpoints', () => {
  it('has nothing to say of a service that holds its requirements', async () => {
    const result = await probed(orderService());
    expect(result).toMatchObject({ status: 'pass', findings: [] });
    expect(result.summary).toMatch(/^\d\d requests to 4 endpoints, all answered as they may be$/);
  });

  // What stands in the service in the place of a check, and the one finding that names it.
  it.each([
    ['no validation of a field', { quantity: '' }, 'on `quantity`: wrong input is accepted', 'no quantity'],
    [
      'a number below its bound',
      { quantity: `if (!Number.isInteger(body.quantity) || body.quantity > 100) return 'quantity';` },
      'on `quantity`: wrong input is accepted',
      '- quantity: 0: ',
    ],
    [
      'a refusal at the bound itself',
      {
        quantity: `if (!Number.isInteger(body.quantity) || body.quantity < 1 || body.quantity > 99) return 'quantity';`,
      },
      'on `quantity`: a right request is refused; 201 is required',
      '- quantity: 100: ',
    ],
    [
      'a length that nobody looks at',
      { sku: `if (typeof body.sku !== 'string' || body.sku.length < 3) return 'sku';` },
      'on `sku`: wrong input is accepted',
      '- sku: "aaaaaaaaaaaaa": ',
    ],
    [
      'a failure on a wrong type',
      {
        sku: `if (body.sku === undefined || body.sku.trim().length < 3 || body.sku.length > 12) return 'sku';`,
        failure: `.catch(() => send(reply, 500, {}))`,
      },
      'on `sku`: the service fails where it has to answer',
      '- sku: {"wrong":"type"}: ',
    ],
    [
      'an end on null',
      { email: `if (body.email === undefined || !/^\\S+@\\S+$/.test(body.email.trim())) return 'email';` },
      'on `email`: the service ends on this request',
      '- email: null: ',
    ],
    [
      'a word outside of an enum',
      { kind: `if (body.kind == null) return 'kind';` },
      'on `kind`: wrong input is accepted',
      '- kind: "probe-none-of-these": ',
    ],
    [
      'a day that there is not',
      { due_on: `if (body.due_on != null && !/^\\d{4}-\\d\\d-\\d\\d$/.test(body.due_on)) return 'due_on';` },
      'on `due_on`: wrong input is accepted',
      '- due_on: "2030-02-30": ',
    ],
    [
      'a duplicate',
      { duplicate: '' },
      'on `sku`: a second one with the same value is accepted',
      'a second time: ',
    ],
    [
      'a query that nobody looks at',
      { limit: '' },
      'on `limit in the query`: wrong input is accepted',
      '- limit: "not-a-number": ',
    ],
    [
      'a failure for an unknown id',
      { unknown_id: `if (order === undefined) return send(reply, 500, {});` },
      'on `id in the path`: the service fails where it has to answer',
      '- an unknown id: ',
    ],
    [
      'an empty answer for an unknown id',
      { unknown_id: `if (order === undefined) return send(reply, 200, {});` },
      'on `id in the path`: the status is another than the required one',
      '- an unknown id: ',
    ],
    [
      'a body that is no JSON',
      { broken_json: 'return JSON.parse(text);' },
      'the service ends on this request',
      '- a body that is no JSON: ',
    ],
    [
      'a body that is no object',
      { shape: `if (Array.isArray(body)) return 'a body is needed';` },
      'the service ends on this request',
      '- null in place of the object: ',
    ],
    [
      'a request that hangs',
      {
        kind: `if (body.kind === undefined) return 'kind'; if (!['small', 'large'].includes(body.kind)) return new Promise(() => {});`,
        shape:
          `if (typeof body !== 'object' || body === null || Array.isArray(body)) return 'a body is needed'; if (body.kind === 'probe-none-of-these') { HANG }`.replace(
            'HANG',
            'for (const start = Date.now(); Date.now() - start < 4_000;);',
          ),
      },
      'on `kind`: this request gets no answer',
      '- kind: "probe-none-of-these": ',
    ],
  ] as const)('names %s', async (_, faults, said, request) => {
    const config = probe(
      'kind' in faults && faults.kind.includes('Promise') ? { replyTimeoutMs: 3_000 } : {},
    );
    const result = await probed(orderService(faults), { config });
    expect(result.status).toBe('fail');
    const finding = result.findings.find(({ problem }) => problem.includes(said));
    expect(finding?.problem ?? problems(result)).toContain(request);
    expect(finding).toMatchObject({ blocking: true, repo: 'api', source: 'probe' });
  });

  it('calls what it sent, what came back and where the route is written', async () => {
    const result = await probed(orderService({ quantity: '' }));
    const finding = result.findings.find(({ problem }) => problem.includes('quantity'));
    expect(finding?.problem).toMatch(/^POST \/orders \(F1\) on `quantity`/);
    expect(finding?.problem).toMatch(/- no quantity: `POST \/orders \{"sku":"[^`]*\}` → 201: \{"sku"/);
    const line =
      orderService({ quantity: '' })
        .split('\n')
        .findIndex((text) => text.includes("'POST' && url")) + 1;
    expect(finding).toMatchObject({ file: 'server.js', line });
  });

  it('is the same finding in the next round, whatever was sent', async () => {
    const first = await probed(orderService({ quantity: '' }));
    rig?.[Symbol.dispose]();
    const second = await probed(
      orderService({ quantity: `if (typeof body.quantity !== 'number') return 'quantity';` }),
    );
    const fingerprints = [first, second].map(({ findings }) =>
      findings.map(({ fingerprint }) => fingerprint),
    );
    expect(fingerprints[0]).toHaveLength(1);
    expect(fingerprints[1]).toEqual(fingerprints[0]);
  });

  it('goes on behind an end: the service is started again and asked the rest', async () => {
    const result = await probed(orderService({ broken_json: 'return JSON.parse(text);', duplicate: '' }));
    expect(problems(result)).toContain('the service ends on this request');
    expect(problems(result)).toContain('a second one with the same value is accepted');
    expect(problems(result)).toContain('SyntaxError');
  });

  it('is red with the last words of a service that does not start', async () => {
    const result = await probed(orderService({ start: `throw new Error('no database');` }));
    expect(result).toMatchObject({ status: 'fail', findings: [{ blocking: true }] });
    expect(problems(result)).toContain('it ended with exit code 1');
    expect(problems(result)).toContain('no database');
  });

  it('is red with a service that listens nowhere', async () => {
    const config = probe({ startTimeoutMs: 1_000 });
    expect(problems(await probed('setInterval(() => {}, 1000);', { config }))).toMatch(
      /nobody listens on port \d+ after 1 s/,
    );
  });

  it('takes the script `start`, and says how to mend it where there is none', async () => {
    const config = probe({}, []);
    expect((await probed(orderService(), { config, manifest: MANIFEST })).status).toBe('pass');
    rig?.[Symbol.dispose]();
    const result = await probed(orderService(), { config });
    expect(result).toMatchObject({ status: 'unverified', findings: [] });
    expect(result.summary).toContain('write `start: [node, server.js]`');
  });

  it('starts nothing where the requirements name no endpoint', async () => {
    const result = await probed(orderService(), { order: { endpoints: [] } });
    expect(result).toMatchObject({ status: 'not_applicable' });
    expect(rig?.starts()).toBe(0);
  });

  it('leaves endpoints of another repository, and of another service, alone', async () => {
    const endpoints = ORDER_ENDPOINTS.map((each) => ({ ...each, repo: 'client' }));
    expect((await probed(orderService(), { order: { endpoints } })).status).toBe('not_applicable');
    rig?.[Symbol.dispose]();
    const config = probe({ paths: ['/invoices'] });
    expect((await probed(orderService(), { config })).status).toBe('not_applicable');
  });

  it('SEC-1: runs the seed before, waits for `ready`, sends `headers`, and keeps them to itself', async () => {
    const token = 'Bearer test-token-of-these-tests';
    const first = `
      if (!seeded) return send(reply, 500, {});
      if (request.url === '/health') { asked += 1; return send(reply, asked > 2 ? 200 : 503, {}); }
      if (request.headers.authorization !== process.env.EXPECTED || asked < 3) return send(reply, 401, { got: request.headers.authorization });
      console.log('got ' + request.headers.authorization);`;
    const server = `import { existsSync } from 'node:fs';\nlet asked = 0;\nconst seeded = existsSync('seeded');\n${orderService({ first, quantity: '' })}`;
    const config = probe(
      { ready: '/health', headers: { authorization: token }, before: ['sh', '-c', 'touch seeded'] },
      ['node', 'server.js'],
      ['EXPECTED'],
    );
    const result = await probed(server, { config, env: { EXPECTED: token } });
    expect(problems(result)).toMatch(/^POST \/orders \(F1\) on `quantity`: wrong input is accepted/);
    expect(result.findings).toHaveLength(1);
    expect(JSON.stringify(result)).not.toContain('test-token-of-these-tests');
    expect(result.logs.join('')).toContain('got ');
    expect(result.logs.join('')).not.toContain('test-token-of-these-tests');
  });

  it('says what came of a seed that fails', async () => {
    const config = probe({ before: ['sh', '-c', 'echo no table; exit 4'] });
    const result = await probed(orderService(), { config });
    expect(problems(result)).toContain('the command under `before` ended with exit code 4');
  });

  it('asks without a wall too, at the port that is given', async () => {
    const port = 20_000 + Math.floor(Math.random() * 20_000);
    const result = await probed(orderService(), { config: probe({ port }), order: { wall: NO_WALL } });
    expect(result.status).toBe('pass');
  });

  it('does not ask a stranger who listens on its port', async () => {
    const stranger = (await import('node:http')).createServer((_, reply) => reply.end('{}'));
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
    const address = stranger.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const result = await probed(orderService(), { config: probe({ port }), order: { wall: NO_WALL } });
    stranger.close();
    expect(problems(result)).toContain(`somebody listens on port ${port} already`);
  });

  it('PRIV-6: believes nobody who reports in its place', async () => {
    const forged = `
import { connect } from 'node:net';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
for (const root of ['/tmp', tmpdir()])
  for (const name of readdirSync(root).filter((each) => each.startsWith('baton-report-')))
    connect(root + '/' + name + '/in').on('error', () => {}).end('{"kind":"started","problem":null,"words":""}\\n{"kind":"end","count":1}\\n');
`;
    const result = await probed(forged + orderService());
    expect(result.status).toBe('fail');
    expect(problems(result)).toContain('programs reported in the place of one');
  });

  it("PRIV-6: runs nobody's code: no inspector opens in it for a signal", async () => {
    const forging = `
const forge = "const say = JSON.stringify; JSON.stringify = (value, ...more) => say(value?.kind === 'answer' ? { ...value, outcome: 'not_sent' } : value, ...more)";
process.kill(process.ppid, 'SIGUSR1');
let opened = false;
for (const end = Date.now() + 1_500; !opened && Date.now() < end; ) {
  const found = await fetch('http://127.0.0.1:9229/json/list').then((reply) => reply.json()).catch(() => []);
  for (const { webSocketDebuggerUrl } of found) {
    const socket = new WebSocket(webSocketDebuggerUrl);
    await new Promise((resolve) => (socket.onopen = resolve));
    socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression: forge } }));
    await new Promise((resolve) => (socket.onmessage = resolve));
    opened = true;
  }
}
console.log(opened ? 'got in' : 'stayed out');
`;
    const result = await probed(forging + orderService({ quantity: '' }));
    expect(result.status).toBe('fail');
    expect(problems(result)).toContain('on `quantity`: wrong input is accepted');
    expect(result.logs.join('')).toContain('stayed out');
  });

  it('PRIV-6: believes nobody who ends it', async () => {
    const result = await probed(`process.kill(process.ppid, 'SIGKILL');\n${orderService()}`);
    expect(result.status).toBe('fail');
    expect(problems(result)).toMatch(/was ended by SIGKILL|was ended before it could report|ended/);
  });

  it('does not call a pass what it could not try', async () => {
    const endpoints = ORDER_ENDPOINTS.filter(({ method }) => method !== 'POST');
    const result = await probed(orderService(), { order: { endpoints } });
    expect(result.status).toBe('unverified');
    expect(result.summary).toContain('nothing makes an id for GET /orders/{id}, DELETE /orders/{id}');
  });
});

describe('the probe of what stands within others', () => {
  const endpoints: GateOrder['endpoints'] = [
    {
      method: 'POST',
      path: '/orders',
      requirement: 'F1',
      success: 201,
      fields: [
        { name: 'X-Channel', in: 'header', type: 'enum', required: true, values: ['web', 'shop'] },
        { name: 'address', in: 'body', type: 'object', required: true },
        { name: 'address.zip', in: 'body', type: 'string', required: true, min_length: 5, max_length: 5 },
        { name: 'lines', in: 'body', type: 'array', required: true, min_length: 1 },
        { name: 'lines[].count', in: 'body', type: 'integer', required: true, min: 1, max: 9 },
      ],
    },
  ];
  const CHECKS = {
    channel: `if (!['web', 'shop'].includes(request.headers['x-channel'])) return 'channel';`,
    address: `if (typeof body?.address !== 'object' || body.address === null) return 'address';`,
    zip: `if (typeof body.address.zip !== 'string' || body.address.zip.length !== 5) return 'zip';`,
    lines: `if (!Array.isArray(body.lines) || body.lines.length === 0) return 'lines';`,
    count: `if (!body.lines.every((line) => Number.isInteger(line?.count) && line.count >= 1 && line.count <= 9)) return 'count';`,
  };
  const service = (
    without: Partial<Record<keyof typeof CHECKS, string>>,
  ): string => `import { createServer } from 'node:http';
function problem(request, body) {
  ${Object.values({ ...CHECKS, ...without }).join('\n  ')}
  return null;
}
createServer(async (request, reply) => {
  let text = '';
  for await (const chunk of request) text += chunk;
  let body;
  try { body = JSON.parse(text); } catch { body = undefined; }
  reply.writeHead(problem(request, body) === null ? 201 : 422, { 'content-type': 'application/json' });
  reply.end('{"id":1}');
}).listen(Number(process.env.PORT), '127.0.0.1');
`;

  it('has nothing to say of a service that looks at all of it, with a header of the gate besides', async () => {
    const config = probe({ headers: { 'x-channel': 'shop' } });
    expect(await probed(service({}), { config, order: { endpoints } })).toMatchObject({
      status: 'pass',
      findings: [],
    });
  });

  it.each([
    [{ zip: '' }, 'on `address.zip`: wrong input is accepted', '- address.zip: "aaaaaa": '],
    [
      { zip: `if (body.address.zip.length > 5) return 'zip';` },
      'on `address.zip`: the service ends on this request',
      'no address.zip',
    ],
    [
      { count: `if (!body.lines.every((line) => Number.isInteger(line.count))) return 'count';` },
      'on `lines[].count`: wrong input is accepted',
      '- lines[].count: 10: ',
    ],
    [{ channel: '' }, 'on `X-Channel in the header`: wrong input is accepted', 'no X-Channel'],
  ])('finds what is not looked at: %j', async (without, problem, shown) => {
    const result = await probed(service(without), { order: { endpoints } });
    expect(result.status).toBe('fail');
    expect(problems(result)).toContain(problem);
    expect(problems(result)).toContain(shown);
  });
});
