/** One pass of all gates over one revision. A red gate always carries a finding: there is something to answer. */
import { timeLimitOf } from '../../core/budget/budget.ts';
import type { EffectfulCommand } from '../../core/commands.ts';
import { baseOf } from '../../core/graph/bases.ts';
import { namedTests } from '../../core/checks/criteria.ts';
import type { EventOf } from '../../core/events.ts';
import type { GateResult } from '../../core/records.ts';
import { findingPrefix } from '../../core/keys.ts';
import type { Finding } from '../../core/results.ts';
import { rollbackOrder } from '../../core/effects/rollback-order.ts';
import { stepOf, type RunState } from '../../core/state.ts';
import type { StepState } from '../../core/step-state.ts';
import type { GateSet } from '../../core/words.ts';
import type { GateCommand, RepoConfig } from '../../definitions/config.ts';
import { areDependenciesApproved, isConfigApproved } from '../../core/questions/approvals.ts';
import { checksWhole, plannedFiles } from '../../core/plan/planned-files.ts';
import { approvalRulesOf } from '../approval-parts.ts';
import { compareTestClaim } from '../claims.ts';
import { hashBytes } from '../../journal/hash.ts';
import { ownerCandidates, testWriters, withOwners } from '../owners.ts';
import type { GateOrder } from '../../gates/gates.ts';
import { editsOf } from '../lane-edits.ts';
import { expectationOf } from '../red-tests.ts';
import type { RunContext } from '../run-context.ts';
import { acceptedEndpoints } from '../accepted-endpoints.ts';
import { acceptedRequirements } from '../accepted-requirements.ts';
import { measureStandards } from '../standards.ts';
import { keepWayBack } from '../kept-way-back.ts';
import { forgeChecksOf } from './forge-checks.ts';
import { tellGates } from './tell-gates.ts';
import type { Outcome } from './outcome.ts';

type Gates = Extract<EffectfulCommand, { kind: 'gates' }>;

export function startGates(command: Gates): EventOf<'gates_started'> {
  const { key, step, round, set, revision } = command;
  return { type: 'gates_started', key, step, round, set, revision };
}

export async function executeGates(ctx: RunContext, command: Gates, signal: AbortSignal): Promise<Outcome> {
  const since = ctx.engine.clock.monotonicMs();
  const { state } = ctx;
  const st = stepOf(state, command.step);
  const revision = state.revisions.get(command.revision);
  const from = state.revisions.get(st.base);
  if (revision === undefined || from === undefined) throw new Error(`unknown revision ${command.revision}`);
  const { work } = st.step;
  const base = baseOf(state, st);
  const owners = ownerCandidates(state, st);
  const claimed = st.claimedTestsPassed;
  const prefix = findingPrefix(st, 'gate');
  const plan = plannedFiles(state, st, checksWhole(st) ? await acceptedRequirements(ctx) : []);
  using teller = tellGates(
    (note) => ctx.note(command.key, note),
    () => ctx.engine.clock.monotonicMs(),
  );
  const { results, artifacts } = await runGates(
    ctx,
    command.set,
    {
      runId: ctx.runId,
      key: command.key,
      findingPrefix: prefix,
      revision,
      base,
      repos: withinTime(state, command.key, ctx.snapshot.config.repos),
      approvals: approvalRulesOf(ctx),
      approvedConfig: isConfigApproved(state, revision.id),
      approvedDependencies: areDependenciesApproved(state, revision.id),
      expected: expectationOf(state, st),
      ...(command.set === 'full' ? { named: namedTests(state) } : {}),
      edits: editsOf(state, st),
      ...(plan === null ? {} : { plan }),
      compliance: state.graph.compliance ?? [],
      ...(command.set === 'full' ? { testWriters: await testWriters(ctx, { base, revision }, owners) } : {}),
      testsToCome: areTestsToCome(state, st),
      coverage: st.step.standard?.some(({ measure }) => measure.kind === 'coverage') === true,
      expectChanges:
        work.kind === 'agent'
          ? { from, required: work.changes === 'required' && st.disputes.length === 0 }
          : null,
      beside: [...st.beside],
      begins: teller.begins,
      timeoutMs: timeLimitOf(state, command.key, state.limits.gate_timeout_ms),
      ...(asksServices(ctx, command.set) ? { endpoints: await acceptedEndpoints(ctx) } : {}),
      ...(isRehearsed(ctx, st) ? { rollback: rollbackOrder(state, st.step.id, revision.id) } : {}),
      sizes: state.limits,
      maxOutputBytes: state.limits.max_output_bytes,
      ...(ctx.forge.hasChecks ? { forge: forgeChecksOf(ctx, { base, revision }) } : {}),
      redact: ctx.redactor.text,
      wall: ctx.wall,
    },
    signal,
  );
  const gates = await Promise.all(
    results.map(async (r) => ({ ...r, findings: await withOwners(ctx, withReason(r, prefix), owners) })),
  );
  const kept = await keepWayBack(ctx, gates, revision.id);
  const owned = [...kept.results, ...(await measureStandards(ctx, st, { revision, results: gates }))];
  const event: EventOf<'gates_ended'> = {
    type: 'gates_ended',
    key: command.key,
    step: command.step,
    outcome: { kind: 'measured', results: owned },
    duration_ms: Math.round(ctx.engine.clock.monotonicMs() - since),
  };
  const mismatches = compareTestClaim(claimed, owned);
  const lie: EventOf<'claim_mismatch'> = {
    type: 'claim_mismatch',
    key: command.key,
    step: command.step,
    mismatches,
  };
  return {
    key: command.key,
    events: mismatches.length === 0 ? [event] : [event, lie],
    artifacts: [...artifacts, ...kept.artifacts],
  };
}

