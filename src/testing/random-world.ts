/**
 * A world of chance whose answers depend on what is asked only: on a command's key without its attempt, on how
 * often that failed, and on what it starts from. So two schedules, or a run that was killed and one that was
 * not, meet the same world.
 */
import { cleanUpOf } from '../core/effects/cleanup.ts';
import { isSubmittedAnyway } from '../core/effects/base-moved.ts';
import type { EffectfulCommand } from '../core/commands.ts';
import type { EventOf, RunEvent } from '../core/events.ts';
import type { Failure, GateResult, Question } from '../core/records.ts';
import type { ApprovalPart, Finding, Output, Revision } from '../core/results.ts';
import { ontoOf } from '../core/graph/bases.ts';
import { stepOf, type RunState } from '../core/state.ts';
import { FAILURE_REASONS } from '../core/words.ts';
import { createChance, plain, type Chance } from './chance.ts';
import { digest } from './random.ts';
import { redsOf, verdictOf } from './random-verdicts.ts';
import {
  changeOf,
  commitOf,
  concernsOf,
  mergedRevision,
  pointedRevision,
  resultOf,
  sizeOf,
} from './random-work.ts';
import type { World } from './simulator.ts';
import { revisionOf } from './start-events.ts';
import { MOST, type Temper } from './temper.ts';

/** What people do: always the first way on, always the last one before giving up, or one or the other. */
export type People = 'first' | 'last' | 'either' | 'absent';

export function createRandomWorld(seed: number, temper: Temper, people: People): RandomWorld {
  return new RandomWorld(seed, temper, people);
}

type Of<K extends EffectfulCommand['kind']> = Extract<EffectfulCommand, { kind: K }>;

const REASONS = FAILURE_REASONS.filter((reason) => reason !== 'interrupted' && reason !== 'cancelled');

export class RandomWorld implements World {
  /** What the forge has, by key: it does nothing twice. */
  readonly done = new Set<string>();
  readonly #chance: Chance;
  readonly #people: People;

