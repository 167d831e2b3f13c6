/** One attempt of one agent at its work: open a workspace, run the driver, check what came back, measure what changed. */
import type { EffectfulCommand } from '../../core/commands.ts';
import { MAX_CHANGED_PATHS, type EventOf } from '../../core/events.ts';
import { sequenceOf } from '../../core/graph/sequence.ts';
import { type Failure, type WorkOutcome } from '../../core/records.ts';
import type {
  ApprovalPart,
  ChangeSize,
  ClaimMismatch,
  ConcernFact,
  Output,
  Revision,
  Usage,
} from '../../core/results.ts';
import { baseOf } from '../../core/graph/bases.ts';
import { stepOf } from '../../core/state.ts';
import { parseWorkResult } from '../../definitions/result-schema.ts';
import type { DriverOutcome } from '../../drivers/driver.ts';
import type { Artifact } from '../../journal/journal.ts';
import type { Snapshot } from '../../workspace/workspaces.ts';
import { measureRunParts } from '../approval-parts.ts';
import { compareClaims } from '../claims.ts';
import { hashData, textArtifact } from '../hash.ts';
import { identityOf } from '../identity.ts';
import { measureConcerns, measureSize } from '../measure-change.ts';
import type { RunContext } from '../run-context.ts';
import { keepOrder } from '../sent-order.ts';
import { prepareWork } from '../work-order.ts';
import { closeWorkspace, fingerprint, openWorkspace } from '../workspace-use.ts';
import { absentFiles, checkWork, takeSnapshot, whyUnusable, type AttemptGiven } from './measured-work.ts';
import { callDriver } from './call-driver.ts';
import { failureOf, rawArtifact, type Outcome } from './outcome.ts';

type Invoke = Extract<EffectfulCommand, { kind: 'invoke' }>;

export function startInvoke(ctx: RunContext, command: Invoke): EventOf<'invocation_started'> {
  const st = stepOf(ctx.state, command.step);
  const { key, step, author, round, attempt, base } = command;
  const identity = identityOf(ctx, agentOf(ctx, command), round - 1);
  return {
    type: 'invocation_started',
    key,
    step,
    author,
    round,
    attempt,
    identity,
    base,
    findings: st.findings.map((f) => f.id),
    after: sequenceOf(st.step),
  };
}

function agentOf(ctx: RunContext, command: Invoke): string {
  const { work } = stepOf(ctx.state, command.author).step;
  if (work.kind !== 'agent') throw new Error(`${command.author} has no agent`);
  return work.agent;
}

export async function executeInvoke(ctx: RunContext, command: Invoke, signal: AbortSignal): Promise<Outcome> {
  const since = ctx.engine.clock.monotonicMs();
  const base = ctx.state.revisions.get(command.base);
  if (base === undefined) throw new Error(`unknown revision ${command.base}`);
  const prepared = prepareWork(ctx, {
    step: command.step,
    author: command.author,
    key: command.key,
    round: command.round,
    attempt: command.attempt,
  });
  const workspace = await openWorkspace(ctx, command.key, base);
  try {
    const { order, sent } = await prepared.order(workspace);
    const later: string[] = [];
    order.tellLater = (text) => later.push(text);
    const given = { command, order, workspace, base, facts: prepared.facts };
    order.checkResult = (result) => checkWork(ctx, given, ctx.redactor.value(result));
    const attempt = await runAttempt(ctx, given, signal);
    const kept = keepOrder(ctx, order, { sent, later });
    return finishAttempt(command, attempt, { kept, durationMs: ctx.engine.clock.monotonicMs() - since });
  } finally {
    await closeWorkspace(ctx, workspace);
  }
}

interface Attempt {
  outcome: WorkOutcome;
  revision: Revision | null;
  parts: ApprovalPart[];
  mismatches: ClaimMismatch[];
  raw: Artifact | null;
  usage: Usage;
  artifacts: Artifact[];
}

