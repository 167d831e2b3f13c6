/**
 * Stops a storm: when agents of one kind fail in the same way again and again, over steps and over runs (a key that is
 * not valid any more, a provider that is down), nothing is gained by the next attempt. Each hold of a run then tries once,
 * and pauses where that fails, too. What is remembered is a small file beside the store, and losing it costs nothing.
 */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BatonError } from '../core/errors.ts';
import type { FailureReason } from '../core/words.ts';
import type { DriverOutcome } from '../drivers/driver.ts';

/** Equal failures in a row, whichever runs they belong to. */
export const MAX_EQUAL_FAILURES = 10;
/** Ways to fail that say something of the agent or its provider, and nothing of the work. */
const COUNTED: readonly FailureReason[] = ['crashed', 'not_started', 'no_result'];
/** Ends that somebody else brought about. */
const IGNORED: readonly FailureReason[] = ['cancelled', 'interrupted', 'engine_error', 'budget_exceeded'];
const DETAIL_CHARS = 300;

export interface Breaker {
  /** Told of each invocation. */
  note(outcome: DriverOutcome): void;
  /** The refusal, where the last ones all failed alike; null: go on. */
  findStorm(): BatonError | null;
}

interface Remembered {
  /** What is the same in all of them. */
  form: string;
  count: number;
  /** The last one's words, for people. */
  detail: string;
}

/** `agents` names what is started how: others have a count of their own. */
export function openBreaker(stateDir: string, agents: string): Breaker {
  const file = join(stateDir, `failures-${agents}.json`);
  // Read where something fails, and not with every step.
  let last = read(file);
  return {
    note: (outcome) => {
      if (outcome.kind === 'failed' && IGNORED.includes(outcome.reason)) return;
      if (outcome.kind === 'failed' && COUNTED.includes(outcome.reason)) {
        last = countUp(read(file), outcome);
        write(file, last);
        return;
      }
      last = null;
      if (existsSync(file)) rmSync(file, { force: true });
    },
    findStorm: () => {
      // Another run may have succeeded meanwhile.
      if (last !== null && last.count >= MAX_EQUAL_FAILURES) last = read(file);
      return last === null || last.count < MAX_EQUAL_FAILURES ? null : refuse(last);
    },
  };
}

function countUp(
  last: Remembered | null,
  { reason, detail }: { reason: string; detail: string },
): Remembered {
  const form = `${reason}: ${formOf(detail)}`;
  const count = last?.form === form ? last.count + 1 : 1;
  return { form, count, detail: `${reason}: ${detail}`.slice(0, DETAIL_CHARS) };
}

function refuse({ count, detail }: Remembered): BatonError {
  return new BatonError({
    code: 'E_FAILING_ALIKE',
    message: `The last ${count} invocations failed in the same way, over all runs: ${detail}`,
    fix: 'Mend what they name (a key, the provider, the program); then `baton resume` tries once, and goes on where that succeeds.',
  });
}

/** Without what differs from one attempt to the next: paths, numbers, ids. */
function formOf(detail: string): string {
  return detail
    .slice(0, DETAIL_CHARS)
    .replaceAll(/\S*\/\S*/g, '/')
    .replaceAll(/\b[\w-]*\d[\w-]*\b/g, '#');
}

function read(file: string): Remembered | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Remembered; // written below
  } catch {
    return null; // none yet, or damaged: the count begins anew
  }
}

function write(file: string, remembered: Remembered): void {
  try {
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, JSON.stringify(remembered), { mode: 0o600 });
    renameSync(draft, file);
  } catch {
    // Without room for it the attempts go on as they are.
  }
}