  constructor(seed: number, temper: Temper, people: People) {
    this.#chance = createChance(seed, temper);
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
        const failed = this.#chance.happens('lost', key);
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
      this.#people === 'first' ||
      (this.#people === 'either' && this.#chance.roll('answer', question.id) < 0.6);
    const way = (first ? ways[0] : ways.at(-1)) ?? this.#wayOut(question);
    return { option: way?.id ?? 'abort', text: way?.takes_text === true ? `words on ${question.id}` : '' };
  }

  /** Only ends are left: any of them. */
  #wayOut({ id, options }: Question): Question['options'][number] | undefined {
    return (
      options.find((option) => option.id === 'abort') ??
      options[Math.floor(this.#chance.roll('end', id) * options.length)]
    );
  }

  /** null: it does not fail. A failure depends on how often it failed, not on how often it was interrupted. */
  #failureOf(
    command: { key: string; step: string; slot: string },
    state: RunState,
  ): ({ kind: 'failed' } & Failure) | null {
    const st = stepOf(state, command.step);
    const failures = (st.failures.get(command.slot) ?? 0) + (st.quotas.get(command.slot)?.times ?? 0);
    if (!this.#chance.happens('crash', plain(command.key), failures)) return null;
    const reason =
      REASONS[Math.floor(this.#chance.roll('reason', plain(command.key), failures) * REASONS.length)];
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
    const revision = agent?.access === 'write' ? changeOf(this.#chance, command, state, st) : null;
    const output = outputOf(work.kind === 'agent' ? work.output : '', plain(key), revision);
    const path = `api/src/${step.replaceAll('/', '-')}.ts`;
    const outcome = {
      kind: 'submitted',
      result: resultOf(this.#chance, command, state, st),
      output,
      claimed_tests_passed: null,
      changed_files:
        revision === null
          ? 0
          : this.#chance.happens('large', plain(key))
            ? state.limits.max_changed_files + 1
            : 1,
      changed_paths: revision === null ? [] : [path],
      lines_added: 1,
      lines_removed: 0,
      ...(revision === null
        ? {}
        : { concerns: concernsOf(this.#chance, plain(key), path), size: sizeOf(this.#chance, plain(key)) }),
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
    if (revision === null || revision.id === state.base.id || !this.#chance.happens('guarded', revision.id))
      return [];
    const count = this.#chance.roll('parts', revision.id) < 0.5 ? 1 : 2;
    return ['infrastructure', 'protected'].slice(0, count).map((rule) => ({
      rule,
      title: rule,
      hash: digest('part', rule, revision.id),
      paths: ['api/infra/main.tf'],
      refused: this.#chance.roll('refused part', revision.id, rule) < 0.1,
    }));
  }

  #cost(key: string): Pick<EventOf<'review_ended'>, 'raw' | 'usage' | 'duration_ms'> {
    const part = (what: string): number => this.#chance.roll('cost', what, plain(key));
    const tokens = Math.floor(part('tokens') * MOST.tokens);
    return {
      raw: null,
      usage: this.#chance.happens('unmetered', plain(key))
        ? { input_tokens: null, output_tokens: null, cost_usd: null }
        : {
            input_tokens: Math.floor(tokens / 2),
            output_tokens: tokens - Math.floor(tokens / 2),
            cost_usd: part('money') * MOST.cost_usd,
          },
      duration_ms: Math.floor(part('time') * MOST.time_ms),
    };
  }

  #gates(command: Of<'gates'>, state: RunState): RunEvent {
    const { key, step } = command;
    const failure = this.#failureOf(command, state);
    const st = stepOf(state, step);
    const findings = redsOf(this.#chance, state, st, plain(key));
    const measured: EventOf<'gates_ended'>['outcome'] = { kind: 'measured', results: [gateOf(findings)] };
    const outcome = failure ?? measured;
    return { type: 'gates_ended', key, step, outcome, duration_ms: this.#cost(key).duration_ms };
  }

  #review(command: Of<'review'>, state: RunState): RunEvent {
    const { key, step, reviewer } = command;
    const failure = this.#failureOf(command, state);
    const failures = stepOf(state, step).failures.get(command.slot) ?? 0;
    const astray = this.#chance.happens('misdirect', plain(key), failures);
    const link = astray ? { from: command.link.from, to: digest('other', key) } : command.link;
    const outcome =
      failure ?? ({ kind: 'verdict', review: verdictOf(this.#chance, command, state) } as const);
    const cost = this.#cost(key);
    return { type: 'review_ended', key, step, reviewer, link, outcome, ...cost };
  }

  #merge(command: Of<'merge'>, state: RunState): RunEvent {
    const { key, step, sides } = command;
    const failure = this.#failureOf(command, state);
    if (failure !== null) return { type: 'merge_ended', key, step, outcome: failure, revision: null };
    const { work } = stepOf(state, step).step;
    if (work.kind === 'merge' && work.pointers !== undefined) {
      const { revision, pointed } = pointedRevision(state, command.base, work.pointers);
      const output = outputOf('merge', plain(key), revision);
      const parts = this.#parts(state, revision);
      return {
        type: 'merge_ended',
        key,
        step,
        outcome: { kind: 'merged', output },
        revision,
        parts,
        pointed,
      };
    }
    const at = 1 + Math.floor(this.#chance.roll('second', plain(key)) * (sides.length - 1));
    const [against, side] = [sides[at - 1]?.step, sides[at]?.step];
    if (ontoOf(work) !== null) return this.#ontoBase(command, state);
    const collides =
      against !== undefined && side !== undefined && this.#chance.happens('conflict', plain(key));
    const taken = collides ? sides.toSpliced(at, 1) : sides;
    const revision = mergedRevision(state, { ...command, sides: taken });
    const output = outputOf('merge', digest(...taken.map((one) => one.revision)), revision);
    const outcome = collides
      ? ({ kind: 'collided', output, left: [{ side, against, paths: ['api/src/a.ts'] }] } as const)
      : ({ kind: 'merged', output } as const);
    const parts = this.#parts(state, revision);
    return { type: 'merge_ended', key, step, outcome, revision, parts } as RunEvent;
  }

  /** Of what collides with what the base became, the last one who wrote is the owner. */
  #ontoBase(command: Of<'merge'>, state: RunState): RunEvent {
    const { key, step } = command;
    const revision = mergedRevision(state, command);
    const output = outputOf('merge', plain(key), revision);
    const owner = state.graph.steps.findLast(
      ({ id, work }) => work.kind === 'agent' && stepOf(state, id).accepted?.output?.revision != null,
    );
    const collides = owner !== undefined && this.#chance.happens('conflict', plain(key));
    const outcome: EventOf<'merge_ended'>['outcome'] = collides
      ? { kind: 'collided', output, left: [{ side: owner.id, against: 'the base', paths: ['api/a'] }] }
      : { kind: 'merged', output };
    return { type: 'merge_ended', key, step, outcome, revision, parts: this.#parts(state, revision) };
  }

  /** Now and then with a history that was written anew. */
  #moved(key: string, repo: string, state: RunState): EventOf<'effect_ended'>['outcome'] {
    const trees = state.base.repos.map(({ name, tree }) => [
      name,
      name === repo ? digest('base', key) : tree,
    ]);
    const base = revisionOf(Object.fromEntries(trees) as Record<string, string>);
    const to = base.repos.find(({ name }) => name === repo)?.commit ?? '';
    const continues = this.#chance.roll('continues', key) < 0.8;
    return { kind: 'base_moved', base, repos: [{ repo, ref: 'main', from: 'before', to }], continues };
  }

  #effect(command: Of<'effect'>, state: RunState): RunEvent {
    const { key, step, effect, repo } = command;
    const failures = state.effects.get(key)?.failures ?? 0;
    const same = plain(key);
    const end = (outcome: EventOf<'effect_ended'>['outcome']): RunEvent => ({
      type: 'effect_ended',
      key,
      step,
      effect,
      repo,
      outcome,
    });
    const looks = ['prepare_push', 'push_branch', 'mark_ready'].includes(effect);
    if (looks && !isSubmittedAnyway(state, stepOf(state, step)) && this.#chance.happens('moved', same))
      return end(this.#moved(same, repo, state));
    if (this.#chance.happens('refused', same, state.steps.get(step)?.budget.continues ?? 0))
      return end({ kind: 'refused', detail: 'somebody else has this branch' });
    const lost = this.#chance.happens('lost', same, failures);
    const reached = !lost || this.#chance.roll('reached', same, failures) < 0.5;
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
      pull_request: effect === 'push_branch' || effect === 'prepare_push' ? null : pull_request,
      ...(effect === 'push_branch' ? { commit: commitOf(state, repo, command.head) } : {}),
    });
  }
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
