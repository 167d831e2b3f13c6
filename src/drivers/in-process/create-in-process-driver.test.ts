import { homedir } from 'node:os';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { WireName } from '../../gateway/wire.ts';
import type { FakeReply, FakeScript } from '../../testing/fake-model/fake-model.ts';
import { NO_WALL, openWall } from '../../workspace/wall/open-wall.ts';
import { describeDriver, writerScript, type Behaviour } from '../driver.contract.ts';
import type { DriverOutcome, WorkOrder } from '../driver.ts';
import { makeWorkOrder, type TemporaryOrder } from '../testing/work-order.ts';
import { createInProcessDriver, type InProcessOptions } from './create-in-process-driver.ts';
import { call, DONE, openPlayedModel, submit, toolResults } from './testing/played-model.ts';

const environment = { PATH: process.env['PATH'] ?? '', HOME: homedir(), ANTHROPIC_API_KEY: 'sk-of-the-user' };
const { wall } = await openWall({ mode: 'auto', path: environment.PATH });
const walls = wall.kind === 'off' ? [NO_WALL] : [wall, NO_WALL];
const played = await openPlayedModel();
afterAll(() => played[Symbol.asyncDispose]());

const create = (options: Partial<InProcessOptions> = {}) =>
  createInProcessDriver({ env: [], environment, ...options });

const access = () => ({ modelAccess: played.access, model: 'anthropic/model-1' });

const PROVIDERS: [string, WireName][] = [
  ['anthropic', 'anthropic_messages'],
  ['openai', 'openai_responses'],
  ['openai', 'openai_chat'],
  ['google', 'gemini'],
  ['openai-compatible', 'openai_chat'],
];

type Script = FakeScript | [FakeReply, ...FakeReply[]];
const SAID: FakeReply = { kind: 'answer', text: 'I am done.' };
/** What a model can do; the rest of the contract is about programs that print. */
const SCRIPTS: Partial<Record<Behaviour, (argument: string) => Script>> = {
  submit: () => [submit()],
  edit: () => [call('write', { path: 'app/made.txt', text: 'made\n' }), submit()],
  silent: () => [SAID],
  hang: () => [call('read', { path: '.' }, 'looking'), { kind: 'hang' }],
  notes: () => [
    { kind: 'answer', text: 'first\nsecond ä' },
    { kind: 'answer', text: ' ' },
  ],
  crash: () => [{ kind: 'error', status: 400, message: 'something broke' }],
  dots: () => [{ kind: 'answer', text: '.\n'.repeat(2_000), paceMs: 40 }],
  reader_writes: (outside) => [tryEverything(outside), submit()],
  writes_outside: (outside) => [tryEverything(outside), submit()],
  forgets: () => {
    let turns = 0;
    return ({ turns: all }) => {
      turns += 1;
      return turns === 1
        ? SAID
        : submit({
            status: 'complete',
            summary: `after ${all.filter(({ role }) => role === 'user').length} turns`,
          });
    };
  },
  repaired: () => {
    let heard = 0;
    return (asked) => {
      heard += 1;
      if (heard === 1) return submit({ status: 'complete', summary: 7 });
      const told = toolResults(asked).at(-1) ?? '';
      return submit({
        status: 'complete',
        summary: `was told: ${told.includes('summary') ? 'summary' : told}`,
      });
    };
  },
  refuses: () => [{ kind: 'answer', text: 'That I will not do.', refuses: true }],
  children: (nap) => [call('execute', { command: children(nap) }), submit()],
  children_hang: (nap) => [call('execute', { command: children(nap) }), { kind: 'hang' }],
  writer: (file) => [
    call('execute', { command: `(setsid sh -c '${writerScript(file)}' &) & wait; sleep 60` }),
  ],
  tree: (nap) => [call('execute', { command: `${children(nap)}; wait` })],
  lies: () => [
    call('write', { path: 'app/made.txt', text: 'made\n' }),
    submit({ ...DONE, claims: { files: ['app/never.txt'] } }),
    submit({ ...DONE, claims: { files: ['app/made.txt'] } }),
  ],
  cut_off: () => [
    append('half'),
    HALF_SAID,
    append('whole'),
    submit({ status: 'complete', summary: 'went on' }),
  ],
  cut_always: () => [append('half'), HALF_SAID],
  secrets: () => {
    let turn = 0;
    return (asked) => {
      turn += 1;
      if (turn === 1)
        return call('execute', { command: 'echo saw ${LET_THROUGH:-absent} and ${KEPT_BACK:-absent}' });
      const [seen = ''] = (toolResults(asked).at(-1) ?? '').split('\n');
      return { ...submit({ status: 'complete', summary: seen }), text: seen };
    };
  },
};
const children = (nap: string) =>
  `(setsid sleep ${nap} &) ; nohup sleep ${nap} >/dev/null 2>&1 & (sleep ${nap} &) ; setsid sh -c 'sleep ${nap} & sleep ${nap}' & env -i sleep ${nap} & sleep ${nap} & sleep ${nap} & echo started`;

