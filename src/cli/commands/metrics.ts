/** `baton metrics`: what is measured over the runs of this store, the five success metrics first. */
import { Option } from '@commander-js/extra-typings';
import { checkRow, orphanWarning } from '../audit/run-rows.ts';
import { createCommand, usageError } from '../command.ts';
import { columnsOf, printJson, printLines, type CliContext } from '../context.ts';
import { BatonError } from '../../core/errors.ts';
import { EXIT } from '../exit-codes.ts';
import type { Journal, RunRow } from '../../journal/journal.ts';
import { escapeText } from '../render/escape.ts';
import { readHistory } from '../render/history.ts';
import { groupsOf } from '../render/figures/groups.ts';
import { agentsOverRuns, workOverRuns } from '../render/figures/over-runs.ts';
import { agentLines, groupLines } from '../render/group-lines.ts';
import { metricsLines } from '../render/metrics-lines.ts';
import { countOf } from '../render/numbers.ts';
import { runFigures, type RunFigures } from '../render/figures/run-figures.ts';
import { metricsOverRuns } from '../render/parts/metrics-over-runs.ts';
import { workLines } from '../render/work-lines.ts';
import { openStore } from '../store.ts';
import { styleOf } from '../style-of.ts';

const GROUPS = ['workflow', 'agent', 'repo', 'week'] as const;
/** How often it is said how far the reading came. */
const TELL_EVERY_MS = 1_000;
const DATE = /^(\d{4}-\d{2}-\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?)?$/;

/** Exit 0 also where runs are left out: they are named on stderr, and in JSON. */
export async function run(argv: string[], context: CliContext): Promise<number> {
  const command = createCommand(
    'metrics',
    'What is measured over the runs of this store: the five success metrics, rework, review escapes, cost, and what they waited for. `baton report` has the metrics of one run.',
    context,
  )
    .option(
      '--since <date>',
      'only runs that were started then or later: 2026-01-31, or 2026-01-31T09:00 (UTC)',
    )
    .option('--workflow <name>', 'only runs of this workflow')
    .addOption(new Option('--by <group>', 'one line for each of them').choices(GROUPS))
    .option('--json', 'print one JSON document')
    .parse(argv, { from: 'user' });
  const { since, workflow, by, json } = command.opts();
  const from = since === undefined ? null : readDate(since);
  await using store = await openStore(context);
  const rows = await store.journal.listRuns({ limit: Number.MAX_SAFE_INTEGER, prefix: '' });
  const chosen = rows.filter((row) => from === null || Date.parse(row.createdAt) >= from);
  const { read, leftOut } = await readRuns(store.journal, chosen, workflow ?? null, context);
  const orphans = await store.journal.listOrphans();
  const missing = [...leftOut, ...orphans.map((runId) => ({ run_id: runId, why: orphanWarning(runId) }))];
  for (const { why } of missing) context.stderr.write(`warning: left out: ${escapeText(why)}\n`);
  const over = metricsOverRuns(read);
  if (json === true)
    printJson(context, {
      since: from === null ? null : new Date(from).toISOString(),
      workflow: workflow ?? null,
      ...over,
      ...workOverRuns(read),
      ...(by === undefined ? {} : { by, groups: by === 'agent' ? agentsOverRuns(read) : groupsOf(read, by) }),
      left_out: missing,
    });
  else
    printLines(context, [
      headLine(over, { since, workflow }),
      ...(over.runs === 0 ? [] : shownLines(read, by ?? null, context)),
    ]);
  return EXIT.done;
}

function shownLines(
  read: readonly RunFigures[],
  by: (typeof GROUPS)[number] | null,
  context: CliContext,
): string[] {
  const view = { style: styleOf(context.stdout, context), columns: columnsOf(context.stdout) };
  if (by === 'agent') return agentLines(agentsOverRuns(read), view);
  if (by !== null) return groupLines(groupsOf(read, by), by, view);
  return [...metricsLines(metricsOverRuns(read)), ...workLines(workOverRuns(read), view)];
}

interface LeftOut {
  run_id: string;
  why: string;
}

/** One run after the other: of each only its figures are kept. */
async function readRuns(
  journal: Journal,
  rows: readonly RunRow[],
  workflow: string | null,
  context: CliContext,
): Promise<{ read: RunFigures[]; leftOut: LeftOut[] }> {
  const read: RunFigures[] = [];
  const leftOut: LeftOut[] = [];
  let told = context.monotonicMs();
  for (const [index, row] of rows.entries()) {
    const now = context.monotonicMs();
    if (now - told >= TELL_EVERY_MS) {
      context.stderr.write(`read ${index} of ${countOf(rows.length, 'run')}\n`);
      told = now;
    }
    const found = await readOne(journal, row, workflow);
    if (found === null) continue;
    if ('why' in found) leftOut.push(found);
    else read.push(found);
  }
  return { read, leftOut };
}

/** null: another workflow's. Which it is, the events say; only where these cannot be read, the row. */
async function readOne(
  journal: Journal,
  row: RunRow,
  workflow: string | null,
): Promise<RunFigures | LeftOut | null> {
  const isOther = (name: string): boolean => workflow !== null && name !== workflow;
  try {
    const events = await journal.read(row.runId, 1);
    if (events.length === 0)
      return isOther(row.workflow)
        ? null
        : { run_id: row.runId, why: `run ${row.runId} was created and never started` };
    const history = readHistory(events);
    if (isOther(history.state.graph.workflow)) return null;
    const problem = checkRow(row, events);
    if (problem !== null)
      return { run_id: row.runId, why: `E_INTEGRITY run ${row.runId}: ${problem.detail}` };
    return runFigures(history);
  } catch (error) {
    if (!(error instanceof BatonError)) throw error;
    return isOther(row.workflow)
      ? null
      : { run_id: row.runId, why: `${error.code} run ${row.runId}: ${error.message}` };
  }
}

/** Milliseconds; what names no zone is UTC, as all times here are shown. */
function readDate(text: string): number {
  const [, day, zone] = DATE.exec(text) ?? [];
  const hasTime = text.includes('T');
  const time = Date.parse(hasTime && zone === undefined ? `${text}Z` : text);
  const isDay =
    day !== undefined && Number.isFinite(Date.parse(day)) && new Date(day).toISOString().startsWith(day);
  if (isDay && Number.isFinite(time)) return time;
  throw usageError(
    `--since is ${text}.`,
    'Give a day, `--since 2026-01-31`, or a time, `--since 2026-01-31T09:00Z`.',
  );
}

function headLine(
  { runs, not_ended }: { runs: number; not_ended: number },
  { since, workflow }: { since: string | undefined; workflow: string | undefined },
): string {
  const which = [
    workflow === undefined ? '' : ` of workflow ${escapeText(workflow)}`,
    since === undefined ? '' : ` since ${since}`,
  ].join('');
  if (runs === 0) return `no runs${which} with figures`;
  const open = not_ended === 0 ? '' : `, ${not_ended} not ended`;
  return `${countOf(runs, 'run')}${which}${open}`;
}
