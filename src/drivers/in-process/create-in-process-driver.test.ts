import { homedir } from 'node:os';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { FakeReply } from '../../testing/fake-model/fake-model.ts';
import { NO_WALL, openWall } from '../../workspace/wall/open-wall.ts';
import { describeDriver } from '../driver.contract.ts';
import type { Behaviour } from '../testing/contract-subject.ts';
import type { DriverOutcome, WorkOrder } from '../driver.ts';
import { makeWorkOrder, runOrder, type TemporaryOrder } from '../testing/work-order.ts';
import { createInProcessDriver, type InProcessOptions } from './create-in-process-driver.ts';
import { SAID, SCRIPTS, type Script } from './testing/contract-scripts.ts';
import { call, DONE, openPlayedModel, submit, toolResults } from './testing/played-model.ts';

const environment = { PATH: process.env['PATH'] ?? '', HOME: homedir(), ANTHROPIC_API_KEY: 'sk-of-the-user' };
const { wall } = await openWall({ mode: 'auto', path: environment.PATH });
const walls = wall.kind === 'off' ? [NO_WALL] : [wall, NO_WALL];
const played = await openPlayedModel();
afterAll(() => played[Symbol.asyncDispose]());

const create = (options: Partial<InProcessOptions> = {}) =>
  createInProcessDriver({ env: [], environment, ...options });

const access = () => ({ modelAccess: played.access, model: 'anthropic/model-1' });

for (const used of walls) {
  describeDriver({
    name: `in-process, wall ${used.kind}`,
    wall: used,
    order: access(),
    boundReaders: true,
    asksEngine: true,
    goesOn: true,
    behaviours: Object.keys(SCRIPTS) as Behaviour[],
    create: (behaviour, argument, given) => {
      played.play(SCRIPTS[behaviour]?.(argument) ?? [SAID]);
      return create(given);
    },
  });
}

interface Played {
  outcome: DriverOutcome;
  work: TemporaryOrder;
}

