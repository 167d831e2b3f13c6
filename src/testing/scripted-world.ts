/** A world in which everything goes well but for what the test says. */
import type { EffectfulCommand } from '../core/commands.ts';
import type { EventOf, RunEvent } from '../core/events.ts';
import type { Failure, Question } from '../core/records.ts';
import type { Graph } from '../core/graph.ts';
import type { ChangeSize, ConcernFact, Finding, Link, ReviewResult, WorkResult } from '../core/results.ts';
import type { RunState } from '../core/state.ts';
import type { FailureReason } from '../core/words.ts';
import { createRandom, digest } from './random.ts';
import { createRandomWorld } from './random-world.ts';
import { CALM } from './temper.ts';
import { simulate, startOf, type Simulation, type SimulationOptions, type World } from './simulator.ts';
import { revisionOf } from './start-events.ts';

type Of<K extends EffectfulCommand['kind']> = Extract<EffectfulCommand, { kind: K }>;

/** What a test decides; whatever it leaves out, or answers with null, goes well. */
export interface WorldScript {
  /** A technical failure of an agent, a gate, a review or a merge. */
  fails?: (command: EffectfulCommand, state: RunState) => FailureReason | Failure | null;
  result?: (command: Of<'invoke'>, state: RunState) => Partial<WorkResult> | null;
  /** What the first repository holds afterwards. */
  tree?: (command: Of<'invoke'>, state: RunState) => string | null;
  paths?: (command: Of<'invoke'>) => { named: string[]; all: number } | null;
  /** What the engine sees in the diff. */
  concerns?: (command: Of<'invoke'>) => ConcernFact[] | null | undefined;
  /** What an invocation or a review cost, and how long it or the gates took. */
  cost?: (command: EffectfulCommand) => { tokens: number | null; usd?: number; ms?: number } | null;
  /** How much it is since the base. */
  size?: (command: Of<'invoke'>) => ChangeSize | undefined;
  gate?: (command: Of<'gates'>, state: RunState) => { findings: Finding[]; red: boolean } | null;
  review?: (command: Of<'review'>, state: RunState) => Partial<ReviewResult> | null;
  link?: (command: Of<'review'>) => Link | null;
  conflict?: (command: Of<'merge'>, state: RunState) => { first: string; second: string } | null;
  effect?: (command: Of<'effect'>, state: RunState) => EventOf<'effect_ended'>['outcome'] | null;
  /** An option, or null where nobody answers. Without it: the first way on. */
  answer?: (question: Question, state: RunState) => string | null;
}

/** Runs a graph in a scripted world. */
export function play(
  graph: Graph,
  script: WorldScript = {},
  over: Partial<SimulationOptions> & { repos?: string[] } = {},
): Simulation {
  const { repos = ['api'], ...options } = over;
  const history = startOf(graph, { repos });
  return simulate({ history, world: createScriptedWorld(script), random: createRandom(1), ...options });
}

export function createScriptedWorld(script: WorldScript): World {
  const calm = createRandomWorld(1, CALM, 'first');
  return {
    outcomeOf: (command, state) =>
      calm
        .outcomeOf(command, state)
        .map((event) => withCost(script, command, scriptedEvent(script, { command, event, state }))),
    answer: (question, state) => {
      if (script.answer === undefined) return calm.answer(question);
      const option = script.answer(question, state);
      return option === null ? null : { option, text: `words on ${question.id}` };
    },
  };
}

/** A finding of this reviewer or gate, blocking unless told otherwise. */
export function findingOf(source: string, problem: string, over: Partial<Finding> = {}): Finding {
  return {
    id: `${source}/${problem}`,
    fingerprint: digest(source, problem),
    source,
    severity: 'major',
    blocking: true,
    repo: null,
    file: null,
    line: null,
    problem,
    fix: 'mend it',
    owner: null,
    ...over,
  };
}

interface Facts {
  command: EffectfulCommand;
  event: RunEvent;
  state: RunState;
}

