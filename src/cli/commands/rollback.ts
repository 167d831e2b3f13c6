/** `baton rollback`: how a run's change is taken back. Prints; changes nothing. */
import { rollbackMarkdown } from '../../engine/rollback-document.ts';
import { createCommand, usageError } from '../command.ts';
import { printJson, printLines, type CliContext } from '../context.ts';
import { pickRun } from '../pick-run.ts';
import { readBodies } from '../render/parts/accepted-bodies.ts';
import { wayBack } from '../render/parts/way-back.ts';
import { escapeText } from '../render/escape.ts';
import { lookAtRun, openStore } from '../store.ts';

/** One document on stdout; exit 5 where the journal was damaged. */
export async function run(argv: string[], context: CliContext): Promise<number> {
  const command = createCommand('rollback', "How a run's change is taken back; changes nothing.", context)
    .argument('[run]', 'id of the run or its beginning; the latest one by default')
    .option('--repo <name>', 'of this repository alone')
    .option('--json', 'as one JSON document')
    .parse(argv, { from: 'user' });
  const { repo = null, json } = command.opts();
  await using store = await openStore(context);
  const { runId } = await pickRun(store, command.processedArgs[0], context);
  const { history, exitCode } = await lookAtRun(store.journal, runId, context);
  const { bodies, damage } = await readBodies(store.journal, history);
  for (const hole of damage) context.stderr.write(`warning: ${hole}\n`);
  const document = wayBack(history, bodies);
  const known = history.started.repos.map(({ name }) => name);
  if (repo !== null && !known.includes(repo))
    throw usageError(`Run ${runId} has no repository ${repo}.`, `Name one of: ${known.join(', ')}.`);
  if (json === true) {
    const repos = document.repos.filter((each) => repo === null || each.repo === repo);
    printJson(context, { ...document, repos });
  } else {
    printLines(context, rollbackMarkdown(document, escapeText, repo));
  }
  return exitCode;
}
