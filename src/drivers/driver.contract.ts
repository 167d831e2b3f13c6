/** What every driver has to do, whatever runs its agents. A driver's own test file calls this with its subject. */
import { describe } from 'vitest';
import { describeEnds } from './contract/ends.contract.ts';
import { describeLeftovers } from './contract/leftovers.contract.ts';
import { describeReach } from './contract/reach.contract.ts';
import { describeResults } from './contract/results.contract.ts';
import { describeTurns } from './contract/turns.contract.ts';
import { openBench } from './testing/contract-bench.ts';
import type { DriverSubject } from './testing/contract-subject.ts';

/** Registers the contract's tests for one driver. */
export function describeDriver(subject: DriverSubject): void {
  const bench = openBench(subject);
  describe(`driver contract: ${subject.name}`, () => {
    describeResults(bench);
    describeEnds(bench);
    describeLeftovers(bench);
    describeReach(bench);
    describeTurns(bench);
  });
}
