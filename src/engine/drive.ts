/**
 * The loop: journal ─fold─▶ state ─decide─▶ commands ─execute─▶ journal.
 *
 * One turn takes everything that came in, folds it, decides until nothing is left to record, writes one
 * transaction (outcomes, decisions, the starts they enable), and only then launches. So a kill at any point
 * leaves a history that the next holder can fold and go on from.
 */
import { hostname } from 'node:os';
import type { Command, EffectfulCommand } from '../core/commands.ts';
import { decide } from '../core/decide.ts';
import { BatonError } from '../core/errors.ts';
import { RULES_VERSION, type JournalEvent, type RunEvent } from '../core/events.ts';
import { type Question } from '../core/records.ts';
import { applyEvent, fold } from '../core/fold.ts';
import type { RunState } from '../core/state.ts';
import { progressOf, statusOf } from '../core/status.ts';
import type { AppendRequest, Artifact, Hold, InboxRow } from '../journal/journal.ts';
import { pauseFor, type Pause } from './pauses.ts';
import { findLowDisk } from './disk-room.ts';
import type { DriveOptions, DriveResult, Engine } from './engine.ts';
import { execute, startEvent } from './execute/execute.ts';
import type { Outcome } from './execute/outcome.ts';
import { openInboxWatch } from './inbox-watch.ts';
import { openReminders } from './reminders.ts';
import { openRunContext, type RunContext } from './run-context.ts';

/** Drives a run until it ended, waits for a person, is paused by the disk, or `signal` aborts. */
export async function drive(engine: Engine, runId: string, options: DriveOptions): Promise<DriveResult> {
  let takeOver = options.takeOver;
  for (;;) {
    const result = await driveOnce(engine, runId, { ...options, takeOver }).catch(unlessUnread);
    takeOver = false;
    if (result === 'unread') continue;
    // An answer may have come in between the last look and the release: its sender saw a holder and left it to us.
    if (result.status !== 'waiting_human' || (await engine.journal.pending(runId)).length === 0)
      return result;
  }
}

/** The run was about to end when a message came in: fold again, with it. */
function unlessUnread(error: unknown): 'unread' {
  if (error instanceof BatonError && error.code === 'E_UNREAD_MESSAGE') return 'unread';
  throw error;
}

async function driveOnce(engine: Engine, runId: string, options: DriveOptions): Promise<DriveResult> {
  const since = engine.clock.monotonicMs();
  await using hold = await engine.journal.hold(runId, { takeOver: options.takeOver });
  const history = await engine.journal.read(runId, 1);
  if (history.length === 0) {
    throw new BatonError({
      code: 'E_NOT_FOUND',
      message: `Run ${runId} was created but never started.`,
      fix: 'Start it again with `baton run`; nothing was done for it.',
    });
  }
  options.listener.events(history);
  const state = fold(history.map((entry) => entry.event));
  using sideLog = engine.openSideLog(runId);
  const ctx = await openRunContext(engine, state, (key, note) => {
    sideLog.note(key, note);
    options.listener.note(key, note);
  });
  await using _gateway = ctx.gateway;
  const interrupted = [...state.inFlight.keys()];
  const unkillable = await engine.killLeftovers(interrupted.map((key) => `${runId}/${key}`));
  const held = new HeldRun(ctx, hold, options, history.at(-1)?.hash ?? '');
  const resumed = history.length > 1 ? { interrupted, foldMs: engine.clock.monotonicMs() - since } : null;
  const status = await held.run(openingEvents(state, hold, { interrupted, unkillable }));
  return {
    ...status,
    state,
    questions: openQuestions(state),
    head: held.head,
    resumed,
  };
}

/** What a new holder writes first: who it is, and which starts it found without an outcome. */
function openingEvents(
  state: RunState,
  hold: Hold,
  { interrupted, unkillable }: { interrupted: string[]; unkillable: number[] },
): RunEvent[] {
  if (state.ended !== null) return [];
  const events: RunEvent[] = [
    {
      type: 'holder_changed',
      epoch: hold.epoch,
      pid: process.pid,
      host: hostname(),
      took_over: hold.tookOver,
    },
  ];
  if (state.rulesVersion < RULES_VERSION)
    events.push({ type: 'rules_upgraded', from: state.rulesVersion, to: RULES_VERSION });
  if (state.paused !== null) events.push({ type: 'run_resumed' });
  if (interrupted.length > 0)
    events.push({ type: 'interrupted', keys: interrupted, ...(unkillable.length > 0 && { unkillable }) });
  return events;
}

function openQuestions(state: RunState): Question[] {
  return [...state.openQuestions]
    .map((id) => state.questions.get(id)?.question)
    .filter((q) => q !== undefined);
}

