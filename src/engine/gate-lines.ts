/** Gate results in a few lines, for a reviewer's context and for pull requests. */
import type { GateResult } from '../core/records.ts';
import { gatePlace } from '../core/checks/gate-place.ts';

/** The area that a verdict has to say something about where there are such tests. */
export const CHANGED_TESTS = 'tests that were changed and fail as they were before';

const MAX_LISTED = 30;

export function gateLines(results: GateResult[]): string {
  return results
    .flatMap((gate) => [
      `${gatePlace(gate)} ${gate.gate}: ${gate.status} (${gate.summary})`,
      ...contradictedLines(gate),
    ])
    .join('\n');
}

/** Tests that were changed and fail as they were before: whoever judges the change says why that is right. */
function contradictedLines({ repo, contradicted = [] }: GateResult): string[] {
  const more = contradicted.length - MAX_LISTED;
  return [
    ...contradicted
      .slice(0, MAX_LISTED)
      .map(({ file, name }) => `- ${CHANGED_TESTS}: ${repo}/${file}: \`${name.replaceAll(/\s+/gu, ' ')}\``),
    ...(more > 0 ? [`- ${CHANGED_TESTS}: … and ${more} more`] : []),
  ];
}
