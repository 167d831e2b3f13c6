/** `baton clean`: removes the workspaces of ended runs. Work is kept: it lies in the engine's own git stores. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { FINAL_STATUSES } from '../../core/words.ts';
import { BatonError } from '../../core/errors.ts';
import type { RunRow } from '../../journal/journal.ts';
import { createCommand } from '../command.ts';
import { printJson, printLines, type CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { openEngineHere } from '../open-engine-here.ts';
import { workDirOf } from '../places.ts';
import { openStore, pickRun, type Store } from '../store.ts';

const MAX_RUNS = 10_000;

/** Without names: every run of this store that ended and still has workspaces. */
export async function run(argv: string[], context: CliContext): Promise<number> {
  const command = createCommand(
    'clean',
    'Removes the workspaces of ended runs; reviewed work is kept.',
    context,
  )
    .argument('[runs...]', 'ids of runs or their beginnings; by default all that ended')
    .option('--dry-run', 'say what would be removed')
    .option('--json', 'print one JSON document')
    .parse(argv, { from: 'user' });
  const { dryRun, json } = command.opts();
  await using store = await openStore(context);
  const workDir = workDirOf(context);
  const rows = await chooseRuns(store, command.processedArgs[0]);
  const dirs = rows.map((row) => join(workDir, row.runId)).filter((dir) => existsSync(dir));
  if (dryRun !== true && dirs.length > 0) {
    await using engine = await openEngineHere(store.stateDir, context);
    for (const row of rows) await engine.workspaces.closeRun(row.runId);
  }
  if (json === true) printJson(context, { removed: dirs, dry_run: dryRun === true });
  else
    printLines(
      context,
      dirs.length === 0
        ? ['nothing to remove']
        : dirs.map((dir) => `${dryRun === true ? 'would remove' : 'removed'} ${dir}`),
    );
  return EXIT.done;
}

async function chooseRuns(store: Store, names: string[]): Promise<RunRow[]> {
  if (names.length === 0) {
    const all = await store.journal.listRuns({ limit: MAX_RUNS, prefix: '' });
    return all.filter((row) => FINAL_STATUSES.includes(row.status));
  }
  const rows = [];
  for (const name of names) rows.push(await pickRun(store.journal, name));
  const going = rows.find((row) => !FINAL_STATUSES.includes(row.status));
  if (going === undefined) return rows;
  throw new BatonError({
    code: 'E_USAGE',
    message: `Run ${going.runId} has not ended: it is ${going.status}.`,
    fix: `End it first (\`baton cancel ${going.runId}\`), or leave it out.`,
  });
}
