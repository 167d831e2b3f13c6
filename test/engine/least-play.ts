/** Agents that do the least that is asked of them, all of them needed: enough to carry any built-in workflow to its end. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { LEAST_PLAN, leastResult } from '../../src/demo/rehearse/least-answers.ts';
import type { WorkOrder } from '../../src/drivers/driver.ts';
import { done, edit, verdict } from './plays.ts';

export const PLAN = LEAST_PLAN;

/** A result of the kind that is asked for; whoever may write leaves a file of its own. */
export function playLeast(order: WorkOrder): unknown {
  if (order.role === 'reviewer' && order.output === 'review') return verdict(order);
  if (order.access === 'write') {
    // A place in the lane of each role.
    const folder = order.role === 'tester' ? 'test' : 'deploy';
    mkdirSync(join(order.workspace.repos[0]?.path ?? '', folder), { recursive: true });
    edit(order, `${folder}/${order.agent}.js`, `// ${order.invocationId}\n`);
    if (order.role !== 'tester') edit(order, `${folder}/${order.agent}.md`, 'Notes have tags.\n');
  }
  return done(order, leastResult(order));
}
