/** Gate results in a few lines, for a reviewer's context and for pull requests. */
import type { GateResult } from '../core/events.ts';

export function gateLines(results: GateResult[]): string {
  return results
    .map(
      (gate) =>
        `${gate.repo}${gate.module === '.' ? '' : `/${gate.module}`} ${gate.gate}: ${gate.status} (${gate.summary})`,
    )
    .join('\n');
}
