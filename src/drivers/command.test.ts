import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openWall, NO_WALL } from '../workspace/wall/open-wall.ts';
import type { Wall } from '../workspace/wall.ts';
import { createCommandDriver } from './command.ts';
import type { CommandOptions } from './command.ts';
import { describeDriver } from './driver.contract.ts';
import { BEHAVIOURS } from './testing/contract-subject.ts';
import type { WorkOrder } from './driver.ts';
import { makeWorkOrder, runOrder } from './testing/work-order.ts';

const AGENT = join(import.meta.dirname, 'testing', 'agent.mjs');
const environment = { PATH: process.env['PATH'] ?? '', HOME: homedir() };
const { wall } = await openWall({ mode: 'auto', path: process.env['PATH'] ?? '' });
const isWalled = wall.kind !== 'off';
const why = isWalled ? '' : ' (skipped: bubblewrap does not work here)';

function createAgent(args: string[], options: Partial<CommandOptions> = {}) {
  const command = [process.execPath, AGENT, ...args];
  return createCommandDriver({ command, env: [], environment, graceMs: 300, ...options });
}

/** What the modes of the test agent hand in. */
interface AgentResult {
  env: Record<string, string>;
  argv: string[];
  home: string[];
  order: { prompt: string };
  found: string;
}

async function play(
  args: string[],
  order: Partial<WorkOrder> & { wall: Wall },
  options: Partial<CommandOptions> = {},
) {
  using work = makeWorkOrder(order.wall, order);
  const outcome = await createAgent(args, options).run(work.order, work.note, new AbortController().signal);
  if (outcome.kind === 'failed') throw new Error(`${outcome.reason}: ${outcome.detail}`);
  return outcome.result as AgentResult;
}

for (const used of isWalled ? [wall, NO_WALL] : [NO_WALL]) {
  describeDriver({
    name: `command, wall ${used.kind}`,
    wall: used,
    // A program has one last line and no second chance.
    behaviours: BEHAVIOURS.filter((each) => !['forgets', 'repaired', 'refuses'].includes(each)),
    create: (behaviour, argument, given) =>
      createAgent(
        [/^(reader_writes|writes_outside)$/.test(behaviour) ? 'write' : behaviour, argument],
        given,
      ),
  });
}

const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'baton-command-')));
afterAll(() => {
  rmSync(scratch, { recursive: true });
});