async function runAttempt(ctx: RunContext, given: AttemptGiven, signal: AbortSignal): Promise<Attempt> {
  const { command, order, workspace, facts } = given;
  const before = order.access === 'read' ? await fingerprint(ctx, workspace) : null;
  const done = await callDriver(ctx, { order, key: command.key }, signal);
  if (before !== null && (await fingerprint(ctx, workspace)) !== before) {
    return failed(done, {
      reason: 'role_wrote',
      detail: `E_ROLE_WROTE ${order.agent} may only read, and its checkout changed; the attempt is void`,
    });
  }
  if (done.kind === 'failed') return failed(done, failureOf(done));
  const parsed = parseWorkResult(order.output, done.result, facts);
  if (!parsed.ok) return failed(done, { reason: 'invalid_output', detail: parsed.problems.join('; ') });
  const claimedTestsPassed = parsed.claims.tests_passed;
  const artifact = textArtifact(order.output, `${JSON.stringify(parsed.body, null, 1)}\n`);
  if (order.access === 'read') {
    const absent = await absentFiles(ctx, given.base, parsed.result);
    if (absent.length > 0) return failed(done, { reason: 'invalid_output', detail: absent.join('; ') });
    const output: Output = {
      id: artifact.hash,
      kind: order.output,
      artifact: artifact.hash,
      revision: null,
      summary: parsed.result.summary,
    };
    return submitted(done, {
      result: parsed.result,
      output,
      artifact,
      snapshot: null,
      concerns: [],
      mismatches: compareClaims({ ...parsed.claims, files: [] }, []),
      claimedTestsPassed,
    });
  }
  const snapshot = await takeSnapshot(ctx, given, parsed.result.summary);
  const unusable = whyUnusable(snapshot);
  if (unusable !== null) return failed(done, unusable);
  const absent = await absentFiles(ctx, snapshot.revision, parsed.result);
  if (absent.length > 0) return failed(done, { reason: 'invalid_output', detail: absent.join('; ') });
  const output: Output = {
    id: hashData([artifact.hash, snapshot.revision.id]),
    kind: order.output,
    artifact: artifact.hash,
    revision: snapshot.revision.id,
    summary: parsed.result.summary,
  };
  const mismatches = compareClaims(parsed.claims, snapshot.changes, snapshot.beside);
  const concerns = await measureConcerns(ctx, {
    from: given.base,
    to: snapshot.revision,
    changes: snapshot.changes,
  });
  const since = { base: baseOf(ctx.state, stepOf(ctx.state, command.step)), revision: snapshot.revision };
  const size = await measureSize(ctx, since);
  const parts = await measureRunParts(ctx, since);
  return submitted(done, {
    result: parsed.result,
    output,
    artifact,
    snapshot,
    concerns,
    size,
    parts,
    mismatches,
    claimedTestsPassed,
  });
}

interface SubmittedFacts {
  result: Extract<WorkOutcome, { kind: 'submitted' }>['result'];
  output: Output;
  artifact: Artifact;
  snapshot: Snapshot | null;
  concerns: ConcernFact[] | null;
  size?: ChangeSize;
  parts?: ApprovalPart[];
  mismatches: ClaimMismatch[];
  claimedTestsPassed: boolean | null;
}

function submitted(done: DriverOutcome, facts: SubmittedFacts): Attempt {
  const { changes = [], beside = [] } = facts.snapshot ?? {};
  return {
    outcome: {
      kind: 'submitted',
      result: facts.result,
      output: facts.output,
      claimed_tests_passed: facts.claimedTestsPassed,
      changed_files: changes.length,
      changed_paths: changes.slice(0, MAX_CHANGED_PATHS).map((change) => `${change.repo}/${change.path}`),
      lines_added: facts.snapshot?.linesAdded ?? 0,
      lines_removed: facts.snapshot?.linesRemoved ?? 0,
      ...(beside.length === 0 ? {} : { beside }),
      concerns: facts.concerns,
      ...(facts.size === undefined ? {} : { size: facts.size }),
    },
    revision: facts.snapshot?.revision ?? null,
    parts: facts.parts ?? [],
    mismatches: facts.mismatches,
    raw: rawArtifact(done),
    usage: done.usage,
    artifacts: [facts.artifact],
  };
}

function failed(done: DriverOutcome, failure: Failure): Attempt {
  const outcome: WorkOutcome = {
    kind: 'failed',
    ...failure,
    detail: failure.detail.slice(0, 4_000),
  };
  return {
    outcome,
    revision: null,
    parts: [],
    mismatches: [],
    raw: rawArtifact(done),
    usage: done.usage,
    artifacts: [],
  };
}

function finishAttempt(
  command: Invoke,
  attempt: Attempt,
  { kept, durationMs }: { kept: Artifact; durationMs: number },
): Outcome {
  const { key, step } = command;
  const ended: EventOf<'invocation_ended'> = {
    type: 'invocation_ended',
    key,
    step,
    outcome: attempt.outcome,
    revision: attempt.revision,
    raw: attempt.raw?.hash ?? null,
    usage: attempt.usage,
    duration_ms: Math.round(durationMs),
    ...(attempt.parts.length === 0 ? {} : { parts: attempt.parts }),
    sent: kept.hash,
  };
  const mismatch: EventOf<'claim_mismatch'>[] =
    attempt.mismatches.length === 0
      ? []
      : [{ type: 'claim_mismatch', key, step, mismatches: attempt.mismatches }];
  return {
    key,
    events: [ended, ...mismatch],
    artifacts: [...attempt.artifacts, kept, ...(attempt.raw === null ? [] : [attempt.raw])],
  };
}
