import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { FakeAnswer, FakeCall, FakeReply } from '../../testing/fake-model/fake-model.ts';
import { NO_WALL } from '../../workspace/wall/open-wall.ts';
import { makeWorkOrder } from '../testing/work-order.ts';
import { createInProcessDriver } from './create-in-process-driver.ts';
import { call, openPlayedModel, submit, toolResults } from './testing/played-model.ts';

const LIMIT = 10_000;
// A format whose client bears answers that say nothing of their usage.
const played = await openPlayedModel('local', 'openai_chat', LIMIT);
afterAll(() => played[Symbol.asyncDispose]());
beforeEach(() => {
  played.model.calls.length = 0;
});

/** An answer after which the provider has counted so many tokens. */
function counted(answer: FakeAnswer, tokens: number): FakeAnswer {
  return { ...answer, usage: { input: tokens, output: 0 } };
}

const isSumUp = (asked: FakeCall): boolean => JSON.stringify(asked.turns.at(-1)).includes('Sum up');

async function run(script: (asked: FakeCall) => FakeReply) {
  played.play(script);
  using work = makeWorkOrder(NO_WALL, { modelAccess: played.access, model: 'local/small' });
  const driver = createInProcessDriver({
    env: [],
    environment: { PATH: process.env['PATH'] },
  });
  const outcome = await driver.run(work.order, work.note, new AbortController().signal);
  return { outcome, notes: work.notes, seed: readFileSync(join(work.repo, 'seed.txt'), 'utf8') };
}

describe('a conversation that grows', () => {
  const long = 'line of a long file\n'.repeat(100);

  it('has its old tool calls and results shortened first, and the last ones kept', async () => {
    const steps = 7;
    const { outcome } = await run((asked) => {
      if (asked.index === 0) return counted(call('write', { path: 'app/long.txt', text: long }), 100);
      if (asked.index < steps) return counted(call('read', { path: 'app/long.txt' }), LIMIT * 0.65);
      return submit();
    });
    expect(outcome.kind).toBe('submitted');
    const last = played.model.calls.at(-1)!;
    const results = toolResults(last);
    expect(results).toHaveLength(steps);
    expect(results[1]).toMatch(/^line of a long file\n.*older characters are left out here\]$/s);
    expect(results[1]!.length).toBeLessThan(400);
    expect(results.at(-1)).toBe(long.trimEnd());
    const [first] = last.turns.flatMap(({ parts }) => parts).filter((part) => part.kind === 'tool_call');
    expect(JSON.stringify(first)).toContain('older characters are left out here');
    expect(played.model.calls.some(isSumUp)).toBe(false);
  });

  it('is summed up by the model where that is not enough, and goes on from there', async () => {
    const { outcome, notes, seed } = await run((asked) => {
      if (asked.index === 0) return counted(call('read', { path: 'app/seed.txt' }), LIMIT * 0.9);
      if (isSumUp(asked)) return { kind: 'answer', text: 'I read seed.txt; it says seed.' };
      const edit = call('edit', { path: 'app/seed.txt', old: 'seed', new: 'tree' });
      return asked.index === 2 ? counted(edit, 200) : submit();
    });
    expect(outcome.kind).toBe('submitted');
    expect(seed).toBe('tree\n');
    const [, summing, after] = played.model.calls;
    expect(isSumUp(summing!)).toBe(true);
    expect(summing!.tools.map(({ name }) => name)).toContain('read');
    expect(after!.turns).toHaveLength(1);
    const told = JSON.stringify(after!.turns);
    expect(told).toContain('Write it.');
    expect(told).toContain('I read seed.txt; it says seed.');
    expect(notes.map(({ text }) => text)).toContain('(sums up its work so far)');
  });

  it('is counted by its length where the provider counts nothing', async () => {
    const read = call('read', { path: 'app/seed.txt' }, 'x'.repeat(LIMIT * 4));
    await run((asked) => {
      if (isSumUp(asked)) return { kind: 'answer', text: 'little' };
      return asked.index === 0 ? { ...read, usage: 'none' } : submit();
    });
    expect(played.model.calls.map(isSumUp)).toEqual([false, true, false]);
  });

  it('is summed up also where the provider refuses it, once', async () => {
    const refusal: FakeReply = { kind: 'error', status: 400, message: 'prompt is too long' };
    const { outcome } = await run((asked) => {
      if (isSumUp(asked)) return { kind: 'answer', text: 'little' };
      if (asked.turns.length > 2) return refusal;
      return asked.index === 0 ? call('read', { path: 'app/seed.txt' }) : submit();
    });
    expect(outcome.kind).toBe('submitted');
    const hopeless = await run(() => refusal);
    expect(hopeless.outcome).toMatchObject({
      reason: 'crashed',
      detail: expect.stringContaining('prompt is too long'),
    });
  });
});
