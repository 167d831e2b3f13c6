/** Shows what still waits for a person again and again, as long as the run is held. Waits by the engine's clock. */
import type { Question } from '../core/records.ts';
import type { Clock } from './engine.ts';

export interface Reminders extends Disposable {
  /** These are open now: a new one begins to wait, one that is gone is forgotten. */
  watch(open: Question[]): void;
}

/** Calls `remind` each time a question has waited for another `afterMs`. Disposing ends all waits. */
export function openReminders(
  clock: Pick<Clock, 'sleep'>,
  afterMs: number,
  remind: (question: Question) => void,
): Reminders {
  const waits = new Map<string, AbortController>();
  const wait = async (question: Question, signal: AbortSignal): Promise<void> => {
    for (;;) {
      await clock.sleep(afterMs, signal);
      if (signal.aborted) return;
      remind(question);
    }
  };
  const forget = (id: string): void => {
    waits.get(id)?.abort();
    waits.delete(id);
  };
  return {
    watch(open) {
      const ids = new Set(open.map((question) => question.id));
      for (const id of waits.keys()) if (!ids.has(id)) forget(id);
      for (const question of open) {
        if (waits.has(question.id)) continue;
        const stop = new AbortController();
        waits.set(question.id, stop);
        void wait(question, stop.signal);
      }
    },
    [Symbol.dispose]() {
      for (const id of waits.keys()) forget(id);
    },
  };
}
