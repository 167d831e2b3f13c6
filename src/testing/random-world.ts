/**
 * A world of chance whose answers depend on what is asked only: on a command's key without its attempt, on how
 * often that failed, and on what it starts from. So two schedules, or a run that was killed and one that was
 * not, meet the same world.
 */
import { cleanUpOf } from '../core/effects/cleanup.ts';
import type { EffectfulCommand } from '../core/commands.ts';
import type { EventOf, RunEvent } from '../core/events.ts';
import type { Failure, GateResult, Question } from '../core/records.ts';
import type { Graph } from '../core/graph.ts';
import type {
  ChangeSize,
  ApprovalPart,
  ConcernFact,
  Finding,
  Output,
  PlannedTask,
  ReviewResult,
  Revision,
  WorkResult,
  Recommendation,
} from '../core/results.ts';
import { stepOf, type RunState, type StepState } from '../core/state.ts';
import {
  BLOCKED_REASONS,
  type BlockedReason,
  CONCERNS,
  EFFORTS,
  FAILURE_REASONS,
  type Effort,
} from '../core/words.ts';
import { digest, rollFor } from './random.ts';
import type { World } from './simulator.ts';
import { revisionOf } from './start-events.ts';

/** How likely each thing goes wrong, from 0 to 1. */
export interface Temper {
  /** An attempt ends without a result: agents, gates, reviews, merges. */
  crash: number;
  blocked: number;
  /** Findings of a gate. */
  red: number;
  /** A reviewer says fail; `vague`: without naming anything that blocks. */
  fail: number;
  vague: number;
  /** A reviewer says pass and names something that blocks all the same. */
  contradict: number;
  /** A verdict comes back for other content. */
  misdirect: number;
  /** A finding names another step of the run as its owner. */
  foreign: number;
  /** A finding is the one of the round before. */
  repeat: number;
  dispute: number;
  conflict: number;
  /** An agent hands in one of two trees, turn by turn. */
  toggle: number;
  /** An agent hands in the tree that it got. */
  idle: number;
  /** An effect's outcome is lost; half of the time behind the effect. */
  lost: number;
  refused: number;
  /** A tree changes something that needs an approval. */
  guarded: number;
  /** A conditional agent is said not to be needed. */
  unneeded: number;
  /** A change, or a reader's word, touches a concern; or the change is too long to tell. */
  touches: number;
  /** What an invocation cost cannot be said. */
  unmetered: number;
  /** An invocation changes more files than it may without a person. */
  large: number;
  /** A change is bigger than it seemed, or a reader says that the run is worth more. */
  bigger: number;
  /** Agents recommend one thing or the other. */
  disagree: number;
}

export const CALM: Temper = {
  crash: 0,
  blocked: 0,
  red: 0,
  fail: 0,
  vague: 0,
  contradict: 0,
  misdirect: 0,
  foreign: 0,
  repeat: 0,
  dispute: 0,
  conflict: 0,
  toggle: 0,
  idle: 0,
  lost: 0,
  refused: 0,
  guarded: 0,
  unneeded: 0,
  touches: 0,
  unmetered: 0,
  large: 0,
  bigger: 0,
  disagree: 0,
};

/** What people do: always the first way on, always the last one before giving up, or one or the other. */
export type People = 'first' | 'last' | 'either' | 'absent';

export function createRandomWorld(seed: number, temper: Temper, people: People): RandomWorld {
  return new RandomWorld(seed, temper, people);
}

type Of<K extends EffectfulCommand['kind']> = Extract<EffectfulCommand, { kind: K }>;

/** No piece of work in these worlds costs more than this. */
export const MOST = { tokens: 100, cost_usd: 0.5, time_ms: 20 };

const REASONS = FAILURE_REASONS.filter((reason) => reason !== 'interrupted' && reason !== 'cancelled');

export class RandomWorld implements World {
  /** What the forge has, by key: it does nothing twice. */
  readonly done = new Set<string>();
  readonly #seed: number;
  readonly #temper: Temper;
  readonly #people: People;

  constructor(seed: number, temper: Temper, people: People) {
    this.#seed = seed;
    this.#temper = temper;
    this.#people = people;
  }

