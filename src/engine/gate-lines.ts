/** Gate results in a few lines, for a reviewer's context and for pull requests. */
import type { GateResult } from '../core/records.ts';
import { gatePlace } from '../core/checks/gate-place.ts';

export function gateLines(results: GateResult[]): string {
  return results
    .map((gate) => `${gatePlace(gate)} ${gate.gate}: ${gate.status} (${gate.summary})`)
    .join('\n');
}
