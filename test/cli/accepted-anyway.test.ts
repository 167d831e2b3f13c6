/** What stands where a run ends that a person pushed through. */
import { expect, it } from 'vitest';
import { cameWithoutTest } from '../../src/engine/success-criteria.ts';
import { acceptedAnyway } from '../../src/cli/render/accepted-anyway.ts';
import { resultLines, type RunResult } from '../../src/cli/render/result-text.ts';
import { createStyle } from '../../src/cli/render/style.ts';
import { driveRig, sequenceGraph, startRigRun } from '../../src/testing/rig.ts';
import { answer, configOf, gate, openPlay, playWell } from '../engine/plays.ts';

const BUILD = { id: 'build/one', agent: 'writer', role: 'specialist', output: 'changes' } as const;
const RESULT = {
  budget: [],
  askedIds: [],
  criteria: null,
  endsWithPlan: false,
  forgeDir: null,
  questions: [],
  head: '',
};

async function endOf(command: string[], touched: string | null = null): Promise<string[]> {
  await using rig = await openPlay(playWell);
  const { graph, agents } = sequenceGraph([BUILD], { submit: false });
  const config = configOf([gate(command)]);
  const runId = await startRigRun(rig.engine, { graph, agents, repos: [rig.api], config });
  let result = await driveRig(rig.engine, runId);
  for (const { id } of result.questions) await answer(rig.engine, runId, id, 'accept');
  if (result.questions.length > 0) result = await driveRig(rig.engine, runId);
  const { status, reason, state } = result;
  expect(status).toBe('done');
  const [built] = state.steps.values();
  if (touched !== null && built !== undefined) built.changedPaths = new Set([...built.changedPaths, touched]);
  const told: RunResult = {
    ...RESULT,
    runId,
    status,
    reason,
    pullRequests: state.pullRequests,
    repos: state.repos,
    acceptedAnyway: acceptedAnyway(state),
    withoutTest: cameWithoutTest(state),
  };
  return resultLines(told, createStyle({ colour: false, unicode: true }), 100);
}

it('a run that a person accepted with a red gate says so where it ends', async () => {
  const lines = await endOf(['sh', '-c', 'test ! -e writer.txt']);
  expect(lines).toContainEqual(
    expect.stringMatching(/^ {2}accepted by a person as it was: writer, with red gates: api/),
  );
});

it('one that nobody had to push through says nothing of the kind', async () => {
  expect((await endOf(['true'])).join('\n')).not.toContain('accepted by a person');
});

it('one whose change brought no test says so, and one that brought or changed a test does not', async () => {
  expect(await endOf(['true'])).toContain('  the change came without a test: none is new or changed');
  expect((await endOf(['true'], 'api/test/writer.test.js')).join('\n')).not.toContain('without a test');
});
