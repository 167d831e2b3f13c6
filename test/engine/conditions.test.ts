/** Conditions on what the engine itself sees, through the whole engine. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { agentDefinition, driveRig, sequenceGraph, startRigRun } from '../../src/testing/rig.ts';
import { checkVerdictChain } from '../../src/cli/audit/verdict-chain.ts';
import type { Step } from '../../src/core/graph.ts';
import type { WorkOrder } from '../../src/drivers/driver.ts';
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

describe('the effort of a run', () => {
  it('rises with the measured change, without its tests and documents, and opens what was skipped', async () => {
    const play = (order: WorkOrder, lines: number): unknown => {
      if (order.agent !== 'writer') return playWell(order);
      edit(order, 'app.ts', 'line\n'.repeat(lines));
      edit(order, 'app.test.ts', 'line\n'.repeat(900));
      edit(order, 'NOTES.md', 'line\n'.repeat(900));
      return done(order);
    };
    const efforts = async (lines: number) => {
      await using rig = await openPlay((order) => play(order, lines));
      const { graph, agents } = designedGraph();
      const runId = await startRigRun(rig.engine, {
        graph,
        agents,
        repos: [rig.api],
        effort: { tier: 'trivial', reason: 'it seems so' },
      });
      const { events, status } = await driveRig(rig.engine, runId);
      expect(status).toBe('done');
      expect(checkVerdictChain(events)).toBeNull();
      return {
        raised: eventsOf(events, 'effort_raised').map(({ to, reopened }) => ({ to, reopened })),
        workers: eventsOf(events, 'invocation_started').map((event) => event.identity.agent),
      };
    };
    expect(await efforts(20)).toEqual({ raised: [], workers: ['writer'] });
    expect(await efforts(21)).toEqual({
      raised: [{ to: 'small', reopened: ['build/design'] }],
      workers: ['writer', 'designer', 'writer'],
    });
  });

  it('rises when a person asks for it', async () => {
    await using rig = await openPlay((order) =>
      order.agent === 'writer' && order.findings.length === 0 && order.round === 1
        ? { status: 'needs_clarification', summary: 'how?', open_questions: ['how?'] }
        : playWell(order),
    );
    const { graph, agents } = designedGraph();
    const runId = await startRigRun(rig.engine, {
      graph,
      agents,
      repos: [rig.api],
      effort: { tier: 'trivial', reason: 'it seems so' },
    });
    expect((await driveRig(rig.engine, runId)).status).toBe('waiting_human');
    await rig.engine.journal.post(runId, { kind: 'effort', tier: 'large', name: 'ada', via: 'cli' });
    const { events, status } = await driveRig(rig.engine, runId);
    expect(status).toBe('done');
    expect(eventsOf(events, 'effort_raised')).toMatchObject([{ to: 'large', reason: 'ada asks for it' }]);
    expect(rig.driver.orders.map((order) => order.agent)).toContain('designer');
  });
});

/** A design that only larger work gets, before the one writer. */
function designedGraph() {
  return sequenceGraph(
    [
      {
        id: 'build/design',
        agent: 'designer',
        role: 'planner',
        output: 'notes',
        over: { when: { kind: 'effort', tiers: ['small', 'medium', 'large'] } },
      },
      { id: 'build/one', agent: 'writer', role: 'specialist', output: 'changes' },
    ],
    { submit: false },
  );
}
