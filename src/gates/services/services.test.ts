import { afterEach, describe, expect, it } from 'vitest';
import type { ServiceConfig } from '../../definitions/config.ts';
import { NO_WALL, openWall } from '../../workspace/wall/open-wall.ts';
import { NODE_TESTS, openGatesRig, type GatesRig } from '../testing/gates-rig.ts';

const { wall } = await openWall({ mode: 'auto', path: process.env['PATH'] ?? '' });
/** Below those that systems give away by themselves. */
const port = 20_000 + Math.floor(Math.random() * 12_000);
const SERVICE = `require('net').createServer((c) => c.end(process.env.GREETING ?? 'nothing')).listen(${port}, '127.0.0.1');`;
const TEST = `const { test } = require('node:test');
test('is greeted', (t, done) => {
  let said = '';
  const socket = require('net').connect(${port}, '127.0.0.1', () => {});
  socket.on('error', done).on('data', (chunk) => { said += chunk; });
  socket.on('end', () => done(said === 'hello' ? undefined : new Error('heard ' + said)));
});
`;
const FILES = {
  'service.js': SERVICE,
  'a.test.js': TEST,
  'package.json': '{"scripts":{"test":"node --test"}}',
};

let rig: GatesRig;
afterEach(() => rig[Symbol.dispose]());

const service = (more: Partial<ServiceConfig> = {}): ServiceConfig => ({
  name: 'greeter',
  command: ['node', 'service.js'],
  shell: false,
  env: ['GREETING'],
  port,
  ready: null,
  readyTimeoutMs: 20_000,
  ...more,
});

/** On the base a red test would be excused: what counts is that it is green. */
const GREETED = { status: 'pass', tests: { total: 1, passed: 1, failed: 0, canary: 'red' } };

async function passWith(services: ServiceConfig[], chosen = wall, command = NODE_TESTS.command) {
  const gates = [{ ...NODE_TESTS, command, services }];
  rig = await openGatesRig(
    { service: FILES },
    { service: [{ path: '.', setup: null, gates }] },
    { GREETING: 'hello' },
  );
  return (await rig.run(rig.git.base, { wall: chosen })).of('tests');
}

describe('services of a gate', () => {
  it('are there for its tests, and their network is nobody else’s', async () => {
    expect(await passWith([service()])).toMatchObject(GREETED);
  });

  it('are there without a wall too, and are gone afterwards', async () => {
    expect(await passWith([service()], NO_WALL, ['npm', 'test'])).toMatchObject(GREETED);
    const socket = (await import('node:net')).connect(port, '127.0.0.1');
    await expect(new Promise((resolve) => socket.once('error', resolve))).resolves.toMatchObject({
      code: 'ECONNREFUSED',
    });
  });

  it('are not ended by being asked whether they listen, also those that greet first and bear no error', async () => {
    // Nobody but whoever asked whether it listens gets the long greeting.
    const long = `let asked = 0; require('net').createServer((c) => c.end(asked++ === 0 ? Buffer.alloc(4e6) : 'hello')).listen(${port}, '127.0.0.1');`;
    expect(await passWith([service({ command: ['node', '-e', long] })])).toMatchObject(GREETED);
  });

  it('start one after the other, each when the one before is ready', async () => {
    const marked = `require('fs').writeFileSync('first', ''); setInterval(() => {}, 1000)`;
    const first = service({
      name: 'first',
      command: ['node', '-e', marked],
      port: null,
      ready: ['test', '-f', 'first'],
    });
    const second = service({ command: ['sh', '-c', 'test -f first && exec node service.js'] });
    expect(await passWith([first, second])).toMatchObject(GREETED);
  });

  it('that do not come up are an error with their last words, not red tests', async () => {
    const broken = service({ command: ['sh', '-c', 'echo no configuration; exit 3'] });
    const result = await passWith([broken]);
    expect(result).toMatchObject({ status: 'error', tests: null });
    expect(result.findings[0]?.problem).toContain(
      'The service greeter is not ready: it ended with exit code 3',
    );
    expect(result.findings[0]?.problem).toContain('no configuration');
  });

  it('that are slower than they may be are named', async () => {
    const slow = service({ command: ['sleep', '100'], readyTimeoutMs: 1_000 });
    expect((await passWith([slow])).findings[0]?.problem).toContain('nothing after 1 s');
  });

  it('have to be there', async () => {
    const result = await passWith([service({ command: ['no-such-server'] })]);
    expect(result.findings[0]?.problem).toContain('its service greeter: `no-such-server` is not there');
  });
});
