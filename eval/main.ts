/** `npm run eval`: how much of what is wrong with a change gets past which gates, on repositories that are made for it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatonError } from '../src/core/errors.ts';
import { openWall } from '../src/workspace/wall/open-wall.ts';
import { makeTasks, PROJECT_NAMES } from './built-in-tasks.ts';
import { evaluate } from './evaluate.ts';
import { readOptions, type EvalOptions } from './options.ts';
import { sayFigures } from './print.ts';
import { figuresOf } from './summary.ts';

async function main(options: EvalOptions): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'baton-eval-'));
  const startedAt = performance.now();
  const { wall, notes } = await openWall({ mode: 'auto', path: process.env['PATH'] ?? '' });
  try {
    const tasks = makeTasks(options.projects ?? PROJECT_NAMES, join(dir, 'repos'));
    const say = (line: string): void => console.error(line);
    say(
      `${tasks.length} tasks: ${tasks.map(({ id }) => id).join(', ')}; wall: ${wall.kind} ${notes.join(' ')}`,
    );
    const evaluation = await evaluate(tasks, { ...options, dir, wall, say });
    const figures = figuresOf(evaluation);
    const minutes = (performance.now() - startedAt) / 60_000;
    const load = loadavg()[0] ?? 0;
    const cores = availableParallelism();
    if (options.json)
      return console.log(JSON.stringify({ seed: options.seed, minutes, load, cores, figures }));
    console.log(
      `seed ${options.seed}, ${evaluation.faults.length} faults, ${evaluation.cheats.length} cheats, ${evaluation.clean.length} clean changes, ${tasks.length} tasks; ${minutes.toFixed(1)} min on ${cores} cores at load ${load.toFixed(1)}\n`,
    );
    console.log(sayFigures(figures).join('\n'));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

try {
  await main(readOptions(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof BatonError)) throw error;
  console.error(`${error.code}: ${error.message}\n${error.fix}`);
  process.exitCode = 2;
}
