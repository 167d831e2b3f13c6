/** Runs a built-in workflow to its end, with agents that do the least that is asked of them. */
import { chooseWorkflow, requireDefinitions } from '../../src/cli/start/definitions-here.ts';
import type { JournalEvent } from '../../src/core/events.ts';
import type { Effort } from '../../src/core/words.ts';
import type { WorkOrder } from '../../src/drivers/driver.ts';
import { driveRig, startRigRun } from '../../src/testing/rig.ts';
import { PLAN, playLeast } from './least-play.ts';
import { openPlay } from './plays.ts';

export interface BuiltinRun {
  events: JournalEvent[];
  status: string;
  /** What reached its agents, reviewers included, in the order in which they were called. */
  orders: readonly WorkOrder[];
}

/** `plan` is given for workflows that begin with one; the others pass it over. */
export async function runBuiltin(
  name: string,
  { effort = 'large', request }: { effort?: Effort; request?: string } = {},
): Promise<BuiltinRun> {
  await using rig = await openPlay(playLeast);
  const { graph, agents } = requireDefinitions(chooseWorkflow(name, rig.dir));
  const runId = await startRigRun(rig.engine, {
    graph,
    agents,
    repos: [rig.api],
    ...(request === undefined ? {} : { request }),
    effort: { tier: effort, reason: 'the test says so' },
    plan: { plan: PLAN, summary: 'by hand' },
  });
  return { ...(await driveRig(rig.engine, runId)), orders: rig.driver.orders };
}
