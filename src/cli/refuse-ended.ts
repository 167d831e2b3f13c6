/** Whatever a person wants of a run that has ended comes too late. */
import { BatonError } from '../core/errors.ts';
import { statusOf } from '../core/status.ts';
import type { RunHistory } from './render/history.ts';

/** Throws E_RUN_ENDED. */
export function refuseEnded(history: RunHistory): void {
  if (history.ended === null) return;
  throw new BatonError({
    code: 'E_RUN_ENDED',
    message: `Run ${history.started.run_id} has ended: ${statusOf(history.state).status}.`,
    fix: `Nothing to do. See \`baton report ${history.started.run_id}\`.`,
  });
}
