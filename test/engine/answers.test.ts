/** Who reads what a person answered. */
import { expect, it } from 'vitest';
import { driveRig, sequenceGraph, startRigRun } from '../../src/testing/rig.ts';
import { answer, openPlay, playWell } from './plays.ts';

it('reaches the agent that asked, and those who review its work', async () => {
  let asked = 0;
  await using rig = await openPlay((order) => {
    if (order.agent !== 'writer') return playWell(order);
    asked += 1;
    return asked === 1
      ? { status: 'needs_clarification', summary: 'which clock?', open_questions: ['which clock?'] }
      : playWell(order);
  });
  const runId = await startRigRun(rig.engine, {
    ...sequenceGraph(
      [
        {
          id: 'build/writer',
          agent: 'writer',
          role: 'specialist',
          output: 'changes',
          over: { gates: 'none' },
        },
        { id: 'build/other', agent: 'other', role: 'specialist', output: 'changes', over: { gates: 'none' } },
      ],
      { submit: false },
    ),
    repos: [rig.api],
  });
  const { questions } = await driveRig(rig.engine, runId);
  await answer(rig.engine, runId, questions[0]?.id ?? '', 'answer', 'use UTC');
  expect((await driveRig(rig.engine, runId)).status).toBe('done');
  const heard = rig.driver.orders.filter(({ prompt }) => prompt.includes('use UTC'));
  expect(heard.map(({ agent }) => agent)).toEqual(['writer', 'code-review']);
  expect(heard.map(({ prompt }) => /^## Answers of people to (.*)$/m.exec(prompt)?.[1])).toEqual([
    'your questions',
    "the author's questions",
  ]);
});
