/** One run of a rehearsal, driven until what it is for has been seen; then it is ended, so that its journal is whole. */
import type { JournalEvent } from '../../core/events.ts';
import type { Question } from '../../core/records.ts';
import type { Driver } from '../../drivers/driver.ts';
import { drive } from '../../engine/drive.ts';
import type { Engine, StartOptions } from '../../engine/engine.ts';
import { startRun } from '../../engine/start-run.ts';

export interface RehearsedRun {
  runId: string;
  events: JournalEvent[];
  durationMs: number;
}

export interface RunRehearsed {
  engine: Engine;
  start: StartOptions;
  driver: Driver;
  /** The positive answer to a question, where the rehearsal gives it in place of a person; null: it waits. */
  answerOf(question: Question): string | null;
  /** Asked after every turn with all events so far: whether enough was seen. */
  isEnough(events: readonly JournalEvent[]): boolean;
  signal: AbortSignal;
}

const NAME = 'rehearsal';

/** Starts the run and drives it until it ends, waits for what nobody answers here, or enough was seen. */
export async function runRehearsed(options: RunRehearsed): Promise<RehearsedRun> {
  const { start, driver, signal } = options;
  const since = options.engine.clock.monotonicMs();
  const engine: Engine = { ...options.engine, openDriver: () => Promise.resolve(driver) };
  const { runId } = await startRun(engine, start);
  const enough = new AbortController();
  const seen: JournalEvent[] = [];
  const listener = {
    events: (events: JournalEvent[]): void => {
      const known = seen.at(-1)?.seq ?? 0;
      seen.push(...events.filter(({ seq }) => seq > known));
      if (options.isEnough(seen)) enough.abort();
    },
    note: () => {},
  };
  const both = AbortSignal.any([signal, enough.signal]);
  let { status, questions } = await drive(engine, runId, { takeOver: false, signal: both, listener });
  while (status === 'waiting_human' && !both.aborted) {
    const answers = questions.map((question) => ({ question, option: options.answerOf(question) }));
    if (answers.some(({ option }) => option === null)) break;
    for (const { question, option } of answers) {
      const answer = { kind: 'answer', questionId: question.id, option: option ?? '', text: '' } as const;
      await engine.journal.post(runId, { ...answer, name: NAME, via: 'flag' });
    }
    ({ status, questions } = await drive(engine, runId, { takeOver: false, signal: both, listener }));
  }
  signal.throwIfAborted();
  await end(engine, runId, signal);
  const events = await engine.journal.read(runId, 1);
  return { runId, events, durationMs: engine.clock.monotonicMs() - since };
}

/** A run that has not ended is cancelled: nobody will go on with it. */
async function end(engine: Engine, runId: string, signal: AbortSignal): Promise<void> {
  const events = await engine.journal.read(runId, 1);
  if (events.some(({ event }) => event.type === 'run_ended')) return;
  const reason = 'the rehearsal has seen enough';
  await engine.journal.post(runId, { kind: 'cancel', reason, name: NAME, via: 'flag' });
  await drive(engine, runId, { takeOver: false, signal, listener: { events: () => {}, note: () => {} } });
}