describe('command driver', () => {
  it('OUT-5: finds a long result behind a long output, and names the limit of a result that is too long', async () => {
    const print = async (noise: number, text: number) => {
      const script = `process.stdout.write('n'.repeat(${noise}) + '\\n' + JSON.stringify({ text: 'x'.repeat(${text}) }) + '\\n')`;
      using work = makeWorkOrder(wall);
      const driver = createCommandDriver({ command: [process.execPath, '-e', script], env: [], environment });
      return await driver.run(work.order, work.note, new AbortController().signal);
    };
    const MIB = 1024 * 1024;
    const found = await print(5 * MIB, 3 * MIB);
    expect(found.kind).toBe('submitted');
    expect((found as { result: { text: string } }).result.text.length).toBe(3 * MIB);
    for (const noise of [0, 5 * MIB]) {
      expect(await print(noise, 4 * MIB)).toMatchObject({
        reason: 'invalid_output',
        detail: expect.stringContaining('more than 4194304 bytes') as string,
      });
    }
  });

  it('gives the agent protocol 1 on stdin and the workspace as its folder', async () => {
    using work = makeWorkOrder(wall);
    const outcome = await createAgent(['order']).run(work.order, work.note, new AbortController().signal);
    const { order, cwd } = (outcome as { result: { order: object; cwd: string } }).result;
    const { runId, invocationId, agent, role, attempt, round, access, request, instructions } = work.order;
    expect(order).toEqual({
      protocol: 1,
      run_id: runId,
      invocation_id: invocationId,
      agent,
      role,
      attempt,
      round,
      access,
      request,
      instructions,
      readings: [{ kind: 'skill', name: 'edits', repo: null, hash: 'ab' }],
      prompt: work.order.prompt,
      workspace: { repos: work.order.workspace.repos },
      context: work.order.context,
      findings: [],
      result_schema: { type: 'object' },
    });
    expect(cwd).toBe(work.order.workspace.dir);
  });

  for (const used of isWalled ? [wall, NO_WALL] : [NO_WALL]) {
    it(`SEC-4: shows the agent nothing of the caller's environment but what was named (wall ${used.kind})`, async () => {
      const names = ['KEY', 'NODE_OPTIONS', 'LD_PRELOAD', 'GIT_SSH_COMMAND', 'GH_TOKEN', 'HOME', 'ABSENT'];
      const given = {
        ...environment,
        KEY: 'k',
        OTHER: 'canary',
        NODE_OPTIONS: '--x',
        LD_PRELOAD: '/x',
        GIT_SSH_COMMAND: 'x',
        GH_TOKEN: 'forge',
      };
      const order = { wall: used, invocationId: 'run-9/build/x' };
      const { env, home } = await play(['environment'], order, { env: names, environment: given });
      const own = ['BATON_INVOCATION', 'HOME', 'KEY', 'LANG', 'PATH', 'TERM', 'TMPDIR'];
      // The wall says where it works.
      expect(
        Object.keys(env)
          .filter((name) => name !== 'PWD')
          .toSorted(),
      ).toEqual(own);
      expect(env).toMatchObject({ KEY: 'k', BATON_INVOCATION: 'run-9/build/x', TERM: 'dumb' });
      expect(env['HOME']).not.toBe(homedir());
      expect(home).toEqual([]);
      const refused = await createAgent([], { env: names }).preflight();
      expect(refused).toHaveLength(5);
      expect(refused.join('\n')).toContain('GH_TOKEN is never passed on to agents, since it is a token');
    });
  }

  it('SEC-1: takes what was let through by name out of results, raw output, notes and failures', async () => {
    const told = `const key = process.env.THE_KEY; console.error('the key is', key);`;
    const run = async (then: string) => {
      using work = makeWorkOrder(wall);
      const command = [process.execPath, '-e', `${told} ${then}`];
      const given = { ...environment, THE_KEY: 'sk-very-secret' };
      const driver = createCommandDriver({ command, env: ['THE_KEY'], environment: given });
      const outcome = await runOrder(driver, work);
      return JSON.stringify([outcome, Buffer.from(outcome.raw).toString(), work.notes]);
    };
    const worked = await run(`console.log(JSON.stringify({ status: 'complete', summary: 'with ' + key }));`);
    expect(worked).toContain('with [THE_KEY]');
    const failed = await run('process.exit(3);');
    expect(failed).toContain('ended with exit code 3');
    for (const said of [worked, failed]) {
      expect(said).toContain('the key is [THE_KEY]');
      expect(said).not.toContain('very-secret');
    }
  });

  it('PROC-12: prompts never go by argv, and very long ones arrive whole', async () => {
    const prompt = 'ä'.repeat(400_000);
    expect((await play(['order'], { wall, prompt })).order.prompt).toBe(prompt);
    expect(JSON.stringify((await play(['environment'], { wall, prompt })).argv)).not.toContain('ää');
  });

  it('PROC-12: says before the run what cannot be started', async () => {
    writeFileSync(join(scratch, 'plain'), 'hello');
    const problemsOf = (command: string[]) =>
      createCommandDriver({ command, callerDir: scratch, env: [], environment }).preflight();
    expect(await problemsOf(['no-such-program-here'])).toEqual([
      'There is no program no-such-program-here in any folder of PATH.',
    ]);
    expect(await problemsOf(['./plain'])).toEqual([
      `${join(scratch, 'plain')} is not executable; \`chmod +x\` makes it so.`,
    ]);
    expect(await problemsOf(['sh', 'absent.mjs'])).toEqual([
      'The agent command names absent.mjs, and there is no such file.',
    ]);
    expect(await problemsOf([])).toEqual(['The agent command is empty.']);
    expect(await problemsOf(['sh', '-c', 'true'])).toEqual([]);
  });

  it('PROC-12: an agent that cannot be started is not_started, with a sentence', async () => {
    using work = makeWorkOrder(wall);
    const driver = createCommandDriver({ command: ['no-such-program-here'], env: [], environment });
    const outcome = await driver.run(work.order, work.note, new AbortController().signal);
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'not_started' });
    expect((outcome as { detail: string }).detail).toContain('There is no program no-such-program-here');
  });

  it('PROC-9: a port that an agent held is free for the next attempt', async () => {
    const port = await freePort();
    for (const used of [wall, NO_WALL, wall]) {
      expect(await play(['port', String(port)], { wall: used })).toMatchObject({ status: 'complete' });
    }
  });
});

