/** A request that does not look like one for Baton: people are told before they confirm it. */
import type { Detected } from '../records.ts';

/** null: nothing speaks against it, or the run is older than detection. */
export function doubtOf(detection: Detected | undefined): string | null {
  if (detection?.mode !== 'elsewhere') return null;
  return `This does not look like a request for Baton: ${detection.reasons[0] ?? 'nothing in it is backend work.'}`;
}
