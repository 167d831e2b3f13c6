/** What an invocation is told: built from the live state at launch, completed with stored texts before it starts. */
import { ancestorsOf } from '../core/graph/ancestors.ts';
import { timeLimitOf } from '../core/budget/budget.ts';
import { asksThePlan } from '../core/conditions/conditions.ts';
import type { StepId } from '../core/graph.ts';
import { clampLimits } from '../core/limits.ts';
import type { FailureReason, TestLayer } from '../core/words.ts';
import { laneLines, laneOf, PLANNED_MODULES } from '../core/checks/lanes.ts';
import { writersOf } from '../core/graph/lineage.ts';
import type { Dispute, Finding, Output } from '../core/results.ts';
import { stepOf, type RunState } from '../core/state.ts';
import type { StepState } from '../core/step-state.ts';
import { guideText } from '../core/plan/guide.ts';
import { plannedSteps } from '../core/plan/planned.ts';
import { startedTasksOf } from '../core/plan/started-tasks.ts';
import { DEMANDED_CATEGORIES, plannedAgents, type PlanFacts } from '../definitions/check-plan.ts';
import { withDemands } from '../definitions/demanded-schema.ts';
import type { WorkFacts } from '../definitions/result-checks.ts';
import { resultJsonSchema } from '../definitions/result-schema.ts';
import type { ContextItem, FindingForAgent, WorkOrder } from '../drivers/driver.ts';
import type { Workspace } from '../workspace/workspaces.ts';
import { moduleNames } from '../gates/change/scopes.ts';
import { definitionOf, modelOf } from './identity.ts';
import { composePrompt } from './prompt.ts';
import { instructionsOf, readingsOf, toReading } from './required-reading.ts';
import type { RunContext } from './run-context.ts';

/** Failures that an agent's own next result can mend. */
const MENDABLE: readonly FailureReason[] = [
  'no_result',
  'invalid_output',
  'role_wrote',
  'path_refused',
  'diff_too_large',
];
/** Characters of one context item; what is cut is said in the text. */
const MAX_ITEM_CHARS = 32_768;

export interface PreparedWork {
  facts: WorkFacts;
  order(workspace: Workspace): Promise<WorkOrder>;
}

interface WorkIds {
  step: StepId;
  author: StepId;
  key: string;
  round: number;
  attempt: number;
}

export function prepareWork(ctx: RunContext, ids: WorkIds): PreparedWork {
  const { state } = ctx;
  const st = stepOf(state, ids.step);
  const { work, title } = stepOf(state, ids.author).step;
  if (work.kind !== 'agent') throw new Error(`${ids.author} has no agent`);
  const agent = definitionOf(ctx, work.agent);
  const context = contextOf(state, st);
  const previous = st.output;
  const findings = st.findings.map((finding) => forAgent(finding));
  const facts: WorkFacts = {
    conditionalAgents: work.output === 'selection' ? conditionalAgents(state) : [],
    knownFindings: st.findings.map((finding) => finding.id),
    repos: state.repos.map((repo) => repo.name),
    modules: moduleFacts(ctx, work.output),
    earlierOutputs:
      work.output === 'plan'
        ? context.filter((item) => item.output.kind === 'research').map((i) => i.name)
        : [],
    citable: context.map((item) => item.name),
    planned: work.output === 'plan' ? planFacts(state, ids.author) : null,
    guide: work.planning ?? null,
  };
  const { phase } = stepOf(state, ids.author).step;
  // A plan that is made alone is held to what the run that starts from it will ask for.
  const measures = (state.graph.plan_for ?? state.graph).steps.flatMap((step) =>
    step.phase === phase ? (step.standard ?? []).map(({ measure }) => measure.kind) : [],
  );
  const prompt = composePrompt({
    title,
    output: work.output,
    phase: phaseTitle(state, st),
    round: ids.round,
    attempt: ids.attempt,
    request: state.request,
    remarks: state.remarks,
    asked: state.askedFirst,
    notYours: state.spunOff,
    task: stepOf(state, ids.author).step.task ?? null,
    lane: laneLines(laneOf(state, ids.author), layerPlaces(ctx, work.layer)),
    guidance: st.guidance,
    collisions: collisionsOf(state, st, ids.author),
    findings,
    lastFailure: st.lastFailure,
    context: context.map((item) => `${item.name} (${item.output.kind}): ${item.output.summary}`),
    skipped: skippedOf(state, st),
    conditionalAgents: facts.conditionalAgents,
    modules: facts.modules,
    decided: decidedLines(state),
    effort: agent.access === 'read' ? (state.efforts.at(-1)?.tier ?? null) : null,
    review: null,
  });
  return {
    facts,
    order: async (workspace) => ({
      ...orderBase(ctx, ids, workspace),
      agent: agent.name,
      role: agent.role,
      access: work.changes === 'forbidden' ? 'read' : agent.access,
      instructions: instructionsOf(ctx, agent),
      readings: readingsOf(ctx, agent.name).map(toReading),
      ...modelOf(ctx, agent, ids.round - 1),
      capabilities: agent.capabilities,
      prompt,
      findings: [...fromLastAttempt(st, ids), ...findings],
      output: work.output,
      resultSchema: () =>
        withDemands(resultJsonSchema(work.output, agent.role, facts.guide), work.output, { facts, measures }),
      context: [
        ...(await Promise.all(context.map((item) => readItem(ctx, item.name, item.output)))),
        ...conditionalItem(facts.conditionalAgents),
        ...moduleItem(facts.modules),
        ...(work.output === 'plan' ? workersItem(state, ids.author, facts.planned) : []),
        ...(facts.guide === null
          ? []
          : [{ name: 'planning guide', kind: 'guide', text: guideText(facts.guide) }]),
        ...(previous === null ? [] : [await readItem(ctx, 'your previous result', previous)]),
      ],
    }),
  };
}

