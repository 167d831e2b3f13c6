/**
 * Histories of runs for tests, without agents, git or a store: the real `decide` and fold are driven by
 * outcomes that the test scripts. So a history made here is one that the rules allow.
 */
import type { EffectfulCommand } from '../core/commands.ts';
import { decide } from '../core/decide.ts';
import type { EventOf, JournalEvent, RunEvent } from '../core/events.ts';
import type {
  Following,
  GateResult,
  PullRequest,
  Question,
  ReviewOutcome,
  WorkOutcome,
} from '../core/records.ts';
import type { Usage } from '../core/results.ts';
import { SCHEMA_VERSION } from '../core/events.ts';
import { applyEvent, createState } from '../core/fold.ts';
import type { Graph } from '../core/graph.ts';
import type { RunState } from '../core/state.ts';
import { smallGraph } from './graphs.ts';
import { gateResult, hashOf, passing, revisionOf, revisions, submitted } from './outcomes.ts';

type Invoke = Extract<EffectfulCommand, { kind: 'invoke' }>;
type Review = Extract<EffectfulCommand, { kind: 'review' }>;
type Gates = Extract<EffectfulCommand, { kind: 'gates' }>;
type Effect = Extract<EffectfulCommand, { kind: 'effect' }>;

/** What a test decides about a simulated run; whatever it leaves out goes well. */
export interface Script {
  graph?: Graph;
  request?: string;
  runId?: string;
  confirmed?: boolean;
  label?: string;
  /** Overrides parts of a work outcome; null: as usual. */
  work?: (command: Invoke, state: RunState) => WorkOutcome | null;
  review?: (command: Review, state: RunState) => ReviewOutcome | null;
  gates?: (command: Gates, state: RunState) => GateResult[] | null;
  /** Environments that a deploy command is configured for. */
  deployable?: string[];
  deploy?: (environment: string) => 'deployed' | 'failed';
  effect?: (command: Effect) => EventOf<'effect_ended'>['outcome'] | null;
  mismatches?: (command: Invoke) => EventOf<'claim_mismatch'>['mismatches'];
  /** What a call of an agent costs; null: nobody knows. */
  usage?: (command: Invoke | Review) => Usage | null;
  /** The model of each agent. */
  models?: Record<string, string>;
  /** Names of its repositories; one, unless told otherwise. */
  repos?: string[];
  follow?: Following;
  /** The holder dies right behind this start; another one goes on. Asked for starts alone. */
  dies?: (event: RunEvent, state: RunState) => boolean;
  /** null: nobody answers, and the history ends there. */
  answer?: (question: Question) => { option: string; text: string } | null;
  /** The history ends right behind the first event for which this holds. */
  until?: (event: RunEvent) => boolean;
}

/** A whole history, from `run_started` to where nothing is left to do or nobody answers. */
export function simulateRun(script: Script = {}): JournalEvent[] {
  return asJournal(simulateEvents(script));
}

/** The same history without envelopes. */
export function simulateEvents(script: Script = {}): RunEvent[] {
  const started = runStarted(script);
  const events: RunEvent[] = [started];
  const state = createState(started);
  const add = (event: RunEvent): boolean => {
    events.push(event);
    applyEvent(state, event);
    return script.until?.(event) !== true;
  };
  const go = add({ type: 'holder_changed', epoch: 1, pid: 4711, host: 'here', took_over: false });
  for (let goesOn = go, turns = 0; goesOn; turns += 1) {
    if (turns > 10_000) throw new Error('the simulated run does not end');
    goesOn = takeTurn(state, script, add);
  }
  return events;
}

/** One turn of the loop; false when the history ends here. */
function takeTurn(state: RunState, script: Script, add: (event: RunEvent) => boolean): boolean {
  const commands = decide(state);
  const records = commands.flatMap((command) => (command.kind === 'record' ? [command.event] : []));
  if (records.length > 0) return records.every(add);
  const work = commands.filter((command) => command.kind !== 'record');
  if (work.length === 0) return answerOne(state, script, add);
  const starts = work.map((command) => startOf(state, script, command));
  if (!starts.every(add)) return false;
  if (starts.some((event) => script.dies?.(event, state) === true)) return takeOver(state, work, add);
  return work.every((command) => endOf(state, script, command).every(add));
}

