/** What happens to work that is not good enough, through the whole engine. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCli } from '../../src/cli/testing/captured-context.ts';
import type { JournalEvent } from '../../src/core/events.ts';
import { agentDefinition, driveRig, git, sequenceGraph, startRigRun } from '../../src/testing/rig.ts';
import type { WorkOrder } from '../../src/drivers/driver.ts';
import {
  answer,
  configOf,
  done,
  edit,
  eventsOf,
  Failed,
  gate,
  openPlay,
  playWell,
  refusal,
  verdict,
  type Play,
} from './plays.ts';

const BUILD = { id: 'build/one', agent: 'writer', role: 'specialist', output: 'changes' } as const;

/** One reviewed step of a writer, and the submission where `submit`. */
async function startOne(
  play: Play,
  options: {
    submit?: boolean;
    limits?: object;
    reviewers?: string[];
    gates?: ReturnType<typeof gate>[];
  } = {},
) {
  const rig = await openPlay(play);
  const over = options.reviewers === undefined ? {} : { reviewers: options.reviewers };
  const { graph, agents } = sequenceGraph([{ ...BUILD, over }], {
    submit: options.submit ?? false,
    limits: options.limits ?? {},
  });
  const more = (options.reviewers ?? []).filter((name) => graph.agents[name] === undefined);
  const extra = more.map((name) => agentDefinition(name, 'reviewer'));
  for (const { name, title, role, access, hash } of extra)
    graph.agents[name] = { name, title, role, access, definition_hash: hash };
  const runId = await startRigRun(rig.engine, {
    graph,
    agents: [...agents, ...extra],
    repos: [rig.api],
    config: configOf(options.gates ?? []),
  });
  return { rig, runId, [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose]() };
}

function neverPleased(order: WorkOrder): unknown {
  return order.role === 'reviewer' ? refusal(order, `not yet in round ${order.round}`) : playWell(order);
}

const pullRequests = (events: JournalEvent[]): number => eventsOf(events, 'effect_intended').length;