/** What was wrong with the result of the attempt before, for agents that read findings only. Nobody can dispute it. */
function fromLastAttempt({ lastFailure, step, round }: StepState, { attempt }: WorkIds): FindingForAgent[] {
  if (attempt === 1 || lastFailure === null || !MENDABLE.includes(lastFailure.reason)) return [];
  return [
    {
      id: `${step.id}/r${round}/attempt-${attempt - 1}`,
      severity: 'major',
      blocking: true,
      source: 'result',
      repo: null,
      file: null,
      line: null,
      problem: `The result of the attempt before was refused (${lastFailure.reason}): ${lastFailure.detail}`,
      fix: 'Hand in a result without that.',
    },
  ];
}

/** What every work order of a run shares. */
export function orderBase(
  ctx: RunContext,
  ids: { key: string; round: number; attempt: number },
  workspace: Workspace,
): Pick<
  WorkOrder,
  | 'runId'
  | 'invocationId'
  | 'attempt'
  | 'round'
  | 'workspace'
  | 'request'
  | 'wall'
  | 'network'
  | 'modelAccess'
  | 'handed'
  | 'idleTimeoutMs'
  | 'totalTimeoutMs'
  | 'maxOutputBytes'
> {
  const { limits } = ctx.state;
  return {
    runId: ctx.runId,
    invocationId: `${ctx.runId}/${ids.key}`,
    attempt: ids.attempt,
    round: ids.round,
    workspace,
    request: ctx.state.request,
    wall: ctx.wall,
    network: ctx.snapshot.config.agentNetwork ?? true,
    modelAccess: null,
    handed: new Map(),
    idleTimeoutMs: limits.idle_timeout_ms,
    totalTimeoutMs: timeLimitOf(ctx.state, ids.key, limits.invocation_timeout_ms),
    maxOutputBytes: limits.max_output_bytes,
  };
}

/** What a plan has to fit into, where its tasks become steps: in this run, or in one that starts from the plan. */
function planFacts(state: RunState, plan: StepId): PlanFacts | null {
  const graph = state.graph.plan_for ?? state.graph;
  if (plannedSteps(graph, plan).length === 0) return null;
  const started = startedTasksOf(state, plan);
  return {
    graph,
    plan,
    // A plan alone is carried out by a run of its own, with all that it may take.
    invocationsLeft:
      graph === state.graph
        ? state.limits.max_invocations - state.invocations
        : clampLimits(graph.limits).max_invocations,
    started: state.graph.steps.flatMap((step) =>
      step.task !== undefined && started.has(step.id) ? [step.task] : [],
    ),
  };
}

/** Why the author of a merged side does its work again, where parallel changes collided. */
function collisionsOf(state: RunState, st: StepState, author: StepId): string[] {
  return st.collisions
    .filter(({ side }) => writersOf(state, st, side).includes(author))
    .map(({ against, paths }) => `${against} changed the same lines of ${paths.join(', ')}`);
}

export interface EarlierOutput {
  name: string;
  output: Output;
}

/**
 * The accepted outputs among the step's ancestors (or its direct needs, where the workflow says so), in order. What
 * runs beside it is no part of it: a prompt depends on the graph and on what was accepted, not on who was faster.
 */
export function contextOf(state: RunState, st: StepState): EarlierOutput[] {
  const earlier =
    state.graph.context === 'needs' ? st.step.needs.map((id) => stepOf(state, id)) : ancestorsOf(state, st);
  return earlier.flatMap((each) => {
    const output = each.accepted?.output;
    return output == null ? [] : [{ name: nameOf(each), output }];
  });
}

