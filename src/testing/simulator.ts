/**
 * Runs the rules without any I/O: a world answers commands and questions, a schedule decides what comes in when and
 * how much at once, and the holder may die between any two turns. One turn works like the loop of the engine:
 * take what came in, fold, write the first decision down and decide again until none is left, start what there
 * is room for.
 */
import type { EffectfulCommand } from '../core/commands.ts';
import { decide } from '../core/decide.ts';
import type { RunEvent } from '../core/events.ts';
import type { Question } from '../core/records.ts';
import { applyEvent, fold } from '../core/fold.ts';
import type { Graph } from '../core/graph.ts';
import type { RunState } from '../core/state.ts';
import { CLEAN_UPS } from '../core/words.ts';
import { shuffle, type Random } from './random.ts';
import { startedEvent, startEventOf, type StartedOptions } from './start-events.ts';

/** What is outside the rules. It reads the state and never changes it. */
export interface World {
  /** The outcome of a command, asked for at its start. */
  outcomeOf(command: EffectfulCommand, state: RunState): RunEvent[];
  /** null: nobody answers. */
  answer(question: Question, state: RunState): { option: string; text: string } | null;
}

export interface SimulationOptions {
  /** `run_started` first; more of them: the run goes on from there as under a new holder. */
  history: RunEvent[];
  world: World;
  random: Random;
  /** How likely the holder dies in a turn with something in flight. */
  killRate?: number;
  maxKills?: number;
  /** How likely a person cancels in a turn. */
  cancelRate?: number;
  /** More events than this: the run does not end. */
  maxEvents?: number;
  /** Sees the state behind each turn. */
  onTurn?: (state: RunState, events: RunEvent[]) => void;
}

export interface Simulation {
  events: RunEvent[];
  state: RunState;
  /** Where the run stands: ended, or waiting for people who do not answer. */
  end: 'ended' | 'waiting';
  kills: number;
}

/** The history of a run that begins with this event. */
export function startOf(graph: Graph, options: StartedOptions = {}): RunEvent[] {
  return [startedEvent(graph, options)];
}

/** Drives a run until it ended or nobody answers. Throws when it is stuck or does not end. */
export function simulate(options: SimulationOptions): Simulation {
  const run = new SimulatedRun(options);
  while (run.state.ended === null) {
    const incoming = run.takeIncoming();
    if (incoming === null) return run.result('waiting');
    run.turn(incoming);
  }
  return run.result('ended');
}

function cancelled(random: Random): RunEvent {
  const clean_up = shuffle(CLEAN_UPS, random)[0] ?? 'keep_everything';
  const actor = { kind: 'human', name: 'ada', via: 'cli' } as const;
  return { type: 'cancel_requested', actor, reason: 'enough', clean_up };
}

class SimulatedRun {
  readonly state: RunState;
  readonly #events: RunEvent[];
  readonly #options: SimulationOptions;
  /** Outcomes that are under way, also those for which nobody waits any more. */
  #pending = new Map<string, RunEvent[]>();
  #kills = 0;
  #begun = false;

  constructor(options: SimulationOptions) {
    this.#options = options;
    this.#events = [...options.history];
    this.state = fold(options.history);
  }

  result(end: Simulation['end']): Simulation {
    return { events: this.#events, state: this.state, end, kills: this.#kills };
  }

  /** What the next turn starts from; null: nothing will ever come in. */
  takeIncoming(): RunEvent[] | null {
    const { random, killRate = 0, maxKills = 50, cancelRate = 0 } = this.#options;
    if (!this.#begun) return this.#newHolder();
    if (this.state.cancel === null && random() < cancelRate) return [cancelled(random)];
    if (this.state.inFlight.size > 0 && this.#kills < maxKills && random() < killRate) {
      this.#kills += 1;
      return this.#newHolder();
    }
    const answers = this.#answers();
    const ready = shuffle([...this.#pending.keys(), ...answers.keys()], random);
    if (ready.length === 0) {
      if (this.state.openQuestions.size > 0 || this.state.paused !== null) return null;
      throw new Error('the run is stuck: nothing is ready, nothing runs and nothing is asked');
    }
    return ready.slice(0, 1 + Math.floor(random() * ready.length)).flatMap((key) => {
      const outcome = this.#pending.get(key) ?? answers.get(key) ?? [];
      this.#pending.delete(key);
      return outcome;
    });
  }

  turn(incoming: RunEvent[]): void {
    for (const event of incoming) this.#push(event);
    const ready = this.#settleDecisions();
    const room = this.state.limits.max_parallel - this.state.inFlight.size;
    for (const command of ready.slice(0, Math.max(0, room))) {
      this.#pending.set(command.key, this.#options.world.outcomeOf(command, this.state));
      this.#push(startEventOf(command, this.state));
    }
    this.#options.onTurn?.(this.state, this.#events);
  }

  #settleDecisions(): EffectfulCommand[] {
    for (;;) {
      const commands = decide(this.state);
      const record = commands.find((command) => command.kind === 'record');
      if (record === undefined) return commands.filter((command) => command.kind !== 'record');
      this.#push(record.event);
    }
  }

  #newHolder(): RunEvent[] {
    const keys = [...this.state.inFlight.keys()];
    this.#begun = true;
    this.#pending = new Map();
    const holder = {
      type: 'holder_changed',
      epoch: 1 + this.#kills,
      pid: 1,
      host: 'here',
      took_over: false,
    } as const;
    return keys.length === 0 ? [holder] : [holder, { type: 'interrupted', keys }];
  }

  #answers(): Map<string, RunEvent[]> {
    const answers = new Map<string, RunEvent[]>();
    for (const id of this.state.openQuestions) {
      const question = this.state.questions.get(id)?.question;
      const answer = question === undefined ? null : this.#options.world.answer(question, this.state);
      if (answer === null) continue;
      const actor = { kind: 'human', name: 'ada', via: 'cli' } as const;
      answers.set(id, [{ type: 'question_answered', question_id: id, ...answer, actor }]);
    }
    return answers;
  }

  #push(event: RunEvent): void {
    this.#events.push(event);
    applyEvent(this.state, event);
    const { maxEvents = 100_000 } = this.#options;
    if (this.#events.length > maxEvents) throw new Error(`the run did not end within ${maxEvents} events`);
  }
}
