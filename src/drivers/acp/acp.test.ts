import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { profileSchema, type Profile } from '../../definitions/profile-schema.ts';
import { NO_WALL, openWall } from '../../workspace/wall/open-wall.ts';
import type { DriverNote, DriverOutcome, WorkOrder } from '../driver.ts';
import { describeDriver } from '../driver.contract.ts';
import { makeWorkOrder, runOrder } from '../testing/work-order.ts';
import { createAcpDriver } from './create-acp-driver.ts';
import type { AcpOptions } from './invocation.ts';

const AGENT = fileURLToPath(new URL('../../testing/agents/acp-agent.mjs', import.meta.url));
const environment = { PATH: process.env['PATH'] ?? '', HOME: homedir() };
const { wall } = await openWall({ mode: 'auto', path: process.env['PATH'] ?? '' });
const isWalled = wall.kind !== 'off';
const why = isWalled ? '' : ' (skipped: bubblewrap does not work here)';
const schema = {
  type: 'object',
  properties: { status: { type: 'string' }, summary: { type: 'string' } },
  required: ['status', 'summary'],
};

function fakeProfile(args: string[], changes: Partial<Profile> = {}): Profile {
  const parsed = profileSchema.parse({
    name: 'fake',
    title: 'Fake agent',
    command: [process.execPath, AGENT, ...args],
  });
  return { ...parsed, ...changes };
}

function createAgent(args: string[], options: Partial<AcpOptions> & { changes?: Partial<Profile> } = {}) {
  const profile = fakeProfile(args, options.changes);
  return createAcpDriver({ profile, auth: 'key', env: [], environment, graceMs: 300, ...options });
}

interface Played {
  outcome: DriverOutcome;
  /** The result's fields; empty where there is none. */
  result: Record<string, unknown>;
  notes: DriverNote[];
  file(name: string): string | null;
}

async function play(
  args: string[],
  order: Partial<WorkOrder> = {},
  options: Parameters<typeof createAgent>[1] = {},
): Promise<Played> {
  using work = makeWorkOrder(order.wall ?? NO_WALL, { resultSchema: () => schema, ...order });
  const driver = createAgent(args, options);
  const outcome = await runOrder(driver, work);
  const files = new Map(
    ['made.txt', 'half.txt', 'x.txt'].map((name) => {
      const path = join(work.repo, name);
      return [name, existsSync(path) ? readFileSync(path, 'utf8') : null];
    }),
  );
  const result = outcome.kind === 'submitted' ? (outcome.result as Record<string, unknown>) : {};
  return { outcome, result, notes: work.notes, file: (name) => files.get(name) ?? null };
}

for (const used of isWalled ? [wall, NO_WALL] : [NO_WALL]) {
  describeDriver({
    name: `acp, wall ${used.kind}`,
    wall: used,
    behaviours: [
      'submit',
      'edit',
      'silent',
      'crash',
      'hang',
      'dots',
      'stubborn',
      'stopped',
      'children',
      'children_hang',
      'notes',
      'reader_writes',
      'writes_outside',
      'forgets',
      'repaired',
      'refuses',
      'lies',
      'cut_off',
      'cut_always',
      'secrets',
      'tree',
      'writer',
    ],
    asksEngine: true,
    goesOn: true,
    create: (behaviour, argument, given) =>
      createAgent(
        [behaviour === 'reader_writes' || behaviour === 'writes_outside' ? 'write' : behaviour, argument],
        given,
      ),
  });
}

const scratch = mkdtempSync(join(tmpdir(), 'baton-acp-'));
afterAll(() => {
  rmSync(scratch, { recursive: true });
});

