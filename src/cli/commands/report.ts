/** `baton report`: the report of a run, made from its journal alone. */
import { Option } from '@commander-js/extra-typings';
import { createCommand } from '../command.ts';
import { printJson, type CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { reportDocument } from '../render/report-document.ts';
import { reportMarkdown } from '../render/report-markdown.ts';
import { localForgeDir } from '../render/result-text.ts';
import { shownStatus } from '../render/status-document.ts';
import { openStore, pickRun, readRun } from '../store.ts';

/** Markdown on stdout, or one JSON document. */
export async function run(argv: string[], context: CliContext): Promise<number> {
  const command = createCommand('report', 'The report of a run, made from its journal alone.', context)
    .argument('[run]', 'id of the run or its beginning; the latest one by default')
    .addOption(
      new Option('--format <format>', 'md or json').choices(['md', 'json'] as const).default('md' as const),
    )
    .option('--json', 'the same as --format json')
    .parse(argv, { from: 'user' });
  const { format, json } = command.opts();
  await using store = await openStore(context);
  const row = await pickRun(store.journal, command.processedArgs[0]);
  const history = await readRun(store.journal, row.runId);
  const holder = await store.journal.holder(row.runId);
  const report = reportDocument(history, shownStatus(history, holder));
  if (json === true || format === 'json') printJson(context, report);
  else context.stdout.write(reportMarkdown(report, localForgeDir(history.started, store.stateDir)));
  return EXIT.done;
}