async function run(
  script: Script,
  changes: Partial<WorkOrder> = {},
  options: Partial<InProcessOptions> = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<Played> {
  played.play(script);
  played.model.calls.length = 0;
  using work = makeWorkOrder(wall, { ...access(), ...changes });
  return { outcome: await runOrder(create(options), work, signal), work };
}

describe('the in-process driver', () => {
  it('nudges once a model that stops without handing in, and takes what it hands in then', async () => {
    const { outcome } = await run([SAID, submit()]);
    expect(outcome.kind).toBe('submitted');
    expect(played.model.calls).toHaveLength(2);
    expect(JSON.stringify(played.model.calls[1]!.turns.at(-1))).toContain('nothing was handed in');
    const silent = await run([SAID]);
    expect(silent.outcome).toMatchObject({ kind: 'failed', reason: 'no_result' });
    expect(played.model.calls).toHaveLength(2);
    expect(Buffer.from(silent.outcome.raw).toString()).toContain('I am done.');
  });

  it('R87: does nothing more once a result was accepted, also of what was asked in the same breath', async () => {
    const late = { name: 'write', args: { path: 'app/late.txt', text: 'x' } };
    const both: FakeReply = {
      kind: 'answer',
      toolCalls: [{ name: 'submit_result', args: DONE }, late],
    };
    played.play([both]);
    using work = makeWorkOrder(wall, access());
    const outcome = await create().run(work.order, work.note, new AbortController().signal);
    expect(outcome.kind).toBe('submitted');
    expect(() => readFileSync(join(work.repo, 'late.txt'))).toThrow('ENOENT');
  });

  it('says of calls that did nothing that they were rejected, and why', async () => {
    const checkResult = (result: unknown) =>
      Promise.resolve(
        (result as { summary: string }).summary === DONE.summary ? [] : ['It says too little.'],
      );
    played.play([
      call('edit', { path: 'app/seed.txt', old: 'never there', new: 'x' }),
      call('read', { path: '../outside' }),
      call('no_such_tool', { path: 'app' }),
      call('edit', { path: 'app/seed.txt', new: { a: 1 } }),
      submit({ ...DONE, summary: 'x' }),
      submit(),
    ]);
    using work = makeWorkOrder(wall, { ...access(), checkResult });
    const outcome = await create().run(work.order, work.note, new AbortController().signal);
    expect(outcome.kind).toBe('submitted');
    const told = work.notes.filter(({ kind }) => kind === 'tool').map(({ text }) => text);
    expect(told).toContainEqual(
      expect.stringMatching(/^edit app\/seed\.txt \(rejected: "old" does not stand in/),
    );
    expect(told).toContainEqual(expect.stringMatching(/^read \.\.\/outside \(rejected: .*outside/));
    expect(told).toContainEqual(expect.stringMatching(/^no_such_tool app \(rejected: Model tried/));
    expect(told).toContain(
      'edit app/seed.txt (rejected: old: Invalid input: expected string, received undefined; new: Invalid input: expected string, received object)',
    );
    expect(told.join()).not.toMatch(/AI_|Value:/);
    expect(told).toContain('submit_result (rejected: It says too little.)');
    expect(told.filter((text) => text.includes('rejected'))).toHaveLength(5);
  });

  it('says what was wrong where no result was ever right', async () => {
    const checkResult = () => Promise.resolve(['It names a file that is not there.']);
    const { outcome } = await run([submit()], { checkResult });
    expect(outcome).toMatchObject({
      reason: 'invalid_output',
      detail: expect.stringContaining('a file that is not there'),
    });
    expect(played.model.calls).toHaveLength(20);
  });

  it('R90: runs so many tools of one answer, and says so of those beyond', async () => {
    const append = { name: 'execute', args: { command: 'true' } };
    const many = Array.from({ length: 203 }, () => ({ name: 'read', args: { path: 'app/seed.txt' } }));
    const { outcome } = await run([
      { kind: 'answer', toolCalls: many },
      { kind: 'answer', toolCalls: [append] },
      submit(),
    ]);
    const results = toolResults(played.model.calls[2]!);
    expect(results.slice(0, 203).filter((text) => text === 'seed')).toHaveLength(200);
    expect(results.slice(200, 203).join()).toMatch(/(One answer may call 200 tools.*){3}/s);
    expect(results[203]).toBe('[exit code 0]');
    expect(outcome.kind).toBe('submitted');
  });

  it('ends after so many steps', async () => {
    const { outcome } = await run([call('read', { path: '.' })], {}, { maxSteps: 3 });
    expect(outcome).toMatchObject({ reason: 'no_result', detail: expect.stringContaining('too many steps') });
    expect(played.model.calls).toHaveLength(3);
  });

  it('PROC-2: ends a model that talks on and on', async () => {
    const endless: FakeReply = { kind: 'answer', text: 'blah '.repeat(4_000), paceMs: 20 };
    const { outcome } = await run([endless], { idleTimeoutMs: 3_000, totalTimeoutMs: 6_000 });
    expect(outcome).toMatchObject({ reason: 'total_timeout' });
    const much = await run([{ ...endless, paceMs: 0 }], { maxOutputBytes: 5_000 });
    expect(much.outcome).toMatchObject({ reason: 'output_limit' });
  });

  it('is not idle while a command runs, and cancels that command at once', async () => {
    const slow = call('execute', { command: 'sleep 4; echo awake' });
    const { outcome } = await run([slow, submit()], { idleTimeoutMs: 3_000 });
    expect(outcome.kind).toBe('submitted');
    expect(toolResults(played.model.calls[1]!)).toEqual(['awake\n[exit code 0]']);
    const controller = new AbortController();
    played.play([call('execute', { command: 'touch app/begun; sleep 240' })]);
    using work = makeWorkOrder(wall, access());
    const start = performance.now();
    const running = create().run(
      work.order,
      () => void setTimeout(() => controller.abort(), 300), // the command is under way by then
      controller.signal,
    );
    expect(await running).toMatchObject({ reason: 'cancelled' });
    expect(performance.now() - start).toBeLessThan(60_000);
  });

  it('SEC-1: takes what was let through by name out of what it says, does, hands in and fails with', async () => {
    const options = { env: ['THE_KEY'], environment: { ...environment, THE_KEY: 'sk-very-secret' } };
    const look = call('execute', { command: 'echo $THE_KEY # sk-very-secret' }, 'It is sk-very-secret.');
    const worked = await run([look, submit({ status: 'complete', summary: 'sk-very-secret' })], {}, options);
    expect(toolResults(played.model.calls[1]!)).toEqual(['sk-very-secret\n[exit code 0]']);
    expect(worked.outcome).toMatchObject({ result: { summary: '[THE_KEY]' } });
    const refuse = () => Promise.resolve(['sk-very-secret is no summary']);
    const failed = await run([look, submit()], { checkResult: refuse }, options);
    expect(failed.outcome).toMatchObject({ detail: expect.stringContaining('[THE_KEY] is no summary') });
    for (const { outcome, work } of [worked, failed])
      expect(JSON.stringify([outcome, Buffer.from(outcome.raw).toString(), work.notes])).not.toContain(
        'very-secret',
      );
    expect(worked.work.notes[0]).toEqual({ kind: 'text', text: 'It is [THE_KEY].' });
  });

  it('asks again where a stream breaks, and runs no tool twice for that', async () => {
    const append = call('execute', { command: 'echo x >> app/seed.txt; cat app/seed.txt' });
    const { outcome } = await run([{ kind: 'cut', answer: append, afterParts: 4 }, append, submit()]);
    expect(outcome.kind).toBe('submitted');
    expect(toolResults(played.model.calls.at(-1)!)).toEqual(['seed\nx\n[exit code 0]']);
  });

  it('says what its provider says, and why it has no model', async () => {
    const refused = await run([{ kind: 'error', status: 401, message: 'this key is not known' }]);
    expect(refused.outcome).toMatchObject({
      reason: 'crashed',
      detail: 'Its model could not be called (status 401): this key is not known',
    });
    const none = await run([submit()], { model: null });
    expect(none.outcome).toMatchObject({
      reason: 'not_started',
      detail: expect.stringContaining('--model PROVIDER/NAME'),
    });
    const strange = await run([submit()], { model: 'nobody/x' });
    expect(strange.outcome).toMatchObject({
      reason: 'not_started',
      detail: expect.stringContaining('one of these providers: anthropic'),
    });
  });

  it.each([
    [404, 'model "m" not found'],
    [404, 'The model `m` does not exist or you do not have access to it.'],
    [404, 'models/m is not found for API version v1beta'],
    [404, 'model: m'],
    [400, 'Unknown model m'],
  ])(
    'says that another attempt is of no use where its model is not known: %s %s',
    async (status, message) => {
      const { outcome } = await run([{ kind: 'error', status, message }]);
      expect(outcome).toMatchObject({
        reason: 'not_started',
        hopeless: true,
        detail: expect.stringMatching(
          /does not know the model anthropic\/model-1 \(status \d+\): .*A run keeps the model/,
        ),
      });
      expect(played.model.calls).toHaveLength(1);
    },
  );

  it.each([
    [404, 'no such page'],
    [400, 'the image was not found'],
    [500, 'model "m" not found'],
  ])('leaves other refusals to another attempt: %s %s', async (status, message) => {
    const { outcome } = await run([{ kind: 'error', status, message }]);
    expect(outcome).toMatchObject({ reason: 'crashed' });
    expect(outcome).not.toHaveProperty('hopeless');
  });

  it('ends as soon as its access lets no call through any more', async () => {
    const stopping = new AbortController();
    const modelAccess = {
      ...played.access,
      stopped: stopping.signal,
      stop: () => ({ kind: 'budget' as const, detail: 'Its part of the budget is spent.' }),
    };
    played.play(() => {
      setTimeout(() => stopping.abort(), 50);
      return { kind: 'hang' };
    });
    using work = makeWorkOrder(wall, { ...access(), modelAccess });
    const outcome = await create().run(work.order, work.note, new AbortController().signal);
    expect(outcome).toMatchObject({ kind: 'failed', detail: 'Its part of the budget is spent.' });
  });
});
