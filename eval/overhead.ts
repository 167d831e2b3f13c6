/** What a pass of gates takes beside the bare commands: on the good change, with nothing else of the evaluation under way. */
import { NO_CRITERIA } from './faults/criteria.ts';
import { LATE } from './gate-sets.ts';
import type { Benches } from './measure.ts';
import type { EvalTask } from './tasks.ts';

export interface Overhead {
  task: string;
  /** Milliseconds of types, lint and tests, one after the other, as somebody types them. */
  bareMs: number;
  /** Of the first pass: setup, the base, the change, canaries. */
  firstMs: number;
  /** Of the next one on the same base. */
  nextMs: number;
}

export async function measureOverhead(task: EvalTask, { gates, verdict }: Benches): Promise<Overhead> {
  const change = { ...task.gold, ...task.tests };
  const asked = { criteria: NO_CRITERIA, runs: (kind: string): boolean => !LATE.includes(kind) };
  const bare = await verdict.bare(change);
  const first = await gates.pass(change, asked);
  // Another tree, so that nothing is known of it.
  const next = await gates.pass({ ...change, 'NOTES.md': 'Nothing new.\n' }, asked);
  return { task: task.id, bareMs: bare.ms, firstMs: first.ms, nextMs: next.ms };
}