describe('command driver behind the wall', () => {
  it.skipIf(!isWalled)(
    `PRIV-1: an agent with read access gets EROFS, and the files stay as they are${why}`,
    async () => {
      using work = makeWorkOrder(wall, { access: 'read', role: 'reviewer' });
      const agent = createAgent(['write', '/baton-outside.txt']);
      const outcome = await agent.run(work.order, work.note, new AbortController().signal);
      expect(outcome).toMatchObject({ result: { problems: ['EROFS', 'EROFS', 'EROFS'] } });
      expect(() => readFileSync(join(work.repo, 'written.txt'))).toThrow(/ENOENT/);
    },
  );

  it.skipIf(!isWalled)(`PRIV-1: an agent with write access writes in its workspace only${why}`, async () => {
    using work = makeWorkOrder(wall, { prompt: join(homedir(), 'x') });
    const agent = createAgent(['write']);
    const outcome = await agent.run(work.order, work.note, new AbortController().signal);
    expect(outcome).toMatchObject({ result: { problems: ['EROFS', 'ENOENT'] } });
    expect(readFileSync(join(work.repo, 'written.txt'), 'utf8')).toBe('x');
  });

  it.skipIf(!isWalled)(
    `PRIV-11: state, keys, other workspaces and the engine's environment cannot be read${why}`,
    async () => {
      const state = join(scratch, '.baton');
      mkdirSync(state, { recursive: true });
      writeFileSync(join(state, 'journal'), 'canary');
      using other = makeWorkOrder(wall);
      const places = [
        join(state, 'journal'),
        join(other.repo, 'seed.txt'),
        join(homedir(), '.ssh', 'id_rsa'),
        `/proc/${process.pid}/environ`,
        '/etc/shadow',
        '/run/docker.sock',
      ];
      for (const place of places) {
        const { found } = await play(['read'], { wall, prompt: place });
        expect(found, place).toBe('ENOENT');
      }
    },
  );

  it.skipIf(!isWalled)(
    `PRIV-11: a script beside secrets is readable, the secrets are not${why}`,
    async () => {
      const project = join(scratch, 'project');
      mkdirSync(join(project, '.baton'), { recursive: true });
      writeFileSync(join(project, '.env'), 'canary');
      writeFileSync(join(project, 'agent.mjs'), readFileSync(AGENT));
      const read = async (place: string) => {
        const command = [process.execPath, 'agent.mjs', 'read'];
        return (await play([], { wall, prompt: place }, { command, callerDir: project })).found;
      };
      expect(await read(join(project, '.env'))).toBe('ENOENT');
      expect(await read(join(project, 'agent.mjs'))).toContain('An agent for tests');
    },
  );
});

describe('the network of an agent', () => {
  it.skipIf(!isWalled)(`INJ-5, PRIV-12: is not there unless the run says so${why}`, async () => {
    const server = createServer((socket) => socket.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const reach = async (network: boolean) => (await play(['reach', String(port)], { wall, network })).found;
    expect(await reach(false)).toBe('ECONNREFUSED');
    expect(await reach(true)).toBe('reached');
    await new Promise((resolve) => server.close(resolve));
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
