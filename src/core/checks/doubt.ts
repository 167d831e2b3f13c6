/** A request that does not look like one for Baton: people are told before they confirm it. */
import type { Detected } from '../records.ts';

/** null: nothing speaks against it, or the run is older than detection. */
export function doubtOf(detection: Detected | undefined): string | null {
  if (detection?.mode !== 'elsewhere') return null;
  const { reasons, refined } = detection;
  // Where an agent sends it elsewhere, its reason stands behind those of the rules.
  const proposed = refined?.changes.some((change) => change.startsWith('mode ')) === true;
  const why = proposed ? reasons.findLast((reason) => reason.startsWith(refined.by.agent)) : reasons[0];
  return `This does not look like a request for Baton: ${why ?? 'nothing in it is backend work.'}`;
}
