/**
 * Plays random schedules of faults and kills against the submission to a forge on loopback:
 *
 *   npm run schedules -- [--count 1000] [--seed 0] [--jobs 2]
 *
 * Progress goes to stderr, the figures to stdout, also where it is interrupted. Ends with 1 where anything was there twice, was lost, or
 * did not get to its end.
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
const INTERRUPTED = 130;
const outcomes: Outcome[] = [];
let [failed, told] = [0, began];

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    tellFigures();
    process.exit(INTERRUPTED);
  });
await playMany({ seed, count, jobs, program: await buildWorldProgram(), onEnd });
tellFigures();
process.exitCode = failed === 0 ? 0 : 1;

function tellFigures(): void {
  const head = `${outcomes.length} schedules from seed ${seed}, ${jobs} side by side, in ${seconds()} s`;
  process.stdout.write([head, ...sumUp(outcomes), `${failed} failed`, ''].join('\n'));
}

function onEnd(outcome: Outcome): void {
  const problems = problemsOf(outcome);
  outcomes.push(outcome);
  if (problems.length > 0) {
    failed += 1;
    const alone = `npm run schedules -- --seed ${seedOf(outcome)} --count 1`;
    process.stderr.write(
      `schedule ${seedOf(outcome)} failed; alone: ${alone}\n${problems.map((each) => `  ${each}\n`).join('')}`,
    );
  }
  if (performance.now() - told < TOLD_EVERY_MS && outcomes.length < count) return;
  told = performance.now();
  process.stderr.write(`${outcomes.length} of ${count} in ${seconds()} s, ${failed} failed\n`);
}

function numberOf(name: string, text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= (name === 'seed' ? 0 : 1)) return number;
  process.stderr.write(`--${name} takes a whole number, and not ${JSON.stringify(text)}\n`);
  process.exit(2);
}
