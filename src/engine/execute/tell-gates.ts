/** Tells people which gates run, and of one that takes long since when: a suite that hangs is not to look like silence. */
import type { DriverNote } from '../../drivers/driver.ts';
import type { RunningGate } from '../../gates/gates.ts';

/** Milliseconds after which a gate is told of, and then again. */
const EVERY_MS = 60_000;

export interface GateTeller {
  /** A gate has begun; what comes back is called when it has ended. */
  begins(gate: RunningGate): () => void;
  [Symbol.dispose](): void;
}

/** Open while gates run. `monotonicMs` reads a clock that never goes back. */
export function tellGates(
  tell: (note: DriverNote) => void,
  monotonicMs: () => number,
  everyMs = EVERY_MS,
): GateTeller {
  const running = new Map<RunningGate, number>();
  const show = (): void => {
    if (running.size > 0)
      tell({ kind: 'text', text: `gates: ${[...running.keys()].map(nameOf).join(', ')}` });
  };
  const timer = setInterval(() => {
    for (const [gate, since] of running) {
      const ms = monotonicMs() - since;
      if (ms >= everyMs) tell({ kind: 'wait', text: longWords(gate, ms) });
    }
  }, everyMs).unref();
  return {
    begins(gate) {
      running.set(gate, monotonicMs());
      show();
      return () => {
        running.delete(gate);
        show();
      };
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

function longWords(gate: RunningGate, ms: number): string {
  const command = gate.command.length === 0 ? '' : ` (\`${gate.command.join(' ')}\`)`;
  return `the gate ${nameOf(gate)}${command} has run for ${minutes(ms)}; it may take ${minutes(gate.limitMs)}`;
}

function nameOf({ gate, repo, module }: RunningGate): string {
  return `${gate} of ${module === '.' ? repo : `${repo}/${module}`}`;
}

function minutes(ms: number): string {
  return ms < 60_000 ? `${Math.round(ms / 1_000)} s` : `${Math.floor(ms / 60_000)} min`;
}
