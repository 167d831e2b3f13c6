/** What an invocation is told: built from the live state at launch, completed with stored texts before it starts. */
import { ancestorsOf } from '../core/graph/ancestors.ts';
import { timeLimitOf } from '../core/budget/budget.ts';
import type { StepId } from '../core/graph.ts';
import { clampLimits } from '../core/limits.ts';
import type { FailureReason, Role, TestLayer } from '../core/words.ts';
import { laneLines, laneOf } from '../core/checks/lanes.ts';
import { ontoOf } from '../core/graph/bases.ts';
import { writersOf } from '../core/graph/lineage.ts';
import type { Dispute, Finding, Output } from '../core/results.ts';
import { stepOf, type RunState } from '../core/state.ts';
import type { StepState } from '../core/step-state.ts';
import { guideText } from '../core/plan/guide.ts';
import { plannedSteps } from '../core/plan/planned.ts';
import { startedTasksOf } from '../core/plan/started-tasks.ts';
import type { PlanFacts } from '../definitions/check-plan.ts';
import { withDemands } from '../definitions/demanded-schema.ts';
import type { WorkFacts } from '../definitions/result-checks.ts';
import { resultJsonSchema } from '../definitions/result-schema.ts';
import type { ContextItem, FindingForAgent, WorkOrder } from '../drivers/driver.ts';
import type { Workspace } from '../workspace/workspaces.ts';
import { definitionOf, modelOf } from './identity.ts';
import { drawFenceWord } from './fence-word.ts';
import { fitContext, roomFor, type Fitted, type SentItem, type Source } from './prompt-budget.ts';
import {
  conditionalAgents,
  conditionalItem,
  guidesItem,
  moduleFacts,
  moduleItem,
  workersItem,
} from './order-names.ts';
import { composePrompt, type PromptFacts } from './prompt.ts';
import { chooseReading, filesFor, planFor } from './chosen-reading.ts';
import { notesOf, toReading } from './required-reading.ts';
import type { RunContext } from './run-context.ts';

/** Failures that an agent's own next result can mend. */
const MENDABLE: readonly FailureReason[] = [
  'no_result',
  'invalid_output',
  'role_wrote',
  'path_refused',
  'diff_too_large',
];
const PREVIOUS = 'your previous result';

export interface PreparedWork {
  facts: WorkFacts;
  order(workspace: Workspace): Promise<PreparedOrder>;
}

/** A work order, and what of it the journal keeps. */
export interface PreparedOrder {
  order: WorkOrder;
  sent: SentItem[];
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
  const fenceWord = drawFenceWord();
  const promptFacts: PromptFacts = {
    fenceWord,
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
    marked: ontoOf(st.step.work) !== null,
    findings,
    lastFailure: st.lastFailure,
    context: context.map((item) => `${item.name} (${item.output.kind}): ${item.output.summary}`),
    skipped: skippedOf(state, st),
    conditionalAgents: facts.conditionalAgents,
    modules: facts.modules,
    decided: decidedLines(state),
    effort: agent.access === 'read' ? (state.efforts.at(-1)?.tier ?? null) : null,
    review: null,
    shortened: [],
  };
  return {
    facts,
    order: async (workspace) => {
      const { readings, instructions, shortened } = chooseReading(ctx, agent, {
        files: await filesFor(ctx, agent.name, {
          from: state.revisions.get(st.base) ?? null,
          to: state.revisions.get(previous?.revision ?? '') ?? null,
        }),
        words: wordsOf(promptFacts, await planFor(ctx, agent.name, context)),
      });
      const sources: Source[] = [
        ...noteSources(ctx),
        ...(await Promise.all(context.map((item) => readSource(ctx, item.name, item.output)))),
        ...named(conditionalItem(facts.conditionalAgents)),
        ...named(guidesItem(agent.role, ctx.snapshot.readings ?? [])),
        ...named(moduleItem(facts.modules)),
        ...named(work.output === 'plan' ? workersItem(state, ids.author, facts.planned) : []),
        ...named(
          facts.guide === null
            ? []
            : [{ name: 'planning guide', kind: 'guide', text: guideText(facts.guide) }],
        ),
        ...(previous === null ? [] : [{ ...(await readSource(ctx, PREVIOUS, previous)), first: true }]),
      ];
      const { prompt, items, sent } = fitPrompt({ ...promptFacts, shortened }, sources, {
        role: agent.role,
        instructions,
      });
      const order: WorkOrder = {
        ...orderBase(ctx, ids, workspace),
        agent: agent.name,
        role: agent.role,
        access: work.changes === 'forbidden' ? 'read' : agent.access,
        instructions,
        readings: readings.map(toReading),
        ...modelOf(ctx, agent, ids.round - 1),
        capabilities: agent.capabilities,
        prompt,
        fenceWord,
        findings: [...fromLastAttempt(st, ids), ...findings],
        output: work.output,
        resultSchema: () =>
          withDemands(resultJsonSchema(work.output, agent.role, facts.guide), work.output, {
            facts,
            measures,
          }),
        context: items,
      };
      return { order, sent };
    },
  };
}

/** What a piece of work is about, for those who choose what is read before it. */
export function wordsOf({ request, task }: Pick<PromptFacts, 'request' | 'task'>, plan: string): string {
  return [request, task?.description ?? '', task?.output ?? '', plan].join('\n');
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
  const isOwn = (side: StepId): boolean =>
    ontoOf(st.step.work) === null ? writersOf(state, st, side).includes(author) : side === author;
  return st.collisions
    .filter(({ side }) => isOwn(side))
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

export async function readSource(ctx: RunContext, name: string, output: Output): Promise<Source> {
  const text = await ctx.readText(output.artifact);
  return { name, kind: output.kind, text, artifact: output.artifact, first: false };
}

/** What repositories tell agents: material like every other text. */
export function noteSources(ctx: RunContext): Source[] {
  return notesOf(ctx).map(({ name, repo, text, hash, whole }) => ({
    name: `${name} of ${repo ?? ''}`,
    kind: 'notes of the repository',
    text,
    artifact: hash,
    first: false,
    ...(whole !== undefined && { whole }),
  }));
}

/** Made for this order, and needed as it is. */
export function named(items: ContextItem[]): Source[] {
  return items.map((item) => ({ ...item, artifact: null, first: true }));
}

/** The prompt with as much context as the role has room for; it says itself what is not whole. */
export function fitPrompt(
  facts: PromptFacts,
  sources: Source[],
  { role, instructions }: { role: Role; instructions: string },
): { prompt: string } & Fitted {
  const prompt = composePrompt(facts);
  const fitted = fitContext(sources, roomFor(role, instructions.length + prompt.length));
  const shortened = [...facts.shortened, ...fitted.shortened];
  return { ...fitted, prompt: shortened.length === 0 ? prompt : composePrompt({ ...facts, shortened }) };
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
