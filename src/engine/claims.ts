/** Compares what an agent says it did with what the engine measured. A lie moves nothing; it is recorded and shown. */
import type { GateResult } from '../core/records.ts';
import type { ClaimMismatch } from '../core/results.ts';
import type { Claims } from '../definitions/result-schema.ts';
import type { FileChange } from '../workspace/workspaces.ts';

const MAX_MISMATCHES = 50;

/** Files and pull requests; what it says of the tests is compared when the gates have run. */
export function compareClaims(
  claims: Claims,
  changes: FileChange[],
  beside: readonly string[] = [],
): ClaimMismatch[] {
  const changed = new Set(changes.flatMap((change) => [change.path, `${change.repo}/${change.path}`]));
  const files = claims.files
    .filter((file) => !changed.has(file))
    .map((file) => ({ claim: `changed ${file}`, measured: whyUnchanged(file, beside) }));
  const pulls = claims.pull_requests.map((pull) => ({
    claim: `opened pull request ${pull}`,
    measured: 'agents open none: pull requests are opened by the engine, after review',
  }));
  return [...files, ...pulls].slice(0, MAX_MISMATCHES);
}

function whyUnchanged(file: string, beside: readonly string[]): string {
  return beside.includes(file.replace(/^(?:\.\/)+/, ''))
    ? `${file} lies beside the repositories and is not part of the work: move it into its repository`
    : `${file} was not changed`;
}

/** "All tests pass" against what the gates saw. */
export function compareTestClaim(claimed: boolean | null, gates: GateResult[]): ClaimMismatch[] {
  if (claimed !== true) return [];
  return gates
    .filter((gate) => gate.kind === 'tests' && gate.status !== 'pass')
    .map((gate) => ({
      claim: 'all tests passed',
      measured: `${gate.repo} ${gate.gate}: ${gate.status} (${gate.summary})`,
    }));
}