/** What a new holder writes first: none of the work has an outcome. */
function takeOver(state: RunState, work: EffectfulCommand[], add: (event: RunEvent) => boolean): boolean {
  const epoch = state.interruptions + 2;
  const keys = work.map(({ key }) => key);
  return (
    add({ type: 'holder_changed', epoch, pid: 4712, host: 'here', took_over: true }) &&
    add({ type: 'interrupted', keys })
  );
}

function answerOne(state: RunState, script: Script, add: (event: RunEvent) => boolean): boolean {
  const id = [...state.openQuestions][0];
  const question = id === undefined ? undefined : state.questions.get(id)?.question;
  if (question === undefined) return false;
  const usual = question.kind === 'confirm_start' ? { option: 'confirm', text: '' } : null;
  const answer = script.answer === undefined ? usual : script.answer(question);
  if (answer === null) return false;
  const actor = { kind: 'human', name: 'ada', via: 'cli' } as const;
  return add({ type: 'question_answered', question_id: question.id, ...answer, actor });
}

/** Event 1 of a simulated run. */
export function runStarted(script: Script = {}): EventOf<'run_started'> {
  const graph = script.graph ?? smallGraph();
  return {
    type: 'run_started',
    run_id: script.runId ?? 'r-test',
    request: script.request ?? 'Add invoices to the orders service.',
    rules_version: 1,
    baton_version: '0.0.0-test',
    graph,
    graph_hash: hashOf(JSON.stringify(graph)),
    snapshot: hashOf('snapshot'),
    repos: (script.repos ?? ['orders']).map((name) => ({
      name,
      path: `/repos/${name}`,
      base_ref: 'main',
      commit: 'c0',
      tree: 't0',
    })),
    base: revisionOf('t0'),
    driver: 'scripted',
    forge: 'local',
    sandbox: 'wall',
    actor: { kind: 'human', name: 'ada', via: 'cli' },
    confirmed: script.confirmed ?? false,
    notes: [],
    ...(script.follow === undefined ? {} : { follow: script.follow }),
    ...(script.deployable === undefined ? {} : { deployable: script.deployable }),
  };
}

const USAGE = { input_tokens: null, output_tokens: null, cost_usd: null };

function identityOf(state: RunState, script: Script, agent: string) {
  const known = state.graph.agents[agent];
  return {
    agent,
    role: known?.role ?? 'specialist',
    definition_hash: known?.definition_hash ?? '',
    driver: 'scripted',
    label: script.label ?? 'script',
    model: script.models?.[agent] ?? null,
  };
}

function agentOf(state: RunState, step: string): string {
  const work = state.steps.get(step)?.step.work;
  return work?.kind === 'agent' ? work.agent : '';
}

function startOf(state: RunState, script: Script, command: EffectfulCommand): RunEvent {
  switch (command.kind) {
    case 'invoke': {
      const { key, step, author, round, attempt, base } = command;
      const identity = identityOf(state, script, agentOf(state, author));
      const findings = state.steps.get(step)?.findings.map((f) => f.id) ?? [];
      return { type: 'invocation_started', key, step, author, round, attempt, identity, base, findings };
    }
    case 'review': {
      const { key, step, reviewer, round, attempt, link } = command;
      const identity = identityOf(state, script, reviewer);
      return { type: 'review_started', key, step, reviewer, round, attempt, identity, link };
    }
    case 'gates': {
      const { key, step, round, set, revision } = command;
      return { type: 'gates_started', key, step, round, set, revision };
    }
    case 'merge': {
      const { key, step, base, sides } = command;
      return { type: 'merge_started', key, step, base, sides: sides.map((side) => side.revision) };
    }
    case 'wait': {
      const { key, step, slot, wait_ms, reason } = command;
      return { type: 'wait_started', key, step, slot, wait_ms, reason };
    }
    case 'effect': {
      const { key, step, effect, repo, head } = command;
      return { type: 'effect_intended', key, step, effect, repo, head };
    }
    case 'deploy': {
      const { key, step, environment, head } = command;
      return { type: 'deploy_started', key, step, environment, head };
    }
    case 'clean_up':
      return { type: 'clean_up_started', key: command.key, choice: command.choice };
  }
}

