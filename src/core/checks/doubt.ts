/** A request that does not look like one for Baton: people are told before they confirm it. */
import type { Detected } from '../records.ts';

/** Whoever sends it elsewhere, rules or agent, gives the first reason. null: nothing speaks against it, or the run is older than detection. */
export function doubtOf(detection: Detected | undefined): string | null {
  if (detection?.mode !== 'elsewhere') return null;
  const [why = 'nothing in it is backend work.'] = detection.reasons;
  return `This does not look like a request for Baton: ${why}`;
}
