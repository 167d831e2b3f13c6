/** In which order gates begin: what takes longest first, so that no core waits for it at the end. */
import { runsSuites } from '../core/words.ts';
import type { GateJob } from './repo-order.ts';

/** How long each gate took the last time that it was run, in milliseconds, over all passes. */
export interface GateTimes {
  note(repo: string, job: GateJob, ms: number): void;
  /** The order to begin in; the given one where nothing is known. Who needs all others' room comes last. */
  sort(repo: string, jobs: readonly GateJob[], isSerial: (job: GateJob) => boolean): GateJob[];
}

export function createGateTimes(): GateTimes {
  const seen = new Map<string, number>();
  const nameOf = (repo: string, { module, gate }: GateJob): string =>
    JSON.stringify([repo, module.path, gate.name]);
  const expected = (repo: string, job: GateJob): number => {
    if (job.stored !== null) return 0;
    return seen.get(nameOf(repo, job)) ?? (mayBeLong(job) ? Number.MAX_VALUE : 0);
  };
  return {
    note(repo, job, ms) {
      seen.set(nameOf(repo, job), ms);
    },
    sort(repo, jobs, isSerial) {
      const rank = jobs.map((job) => ({ job, last: isSerial(job), ms: expected(repo, job) }));
      return rank.toSorted((a, b) => Number(a.last) - Number(b.last) || b.ms - a.ms).map(({ job }) => job);
    },
  };
}

/** As long as nothing is known of them: what runs tests is taken for longer than all others. */
function mayBeLong({ gate }: GateJob): boolean {
  return runsSuites(gate.kind) || gate.kind === 'tests' || gate.kind === 'coverage' || gate.kind === 'probe';
}