/** Whether another step's tester that may write has not had its turn. */
function areTestsToCome({ graph, steps }: RunState, own: StepState): boolean {
  return [...steps.values()].some(
    ({ step: { id, work }, status }) =>
      id !== own.step.id &&
      (status === 'pending' || status === 'open') &&
      work.kind === 'agent' &&
      work.changes !== 'forbidden' &&
      graph.agents[work.agent]?.role === 'tester',
  );
}

/** Reading what was accepted costs more than most gates decide. */
function asksServices({ snapshot }: RunContext, set: GateSet): boolean {
  const modules = Object.values(snapshot.config.repos).flatMap((repo) => repo.modules);
  return modules.some(({ gates }) =>
    gates.some((gate) => gate.kind === 'probe' && (set === 'full' || gate.set === set)),
  );
}

/** Where the whole change is checked, base to head, and where a base that went on was brought into it. */
function isRehearsed({ state }: RunContext, st: StepState): boolean {
  const submits = state.graph.steps.filter((step) => step.work.kind === 'submit');
  const isWhole = checksWhole(st) && submits.length > 0;
  return isWhole || submits.some(({ tree_from }) => tree_from === st.step.id);
}

/** Where only the standards of a phase are measured, no gate runs. */
async function runGates(
  ctx: RunContext,
  set: GateSet,
  order: Omit<GateOrder, 'set'>,
  signal: AbortSignal,
): ReturnType<RunContext['engine']['gates']['run']> {
  return set === 'none' ? { results: [], artifacts: [] } : ctx.engine.gates.run({ ...order, set }, signal);
}

/** A gate's own time limit is cut as well to what is left of the run's time. */
function withinTime(
  state: RunContext['state'],
  key: string,
  repos: Record<string, RepoConfig>,
): Record<string, RepoConfig> {
  if (state.spending.limits.time_ms === null) return repos;
  const cut = (gate: GateCommand): GateCommand =>
    gate.timeoutMs === null ? gate : { ...gate, timeoutMs: timeLimitOf(state, key, gate.timeoutMs) };
  const cutAll = (repo: RepoConfig): RepoConfig => ({
    ...repo,
    modules: repo.modules.map((module) => ({
      ...module,
      setup: module.setup === null ? null : cut(module.setup),
      gates: module.gates.map(cut),
    })),
  });
  return Object.fromEntries(Object.entries(repos).map(([name, repo]) => [name, cutAll(repo)]));
}

/** A gate that is red, or could not run, blocks even when it names nothing. */
function withReason(result: GateResult, prefix: string): Finding[] {
  const red = result.status === 'fail' || result.status === 'error';
  if (!red || result.findings.some((finding) => finding.blocking)) return result.findings;
  const finding: Finding = {
    id: `${prefix}/${result.repo}/${result.module}/${result.gate}/0`,
    fingerprint: hashBytes(`${result.repo}/${result.module}/${result.gate}/${result.status}`),
    source: result.gate,
    severity: 'major',
    blocking: true,
    repo: result.repo,
    file: null,
    line: null,
    problem: `gate ${result.gate} is ${result.status}: ${result.summary}`,
    fix: 'Make the gate pass; its log is stored with the run.',
    owner: null,
  };
  return [...result.findings, finding];
}
