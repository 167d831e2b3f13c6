/**
 * Ctrl-C and its like. The first one asks to stop: agents end, the run stays resumable. A second one ends the
 * process at once; agents die with it where there is a wall, and the next holder ends what is left of the others.
 */
import type { StopListener } from './context.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const INTERRUPTED = 130;

/** A terminal signals the whole group and a wrapper such as npx passes the same signal on: that is one request. */
const SAME_REQUEST_MS = 300;

export interface SignalSource {
  on(signal: (typeof SIGNALS)[number], listener: () => void): unknown;
  off(signal: (typeof SIGNALS)[number], listener: () => void): unknown;
}

/** Listens until it is disposed of. `exit` ends the process. */
export function listenForStop(
  source: SignalSource,
  exit: (code: number) => void,
  monotonicMs: () => number = () => performance.now(),
): StopListener {
  const controller = new AbortController();
  let firstMs: number | null = null;
  const onSignal = (): void => {
    const now = monotonicMs();
    if (firstMs !== null && now - firstMs > SAME_REQUEST_MS) exit(INTERRUPTED);
    firstMs ??= now;
    controller.abort();
  };
  for (const signal of SIGNALS) source.on(signal, onSignal);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const signal of SIGNALS) source.off(signal, onSignal);
    },
  };
}