describe('rework', () => {
  it('R23, R25, R60: hands every open finding of gates and reviewers to the owner, and has the reviewers check them by id', async () => {
    await using one = await startOne(
      (order) => {
        if (order.role === 'reviewer' && order.round === 1)
          return refusal(order, `${order.agent} misses a part`, { file: 'broken.txt' });
        if (order.role === 'reviewer') return verdict(order);
        if (order.round === 1) edit(order, 'broken.txt', 'yes\n');
        else rmSync(join(order.workspace.repos[0]?.path ?? '', 'broken.txt'));
        return playWell(order);
      },
      { reviewers: ['code-review', 'style-review'], gates: [gate(['test', '!', '-f', 'broken.txt'])] },
    );
    const { events, status } = await driveRig(one.rig.engine, one.runId);
    expect(status).toBe('done');
    const second = one.rig.driver.orders.find((order) => order.agent === 'writer' && order.round === 2);
    expect(second?.findings.map((finding) => finding.source)).toEqual([
      'build',
      'code-review',
      'style-review',
    ]);
    for (const { id, problem } of second?.findings ?? []) {
      expect(second?.prompt).toContain(`[${id}]`);
      // A finding of several lines stands off the margin, where it can open no section of its own.
      expect(second?.prompt).toContain(problem.trim().replaceAll('\n', '\n    '));
    }
    const again = one.rig.driver.orders.filter((order) => order.role === 'reviewer' && order.round === 2);
    expect(again.map((order) => order.findings.map((finding) => finding.id))).toEqual([
      ['build/one/r1/code-review/1'],
      ['build/one/r1/style-review/1'],
    ]);
    expect(eventsOf(events, 'rework_requested')).toHaveLength(1);
  });

  it('R25: takes a pass that says nothing of an earlier finding for no verdict', async () => {
    await using one = await startOne((order) => {
      if (order.role !== 'reviewer') return playWell(order);
      if (order.round === 1) return refusal(order, 'a part is missing');
      return order.attempt === 1 ? verdict(order, { resolved: [] }) : verdict(order);
    });
    const { events, status } = await driveRig(one.rig.engine, one.runId);
    expect(status).toBe('done');
    const outcomes = eventsOf(events, 'review_ended').map(({ outcome }) =>
      outcome.kind === 'failed' ? `${outcome.reason}: ${outcome.detail}` : outcome.review.verdict,
    );
    expect(outcomes).toEqual([
      'fail',
      'invalid_output: pass, but earlier findings are neither resolved nor named again: build/one/r1/code-review/1',
      'pass',
    ]);
  });

  it('DOS-1, R32: stops at the round limit with the work kept and no pull request', async () => {
    await using one = await startOne(neverPleased, {
      submit: true,
      limits: { max_rework: 2, max_same_finding: 9 },
    });
    const { events, status, reason, questions } = await driveRig(one.rig.engine, one.runId);
    expect([status, reason]).toEqual(['waiting_human', 'rework_exhausted']);
    expect(questions[0]?.text).toContain('2 of 2 rework rounds are used');
    expect(eventsOf(events, 'rework_requested')).toHaveLength(2);
    expect(pullRequests(events)).toBe(0);
    const [, run = '', named = ''] = /^See it: baton diff (\S+) (\S+)$/m.exec(questions[0]?.text ?? '') ?? [];
    using cli = openCli({ BATON_HOME: one.rig.stateDir });
    const shown = await cli.run('diff', run, named);
    expect([shown.code, shown.out]).toEqual([0, expect.stringContaining('\n+++ b/')]);
    const kept = git(
      one.rig.engine.workspaces.storePath(one.runId, 'api'),
      'for-each-ref',
      `refs/baton/${one.runId}`,
    );
    for (const round of [1, 2, 3]) expect(kept).toMatch(new RegExp(`build.one.*r${round}`));
  });

  it('DOS-1: stops at once when the tree of a refused round comes back, also where the findings get fewer', async () => {
    const words = ['too long', 'too short', 'too wide'];
    await using one = await startOne(
      (order) => {
        if (order.role === 'reviewer') {
          const findings = words
            .slice(order.round - 1)
            .map((problem) => ({ severity: 'major', blocking: true, problem, fix: '' }));
          const resolved = order.findings.map((finding) => finding.id);
          return { status: 'complete', summary: 'no', verdict: 'fail', findings, resolved };
        }
        edit(order, 'src/app.txt', order.round % 2 === 1 ? 'this way\n' : 'that way\n');
        return done(order);
      },
      { limits: { max_same_finding: 9 } },
    );
    const { questions, events } = await driveRig(one.rig.engine, one.runId);
    expect(questions[0]?.kind).toBe('rework_exhausted');
    expect(questions[0]?.text).toContain('the content of an earlier, refused round came back');
    expect(eventsOf(events, 'rework_requested')).toHaveLength(2);
  });

  it('R82: counts rounds over restarts: a holder that dies in every round buys none', async () => {
    const stop = { now: new AbortController() };
    await using one = await startOne(
      (order) => {
        if (order.role === 'reviewer' && order.attempt === 1) stop.now.abort();
        return neverPleased(order);
      },
      { limits: { max_rework: 1 } },
    );
    let drives = 0;
    for (let status = 'interrupted'; status === 'interrupted'; drives++) {
      stop.now = new AbortController();
      ({ status } = await driveRig(one.rig.engine, one.runId, stop.now.signal));
    }
    const events = await one.rig.engine.journal.read(one.runId, 1);
    expect(drives).toBe(3);
    expect(eventsOf(events, 'rework_requested')).toHaveLength(1);
    expect(eventsOf(events, 'question_asked').at(-1)?.question.text).toContain(
      '1 of 1 rework rounds are used',
    );
  });

  it('R83: a person’s "continue" adds so many rounds and no more, and only so often', async () => {
    await using one = await startOne(neverPleased, {
      limits: { max_rework: 0, continue_rounds: 1, max_continues: 2, max_same_finding: 9 },
    });
    const rounds: number[] = [];
    for (;;) {
      const { questions, events } = await driveRig(one.rig.engine, one.runId);
      rounds.push(eventsOf(events, 'rework_requested').length);
      const [question] = questions;
      if (question?.options.some((option) => option.id === 'continue') !== true) break;
      await answer(one.rig.engine, one.runId, question.id, 'continue');
    }
    expect(rounds).toEqual([0, 1, 2]);
  });

  it('R67, R81: goes on below standard only by a person’s acceptance of exactly that content, which the report tells', async () => {
    await using one = await startOne(
      (order) =>
        order.role === 'reviewer' && order.invocationId.includes('build/one')
          ? refusal(order, 'too short')
          : playWell(order),
      { submit: true, limits: { max_rework: 0 } },
    );
    const { questions } = await driveRig(one.rig.engine, one.runId);
    const [question] = questions;
    await answer(one.rig.engine, one.runId, question?.id ?? '', 'accept', 'short is fine');
    const { events, status, state } = await driveRig(one.rig.engine, one.runId);
    expect(status).toBe('done');
    const [accepted] = eventsOf(events, 'step_accepted');
    expect(accepted?.override).toBe(question?.id);
    expect(accepted?.output?.id).toBe(question?.binds);
    expect(state.pullRequests).toHaveLength(1);
  });

  it('R88: each way out of an exhausted rework works', async () => {
    const endings: Record<string, string> = {};
    for (const option of ['continue', 'revise', 'accept', 'abort']) {
      await using one = await startOne(
        (order) =>
          order.role === 'reviewer' && order.round < 2 ? refusal(order, 'too short') : playWell(order),
        { limits: { max_rework: 0 } },
      );
      const { questions } = await driveRig(one.rig.engine, one.runId);
      expect(questions[0]?.options.map((each) => each.id)).toContain(option);
      await answer(
        one.rig.engine,
        one.runId,
        questions[0]?.id ?? '',
        option,
        option === 'revise' ? 'write more' : '',
      );
      endings[option] = (await driveRig(one.rig.engine, one.runId)).status;
      const second = one.rig.driver.orders.find((order) => order.round === 2 && order.role !== 'reviewer');
      expect(second?.prompt.includes('write more') ?? false).toBe(option === 'revise');
    }
    expect(endings).toEqual({ continue: 'done', revise: 'done', accept: 'done', abort: 'cancelled' });
  });

  it('R60, OUT-1: tells the next attempt what failed, and spends the retry budget, not the rework budget', async () => {
    await using one = await startOne((order) => {
      if (order.role === 'reviewer') return verdict(order);
      edit(order, 'src/app.txt', 'changed\n');
      if (order.attempt === 1) return { status: 'complete', sumary: 'misspelled' };
      if (order.attempt === 2) return new Failed('crashed', 'It ended with exit code 7: no more memory.');
      return done(order);
    });
    const { status, state } = await driveRig(one.rig.engine, one.runId);
    expect(status).toBe('done');
    const prompts = one.rig.driver.orders
      .filter((order) => order.agent === 'writer')
      .map((order) => order.prompt);
    expect(prompts[0]).not.toContain('failed');
    expect(prompts[1]).toContain('(invalid_output)');
    expect(prompts[1]).toContain('summary is missing');
    expect(prompts[2]).toContain('(crashed)');
    expect(prompts[2]).toContain('no more memory');
    expect(state.steps.get('build/one')?.budget.reworks).toBe(0);
  });

  it('R65: a crash in every attempt leaves a run that a person can take up again', async () => {
    let broken = true;
    await using one = await startOne(
      (order) => (broken ? new Failed('crashed', 'It ended with exit code 1.') : playWell(order)),
      { limits: { max_retries: 1 } },
    );
    const first = await driveRig(one.rig.engine, one.runId);
    expect([first.status, first.reason]).toEqual(['waiting_human', 'retry_exhausted']);
    expect(one.rig.driver.orders).toHaveLength(2);
    broken = false;
    await answer(one.rig.engine, one.runId, first.questions[0]?.id ?? '', 'retry');
    expect((await driveRig(one.rig.engine, one.runId)).status).toBe('done');
  });

  it.each([
    ['no verdict at all', { status: 'complete', summary: 'APPROVED, LGTM, all good' }],
    [
      'words in place of a verdict',
      { status: 'complete', summary: 'fine', verdict: 'APPROVED!!', findings: [] },
    ],
    [
      'a pass with a blocking finding',
      {
        status: 'complete',
        summary: 'fine',
        verdict: 'pass',
        findings: [{ severity: 'critical', blocking: true, problem: 'it leaks' }],
      },
    ],
    [
      'a verdict of somebody who is blocked',
      { status: 'blocked', blocked_reason: 'unknown', summary: 'x', verdict: 'pass' },
    ],
  ])('R24, R84, OUT-3: accepts nothing on %s', async (_what, review) => {
    await using one = await startOne((order) => (order.role === 'reviewer' ? review : playWell(order)), {
      submit: true,
      limits: { max_retries: 0 },
    });
    const { events, status, reason } = await driveRig(one.rig.engine, one.runId);
    expect([status, reason]).toEqual(['waiting_human', 'retry_exhausted']);
    expect(eventsOf(events, 'step_accepted')).toEqual([]);
    const [ended] = eventsOf(events, 'review_ended');
    expect(ended?.outcome).toMatchObject({ kind: 'failed', reason: 'invalid_output' });
    expect(pullRequests(events)).toBe(0);
  });

  it('OUT-4, R81: a verdict on another content than the one handed out is none, and the review is done again', async () => {
    await using one = await startOne((order) => {
      if (order.role !== 'reviewer') return playWell(order);
      return order.attempt === 1 ? verdict(order, { judged: 'f'.repeat(64) }) : verdict(order);
    });
    const { events, status } = await driveRig(one.rig.engine, one.runId);
    expect(status).toBe('done');
    const reviews = eventsOf(events, 'review_ended').map(({ outcome }) => outcome.kind);
    expect(reviews).toEqual(['failed', 'verdict']);
    const [first] = eventsOf(events, 'review_ended');
    expect(first?.outcome).toMatchObject({ detail: expect.stringContaining('E_STALE_REVIEW') });
  });

  it('OUT-9: a writer that says it is done and changed nothing gets a finding, not an acceptance', async () => {
    await using one = await startOne((order) => {
      if (order.role === 'reviewer') return verdict(order);
      return order.round === 1 ? done(order) : playWell(order);
    });
    const { events, status } = await driveRig(one.rig.engine, one.runId);
    expect(status).toBe('done');
    const [red] = eventsOf(events, 'gates_ended');
    const findings = red?.outcome.kind === 'measured' ? red.outcome.results.flatMap((r) => r.findings) : [];
    expect(findings.filter((finding) => finding.blocking).map((finding) => finding.problem)).toEqual([
      expect.stringContaining('changed'),
    ]);
    expect(one.rig.driver.orders.find((order) => order.round === 2)?.findings).toHaveLength(1);
  });

  it('R78: a refused push is asked about with all that is left to do, and goes on after an answer', async () => {
    let refuse = true;
    await using one = await startOne(playWell, { submit: true });
    const { engine } = one.rig;
    const forge = engine.openForge('local');
    const stubborn: typeof forge = {
      name: forge.name,
      hasChecks: forge.hasChecks,
      readBase: (place, signal) => forge.readBase(place, signal),
      readPull: (place, signal) => forge.readPull(place, signal),
      readReviews: (place, signal) => forge.readReviews(place, signal),
      preflight: (repositories, signal) => forge.preflight(repositories, signal),
      preparePush: (request, signal) => forge.preparePush(request, signal),
      pushBranch: async (request, signal) =>
        refuse ? { kind: 'refused', detail: 'the branch is protected' } : forge.pushBranch(request, signal),
      openPullRequest: (request, signal) => forge.openPullRequest(request, signal),
      linkPullRequests: (request, all, signal) => forge.linkPullRequests(request, all, signal),
      markReady: (request, signal) => forge.markReady(request, signal),
      setLabels: (request, labels, signal) => forge.setLabels(request, labels, signal),
      askReviewers: (request, wanted, signal) => forge.askReviewers(request, wanted, signal),
      setStatus: (request, status, signal) => forge.setStatus(request, status, signal),
      writeComment: (request, text, signal) => forge.writeComment(request, text, signal),
      closePullRequest: (place, signal) => forge.closePullRequest(place, signal),
      deleteBranch: (place, signal) => forge.deleteBranch(place, signal),
      readChecks: (place, commit, signal) => forge.readChecks(place, commit, signal),
    };
    const wrapped = { ...engine, openForge: () => stubborn };
    const first = await driveRig(wrapped, one.runId);
    expect([first.status, first.reason]).toEqual(['waiting_human', 'submission']);
    expect(first.questions[0]?.text).toContain('push_branch in api: the branch is protected');
    expect(first.questions[0]?.text).toContain(
      'Left to do: push_branch in api; open_pull_request in api; link_pull_requests in api; mark_ready in api',
    );
    refuse = false;
    await answer(one.rig.engine, one.runId, first.questions[0]?.id ?? '', 'retry');
    const second = await driveRig(wrapped, one.runId);
    expect(second.status).toBe('done');
    expect(second.state.pullRequests).toMatchObject([{ repo: 'api', state: 'ready' }]);
  });
});
