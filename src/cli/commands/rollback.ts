/** `baton rollback`: how a run's change is taken back, as it was rehearsed and as the forge says it stands now. Prints; changes nothing. */
import type { RunState } from '../../core/state.ts';
import { rollbackMarkdown, type RollbackDocument } from '../../engine/rollback-document.ts';
import { createCommand, usageError } from '../command.ts';
import { printJson, printLines, type CliContext } from '../context.ts';
import { pickRun } from '../pick-run.ts';
import { readBodies } from '../render/parts/accepted-bodies.ts';
import { keptWayBack, wayBack } from '../render/parts/way-back.ts';
import { escapeText } from '../render/escape.ts';
import { lookAtRun, openStore, type Store } from '../store.ts';

/** As long as the forge is waited for, in milliseconds. */
const FORGE_LOOK_MS = 20_000;

/** One document on stdout; exit 5 where the journal was damaged. */
export async function run(argv: string[], context: CliContext): Promise<number> {
  const command = createCommand('rollback', "How a run's change is taken back; changes nothing.", context)
    .argument('[run]', 'id of the run or its beginning; the latest one by default')
    .option('--repo <name>', 'of this repository alone')
    .option('--offline', 'without asking the forge what became of the pull requests')
    .option('--json', 'as one JSON document')
    .parse(argv, { from: 'user' });
  const { repo = null, json, offline } = command.opts();
  await using store = await openStore(context);
  const { runId } = await pickRun(store, command.processedArgs[0], context);
  const { history, exitCode } = await lookAtRun(store.journal, runId, context);
  const { bodies, damage } = await readBodies(store.journal, history);
  for (const hole of damage) context.stderr.write(`warning: ${hole}\n`);
  const known = wayBack(history, bodies);
  const { document: told, damage: hole } = await keptWayBack(store.journal, history, known);
  if (hole !== null) context.stderr.write(`warning: ${hole}\n`);
  const names = history.started.repos.map(({ name }) => name);
  if (repo !== null && !names.includes(repo))
    throw usageError(`Run ${runId} has no repository ${repo}.`, `Name one of: ${names.join(', ')}.`);
  const document = offline === true ? told : await asNow(told, history.state, { store, context });
  if (json === true) {
    const repos = document.repos.filter((each) => repo === null || each.repo === repo);
    printJson(context, { ...document, repos });
  } else {
    printLines(context, rollbackMarkdown(document, escapeText, repo));
  }
  return exitCode;
}

/** What the forge says of the pull requests; the local one sees no merge, and is not asked. */
async function asNow(
  document: RollbackDocument,
  state: RunState,
  { store, context }: { store: Store; context: CliContext },
): Promise<RollbackDocument> {
  if (state.forge === 'local') return document;
  const [{ openForge }, { askForge }] = await Promise.all([
    import('../../engine/open-forge.ts'),
    import('../../engine/rollback-now.ts'),
  ]);
  const forge = openForge(state.forge, { stateDir: store.stateDir, environment: context.environment });
  return askForge(document, { state, forge, signal: AbortSignal.timeout(FORGE_LOOK_MS) });
}
