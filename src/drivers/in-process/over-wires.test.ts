/** The in-process driver over every format in which models are called. */
import { homedir } from 'node:os';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { WireName } from '../../gateway/wire.ts';
import { NO_WALL, openWall } from '../../workspace/wall/open-wall.ts';
import { describeDriver } from '../driver.contract.ts';
import type { Behaviour } from '../testing/contract-subject.ts';
import { makeWorkOrder } from '../testing/work-order.ts';
import { createInProcessDriver, type InProcessOptions } from './create-in-process-driver.ts';
import { SAID, SCRIPTS } from './testing/contract-scripts.ts';
import { call, DONE, openPlayedModel, submit, toolResults } from './testing/played-model.ts';

const environment = { PATH: process.env['PATH'] ?? '', HOME: homedir(), ANTHROPIC_API_KEY: 'sk-of-the-user' };
const { wall } = await openWall({ mode: 'auto', path: environment.PATH });
const create = (options: Partial<InProcessOptions> = {}) =>
  createInProcessDriver({ env: [], environment, ...options });

const PROVIDERS: [string, WireName][] = [
  ['anthropic', 'anthropic_messages'],
  ['openai', 'openai_responses'],
  ['openai', 'openai_chat'],
  ['google', 'gemini'],
  ['openai-compatible', 'openai_chat'],
];

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
      { kind: 'tool', text: 'submit_result (rejected: The summary is missing.)' },
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
