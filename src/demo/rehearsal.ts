/** The rehearsal: a workflow run end to end with prepared answers. Nothing but the agents is prepared. */
import { fileURLToPath } from 'node:url';
import { loadPrepared } from '../drivers/rehearsal/prepared.ts';
import type { StartOptions } from '../engine/engine.ts';

/** The prepared answers that come with Baton. */
export const PREPARED_ANSWERS = fileURLToPath(new URL('../../examples/rehearsal', import.meta.url));

/** Every step that a workflow has for large requests is shown. */
export const REHEARSAL_EFFORT = { tier: 'large', reason: 'a rehearsal shows all there is' } as const;

/** What is asked for, who answers, and the plan for workflows that begin with one, from the answers in this folder. */
export function rehearse(folder: string): Pick<StartOptions, 'request' | 'driver' | 'plan'> {
  const { request, plan, planSummary } = loadPrepared(folder);
  return {
    request: request.trim(),
    driver: { name: 'scripted', rehearsal: folder },
    plan: { plan, summary: planSummary },
  };
}
