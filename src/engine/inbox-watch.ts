/** Looks into the run's inbox while a holder lives. People's answers are rare: a look every POLL_MS is enough. */
import type { InboxRow } from '../journal/journal.ts';
import type { Engine } from './engine.ts';

const POLL_MS = 150;

export interface InboxWatch extends Disposable {
  /** What is new since the last call; empty without a query when the last look found nothing. */
  take(): Promise<InboxRow[]>;
}

export function openInboxWatch(engine: Engine, runId: string, onNews: () => void): InboxWatch {
  let look = true;
  const timer = setInterval(() => {
    void engine.journal
      .pending(runId)
      .then((rows) => {
        if (rows.length === 0) return;
        look = true;
        onNews();
      })
      .catch(() => {
        // The next append meets the same trouble and reports it.
      });
  }, POLL_MS);
  return {
    async take() {
      if (!look) return [];
      look = false;
      return engine.journal.pending(runId);
    },
    [Symbol.dispose]() {
      clearInterval(timer);
    },
  };
}
