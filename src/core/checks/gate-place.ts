/** Where a gate ran, as people are told: `orders`, `acme/packages/api`. */
import type { GateResult } from '../records.ts';

/** The repository, and the module behind it unless that is the repository's top folder. */
export function gatePlace({ repo, module }: Pick<GateResult, 'repo' | 'module'>): string {
  if (repo === '*') return 'all repositories';
  return module === '.' ? repo : `${repo}/${module}`;
}