function endOf(state: RunState, script: Script, command: EffectfulCommand): RunEvent[] {
  const { key, step } = command;
  switch (command.kind) {
    case 'invoke':
      return endInvocation(state, script, command);
    case 'review': {
      const outcome = script.review?.(command, state) ?? passing(...openFindings(state, command));
      const { reviewer, link } = command;
      const cost = { raw: null, usage: script.usage?.(command) ?? USAGE, duration_ms: 400 };
      return [{ type: 'review_ended', key, step, reviewer, link, outcome, ...cost }];
    }
    case 'gates': {
      const results = script.gates?.(command, state) ?? [gateResult()];
      return [{ type: 'gates_ended', key, step, outcome: { kind: 'measured', results }, duration_ms: 1_000 }];
    }
    case 'merge': {
      const revision = revisionOf(hashOf(command.sides.map((side) => side.revision).join()).slice(0, 8));
      const made = submitted(command, 'merge', revision.repos[0]?.tree ?? '');
      if (made.kind !== 'submitted') return [];
      return [{ type: 'merge_ended', key, step, outcome: { kind: 'merged', output: made.output }, revision }];
    }
    case 'wait':
      return [{ type: 'wait_ended', key, step }];
    case 'effect': {
      const { effect, repo } = command;
      const outcome = script.effect?.(command) ?? confirmed(state, command);
      return [{ type: 'effect_ended', key, step, effect, repo, outcome }];
    }
    case 'deploy': {
      const { environment } = command;
      const kind = script.deploy?.(environment) ?? 'deployed';
      const exit = kind === 'deployed' ? 0 : 1;
      const outcome = { kind, exit, detail: `exit ${exit}` };
      return [{ type: 'deploy_ended', key, step, environment, outcome, log: null, duration_ms: 1 }];
    }
    case 'clean_up': {
      const result = { choice: command.choice, done: [], left: [] };
      return [{ type: 'clean_up_ended', key, result, pull_requests: [] }];
    }
  }
}

/** A reviewer that passes finds its own earlier findings mended. */
function openFindings(state: RunState, command: Review): string[] {
  const findings = state.steps.get(command.step)?.findings ?? [];
  return findings.filter((f) => f.source === command.reviewer).map((f) => f.id);
}

function endInvocation(state: RunState, script: Script, command: Invoke): RunEvent[] {
  const { key, step } = command;
  const work = state.steps.get(step)?.step.work;
  const kind = work?.kind === 'agent' ? work.output : 'changes';
  const writes = state.graph.agents[agentOf(state, command.author)]?.access === 'write';
  const tree = writes ? hashOf(key).slice(0, 8) : null;
  const needs =
    kind === 'selection' ? [{ agent: 'cli-agent', needed: false, reason: 'no command asked' }] : [];
  const outcome = script.work?.(command, state) ?? submitted(command, kind, tree, { needs });
  const made = outcome.kind === 'submitted' ? (revisions.get(outcome.output.revision ?? '') ?? null) : null;
  const cost = { raw: null, usage: script.usage?.(command) ?? USAGE, duration_ms: 2_000 };
  const mismatches = script.mismatches?.(command) ?? [];
  return [
    { type: 'invocation_ended', key, step, outcome, revision: made, ...cost },
    ...(mismatches.length === 0 ? [] : [{ type: 'claim_mismatch', key, step, mismatches } as const]),
  ];
}

function confirmed(state: RunState, command: Effect): EventOf<'effect_ended'>['outcome'] {
  const draft = command.effect !== 'mark_ready';
  const pull_request: PullRequest = {
    repo: command.repo,
    number: 1,
    url: `/state/forge/${command.repo}.git`,
    branch: `baton/${state.runId}`,
    base: 'main',
    head: command.head,
    state: draft ? 'draft' : 'ready',
  };
  return {
    kind: 'confirmed',
    performed: true,
    pull_request: ['prepare_push', 'push_branch'].includes(command.effect) ? null : pull_request,
  };
}

const NINE = Date.UTC(2026, 0, 5, 9);

/** Puts envelopes around events: a chain of hashes, each event so many seconds behind the one before; one, unless told otherwise. */
export function asJournal(
  events: RunEvent[],
  from = NINE,
  secondsBefore: (event: RunEvent) => number = () => 1,
): JournalEvent[] {
  let prev = hashOf('genesis');
  let ms = from;
  return events.map((event, index) => {
    const hash = hashOf(`${prev}\n${index + 1}\n${JSON.stringify(event)}`);
    if (index > 0) ms += 1_000 * secondsBefore(event);
    const at = new Date(ms).toISOString();
    const line = { seq: index + 1, at, schema_version: SCHEMA_VERSION, hash, prev_hash: prev, event };
    prev = hash;
    return line;
  });
}