/** Breaks off in the middle of what it says, over every wire, before it calls anything. */
const HALF_SAID: FakeReply = {
  kind: 'cut',
  answer: call('execute', { command: 'echo half >> app/half.txt' }, 'I think of the other half. '.repeat(6)),
  afterParts: 4,
};
const append = (word: string) => call('execute', { command: `echo ${word} >> app/half.txt` });

/** Writes by a tool of its own and by commands, into the workspace, the system and the place beside it. */
const tryEverything = (outside: string): FakeReply => ({
  kind: 'answer',
  toolCalls: [
    { name: 'write', args: { path: outside, text: 'x' } },
    { name: 'write', args: { path: '/usr/written.txt', text: 'x' } },
    {
      name: 'execute',
      args: { command: `for at in app/written.txt /usr/written.txt ${outside}; do echo x > $at; done` },
    },
  ],
});

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

/** What comes differently over each wire; the rest happens on this side of it, and has been seen above. */
const OVER_WIRES = [
  'submit',
  'edit',
  'silent',
  'notes',
  'crash',
  'forgets',
  'repaired',
  'refuses',
  'lies',
  'cut_off',
  'cut_always',
] as const satisfies Behaviour[];

for (const [provider, wire] of PROVIDERS) {
  const other = await openPlayedModel(provider, wire);
  afterAll(() => other[Symbol.asyncDispose]());
  describeDriver({
    name: `in-process, ${provider} over ${wire}`,
    wall: NO_WALL,
    order: { modelAccess: other.access, model: `${provider}/model-1` },
    boundReaders: true,
    asksEngine: true,
    goesOn: true,
    behaviours: OVER_WIRES,
    create: (behaviour, argument, given) => {
      other.play(SCRIPTS[behaviour]?.(argument) ?? [SAID]);
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
  return { outcome: await create(options).run(work.order, work.note, signal), work };
}

const RESULT_SCHEMA = {
  type: 'object',
  properties: { status: { type: 'string' }, summary: { type: 'string' } },
  required: ['status', 'summary'],
};

describe.each(PROVIDERS)('the in-process driver with %s over %s', (provider, wire) => {
  it('works, is told what is wrong with its result, mends it, and knows the token only', async () => {
    await using other = await openPlayedModel(provider, wire);
    other.play([
      call('read', { path: 'app/seed.txt' }, 'I look first.'),
      call('edit', { path: 'app/seed.txt', old: 'seed', new: 'tree' }),
      submit({ status: 'complete' }),
      submit(),
    ]);
    // Google's own client takes a slash for a path of its own.
    const model = wire === 'gemini' ? 'model-2' : 'family/model-2';
    using work = makeWorkOrder(wall, {
      modelAccess: other.access,
      model: `${provider}/${model}`,
      resultSchema: () => RESULT_SCHEMA,
      checkResult: (result) =>
        Promise.resolve('summary' in (result as object) ? [] : ['The summary is missing.']),
    });
    const outcome = await create().run(work.order, work.note, new AbortController().signal);
    expect(outcome).toMatchObject({ kind: 'submitted', result: DONE });
    expect(readFileSync(join(work.repo, 'seed.txt'), 'utf8')).toBe('tree\n');
    expect(Buffer.from(outcome.raw).toString()).toBe(`{"status":"complete"}\n${JSON.stringify(DONE)}\n`);
    const { calls, strays } = other.model;
    expect(strays).toEqual([]);
    expect(calls.map((each) => [each.wire, each.model])).toEqual([0, 1, 2, 3].map(() => [wire, model]));
    expect(toolResults(calls[3]!)).toEqual([
      expect.stringContaining('seed'),
      expect.stringContaining('app/seed.txt is changed in one place.'),
      expect.stringContaining('- The summary is missing.'),
    ]);
    expect(calls[0]!.system).toContain('You write code.');
    expect(JSON.stringify(calls[0]!.headers)).toContain('token-of-this-invocation');
    const everything = calls.map((each) => `${each.bytes.toString()}${JSON.stringify(each.headers)}`).join();
    expect(everything).not.toContain('sk-of-the-user');
    expect(everything).not.toContain('"strict":true');
    expect(work.notes).toEqual([
      { kind: 'text', text: 'I look first.' },
      { kind: 'tool', text: 'read app/seed.txt' },
      { kind: 'tool', text: 'edit app/seed.txt' },
      { kind: 'tool', text: 'submit_result' },
      { kind: 'tool', text: 'submit_result' },
    ]);
  });

  it('asks nobody again who declines to answer', async () => {
    await using other = await openPlayedModel(provider, wire);
    other.play([{ kind: 'answer', text: 'No.', refuses: true }, submit()]);
    using work = makeWorkOrder(wall, { modelAccess: other.access, model: `${provider}/model-2` });
    const outcome = await create().run(work.order, work.note, new AbortController().signal);
    expect(outcome).toMatchObject({ reason: 'no_result', detail: 'Its model refuses to answer.' });
    expect(other.model.calls).toHaveLength(1);
  });

  it('asks again wherever a stream breaks, and runs no tool twice for that', async () => {
    await using other = await openPlayedModel(provider, wire);
    const answer = call('edit', { path: 'app/seed.txt', old: 'seed', new: 'seeds' }, 'I change it.');
    let cuts = 0;
    for (let isWhole = false; !isWhole; cuts += 1) {
      let calls = 0;
      other.play((asked) => {
        calls += 1;
        if (toolResults(asked).length > 0) return submit();
        return calls === 1 ? { kind: 'cut', answer, afterParts: cuts } : answer;
      });
      using work = makeWorkOrder(NO_WALL, { modelAccess: other.access, model: `${provider}/model-2` });
      const outcome = await create().run(work.order, work.note, new AbortController().signal);
      expect(outcome, `after ${cuts} parts`).toMatchObject({ kind: 'submitted', result: DONE });
      expect(readFileSync(join(work.repo, 'seed.txt'), 'utf8'), `after ${cuts} parts`).toBe('seeds\n');
      isWhole = calls === 2;
    }
    expect(cuts).toBeGreaterThan(2);
  });
});

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

  it('says what was wrong where no result was ever right', async () => {
    const checkResult = () => Promise.resolve(['It names a file that is not there.']);
    const { outcome } = await run([submit()], { checkResult });
    expect(outcome).toMatchObject({
      reason: 'invalid_output',
      detail: expect.stringContaining('a file that is not there'),
    });
    expect(played.model.calls).toHaveLength(20);
  });

  it('ends after so many steps', async () => {
    const { outcome } = await run([call('read', { path: '.' })], {}, { maxSteps: 3 });
    expect(outcome).toMatchObject({ reason: 'no_result', detail: expect.stringContaining('too many steps') });
    expect(played.model.calls).toHaveLength(3);
  });

  it('PROC-2: ends a model that talks on and on', async () => {
    const endless: FakeReply = { kind: 'answer', text: 'blah '.repeat(4_000), paceMs: 20 };
    const { outcome } = await run([endless], { idleTimeoutMs: 1_000, totalTimeoutMs: 1_500 });
    expect(outcome).toMatchObject({ reason: 'total_timeout' });
    const much = await run([{ ...endless, paceMs: 0 }], { maxOutputBytes: 5_000 });
    expect(much.outcome).toMatchObject({ reason: 'output_limit' });
  });

  it('is not idle while a command runs, and cancels that command at once', async () => {
    const slow = call('execute', { command: 'sleep 1.2; echo awake' });
    const { outcome } = await run([slow, submit()], { idleTimeoutMs: 900 });
    expect(outcome.kind).toBe('submitted');
    expect(toolResults(played.model.calls[1]!)).toEqual(['awake\n[exit code 0]']);
    const controller = new AbortController();
    played.play([call('execute', { command: 'touch app/begun; sleep 60' })]);
    using work = makeWorkOrder(wall, access());
    const start = performance.now();
    const running = create().run(
      work.order,
      () => void setTimeout(() => controller.abort(), 300), // the command is under way by then
      controller.signal,
    );
    expect(await running).toMatchObject({ reason: 'cancelled' });
    expect(performance.now() - start).toBeLessThan(5_000);
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