function withCost(script: WorldScript, command: EffectfulCommand, event: RunEvent): RunEvent {
  const cost = script.cost?.(command) ?? null;
  if (cost === null || !('duration_ms' in event) || event.type === 'deploy_ended') return event;
  const duration_ms = cost.ms ?? event.duration_ms;
  if (event.type === 'gates_ended') return { ...event, duration_ms };
  const usage = {
    input_tokens: cost.tokens,
    output_tokens: cost.tokens === null ? null : 0,
    cost_usd: cost.usd ?? null,
  };
  return { ...event, usage, duration_ms };
}

function scriptedEvent(script: WorldScript, { command, event, state }: Facts): RunEvent {
  const said = script.fails?.(command, state) ?? null;
  const failure = typeof said === 'string' ? { reason: said, detail: `it ${said}` } : said;
  const failed = failure === null ? null : ({ kind: 'failed', ...failure } as const);
  if (event.type === 'invocation_ended' && command.kind === 'invoke')
    return failed === null
      ? scriptedWork(script, { command, event, state })
      : { ...event, outcome: failed, revision: null };
  if (event.type === 'gates_ended' && command.kind === 'gates')
    return failed === null ? scriptedGates(script, { command, event, state }) : { ...event, outcome: failed };
  if (event.type === 'review_ended' && command.kind === 'review')
    return failed === null
      ? scriptedReview(script, { command, event, state })
      : { ...event, outcome: failed };
  if (event.type === 'merge_ended' && command.kind === 'merge') {
    const conflict = script.conflict?.(command, state) ?? null;
    if (conflict === null) return failed === null ? event : { ...event, outcome: failed, revision: null };
    if (event.outcome.kind === 'failed') return event;
    const left = [{ side: conflict.second, against: conflict.first, paths: ['api/src/a.ts'] }];
    return { ...event, outcome: { kind: 'collided', output: event.outcome.output, left } };
  }
  if (event.type === 'effect_ended' && command.kind === 'effect')
    return { ...event, outcome: script.effect?.(command, state) ?? event.outcome };
  return event;
}

function scriptedWork(
  script: WorldScript,
  { command, event, state }: { command: Of<'invoke'>; event: EventOf<'invocation_ended'>; state: RunState },
): RunEvent {
  if (event.outcome.kind !== 'submitted') return event;
  const result = { ...event.outcome.result, ...script.result?.(command, state) };
  const paths = script.paths?.(command) ?? null;
  const concerns = script.concerns?.(command);
  const size = script.size?.(command);
  const changes = {
    ...(size === undefined ? {} : { size }),
    ...(paths === null ? {} : { changed_paths: paths.named, changed_files: paths.all }),
    ...(concerns === undefined ? {} : { concerns }),
  };
  const tree = script.tree?.(command, state) ?? null;
  if (tree === null) return { ...event, outcome: { ...event.outcome, ...changes, result } };
  const trees = Object.fromEntries(
    state.base.repos.map((repo, i) => [repo.name, i === 0 ? tree : repo.tree]),
  );
  const revision = revisionOf(trees);
  const output = { ...event.outcome.output, revision: revision.id, id: digest(command.key, revision.id) };
  return { ...event, revision, outcome: { ...event.outcome, ...changes, result, output } };
}

function scriptedGates(
  script: WorldScript,
  { command, event, state }: { command: Of<'gates'>; event: EventOf<'gates_ended'>; state: RunState },
): RunEvent {
  const gate = script.gate?.(command, state) ?? null;
  if (gate === null || event.outcome.kind !== 'measured') return event;
  const status = gate.red ? 'fail' : 'pass';
  const results = event.outcome.results.map(
    (result) => ({ ...result, status, findings: gate.findings }) as const,
  );
  return { ...event, outcome: { kind: 'measured', results } };
}

function scriptedReview(
  script: WorldScript,
  { command, event, state }: { command: Of<'review'>; event: EventOf<'review_ended'>; state: RunState },
): RunEvent {
  if (event.outcome.kind !== 'verdict') return event;
  const review = { ...event.outcome.review, ...script.review?.(command, state) };
  return { ...event, link: script.link?.(command) ?? event.link, outcome: { kind: 'verdict', review } };
}
