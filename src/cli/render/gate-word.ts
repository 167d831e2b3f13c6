/** The word for how a gate ended, as people read it. */
import type { GateResult } from '../../core/records.ts';

/** A standard that nothing decides was not measured; a gate of the repositories that ran and proves nothing is unverified. */
export function gateWord({ kind, status }: Pick<GateResult, 'kind' | 'status'>): string {
  return kind === 'standard' && status === 'unverified' ? 'not measured' : status;
}