describe('acp driver', () => {
  it('tells the agent instructions, prompt, context and how to hand in, and shows it the schema', async () => {
    const { result } = await play(['tells'], {}, { changes: { system_prompt: 'append' } });
    const told = result['told'] as Record<string, never>;
    expect(told['system']).toEqual({ mode: 'append', content: [{ type: 'text', text: 'You write code.' }] });
    expect(told['prompts']).toHaveLength(1);
    expect(told['prompts']?.[0]).toMatch(/^Write it\.\n.*- app: \/.*The plan\..*submit_result/s);
    expect(told['prompts']?.[0]).not.toContain('You write code.');
    expect(told['tools']).toMatchObject([{ name: 'submit_result', inputSchema: schema }]);
    const plain = (await play(['tells'])).result['told'] as Record<string, never>;
    expect(plain['system']).toBeNull();
    expect(plain['prompts']?.[0]).toMatch(/^You write code\.\n\nWrite it\./);
  });

  it('hands the tool on as a program where the agent speaks to no server over HTTP', async () => {
    for (const used of isWalled ? [wall, NO_WALL] : [NO_WALL]) {
      const { outcome } = await play(['submit', 'stdio'], { wall: used });
      expect(outcome).toMatchObject({ kind: 'submitted', result: { summary: 'did coder' } });
    }
  });

  it('OUT-10: takes no harm from news of unknown kinds, in the wrong order, twice, or that is none', async () => {
    using terminal = vi.spyOn(console, 'error');
    const { outcome, notes } = await play(['noise']);
    expect(terminal.mock.calls).toEqual([]);
    expect(outcome).toMatchObject({ kind: 'submitted', result: { summary: 'did coder' } });
    const tools = notes.filter(({ kind }) => kind === 'tool').map(({ text }) => text);
    expect(tools).toEqual(['early', 'mcp__baton__submit_result']);
    const silent = await play(['noise', 'silent']);
    expect(silent.outcome).toMatchObject({ kind: 'failed', reason: 'no_result' });
  });

  it('reports an error of the agent as one, and does not take it for the end of its process', async () => {
    const { outcome } = await play(['throws']);
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'crashed' });
    expect((outcome as { detail: string }).detail).toContain('It answered with an error: quota is gone');
  });

  it('sets mode, metadata, model and reasoning as profile and order say, and says what is not offered', async () => {
    const access = {
      read: { mode: 'look', env: { WAY: 'r' }, meta: { fake: { tools: ['Read'] } } },
      write: { mode: null, env: {}, meta: {} },
    };
    const changes = { access, env: { ROOT: '{home}/x', OTHER: '{env:KEEP}' } };
    const order = { access: 'read', role: 'reviewer', model: 'large', reasoning: 'high' } as const;
    const { result, notes: said } = await play(['tells'], order, { changes });
    const told = result['told'] as {
      mode: string;
      meta: object;
      config: object;
      env: Record<string, string>;
    };
    expect(said.map(({ text }) => text).join('')).not.toContain('now in look');
    expect(told).toMatchObject({ mode: 'look', meta: { fake: { tools: ['Read'] } } });
    expect(told.config).toEqual({ model: 'vendor/large-1', effort: 'high' });
    expect(told.env).toMatchObject({ WAY: 'r', ROOT: `${told.env['HOME']}/x`, OTHER: '{env:KEEP}' });
    expect(told.env['HOME']).not.toBe(homedir());
    const { notes } = await play(['submit'], { model: 'huge' });
    expect(notes.map(({ text }) => text)).toContain('(it offers no model "huge": its own choice holds)');
  });

  it('SEC-4: shows the agent nothing of the caller’s environment but its key and what was named', async () => {
    const given = { ...environment, THE_KEY: 'secret-key-1', OTHER: 'o', NODE_OPTIONS: '--x', EXTRA: 'e' };
    const auth = { key: { env: ['THE_KEY'], method: 'api-key' }, login: null };
    const { result } = await play(['tells'], {}, { environment: given, env: ['EXTRA'], changes: { auth } });
    const told = result['told'] as { env: Record<string, string>; config: { method: string } };
    expect(told.env).toMatchObject({ THE_KEY: '[THE_KEY]', EXTRA: 'e' });
    expect(Object.keys(told.env)).not.toContain('OTHER');
    expect(Object.keys(told.env)).not.toContain('NODE_OPTIONS');
    expect(told.config.method).toBe('api-key');
  });

  it('places the named credential files of a login in the private home, and nothing else', async () => {
    const home = join(scratch, 'home');
    mkdirSync(join(home, '.fake'), { recursive: true });
    writeFileSync(join(home, '.fake/credentials.json'), 'mine');
    writeFileSync(join(home, '.fake/history.json'), 'private');
    const login = { files: ['.fake/credentials.json', '.fake/absent.json'], method: null };
    const auth = { key: { env: ['THE_KEY'], method: null }, login };
    const options = {
      auth: 'login',
      changes: { auth },
      environment: { ...environment, HOME: home, THE_KEY: 'k' },
    } as const;
    const told = (await play(['tells'], {}, options)).result['told'] as { files: string; env: object };
    expect(told.files).toBe('mine');
    expect(Object.keys(told.env)).not.toContain('THE_KEY');
    expect(await createAgent([], { auth: 'login', changes: { auth } }).preflight()).toEqual([
      expect.stringContaining('log in with Fake agent first'),
    ]);
  });

  it('hands base URL and token of a model access to the agent in place of a key, and takes its measurements', async () => {
    const changes = {
      model_access: {
        wire: 'openai_chat',
        env: { FAKE_URL: '{base_url}/v1', FAKE_KEY: '{token}' },
        method: 'gate',
      },
      auth: { key: { env: ['THE_KEY'], method: 'api-key' }, login: null },
    };
    const usage = { input_tokens: 11, output_tokens: 22, cost_usd: 0.5 };
    const modelAccess: WorkOrder['modelAccess'] = {
      token: 'model-token-1',
      providers: [
        { name: 'a', wires: ['gemini'], usable: true, keyEnv: null, contextTokens: null },
        { name: 'b', wires: ['openai_chat'], usable: true, keyEnv: null, contextTokens: null },
      ],
      baseUrl: (provider) => `http://127.0.0.1:47111/${provider}`,
      usage: () => usage,
      stopped: new AbortController().signal,
      stop: () => null,
      varies: () => undefined,
      idle: () => Promise.resolve(),
    };
    const given = { ...environment, THE_KEY: 'secret-key-1' };
    const { outcome, result } = await play(['tells'], { modelAccess }, { changes, environment: given });
    const told = result['told'] as { env: Record<string, string>; config: { method: string } };
    expect(told.env).toMatchObject({ FAKE_URL: 'http://127.0.0.1:47111/b/v1', FAKE_KEY: '[model token]' });
    expect(Object.keys(told.env)).not.toContain('THE_KEY');
    expect([told.config.method, outcome.usage]).toEqual(['gate', usage]);
    expect(createAgent(['submit'], { changes }).callsModels).toBe(true);
    expect(createAgent(['submit'], { changes, auth: 'login' }).callsModels).toBe(false);
    expect(createAgent(['submit']).callsModels).toBe(false);
    expect(createAgent(['submit'], { changes }).opensNetwork).toBe(false);
    expect(createAgent(['submit'], { changes, auth: 'login' }).opensNetwork).toBe(true);
    const { outcome: unreached } = await play(
      ['tells'],
      { modelAccess: { ...modelAccess, providers: [] } },
      { changes, environment: given },
    );
    expect(unreached).toMatchObject({
      reason: 'not_started',
      detail: expect.stringContaining('openai_chat') as string,
    });
  });

  it('SEC-1: takes secrets out of what it says, hands in and writes on stderr, also where they come in pieces', async () => {
    const given = { ...environment, THE_KEY: 'sk-very-secret' };
    const options = { environment: given, env: ['THE_KEY'] };
    const { outcome, result, notes } = await play(['secret', 'THE_KEY'], {}, options);
    expect(result['summary']).toBe('key [THE_KEY], token Bearer [submit token]');
    expect(notes.map(({ text }) => text)).toEqual(
      expect.arrayContaining(['the key is [THE_KEY]', '[THE_KEY]']),
    );
    expect(JSON.stringify([outcome, Buffer.from(outcome.raw).toString(), notes])).not.toContain(
      'very-secret',
    );
  });

  it('answers questions by their kind and the role, and only ever for once', async () => {
    const write = (await play(['asks'])).result['asked'];
    const expected = [
      'read: once',
      'edit: once',
      'execute: once',
      'switch_mode: no',
      'undefined: once',
      'other: no',
    ];
    expect(write).toEqual(expected);
    const { result, notes } = await play(['asks'], { access: 'read', role: 'reviewer' });
    expect(result['asked']).toEqual([
      'read: once',
      'edit: no',
      'execute: no',
      'switch_mode: no',
      'undefined: once',
      'other: no',
    ]);
    expect(notes).toContainEqual({ kind: 'permission', text: 'refused: Edit src/a.ts' });
    const wide = await play(['asks'], { access: 'read', role: 'specialist' });
    expect(wide.result['asked']).toContain('edit: no');
  });

  it('offers none of its own files and terminals', async () => {
    const { result, file } = await play(['reaches']);
    expect(result['codes']).toEqual([-32601, -32601]);
    expect(file('x.txt')).toBeNull();
  });

  it('refuses a second result after the first, and keeps both as they came', async () => {
    const { outcome, result } = await play(['twice']);
    expect(result['summary']).toBe('did coder');
    expect(Buffer.from(outcome.raw).toString().trim().split('\n')).toHaveLength(1);
  });

  it('OUT-1: an agent that never mends its result has handed in none', async () => {
    const { outcome } = await play(['stuck']);
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'invalid_output' });
    expect((outcome as { detail: string }).detail).toContain('summary must be string');
  });

  it('takes what was accepted also from an agent that crashes afterwards', async () => {
    expect((await play(['late_crash'])).result['summary']).toBe('did coder');
  });

  it('asks the engine about a result, whose word comes back in the same turn', async () => {
    let asked = 0;
    const checkResult = (result: unknown) => {
      asked += 1;
      const { files } = (result as { claims: { files: string[] } }).claims;
      return Promise.resolve(files.includes('app/never.txt') ? ['never.txt is as it was before'] : []);
    };
    const { result } = await play(['lies'], { checkResult });
    expect(result['summary']).toContain('never.txt is as it was before');
    expect(asked).toBe(2);
  });

  it('reports a crash, and no failed start, where the agent has forgotten the conversation that was cut off', async () => {
    const { outcome } = await play(['cut_forgets']);
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'crashed' });
    expect(outcome.kind === 'failed' ? outcome.detail : '').toContain('SIGKILL in the middle');
  });

  it('does not go on in a session where its profile says that it cannot', async () => {
    const never = await play(['cut_off'], {}, { changes: { resume: false } });
    expect(never.outcome).toMatchObject({ kind: 'failed', reason: 'crashed' });
    expect(never.file('half.txt')).toBe('half\n');
  });

  it('tells the agent of a cancellation, so that it can end its turn', async () => {
    using work = makeWorkOrder(NO_WALL);
    const controller = new AbortController();
    const running = createAgent(['cancel']).run(work.order, () => controller.abort(), controller.signal);
    expect(await running).toMatchObject({ kind: 'failed', reason: 'cancelled' });
    expect(readFileSync(join(work.repo, 'cancelled.txt'), 'utf8')).toBe('heard\n');
  });

  it('reports tokens and cost as far as the profile vouches for them', async () => {
    const usageWith = async (changes: Partial<Profile>) =>
      (await play(['usage'], {}, { changes })).outcome.usage;
    expect(await usageWith({})).toEqual({ input_tokens: null, output_tokens: null, cost_usd: null });
    // It forgot to hand in, so there were two turns of 10 + 15 tokens.
    expect(await usageWith({ usage: 'turn', cost: 'reported' })).toEqual({
      input_tokens: 50,
      output_tokens: 10,
      cost_usd: 0.25,
    });
    expect(await usageWith({ usage: 'session' })).toMatchObject({ input_tokens: 25, output_tokens: 5 });
    expect(await usageWith({ usage: 'last_call' })).toMatchObject({ input_tokens: null });
  });

  it('says why no session was opened, and ends an agent that never answers', async () => {
    const { outcome } = await play(['no_start']);
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'not_started' });
    const mute = await play(['mute'], { idleTimeoutMs: 600 });
    expect(mute.outcome).toMatchObject({ kind: 'failed', reason: 'idle_timeout' });
  });

  it('PROC-12: says before the run what cannot be started, and which key is missing', async () => {
    const auth = { key: { env: ['NO_KEY'], method: null }, login: null };
    const driver = createAgent([], { changes: { command: ['no-such-agent'], install: 'npm i x', auth } });
    expect(await driver.preflight()).toEqual([
      'Profile fake: There is no program no-such-agent in any folder of PATH. `npm i x` installs it.',
      'Profile fake needs a key: set NO_KEY.',
    ]);
    expect(await createAgent(['submit']).preflight()).toEqual([]);
  });

  it('CFG-17: says before the run that no provider is there that it could call, where Baton holds the key', async () => {
    const auth = { key: { env: ['THE_KEY'], method: null }, login: null };
    const model_access = { wire: 'openai_chat' as const, env: {}, method: null };
    const driver = createAgent(['submit'], { changes: { auth, model_access } });
    const preflight = (usable: boolean, refusedAt?: string) => {
      const known = {
        name: 'openai',
        wires: ['openai_chat' as const],
        keyEnv: 'THE_KEY',
        contextTokens: null,
      };
      return driver.preflight({
        models: [],
        providers: [{ ...known, usable, ...(refusedAt === undefined ? {} : { refusedAt }) }],
      });
    };
    expect(await preflight(true)).toEqual([]);
    expect(await preflight(false)).toEqual([
      expect.stringMatching(/^Profile fake: No usable provider .*set THE_KEY, or name one under providers/),
    ]);
    expect(await preflight(true, '127.0.0.1:11434')).toEqual([
      expect.stringMatching(
        /^Profile fake: Its model cannot be reached: nobody listens at 127\.0\.0\.1:11434/,
      ),
    ]);
  });

  it('says of a result that was refused that it was rejected, and why', async () => {
    const { outcome, notes } = await play(['repaired']);
    expect(outcome.kind).toBe('submitted');
    const told = notes.filter(({ text }) => text.includes('rejected')).map(({ text }) => text);
    expect(told).toEqual([expect.stringMatching(/^submit_result \(rejected: .*summary/)]);
  });

  it.skipIf(!isWalled)(
    `PRIV-1: a reader behind the wall cannot write, whatever it was told${why}`,
    async () => {
      const { result } = await play(['write', join(scratch, 'x')], {
        access: 'read',
        role: 'reviewer',
        wall,
      });
      expect(result['problems']).toEqual(['EROFS', 'EROFS', expect.stringMatching(/ENOENT|EROFS/) as string]);
    },
  );
});
