/** The rehearsal: a workflow run end to end with prepared answers. Nothing but the agents is prepared. */
import { fileURLToPath } from 'node:url';
import type { DriverSpec } from '../drivers/spec.ts';
import { loadPrepared } from '../drivers/rehearsal/prepared.ts';

/** The prepared answers that come with Baton. */
export const PREPARED_ANSWERS = fileURLToPath(new URL('../../examples/rehearsal', import.meta.url));

/** Every step that a workflow has for large requests is shown. */
export const REHEARSAL_EFFORT = { tier: 'large', reason: 'a rehearsal shows all there is' } as const;

/** What is asked for, and who answers, with the prepared answers of this folder. */
export function rehearse(folder: string): { request: string; driver: DriverSpec } {
  return {
    request: loadPrepared(folder).request.trim(),
    driver: { name: 'scripted', rehearsal: folder },
  };
}
