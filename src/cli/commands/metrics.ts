/** `baton metrics`: the five success metrics over the runs of this store. */
import { checkRow, orphanWarning } from '../audit/run-rows.ts';
import { createCommand, usageError } from '../command.ts';
import { printJson, printLines, type CliContext } from '../context.ts';
import { BatonError } from '../../core/errors.ts';
import { EXIT } from '../exit-codes.ts';
import type { Journal, RunRow } from '../../journal/journal.ts';
import { escapeText } from '../render/escape.ts';
import { readHistory } from '../render/history.ts';
import { metricsLines } from '../render/metrics-lines.ts';
import { countOf } from '../render/numbers.ts';
import { metricFigures } from '../render/parts/metric-figures.ts';
import { metricsOverRuns, type RunFigures } from '../render/parts/metrics-over-runs.ts';
import { openStore } from '../store.ts';

/** How often it is said how far the reading came. */
const TELL_EVERY_MS = 1_000;
const DATE = /^(\d{4}-\d{2}-\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?)?$/;

/** Exit 0 also where runs are left out: they are named on stderr, and in JSON. */
export async function run(argv: string[], context: CliContext): Promise<number> {
  const command = createCommand(
    'metrics',
    'The five success metrics over the runs of this store. `baton report` has those of one run.',
    context,
  )
    .option(
      '--since <date>',
      'only runs that were started then or later: 2026-01-31, or 2026-01-31T09:00 (UTC)',
    )
    .option('--workflow <name>', 'only runs of this workflow')
    .option('--json', 'print one JSON document')
    .parse(argv, { from: 'user' });
  const { since, workflow, json } = command.opts();
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
      left_out: missing,
    });
  else
    printLines(context, [
      headLine(over, { since, workflow }),
      ...(over.runs === 0 ? [] : metricsLines(over)),
    ]);
  return EXIT.done;
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
    return { ended: history.ended !== null, figures: metricFigures(history) };
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
