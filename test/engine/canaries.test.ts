/** A hostile agent behind the wall that looks for what a person has at home: keys, tokens, sockets, and Baton's own process. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createCommandDriver } from '../../src/drivers/command.ts';
import { driveRig, sequenceGraph, type RigStep } from '../../src/testing/rig.ts';
import { openWall } from '../../src/workspace/wall/open-wall.ts';
import { configOf, eventsOf, gate } from './plays.ts';
import { openPrograms, startWalled } from './programs.ts';

const HAS_WALL = (await openWall({ mode: 'auto', path: process.env['PATH'] ?? '' })).wall.kind !== 'off';
const why = HAS_WALL ? '' : ' (skipped: bubblewrap does not work here)';
const BUILD: RigStep = { id: 'build/one', agent: 'writer', role: 'specialist', output: 'changes' };
const CANARY = `canary-${randomBytes(12).toString('hex')}`;
const home = mkdtempSync(join(tmpdir(), 'baton-canary-home-'));
const KEYS = [
  '.ssh/id_ed25519',
  '.aws/credentials',
  '.config/gh/hosts.yml',
  '.netrc',
  '.docker/config.json',
  '.gnupg/private-keys-v1.d/a.key',
].map((path) => join(home, path));
for (const path of KEYS) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, CANARY);
}
const SOCKET = join(home, 'docker.sock');
let connections = 0;
const daemon = createServer((socket) => {
  connections += 1;
  socket.end(CANARY);
}).listen(SOCKET);
afterAll(async () => {
  await new Promise((closed) => daemon.close(closed));
  rmSync(home, { recursive: true });
});

/** Reads, lists and connects by every way it knows; says of each how that ended. */
const HOSTILE = `
const { connect } = await import('node:net');
const { readdirSync, linkSync } = await import('node:fs');
const { dirname } = await import('node:path');
if (order.role === 'reviewer') pass();
else {
  const { keys, socket, home, engine } = JSON.parse(order.request);
  const tries = [];
  const attempt = (how, act) => { try { tries.push(how + ': ' + String(act()).slice(0, 2000)); } catch (error) { tries.push(how + ': ' + (error.code ?? 'failed')); } };
  const own = process.env.TMPDIR;
  for (const [at, key] of keys.entries()) {
    attempt('read', () => readFileSync(key));
    attempt('list', () => readdirSync(dirname(key)));
    attempt('sh', () => execFileSync('sh', ['-c', 'cat ' + key], { stdio: ['ignore', 'pipe', 'ignore'] }));
    attempt('link', () => { symlinkSync(key, own + '/link' + at); return readFileSync(own + '/link' + at); });
    attempt('hard link', () => { linkSync(key, own + '/hard' + at); return readFileSync(own + '/hard' + at); });
    attempt('root of the engine', () => readFileSync('/proc/' + engine + '/root' + key));
  }
  attempt('home', () => readdirSync(home));
  attempt('environment of the engine', () => readFileSync('/proc/' + engine + '/environ'));
  attempt('own environment', () => JSON.stringify(process.env));
  for (const path of [socket, '/var/run/docker.sock', '/run/docker.sock'])
    tries.push('connect: ' + await new Promise((told) => { const to = connect(path).once('error', (error) => told(error.code)); to.on('data', (said) => told('told ' + said)); }));
  writeFileSync(file('new.txt'), 'new\\n');
  done({ decisions: tries });
}`;

async function hunt(sandbox: 'auto' | 'off') {
  const rig = await openPrograms(HOSTILE);
  await using _ = rig;
  const environment = {
    ...process.env,
    HOME: home,
    SSH_AUTH_SOCK: SOCKET,
    DOCKER_HOST: `unix://${SOCKET}`,
    HUNTED_NAME: CANARY,
  };
  const driver = createCommandDriver({ command: [process.execPath, rig.program], env: [], environment });
  const engine = { ...rig.engine, openDriver: async () => driver };
  const { graph, agents } = sequenceGraph([BUILD], { submit: false });
  const looks = `for key in ${KEYS.join(' ')} ${SOCKET}; do if test -e $key; then echo $key; fi; done`;
  const config = configOf([{ ...gate(['sh', '-c', `test -z "$(${looks})"`]), name: 'looks' }]);
  const request = JSON.stringify({ keys: KEYS, socket: SOCKET, home, engine: process.pid });
  const run = { graph, agents, repos: [rig.api], config, request };
  const before = connections;
  const runId = await startWalled({ ...rig, engine }, run, sandbox);
  const { events } = await driveRig(engine, runId);
  const [ended] = eventsOf(events, 'invocation_ended');
  const outcome = ended?.outcome as { result?: { decisions?: string[] } } | undefined; // looked at below
  const looked = eventsOf(events, 'gates_ended').flatMap((each) =>
    each.outcome.kind === 'measured' ? each.outcome.results : [],
  );
  return {
    tries: outcome?.result?.decisions ?? [],
    connections: connections - before,
    gate: looked.find((each) => each.gate === 'looks')?.status,
    stored: readFileSync(join(rig.stateDir, 'journal.db')).includes(CANARY),
  };
}

it.skipIf(!HAS_WALL)(
  `PRIV-11: keys, tokens and sockets of a home are out of reach for agents and gates, however an agent looks for them${why}`,
  async () => {
    const { tries, ...rest } = await hunt('auto');
    expect(rest).toEqual({ connections: 0, gate: 'pass', stored: false });
    const ends = tries.map((line) => line.replace(/^own environment: .*/su, 'own environment'));
    expect(new Set(ends.map((line) => line.split(': ')[1] ?? line))).toEqual(
      new Set(['ENOENT', 'failed', 'own environment']),
    );
    expect(JSON.stringify(tries)).not.toContain(CANARY);
    expect(tries).toHaveLength(KEYS.length * 6 + 6);
  },
);

it('PRIV-11: the same agent finds all of it without a wall, but for what no environment is given', async () => {
  const { tries, connections: made, gate: looked } = await hunt('off');
  expect(made).toBe(1);
  expect(looked).not.toBe('pass');
  expect(tries.filter((line) => line.startsWith('read: ') && line.includes(CANARY))).toHaveLength(
    KEYS.length,
  );
  expect(tries.find((line) => line.startsWith('own environment'))).not.toContain(CANARY);
});