interface Running {
  abort: AbortController;
  done: Promise<void>;
}

/** The lifetime of one hold: what runs now, what came in, and the head of the journal. */
class HeldRun {
  head: string;
  readonly #ctx: RunContext;
  readonly #hold: Hold;
  readonly #options: DriveOptions;
  readonly #running = new Map<string, Running>();
  #outcomes: Outcome[] = [];
  #broken: unknown = null;
  /** Whether an agent was started in this hold. */
  #hasStarted = false;
  #wake: () => void = () => {};

  constructor(ctx: RunContext, hold: Hold, options: DriveOptions, head: string) {
    this.#ctx = ctx;
    this.#hold = hold;
    this.#options = options;
    this.head = head;
  }

  async run(opening: RunEvent[]): Promise<Pick<DriveResult, 'status' | 'reason'>> {
    const { engine, state, runId } = this.#ctx;
    const { signal } = this.#options;
    using inbox = openInboxWatch(engine, runId, () => this.#wake());
    using reminders = openReminders(engine.clock, state.limits.remind_after_ms, (question) =>
      this.#options.listener.remind?.(question),
    );
    const onAbort = (): void => this.#wake();
    signal.addEventListener('abort', onAbort);
    try {
      let first = opening;
      while (!signal.aborted) {
        // 1. Everything that came in since the last turn.
        const woken = new Promise<void>((resolve) => (this.#wake = resolve));
        const outcomes = this.#outcomes.splice(0).filter((outcome) => state.inFlight.has(outcome.key));
        if (this.#broken !== null) throw this.#broken;
        const messages = state.ended === null ? await inbox.take() : [];
        const incoming = [
          ...first,
          ...outcomes.flatMap((o) => o.events),
          ...messages.flatMap((row) => answerEvents(state, row)),
        ];
        first = [];

        // 2. Fold, and decide until nothing is left to record.
        const events: RunEvent[] = [];
        for (const event of incoming) push(state, events, event);
        const ready = settleDecisions(state, events);

        // 3. The starts that there is room for.
        const { starts, lack, mayStart } = this.#chooseStarts(ready);
        for (const command of starts) push(state, events, startEvent(this.#ctx, command));

        // 4. One transaction.
        await this.#append(
          events,
          outcomes.flatMap((o) => o.artifacts),
          messages,
        );

        reminders.watch(openQuestions(state));

        // 5. Nobody waits any more for what went stale; launch what was started.
        for (const [key, running] of this.#running) if (!state.inFlight.has(key)) running.abort.abort();
        for (const command of starts) this.#launch(command);

        // 6. Done, a person's turn, or wait for whatever comes next.
        if (state.ended !== null || state.paused !== null) break;
        if (this.#running.size === 0 && this.#outcomes.length === 0 && this.#broken === null) {
          if (lack !== null) throw lack;
          if (!mayStart) continue;
          if (statusOf(state).status === 'waiting_human') break;
          throw new Error(`run ${runId} is stuck: nothing is ready, nothing runs and nothing is asked`);
        }
        if (this.#outcomes.length === 0 && this.#broken === null) await woken;
      }
      return signal.aborted && state.ended === null
        ? { status: 'interrupted', reason: 'stopped' }
        : statusOf(state);
    } catch (error) {
      const pause = pauseFor(error, engine.folders);
      if (pause === null) throw error;
      await this.#stopAll();
      await this.#recordPause(pause);
      return { status: 'paused', reason: pause.reason };
    } finally {
      signal.removeEventListener('abort', onAbort);
      await this.#stopAll();
      if (state.ended !== null) await engine.workspaces.closeRun(runId);
    }
  }

  /** From what is durable, not from what could not be written: the pause follows the last event that got through. */
  async #recordPause(pause: Pause): Promise<void> {
    const { engine, runId } = this.#ctx;
    try {
      await engine.journal.makeRoom();
      const state = fold((await engine.journal.read(runId, 1)).map((entry) => entry.event));
      const paused: RunEvent = { type: 'run_paused', ...pause };
      applyEvent(state, paused);
      await this.#write(state, { events: [paused], artifacts: [], consumed: [] });
    } catch (error) {
      // Not even the reserve was enough: the exit code says it, and `status` says that nobody advances the run.
      if (pauseFor(error, engine.folders) === null) throw error;
    }
  }

  async #append(events: RunEvent[], artifacts: Artifact[], messages: InboxRow[]): Promise<void> {
    if (events.length === 0 && messages.length === 0) return;
    await this.#write(this.#ctx.state, { events, artifacts, consumed: messages.map((row) => row.id) });
  }

  /** Appends what `state` has folded in already. */
  async #write(
    state: RunState,
    what: Pick<AppendRequest, 'events' | 'artifacts' | 'consumed'>,
  ): Promise<void> {
    const written: JournalEvent[] = await this.#ctx.engine.journal.append({
      ...what,
      hold: this.#hold,
      expectedSeq: state.seq - what.events.length,
      summary: { ...statusOf(state), phase: state.currentPhase, progress: progressOf(state) },
    });
    this.head = written.at(-1)?.hash ?? this.head;
    this.#options.listener.events(written);
  }

  /** What starts now. `lack` keeps everything from it; without `mayStart` what runs has to end first. */
  #chooseStarts(ready: EffectfulCommand[]): {
    starts: EffectfulCommand[];
    lack: BatonError | null;
    mayStart: boolean;
  } {
    const room = Math.max(0, this.#ctx.state.limits.max_parallel - this.#running.size);
    const needsRoom = ready.some((command) => command.kind !== 'clean_up');
    // What the run made goes only when nobody can add to it any more.
    const mayStart = needsRoom || this.#running.size === 0;
    const { admitted, storm } = this.#admit(ready);
    const lack = needsRoom && room > 0 ? (this.#findLack() ?? (admitted.length === 0 ? storm : null)) : null;
    const starts = lack === null && mayStart ? admitted.slice(0, room) : [];
    this.#hasStarted ||= starts.some(startsAgent);
    return { starts, lack, mayStart };
  }

  /** Where the last agents all failed alike, one of them tries, if this hold has not tried yet. */
  #admit(ready: EffectfulCommand[]): { admitted: EffectfulCommand[]; storm: BatonError | null } {
    const storm = ready.some(startsAgent) ? this.#ctx.breaker.findStorm() : null;
    if (storm === null) return { admitted: ready, storm };
    const trial = this.#hasStarted ? undefined : ready.find(startsAgent);
    return { admitted: ready.filter((command) => command === trial || !startsAgent(command)), storm };
  }

  /** What the machine has not got that work needs. */
  #findLack(): BatonError | null {
    const { engine, lostWall } = this.#ctx;
    return lostWall ?? findLowDisk(engine.folders, engine.floors.stepBytes);
  }

  #launch(command: EffectfulCommand): void {
    const abort = new AbortController();
    const done = execute(this.#ctx, command, abort.signal)
      .then((outcome) => void this.#outcomes.push(outcome))
      .catch((error: unknown) => {
        // Work that nobody waits for any more may end as it likes.
        if (!abort.signal.aborted) this.#broken ??= error;
      })
      .finally(() => {
        this.#running.delete(command.key);
        this.#wake();
      });
    this.#running.set(command.key, { abort, done });
  }

  /** Leaves no process behind; outcomes of stopped work are dropped, the next holder starts it afresh. */
  async #stopAll(): Promise<void> {
    const running = [...this.#running.values()];
    for (const { abort } of running) abort.abort();
    await Promise.all(running.map(({ done }) => done));
  }
}

const startsAgent = ({ kind }: EffectfulCommand): boolean => kind === 'invoke' || kind === 'review';

function push(state: RunState, events: RunEvent[], event: RunEvent): void {
  applyEvent(state, event);
  events.push(event);
}

/** Writes decisions down one at a time, each on the state that the one before left, and returns the work that is ready. */
function settleDecisions(state: RunState, events: RunEvent[]): EffectfulCommand[] {
  for (;;) {
    const commands = decide(state);
    const record = commands.find(
      (command): command is Extract<Command, { kind: 'record' }> => command.kind === 'record',
    );
    if (record === undefined)
      return commands.filter((command): command is EffectfulCommand => command.kind !== 'record');
    push(state, events, record.event);
  }
}

/** A person's message as events; an answer to a question that is not open any more changes nothing. */
function answerEvents(state: RunState, row: InboxRow): RunEvent[] {
  const { message } = row;
  const actor = { kind: 'human', name: message.name, via: message.via } as const;
  if (message.kind === 'cancel') {
    const { reason, cleanUp = 'keep_everything' } = message;
    return [{ type: 'cancel_requested', actor, reason, clean_up: cleanUp }];
  }
  if (message.kind === 'follow') return [{ type: 'follow_requested', for_ms: message.forMs, actor }];
  if (message.kind === 'effort') return [{ type: 'effort_requested', tier: message.tier, actor }];
  const open = state.openQuestions.has(message.questionId);
  const known = state.questions
    .get(message.questionId)
    ?.question.options.some((option) => option.id === message.option);
  if (!open || known !== true) return [];
  return [
    {
      type: 'question_answered',
      question_id: message.questionId,
      option: message.option,
      text: message.text,
      actor,
    },
  ];
}
