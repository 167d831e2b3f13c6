/** All gates of one repository, side by side as far as cores and checkouts bear it. */
import type { GateJob, GateOutcome, RepoOrder } from './repo-order.ts';
import { isSerial, planJobs } from './plan-jobs.ts';
import { runInTurn } from './run-in-turn.ts';

/** Results in the order of the configuration. Unchanged inputs are not run again. Whoever fails, all have ended before this does. */
export async function runRepoGates(order: RepoOrder): Promise<GateOutcome[]> {
  const jobs = await planJobs(order);
  const waiting = new Set(jobs.filter((job) => job.stored === null && job.gate.kind !== 'setup'));
  const first = order.times.sort(order.repo, jobs, isSerial);
  const ended = await Promise.allSettled(first.map((job) => runInTurn(order, job, waiting)));
  order.around.signal.throwIfAborted();
  const outcomes = new Map(
    ended.map((end, at): [GateJob | undefined, GateOutcome] => {
      if (end.status === 'rejected') throw end.reason;
      return [first[at], end.value];
    }),
  );
  return jobs.flatMap((job) => outcomes.get(job) ?? []);
}