  outcomeOf(command: EffectfulCommand, state: RunState): RunEvent[] {
    switch (command.kind) {
      case 'invoke':
        return [this.#work(command, state)];
      case 'gates':
        return [this.#gates(command, state)];
      case 'review':
        return [this.#review(command, state)];
      case 'merge':
        return [this.#merge(command, state)];
      case 'wait':
        return [{ type: 'wait_ended', key: command.key, step: command.step }];
      case 'effect':
        return [this.#effect(command, state)];
      case 'deploy': {
        const { key, step, environment } = command;
        const failed = this.#happens('lost', key);
        const outcome = failed
          ? ({ kind: 'failed', exit: 1, detail: 'exit 1' } as const)
          : ({ kind: 'deployed', exit: 0, detail: 'exit 0' } as const);
        return [{ type: 'deploy_ended', key, step, environment, outcome, log: null, duration_ms: 1 }];
      }
      case 'clean_up': {
        const result = { choice: command.choice, done: [], left: [] };
        return [{ type: 'clean_up_ended', key: command.key, result, pull_requests: [] }];
      }
    }
  }

  answer(question: Question): { option: string; text: string } | null {
    if (this.#people === 'absent' && question.kind !== 'confirm_start') return null;
    const ways = question.options.filter((option) => cleanUpOf(option.id) === null);
    const first =
      this.#people === 'first' || (this.#people === 'either' && this.#roll('answer', question.id) < 0.6);
    const way = (first ? ways[0] : ways.at(-1)) ?? this.#wayOut(question);
    return { option: way?.id ?? 'abort', text: way?.takes_text === true ? `words on ${question.id}` : '' };
  }

  /** Only ends are left: any of them. */
  #wayOut({ id, options }: Question): Question['options'][number] | undefined {
    return (
      options.find((option) => option.id === 'abort') ??
      options[Math.floor(this.#roll('end', id) * options.length)]
    );
  }

  #roll(...parts: (string | number)[]): number {
    return rollFor(this.#seed, ...parts);
  }

  #happens(what: keyof Temper, ...parts: (string | number)[]): boolean {
    return this.#roll(what, ...parts) < this.#temper[what];
  }

  /** null: it does not fail. A failure depends on how often it failed, not on how often it was interrupted. */
  #failureOf(
    command: { key: string; step: string; slot: string },
    state: RunState,
  ): ({ kind: 'failed' } & Failure) | null {
    const st = stepOf(state, command.step);
    const failures = (st.failures.get(command.slot) ?? 0) + (st.quotas.get(command.slot)?.times ?? 0);
    if (!this.#happens('crash', plain(command.key), failures)) return null;
    const reason = REASONS[Math.floor(this.#roll('reason', plain(command.key), failures) * REASONS.length)];
    const detail = `failure ${failures + 1}`;
    return reason === 'quota_exceeded'
      ? { kind: 'failed', reason, detail, retry_after_ms: 1_000 }
      : { kind: 'failed', reason: reason ?? 'crashed', detail };
  }

  #work(command: Of<'invoke'>, state: RunState): RunEvent {
    const { key, step } = command;
    const failure = this.#failureOf(command, state);
    const cost = this.#cost(command.key);
    if (failure !== null)
      return { type: 'invocation_ended', key, step, outcome: failure, revision: null, ...cost };
    const st = stepOf(state, step);
    const { work } = stepOf(state, command.author).step;
    const agent = work.kind === 'agent' ? state.graph.agents[work.agent] : undefined;
    const revision = agent?.access === 'write' ? this.#change(command, state, st) : null;
    const output = outputOf(work.kind === 'agent' ? work.output : '', plain(key), revision);
    const path = `api/src/${step.replaceAll('/', '-')}.ts`;
    const outcome = {
      kind: 'submitted',
      result: this.#result(command, state, st),
      output,
      claimed_tests_passed: null,
      changed_files:
        revision === null ? 0 : this.#happens('large', plain(key)) ? state.limits.max_changed_files + 1 : 1,
      changed_paths: revision === null ? [] : [path],
      lines_added: 1,
      lines_removed: 0,
      ...(revision === null
        ? {}
        : { concerns: this.#concerns(plain(key), path), size: this.#size(plain(key)) }),
    } as const;
    return {
      type: 'invocation_ended',
      key,
      step,
      outcome,
      revision,
      ...cost,
      parts: this.#parts(state, revision),
    };
  }

  /** By what the tree is, not by who made it. */
  #parts(state: RunState, revision: Revision | null): ApprovalPart[] {
    if (revision === null || revision.id === state.base.id || !this.#happens('guarded', revision.id))
      return [];
    const count = this.#roll('parts', revision.id) < 0.5 ? 1 : 2;
    return ['infrastructure', 'protected'].slice(0, count).map((rule) => ({
      rule,
      title: rule,
      hash: digest('part', rule, revision.id),
      paths: ['api/infra/main.tf'],
      refused: this.#roll('refused part', revision.id, rule) < 0.1,
    }));
  }

  #cost(key: string): Pick<EventOf<'review_ended'>, 'raw' | 'usage' | 'duration_ms'> {
    const part = (what: string): number => this.#roll('cost', what, plain(key));
    const tokens = Math.floor(part('tokens') * MOST.tokens);
    return {
      raw: null,
      usage: this.#happens('unmetered', plain(key))
        ? { input_tokens: null, output_tokens: null, cost_usd: null }
        : {
            input_tokens: Math.floor(tokens / 2),
            output_tokens: tokens - Math.floor(tokens / 2),
            cost_usd: part('money') * MOST.cost_usd,
          },
      duration_ms: Math.floor(part('time') * MOST.time_ms),
    };
  }

  #change(command: Of<'invoke'>, state: RunState, st: StepState): Revision {
    const base = revisionIn(state, command.base);
    const name = plain(command.key);
    if (this.#happens('idle', name)) return base;
    const trees = Object.fromEntries(base.repos.map((repo) => [repo.name, repo.tree]));
    const repo = base.repos[Math.floor(this.#roll('repo', command.step) * base.repos.length)];
    if (repo === undefined) return base;
    const toggles = this.#happens('toggle', command.step);
    trees[repo.name] = toggles
      ? digest('tree', command.step, st.base, st.round % 2)
      : digest('tree', name, command.base);
    return revisionOf(trees);
  }

  #result(command: Of<'invoke'>, state: RunState, st: StepState): WorkResult {
    const name = plain(command.key);
    const blocked = this.#happens('blocked', name, st.budget.clarifications);
    const asks = blocked && this.#roll('asks', name) < 0.5;
    const disputes = st.findings
      .filter((finding) => this.#happens('dispute', name, finding.fingerprint))
      .map((finding) => ({ finding: finding.id, reason: 'it is as it should be' }));
    return {
      status: blocked ? (asks ? 'needs_clarification' : 'blocked') : 'complete',
      summary: `work of ${name}`,
      decisions: [],
      open_questions: asks ? ['Which currency?'] : [],
      needs: this.#needs(state, name),
      blocked: blocked && !asks ? { reason: this.#reason(name), detail: 'cannot', attempted: [] } : null,
      disputes,
      tasks: this.#tasks(state, st, name),
      concerns: CONCERNS.filter((concern) => this.#happens('touches', 'named', name, concern)),
      ...(this.#happens('touches', 'covers', name) ? { covers: [{ criterion: 'A1', tests: [name] }] } : {}),
      ...(this.#happens('disagree', name) ? { recommendations: [this.#recommendation(name)] } : {}),
      ...(this.#happens('bigger', 'named', name) ? { effort: this.#effort(name) } : {}),
    };
  }

  #reason(name: string): BlockedReason {
    return BLOCKED_REASONS[Math.floor(this.#roll('why', name) * BLOCKED_REASONS.length)] ?? 'unknown';
  }

  #recommendation(name: string): Recommendation {
    const choice = this.#roll('choice', name) < 0.5 ? 'a table' : 'a file';
    return { topic: 'storage', choice, reason: `${name} says so` };
  }

  #effort(name: string): Effort {
    return EFFORTS[Math.floor(this.#roll('effort', name) * EFFORTS.length)] ?? 'large';
  }

  #size(name: string): ChangeSize {
    const lines = this.#happens('bigger', 'size', name) ? Math.floor(this.#roll('lines', name) * 3_000) : 1;
    return { files: 1, lines };
  }

  /** A plan of any shape, another one in each round; dependencies point backwards only. */
  #tasks(state: RunState, st: StepState, name: string): PlannedTask[] {
    const follows = state.graph.steps.find(({ work }) => work.kind === 'planned' && work.plan === st.step.id);
    if (follows === undefined) return [];
    const agents = Object.keys(state.graph.agents).filter((agent) => /^[wr]-task/.test(agent));
    const names = ['a', 'b', 'c', 'd', 'e'].filter((id) => this.#roll('planned', name, id) < 0.7);
    return names.map((id, index) => ({
      id,
      agent: agents[Math.floor(this.#roll('agent', name, id) * agents.length)] ?? '',
      description: `${id} of ${name}`,
      depends_on: names.slice(0, index).filter((other) => this.#roll('depends', name, id, other) < 0.4),
      output: 'what it leaves',
      category: 'logic',
      plan_phase: 'implementation',
      blocking: this.#roll('blocking', name, id) < 0.7,
      scopes: [],
    }));
  }

  #concerns(name: string, path: string): ConcernFact[] | null {
    if (this.#happens('touches', 'unread', name) && this.#roll('unread', name) < 0.1) return null;
    return CONCERNS.filter((concern) => this.#happens('touches', name, concern)).map((concern) => ({
      name: concern,
      where: path,
    }));
  }

  #needs(state: RunState, name: string): WorkResult['needs'] {
    return conditionalAgents(state.graph).flatMap((agent) => {
      if (this.#roll('names', name, agent) < 0.3) return [];
      const needed = !this.#happens('unneeded', name, agent);
      return [{ agent, needed, reason: `${name} says so` }];
    });
  }

  #gates(command: Of<'gates'>, state: RunState): RunEvent {
    const { key, step } = command;
    const failure = this.#failureOf(command, state);
    const st = stepOf(state, step);
    const findings = this.#reds(state, st, plain(key));
    const measured: EventOf<'gates_ended'>['outcome'] = { kind: 'measured', results: [gateOf(findings)] };
    const outcome = failure ?? measured;
    return { type: 'gates_ended', key, step, outcome, duration_ms: this.#cost(key).duration_ms };
  }

  #review(command: Of<'review'>, state: RunState): RunEvent {
    const { key, step, reviewer } = command;
    const failure = this.#failureOf(command, state);
    const failures = stepOf(state, step).failures.get(command.slot) ?? 0;
    const astray = this.#happens('misdirect', plain(key), failures);
    const link = astray ? { from: command.link.from, to: digest('other', key) } : command.link;
    const outcome = failure ?? ({ kind: 'verdict', review: this.#verdict(command, state) } as const);
    const cost = this.#cost(key);
    return { type: 'review_ended', key, step, reviewer, link, outcome, ...cost };
  }

  #verdict(command: Of<'review'>, state: RunState): ReviewResult {
    const st = stepOf(state, command.step);
    const name = plain(command.key);
    const earlier = st.findings.filter((finding) => finding.source === command.reviewer);
    const resolved = earlier.map((finding) => finding.id);
    const named = [this.#finding(state, st, command.reviewer)];
    if (this.#happens('contradict', name)) return { verdict: 'pass', summary: '', findings: named, resolved };
    if (!this.#happens('fail', name))
      return { verdict: 'pass_with_notes', summary: '', findings: [], resolved };
    const vague = this.#happens('vague', name);
    return { verdict: 'fail', summary: '', findings: vague ? [] : named, resolved };
  }

  /** Red tests in one file, or in several. */
  #reds(state: RunState, st: StepState, name: string): Finding[] {
    if (!this.#happens('red', name)) return [];
    const files = ['a', 'b', 'c'].filter((file) => file === 'a' || this.#roll('reds', name, file) < 0.4);
    return files.map((file) => ({
      ...this.#finding(state, st, `tests/${file}`),
      source: 'tests',
      file: `${file}.test.ts`,
    }));
  }

  #finding(state: RunState, st: StepState, source: string): Finding {
    const name = `${st.step.id}/r${st.round}/${source}`;
    const same = this.#happens('repeat', name);
    const others = state.graph.steps;
    const foreign = others[Math.floor(this.#roll('owner', name) * others.length)]?.id ?? null;
    return {
      id: `${name}/1`,
      fingerprint: same ? digest(st.step.id, source) : digest(name),
      source,
      severity: 'major',
      blocking: true,
      repo: null,
      file: null,
      line: null,
      problem: `problem of ${name}`,
      fix: 'mend it',
      owner: this.#happens('foreign', name) ? foreign : null,
    };
  }

  #merge(command: Of<'merge'>, state: RunState): RunEvent {
    const { key, step, sides } = command;
    const failure = this.#failureOf(command, state);
    if (failure !== null) return { type: 'merge_ended', key, step, outcome: failure, revision: null };
    const at = 1 + Math.floor(this.#roll('second', plain(key)) * (sides.length - 1));
    const [against, side] = [sides[at - 1]?.step, sides[at]?.step];
    const collides = against !== undefined && side !== undefined && this.#happens('conflict', plain(key));
    const taken = collides ? sides.toSpliced(at, 1) : sides;
    const revision = mergedRevision(state, { ...command, sides: taken });
    const output = outputOf('merge', digest(...taken.map((one) => one.revision)), revision);
    const outcome = collides
      ? ({ kind: 'collided', output, left: [{ side, against, paths: ['api/src/a.ts'] }] } as const)
      : ({ kind: 'merged', output } as const);
    const parts = this.#parts(state, revision);
    return { type: 'merge_ended', key, step, outcome, revision, parts } as RunEvent;
  }

  #effect(command: Of<'effect'>, state: RunState): RunEvent {
    const { key, step, effect, repo } = command;
    const failures = state.effects.get(key)?.failures ?? 0;
    const end = (outcome: EventOf<'effect_ended'>['outcome']): RunEvent => ({
      type: 'effect_ended',
      key,
      step,
      effect,
      repo,
      outcome,
    });
    if (this.#happens('refused', key, state.steps.get(step)?.budget.continues ?? 0))
      return end({ kind: 'refused', detail: 'somebody else has this branch' });
    const lost = this.#happens('lost', key, failures);
    const reached = !lost || this.#roll('reached', key, failures) < 0.5;
    const performed = reached && !this.done.has(key);
    if (reached) this.done.add(key);
    if (lost) return end({ kind: 'failed', reason: 'engine_error', detail: 'connection reset' });
    const pull_request = {
      repo,
      number: 1,
      url: `/forge/${repo}.git`,
      branch: 'baton/r',
      base: 'main',
      head: command.head,
      state: effect === 'mark_ready' ? 'ready' : 'draft',
    } as const;
    return end({
      kind: 'confirmed',
      performed,
      pull_request: effect === 'push_branch' ? null : pull_request,
    });
  }
}

const conditional = new WeakMap<Graph, string[]>();

function conditionalAgents(graph: Graph): string[] {
  const known = conditional.get(graph);
  if (known !== undefined) return known;
  const agents = graph.steps.flatMap(({ when, work }) =>
    when !== null && work.kind === 'agent' ? [work.agent] : [],
  );
  conditional.set(graph, agents);
  return agents;
}

/** The key without its attempt. */
export function plain(key: string): string {
  return key.replace(/\/a\d+$/, '');
}

function outputOf(kind: string, name: string, revision: Revision | null): Output {
  const artifact = digest('artifact', name, revision?.id ?? '');
  return {
    id: digest(artifact, revision?.id ?? ''),
    kind,
    artifact,
    revision: revision?.id ?? null,
    summary: `output of ${name}`,
  };
}

function gateOf(findings: Finding[]): GateResult {
  return {
    gate: 'tests',
    kind: 'tests',
    repo: 'api',
    module: '.',
    status: findings.length > 0 ? 'fail' : 'pass',
    summary: '',
    tests: null,
    findings,
    log: null,
    config_hash: 'config',
    duration_ms: 1,
    cached: false,
  };
}

function revisionIn(state: RunState, id: string): Revision {
  const revision = state.revisions.get(id);
  if (revision === undefined) throw new Error(`no revision ${id}`);
  return revision;
}

/** A tree that only one side changed is that side's; what several changed is a new one. */
function mergedRevision(state: RunState, command: Of<'merge'>): Revision {
  const base = revisionIn(state, command.base);
  const sides = command.sides.map((side) => revisionIn(state, side.revision));
  const trees = base.repos.map(({ name, tree }) => {
    const changed = new Set(
      sides
        .map((side) => side.repos.find((repo) => repo.name === name)?.tree ?? tree)
        .filter((t) => t !== tree),
    );
    const [only = tree] = changed;
    return [name, changed.size < 2 ? only : digest('merge', ...changed)] as const;
  });
  return revisionOf(Object.fromEntries(trees));
}