function nameOf(st: StepState): string {
  return st.step.work.kind === 'agent' ? st.step.work.agent : st.step.id;
}

export async function readItem(ctx: RunContext, name: string, output: Output): Promise<ContextItem> {
  return { name, kind: output.kind, text: cut(await ctx.readText(output.artifact)) };
}

/** Bounds a text, and says so in it. */
export function cut(text: string, maxChars: number = MAX_ITEM_CHARS): string {
  return text.length <= maxChars
    ? text
    : `${text.slice(0, maxChars)}\n[cut: ${text.length - maxChars} more characters]`;
}

export function forAgent(finding: Finding): FindingForAgent {
  const { id, severity, blocking, source, repo, file, line, problem, fix } = finding;
  return { id, severity, blocking, source, repo, file, line, problem, fix };
}

export function decidedLines(state: RunState): string[] {
  return [...state.decided].map(([topic, decision]) => `${topic}: ${decision}`);
}

export function disputeLines(disputes: Dispute[]): string[] {
  return disputes.map((dispute) => `${dispute.finding}: ${dispute.reason}`);
}

export function phaseTitle(state: RunState, st: StepState): string {
  const place = state.graph.phases.findIndex((phase) => phase.id === st.step.phase);
  return `${place + 1} of ${state.graph.phases.length}: ${state.graph.phases[place]?.title ?? st.step.phase}`;
}

function skippedOf(state: RunState, st: StepState): string[] {
  if (state.graph.context === 'needs') return [];
  return ancestorsOf(state, st)
    .filter((earlier) => earlier.status === 'skipped')
    .map((earlier) => `${earlier.step.title}: ${earlier.skipReason ?? ''}`);
}

/** Where tests of this layer lie, a line per repository that says so. */
function layerPlaces({ snapshot }: RunContext, layer: TestLayer | undefined): string[] {
  return Object.entries(snapshot.config.repos).flatMap(([name, config]) => {
    const globs = layer === undefined ? undefined : config.tests?.[layer];
    return globs === undefined ? [] : [`${name}: ${globs.join(', ')}`];
  });
}

/** Whom a selection has to decide about, as data: their definitions are not in its hands. */
function conditionalItem(agents: string[]): ContextItem[] {
  return agents.length === 0
    ? []
    : [{ name: 'conditional agents', kind: 'names', text: JSON.stringify(agents) }];
}

/** Where several modules are there, and agents work in those that this result names for them. */
function moduleFacts({ state, snapshot }: RunContext, output: string): WorkFacts['modules'] {
  if (output !== 'selection' && output !== 'plan') return null;
  const agents = state.graph.steps.flatMap(({ work }) =>
    work.kind === 'agent' && work.module === PLANNED_MODULES ? [work.agent] : [],
  );
  const configured = state.repos.map(
    ({ name }) => [name, snapshot.config.repos[name] ?? { modules: [] }] as const,
  );
  const names = moduleNames(Object.fromEntries(configured));
  return agents.length === 0 || names.length < 2 ? null : { agents: [...new Set(agents)], names };
}

function moduleItem(modules: WorkFacts['modules']): ContextItem[] {
  return modules === null ? [] : [{ name: 'modules', kind: 'names', text: JSON.stringify(modules) }];
}

/** Whom a plan may give a task, and what it has tasks for; where tasks become no steps, who works behind it. */
function workersItem(state: RunState, plan: StepId, planned: PlanFacts | null): ContextItem[] {
  if (planned === null) {
    const { steps, agents } = state.graph.plan_for ?? state.graph;
    const behind = steps.slice(steps.findIndex(({ id }) => id === plan) + 1);
    const named = behind.flatMap(({ work }) => (work.kind === 'agent' ? [work.agent] : []));
    const writers = [...new Set(named)].filter((name) => agents[name]?.access === 'write');
    const follow = Object.fromEntries(writers.map((name) => [name, agents[name]?.title]));
    return writers.length === 0
      ? []
      : [{ name: 'agents that follow', kind: 'names', text: JSON.stringify(follow) }];
  }
  return [
    { name: 'planned agents', kind: 'names', text: JSON.stringify(plannedAgents(planned)) },
    { name: 'demanded categories', kind: 'names', text: JSON.stringify(DEMANDED_CATEGORIES) },
  ];
}

/** Agents whose running depends on an accepted selection, however deep in their condition. */
function conditionalAgents(state: RunState): string[] {
  return state.graph.steps.flatMap((step) =>
    step.work.kind === 'agent' && step.when !== null && asksThePlan(step.when) ? [step.work.agent] : [],
  );
}
