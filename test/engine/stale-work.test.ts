/** Work and answers that come in when nobody waits for them any more. */
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { WorkOrder } from '../../src/drivers/driver.ts';
import type { JournalEvent } from '../../src/core/events.ts';
import { drive } from '../../src/engine/drive.ts';
import { driveRig, sequenceGraph, startRigRun, type Rig, type RigStep } from '../../src/testing/rig.ts';
import { done, eventsOf, openPlay, playWell, refusal, type Play } from './plays.ts';
import { until } from './worlds.ts';

/** A writer, and two who look at what it wrote side by side; the reviewer of the left one sends the writer back once. */
async function startTwoLooks(play: Play) {
  let sentBack = false;
  const rig = await openPlay((order, signal) => {
    if (order.role !== 'reviewer' || sentBack || !order.invocationId.includes('/look/left/'))
      return play(order, signal);
    sentBack = true;
    return refusal(order, 'the writer forgot a part', { owner: 'build/one' });
  });
  const look: Omit<RigStep, 'id' | 'agent'> = {
    role: 'planner',
    output: 'notes',
    over: { needs: ['build/one'] },
  };
  const graph = sequenceGraph(
    [
      { id: 'build/one', agent: 'writer', role: 'specialist', output: 'changes' },
      { id: 'look/left', agent: 'left', ...look },
      { id: 'look/right', agent: 'right', ...look },
    ],
    { submit: false },
  );
  const runId = await startRigRun(rig.engine, { ...graph, repos: [rig.api] });
  return { rig, runId, [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose]() };
}

const answer = (rig: Rig, runId: string, questionId: string, option: string): Promise<unknown> =>
  rig.engine.journal.post(runId, {
    kind: 'answer',
    questionId,
    option,
    text: 'use UTC',
    name: 'ada',
    via: 'cli',
  });

describe('work whose ground was taken away', () => {
  it('R81: is ended at once, and what it hands in all the same is in no journal', async () => {
    const rights: { order: WorkOrder; signal: AbortSignal; endedBefore: boolean }[] = [];
    await using run = await startTwoLooks(async (order, signal) => {
      if (order.agent !== 'right' || order.role === 'reviewer') return playWell(order);
      const first = rights[0];
      rights.push({ order, signal, endedBefore: first?.signal.aborted === true });
      if (first === undefined)
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      else if (first.signal.aborted) await until(() => !existsSync(first.order.workspace.dir));
      return done(order);
    });
    const { events, status } = await driveRig(run.rig.engine, run.runId);
    expect(status).toBe('done');
    expect(eventsOf(events, 'step_reopened')).toMatchObject([
      { step: 'build/one', stale: expect.arrayContaining(['look/right']) },
    ]);
    expect(rights.map(({ endedBefore }) => endedBefore)).toEqual([false, true]);
    const ended = eventsOf(events, 'invocation_ended').map(({ key }) => `${run.runId}/${key}`);
    expect(ended).toContain(rights[1]?.order.invocationId);
    expect(ended).not.toContain(rights[0]?.order.invocationId);
  });
});

describe('an answer that nobody waits for', () => {
  const asks = {
    status: 'needs_clarification',
    summary: 'It is not said.',
    open_questions: ['Which time zone?'],
  };

  it('KILL-5: to a question that was closed meanwhile is taken out of the inbox and changes nothing', async () => {
    const asked = Promise.withResolvers<string>();
    let [looks, reopened] = [0, false];
    await using run = await startTwoLooks(async (order) => {
      if (order.role === 'reviewer') return playWell(order);
      if (order.agent === 'writer' && reopened)
        await answer(run.rig, run.runId, await asked.promise, 'answer');
      // The question is asked before anybody can send the writer back.
      if (order.agent === 'left') await asked.promise;
      if (order.agent === 'right') looks += 1;
      return order.agent === 'right' && looks === 1 ? asks : playWell(order);
    });
    const listener = {
      note: () => {},
      events: (news: JournalEvent[]) => {
        for (const { question } of eventsOf(news, 'question_asked')) asked.resolve(question.id);
        reopened ||= eventsOf(news, 'step_reopened').length > 0;
      },
    };
    const { signal } = new AbortController();
    const { status } = await drive(run.rig.engine, run.runId, { takeOver: false, signal, listener });
    expect([status, looks, reopened]).toEqual(['done', 2, true]);
    const { journal } = run.rig.engine;
    expect(eventsOf(await journal.read(run.runId, 1), 'question_answered')).toEqual([]);
    expect(await journal.pending(run.runId)).toEqual([]);
    expect(run.rig.driver.orders.filter((order) => order.prompt.includes('use UTC'))).toEqual([]);
  });

  it('KILL-5: with an option that the question does not have changes nothing', async () => {
    await using run = await startTwoLooks((order) => (order.agent === 'right' ? asks : playWell(order)));
    const before = await driveRig(run.rig.engine, run.runId);
    await expect(answer(run.rig, run.runId, before.questions[0]?.id ?? '', 'whatever')).rejects.toMatchObject(
      {
        code: 'E_QUESTION',
      },
    );
    const after = await driveRig(run.rig.engine, run.runId);
    expect([before.status, after.status]).toEqual(['waiting_human', 'waiting_human']);
    expect(after.questions).toEqual(before.questions);
    expect(eventsOf(after.events, 'question_answered')).toEqual([]);
  });
});
