/** Conditions on what the engine itself sees, through the whole engine. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { agentDefinition, driveRig, sequenceGraph, startRigRun } from '../../src/testing/rig.ts';
import type { Step } from '../../src/core/graph.ts';
import { done, edit, eventsOf, openPlay, playWell } from './plays.ts';

/** One writer, and behind it a security review of the whole change where authentication is touched. */
function guardedGraph() {
  const { graph, agents } = sequenceGraph(
    [{ id: 'build/one', agent: 'writer', role: 'specialist', output: 'changes' }],
    { submit: false },
  );
  const security: Step = {
    id: 'build/security',
    phase: 'build',
    title: 'Security',
    work: { kind: 'check', from: 'base' },
    needs: ['build/one'],
    tree_from: 'build/one',
    when: { kind: 'concerns', names: ['authentication'] },
    gates: 'quick',
    reviewers: ['security-review'],
  };
  const reviewer = agentDefinition('security-review', 'reviewer');
  const { name, title, role, access, hash } = reviewer;
  graph.agents[name] = { name, title, role, access, definition_hash: hash };
  graph.steps.push(security);
  graph.phases[0]?.steps.push(security.id);
  return { graph, agents: [...agents, reviewer] };
}

async function runWith(file: string, text: string, request = 'Do the thing') {
  await using rig = await openPlay((order) => {
    if (order.agent !== 'writer') return playWell(order);
    mkdirSync(join(order.workspace.repos[0]?.path ?? '', 'src'), { recursive: true });
    edit(order, file, text);
    return done(order);
  });
  const runId = await startRigRun(rig.engine, { ...guardedGraph(), repos: [rig.api], request });
  const { events, status } = await driveRig(rig.engine, runId);
  expect(status).toBe('done');
  return {
    reviewers: eventsOf(events, 'review_started').map((event) => event.reviewer),
    measured: eventsOf(events, 'invocation_ended').flatMap(({ outcome }) =>
      outcome.kind === 'submitted' ? outcome.concerns : [],
    ),
    reason: [...eventsOf(events, 'step_selected'), ...eventsOf(events, 'step_skipped')].map((e) => e.reason),
  };
}

describe('a check on a condition', () => {
  it('R28: runs where the diff touches the concern, and the journal says where', async () => {
    const { reviewers, measured, reason } = await runWith(
      'src/app.ts',
      'one\nconst user = verifyJwt(); login();\n',
    );
    expect(reviewers).toEqual(['code-review', 'security-review']);
    expect(measured).toEqual([{ name: 'authentication', where: 'api/src/app.ts:2' }]);
    expect(reason).toEqual(['authentication: api/src/app.ts:2']);
  });

  it('R28: runs where the request names the concern', async () => {
    const { reviewers, reason } = await runWith('src/app.ts', 'two\n', 'Let members log in');
    expect(reviewers).toContain('security-review');
    expect(reason).toEqual(['authentication: the request says "log in"']);
  });

  it('R13: is skipped where nothing touches it, with the reason stored', async () => {
    const { reviewers, reason } = await runWith('src/app.ts', 'two\n');
    expect(reviewers).toEqual(['code-review']);
    expect(reason).toEqual(['neither the request nor anything accepted so far touches authentication']);
  });
});
