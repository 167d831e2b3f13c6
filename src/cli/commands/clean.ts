/** `baton clean`: removes the workspaces of ended runs. Work is kept: it lies in the engine's own git stores. */
import { existsSync, realpathSync, rmSync } from 'node:fs';
import { join, sep } from 'node:path';
import { FINAL_STATUSES } from '../../core/words.ts';
import { BatonError } from '../../core/errors.ts';
import { removeLeftByDead } from '../../engine/left-by-dead.ts';
import type { RunRow } from '../../journal/journal.ts';
import { createCommand } from '../command.ts';
import { printJson, printLines, type CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { openEngineHere } from '../open-engine-here.ts';
import { workDirOf } from '../places.ts';
import { pickRun } from '../pick-run.ts';
import { openStore, type Store } from '../store.ts';

const MAX_RUNS = 10_000;

/** Without names: every run of this store that ended and still has workspaces. */
export async function run(argv: string[], context: CliContext): Promise<number> {
  const command = createCommand(
    'clean',
    'Removes the workspaces of ended runs; reviewed work is kept.',
    context,
  )
    .argument('[runs...]', 'ids of runs or their beginnings; by default all that ended')
    .option('--demo', 'also the repositories that `baton demo` made for them')
    .option('--dry-run', 'say what would be removed')
    .option('--json', 'print one JSON document')
    .parse(argv, { from: 'user' });
  const { demo, dryRun, json } = command.opts();
  await using store = await openStore(context);
  const workDir = workDirOf(context);
  const rows = await chooseRuns(store, command.processedArgs[0], context);
  const workspaces = rows.map((row) => join(workDir, row.runId)).filter((dir) => existsSync(dir));
  const demos = demo === true ? await demoFolders(store, rows) : [];
  const dirs = [...workspaces, ...demos];
  if (dryRun !== true && workspaces.length > 0) {
    await using engine = await openEngineHere(store.stateDir, context);
    for (const row of rows) await engine.workspaces.closeRun(row.runId);
  }
  if (dryRun !== true) await removeLeftByDead(store.stateDir);
  if (dryRun !== true) for (const dir of demos) rmSync(dir, { recursive: true, force: true });
  const kept = ['git', 'forge', ...(demo === true ? [] : ['demo']), 'rehearse'].flatMap((name) => {
    const dir = join(store.stateDir, name);
    return existsSync(dir) ? [{ dir, why: KEPT[name] ?? '' }] : [];
  });
  if (json === true)
    printJson(context, { removed: dirs, kept: kept.map(({ dir }) => dir), dry_run: dryRun === true });
  else
    printLines(context, [
      ...(dirs.length === 0
        ? ['nothing to remove']
        : dirs.map((dir) => `${dryRun === true ? 'would remove' : 'removed'} ${dir}`)),
      ...kept.map(({ dir, why }) => `kept ${dir}: ${why}`),
    ]);
  return EXIT.done;
}

/** What stays in the store's folder, and why. */
const KEPT: Record<string, string> = {
  git: 'the reviewed work of all runs, which `verify`, `diff` and reports read',
  forge: 'branches and pull requests of the local forge',
  demo: 'repositories of the demo; --demo removes those of ended runs',
  rehearse: 'rehearsals, which nothing else reads; remove the folders that you do not want any more',
};

/** The folders of the demo whose run is one of these, and that no run works in which has not ended. */
async function demoFolders({ journal, stateDir }: Store, rows: readonly RunRow[]): Promise<string[]> {
  const parent = join(stateDir, 'demo');
  if (!existsSync(parent)) return [];
  const roots = [parent, realpathSync(parent)].map((dir) => dir + sep);
  const foldersOf = async (row: RunRow): Promise<string[]> => {
    const started = (await journal.readIntact(row.runId, 1)).events[0]?.event;
    if (started?.type !== 'run_started') return [];
    return started.repos.flatMap(({ path }) => {
      const root = roots.find((each) => path.startsWith(each));
      const name = root === undefined ? undefined : path.slice(root.length).split(sep)[0];
      return name === undefined || !/^\d+$/.test(name) ? [] : [join(parent, name)];
    });
  };
  const all = await journal.listRuns({ limit: MAX_RUNS, prefix: '' });
  const going = all.filter((row) => !FINAL_STATUSES.includes(row.status));
  const used = new Set((await Promise.all(going.map(foldersOf))).flat());
  const own = new Set((await Promise.all(rows.map(foldersOf))).flat());
  return [...own].filter((dir) => !used.has(dir) && existsSync(dir)).toSorted();
}

async function chooseRuns(store: Store, names: string[], context: CliContext): Promise<RunRow[]> {
  if (names.length === 0) {
    const all = await store.journal.listRuns({ limit: MAX_RUNS, prefix: '' });
    return all.filter((row) => FINAL_STATUSES.includes(row.status));
  }
  const rows = [];
  for (const name of names) rows.push(await pickRun(store, name, context));
  const going = rows.find((row) => !FINAL_STATUSES.includes(row.status));
  if (going === undefined) return rows;
  throw new BatonError({
    code: 'E_USAGE',
    message: `Run ${going.runId} has not ended: it is ${going.status}.`,
    fix: `End it first (\`baton cancel ${going.runId}\`), or leave it out.`,
  });
}
