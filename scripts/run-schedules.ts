/**
 * Plays random schedules of faults and kills against the submission to a forge on loopback:
 *
 *   npm run schedules -- [--count 1000] [--seed 0] [--jobs 2]
 *
 * Progress goes to stderr, the figures to stdout. Ends with 1 where anything was there twice, was lost, or did not get to its end.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { playMany, problemsOf, seedOf, sumUp, type Outcome } from '../test/schedules/play-many.ts';
import { buildWorldProgram } from '../test/schedules/world-program.ts';

const MS = 1_000;
const TOLD_EVERY_MS = 15 * MS;

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '0' },
    jobs: { type: 'string', default: String(availableParallelism()) },
  },
});
const [count, seed, jobs] = [
  numberOf('count', values.count),
  numberOf('seed', values.seed),
  numberOf('jobs', values.jobs),
];
const began = performance.now();
const seconds = (): number => Math.round((performance.now() - began) / MS);
let [ended, failed, told] = [0, 0, began];

const outcomes = await playMany({ seed, count, jobs, program: await buildWorldProgram(), onEnd });
process.stdout.write(
  [
    `${count} schedules from seed ${seed}, ${jobs} side by side, in ${seconds()} s`,
    ...sumUp(outcomes),
    `${failed} failed`,
    '',
  ].join('\n'),
);
process.exitCode = failed === 0 ? 0 : 1;

function onEnd(outcome: Outcome): void {
  const problems = problemsOf(outcome);
  ended += 1;
  if (problems.length > 0) {
    failed += 1;
    const alone = `npm run schedules -- --seed ${seedOf(outcome)} --count 1`;
    process.stderr.write(
      `schedule ${seedOf(outcome)} failed; alone: ${alone}\n${problems.map((each) => `  ${each}\n`).join('')}`,
    );
  }
  if (performance.now() - told < TOLD_EVERY_MS && ended < count) return;
  told = performance.now();
  process.stderr.write(`${ended} of ${count} in ${seconds()} s, ${failed} failed\n`);
}

function numberOf(name: string, text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= (name === 'seed' ? 0 : 1)) return number;
  process.stderr.write(`--${name} takes a whole number, and not ${JSON.stringify(text)}\n`);
  process.exit(2);
}
