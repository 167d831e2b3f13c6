/** `baton rehearse`: a workflow with agents that cheat, one run for each, before the first token is spent. */
import { join } from 'node:path';
import { collect, createCommand, usageError } from '../command.ts';
import { columnsOf, printJson, printLines, type CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { refuseInsideRun } from '../nested.ts';
import { makeNumberedFolder } from '../numbered-folder.ts';
import { findStateDir, newStateDir, workDirOf } from '../places.ts';
import { styleOf } from '../style-of.ts';

/** Says what a run may take, plays the honest run and one per rogue, and ends with what stopped each. */
export async function run(argv: string[], context: CliContext): Promise<number> {
  refuseInsideRun(context);
  const flags = createCommand(
    'rehearse',
    'Tries a workflow on agents that cheat: what each tries, and what stops it. No key, no network.',
    context,
  )
    .option(
      '--workflow <name>',
      'a built-in workflow, or a file ending in .yaml; by default the one that run uses',
    )
    .option(
      '--repo <path>',
      'play it in a copy of this repository; repeatable; by default in the two of the demo',
      collect,
      [],
    )
    .option('--only <rogue>', 'only this rogue, besides the honest run; repeatable', collect, [])
    .option('--json', 'print one JSON document')
    .parse(argv, { from: 'user' })
    .opts();
  const { chooseWorkflow, requireDefinitions } = await import('../start/definitions-here.ts');
  const { configOf } = await import('../rehearse/stage.ts');
  const config = configOf(flags.repo, context);
  const definitions = requireDefinitions(chooseWorkflow(flags.workflow, context.cwd), config.limits);
  const { ROGUES } = await import('../../demo/rehearse/rogues.ts');
  const rogues = flags.only.length === 0 ? ROGUES : ROGUES.filter(({ name }) => flags.only.includes(name));
  const unknown = flags.only.find((name) => !ROGUES.some((rogue) => rogue.name === name));
  if (unknown !== undefined)
    throw usageError(
      `There is no rogue "${unknown}".`,
      `Name one of: ${ROGUES.map(({ name }) => name).join(', ')}.`,
    );
  workDirOf(context); // throws where workspaces would lie in a repository
  // A store of its own: its runs stand in no list of the user's, and in no figure.
  const dir = makeNumberedFolder(join(findStateDir(context) ?? newStateDir(context), 'rehearse'));
  const { rehearse } = await import('../rehearse/rehearse-here.ts');
  const { tellPlain, tellNothing } = await import('../rehearse/tell.ts');
  const json = flags.json === true;
  const tell = json ? tellNothing : tellPlain(context);
  const document = await rehearse({ definitions, repos: flags.repo, config, rogues, dir, tell }, context);
  const journals = (store: string): string =>
    `the journals: BATON_HOME=${store} ${context.command.elsewhere} log RUN, for each run of \`baton runs\` there`;
  if (document === null) {
    context.stderr.write(
      `Stopped before the end. What was played so far is kept; ${journals(join(dir, 'store'))}\n`,
    );
    return EXIT.interrupted;
  }
  if (json) printJson(context, document);
  else {
    const { summaryLine, tableColumns, tableLines } = await import('../rehearse/rehearsal-lines.ts');
    const columns = tableColumns(columnsOf(context.stdout));
    printLines(context, [
      '',
      ...tableLines(document.rogues, styleOf(context.stdout, context), columns),
      '',
      summaryLine(document.rogues, document.duration_ms),
      journals(document.store),
    ]);
  }
  if (document.honest.status !== 'done') return EXIT.failed;
  // Who names a rogue wants to see it stopped: one that could not be tried shows nothing.
  const bad = flags.only.length === 0 ? ['not_stopped'] : ['not_stopped', 'not_tried'];
  return document.rogues.some(({ outcome }) => bad.includes(outcome)) ? EXIT.notStopped : EXIT.done;
}
