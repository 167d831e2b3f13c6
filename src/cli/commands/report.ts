/** `baton report`: the report of a run, made from its journal alone. */
import { Option } from '@commander-js/extra-typings';
import type { Journal } from '../../journal/journal.ts';
import { readAttached, statementsSeen } from '../audit/statements.ts';
import { createCommand } from '../command.ts';
import { printJson, type CliContext } from '../context.ts';
import { announcements } from '../render/formats/announcements.ts';
import { implementationReport } from '../render/formats/implementation-report.ts';
import { runOutcome } from '../render/formats/outcome.ts';
import { planDocument } from '../render/formats/plan-document.ts';
import { htmlReport } from '../render/html/html-report.ts';
import type { RunHistory } from '../render/history.ts';
import { readBodies } from '../render/parts/accepted-bodies.ts';
import { readReviewedDiff } from '../render/parts/reviewed-diff.ts';
import { plainMarkdown } from '../render/plain-markdown.ts';
import { reportDocument, type ReportDocument } from '../render/report-document.ts';
import { reportMarkdown } from '../render/report-markdown.ts';
import { localForgeDir } from '../render/result-text.ts';
import { shownStatus } from '../render/status-document.ts';
import { pickRun } from '../pick-run.ts';
import { lookAtRun, openStore } from '../store.ts';

const FORMATS = ['md', 'json', 'html', 's1', 's2', 's3', 's4', 'statements'] as const;
const FORMAT_HELP =
  'md; json; html: one file to look at; s1: announcements and metrics; s2: six keys for programs; s3: implementation report; s4: the plan; statements: what was attached to its pull requests, one line each';

/** One document on stdout; exit 5 where the journal was damaged. */
export async function run(argv: string[], context: CliContext): Promise<number> {
  const command = createCommand('report', 'The report of a run, made from its journal alone.', context)
    .argument('[run]', 'id of the run or its beginning; the latest one by default')
    .addOption(new Option('--format <format>', FORMAT_HELP).choices(FORMATS).default('md' as const))
    .option('--json', 'the same as --format json')
    .parse(argv, { from: 'user' });
  const { format, json } = command.opts();
  await using store = await openStore(context);
  const row = await pickRun(store, command.processedArgs[0], context);
  const { history, damage, exitCode } = await lookAtRun(store.journal, row.runId, context);
  const shown = shownStatus(history, await store.journal.holder(row.runId));
  const { bodies, damage: holes } = await readBodies(store.journal, history);
  for (const hole of holes) context.stderr.write(`warning: ${hole}\n`);
  const statements = await statementsSeen(store.journal, history.events);
  const report = reportDocument(history, { ...shown, statements, damage: [...damage, ...holes] }, bodies);
  const forgeDir = localForgeDir(history.started, store.stateDir);
  switch (json === true ? 'json' : format) {
    case 'json':
      printJson(context, report);
      break;
    case 'html':
      context.stdout.write(htmlReport(report, forgeDir, await readReviewedDiff(store.journal, history)));
      break;
    case 's1':
      context.stdout.write(warningHead(report) + announcements(history, report));
      break;
    case 's2':
      printJson(context, runOutcome(history, shown, report));
      break;
    case 's3':
      context.stdout.write(warningHead(report) + implementationReport(report));
      break;
    case 's4':
      context.stdout.write(warningHead(report) + planDocument(report));
      break;
    case 'statements':
      await printStatements(store.journal, history, context);
      break;
    case 'md':
      context.stdout.write(reportMarkdown(report, forgeDir, await readReviewedDiff(store.journal, history)));
  }
  return exitCode;
}

/** Envelopes as they were attached, for `baton verify FILE` and other programs. */
async function printStatements(journal: Journal, { events }: RunHistory, context: CliContext): Promise<void> {
  const attached = await readAttached(journal, events);
  for (const { text } of attached) context.stdout.write(text);
  if (attached.length === 0)
    context.stderr.write('warning: no pull request of this run carries a statement.\n');
}

/** Above what has no place of its own for it. */
function warningHead({ damage, sandbox }: ReportDocument): string {
  const lines = [
    ...(sandbox === 'off'
      ? [`> **Without a wall**: agents and gates ran with the rights of whoever started them.`]
      : []),
    ...damage.map((hole) => `> **Damaged**: ${plainMarkdown(hole)}`),
  ];
  return lines.map((line) => `${line}\n\n`).join('');
}
