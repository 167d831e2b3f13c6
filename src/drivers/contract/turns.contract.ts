/** What an agent is told in the conversation that it is in, and when it is not asked again. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { compareClaims } from '../../engine/claims.ts';
import { reasonOf, resultOf, type Bench } from '../testing/contract-bench.ts';
import { commitSeed, measureChanges } from '../testing/measured-changes.ts';

/** What agents claim to have changed, while they changed `made.txt`. */
const LIE = 'app/never.txt';

export function describeTurns({ can, orderFor, run, subject }: Bench): void {
  can('lies')(
    subject.asksEngine === true
      ? 'R87: refuses a list of files that is not the diff, and says so in the same turn'
      : 'R87: hands on a list of files that is not the diff as a claim, for the engine to measure',
    async () => {
      using work = orderFor();
      commitSeed(work.repo);
      const contradictions = (result: unknown) => {
        const { files } = (result as { claims: { files: string[] } }).claims;
        const claims = { files, tests_passed: null, pull_requests: [] };
        return compareClaims(claims, measureChanges(work.repo)).map(({ measured }) => measured);
      };
      const checkResult = (result: unknown) => Promise.resolve(contradictions(result));
      const signal = new AbortController().signal;
      const driver = subject.create('lies', '');
      const outcome = await driver.run({ ...work.order, checkResult }, work.note, signal);
      expect(outcome.kind).toBe('submitted');
      const first: unknown = JSON.parse(Buffer.from(outcome.raw).toString().split('\n')[0] ?? '');
      expect(contradictions(first)).toEqual([`${LIE} was not changed`]);
      const handedIn = contradictions(resultOf(outcome));
      expect(handedIn).toEqual(subject.asksEngine === true ? [] : [`${LIE} was not changed`]);
      // Whatever it says: this is what was changed.
      expect(measureChanges(work.repo).map(({ path }) => path)).toEqual(['made.txt']);
    },
  );

  can('cut_off')(
    subject.goesOn === true
      ? 'goes on in a conversation that was cut off in the middle, with what was done before'
      : 'reports a crash of an agent that was cut off in the middle, and starts it no second time',
    async () => {
      using work = orderFor();
      const driver = subject.create('cut_off', '');
      const outcome = await driver.run(work.order, work.note, new AbortController().signal);
      const done = readFileSync(join(work.repo, 'half.txt'), 'utf8');
      if (subject.goesOn === true) {
        expect(resultOf(outcome)).toEqual({ status: 'complete', summary: 'went on' });
        expect(done).toBe('half\nwhole\n');
      } else {
        expect(reasonOf(outcome)).toBe('crashed');
        expect(done).toBe('half\n');
      }
    },
  );

  can('cut_always')('gives up on an agent that is cut off again and again', async () => {
    using work = orderFor();
    const driver = subject.create('cut_always', '');
    const outcome = await driver.run(work.order, work.note, new AbortController().signal);
    expect(reasonOf(outcome)).toBe('crashed');
    expect(readFileSync(join(work.repo, 'half.txt'), 'utf8')).toMatch(/^half\n(whole\n)?$/);
  });

  can('forgets')('reminds an agent once that handed nothing in', async () => {
    const { outcome } = await run('forgets');
    expect(resultOf(outcome)).toEqual({ status: 'complete', summary: 'after 2 turns' });
  });

  can('repaired')('OUT-1: tells an agent in the same turn what is wrong with its result', async () => {
    const properties = { summary: { type: 'string' } };
    const resultSchema = () => ({ type: 'object', properties, required: ['summary'] });
    const { outcome } = await run('repaired', { resultSchema });
    expect(resultOf(outcome)).toEqual({ status: 'complete', summary: 'was told: summary' });
    const first = Buffer.from(outcome.raw).toString().split('\n')[0];
    expect(first).toContain(subject.checksItself === true ? '"summary":"was told' : '"summary":7');
  });

  can('refuses')('reports no_result for an agent that refuses, without asking again', async () => {
    const { outcome } = await run('refuses');
    expect(reasonOf(outcome)).toBe('no_result');
    expect(resultOf(outcome)).toContain('refus');
    expect(resultOf(outcome)).not.toContain('once more');
  });
}
