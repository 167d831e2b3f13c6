/** `baton runs`: the runs of this store, newest first. */
import { createCommand, usageError } from '../command.ts';
import { columnsOf, printJson, printLines, type CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import type { JournalEvent } from '../../core/events.ts';
import { statusOf } from '../../core/status.ts';
import { checkRow, orphanWarning } from '../audit/run-rows.ts';
import type { Journal, RunRow } from '../../journal/journal.ts';
import { BatonError } from '../../core/errors.ts';
import { formatDuration, spanMs } from '../render/duration.ts';
import { escapeText, firstLine } from '../render/escape.ts';
import { readHistory } from '../render/history.ts';
import { plainWholeNumber } from '../plain-number.ts';
import { progressOf } from '../render/numbers.ts';
import type { Style } from '../render/style.ts';
import { cut, fit, widthOf } from '../render/width.ts';
import { openStore } from '../store.ts';
import { styleOf } from '../style-of.ts';

const DEFAULT_LIMIT = '20';
/** Names of repositories leave room for the request. */
const MAX_REPO_COLUMNS = 20;

/** Lists runs; `interrupted` is shown where a run should move and nobody moves it. */
export async function run(argv: string[], context: CliContext): Promise<number> {
  const command = createCommand('runs', 'Lists the runs of this store, newest first.', context)
    .option('-n, --limit <count>', 'how many at most', DEFAULT_LIMIT)
    .option('--json', 'print one JSON document')
    .parse(argv, { from: 'user' });
  const { limit, json } = command.opts();
  const count = plainWholeNumber(limit);
  if (!(count >= 1)) throw usageError(`--limit is ${limit}.`, 'Give a whole number from 1 on.');
  await using store = await openStore(context);
  const rows = await Promise.all(
    (await store.journal.listRuns({ limit: count, prefix: '' })).map((row) => shownRow(store.journal, row)),
  );
  const orphans = await store.journal.listOrphans();
  const warnings = [...rows.flatMap(({ warning }) => warning ?? []), ...orphans.map(orphanWarning)];
  for (const warning of warnings) context.stderr.write(`warning: ${escapeText(warning)}\n`);
  if (json === true) printJson(context, { runs: rows.map(rowJson), orphans });
  else {
    const repoColumns = Math.min(
      MAX_REPO_COLUMNS,
      Math.max(0, ...rows.map((row) => widthOf(repoWords(row)))),
    );
    const lines = rows.map((row) => rowLine(row, repoColumns, context));
    printLines(context, lines.length === 0 ? ['no runs yet'] : lines);
  }
  return EXIT.done;
}

interface ShownRow extends RunRow {
  /** What is wrong with it; null: nothing. */
  warning: string | null;
  /** Names of the repositories that it works on; none where its events cannot be read. */
  repos: string[];
  /** When the oldest question was asked that waits for a person; null: none does. */
  waitingSince: string | null;
}

/** What the events say: the row is only where a run is looked up. A damaged run is listed with what its row says. */
async function shownRow(journal: Journal, stored: RunRow): Promise<ShownRow> {
  let events: JournalEvent[];
  try {
    events = await journal.read(stored.runId, 1);
  } catch (error) {
    if (!(error instanceof BatonError)) throw error;
    return {
      ...stored,
      repos: [],
      waitingSince: null,
      warning: `${error.code} ${error.message} What is listed is its row alone.`,
    };
  }
  const problem = checkRow(stored, events);
  const warning = problem === null ? null : `E_INTEGRITY run ${stored.runId}: ${problem.detail}`;
  const row = { ...stored, repos: [], waitingSince: null, ...toldByEvents(events), warning };
  const moves = row.status === 'running' || row.status === 'waiting_retry';
  if (!moves || (await journal.holder(row.runId)) !== null) return row;
  return { ...row, status: 'interrupted', reason: 'no process advances it' };
}

/** Counted like everywhere else: steps and their reviews. */
function toldByEvents(events: JournalEvent[]): Partial<Omit<ShownRow, 'warning'>> {
  if (events.length === 0) return {};
  const history = readHistory(events);
  const { done, total } = progressOf(history);
  const { state, startedAt, lastAt } = history;
  const open = history.questions.find(({ question }) => state.openQuestions.has(question.id));
  return {
    ...statusOf(state),
    workflow: state.graph.workflow,
    request: state.request,
    repos: state.repos.map((repo) => repo.name),
    phase: state.currentPhase,
    progress: { settled: done, total },
    createdAt: startedAt,
    updatedAt: lastAt,
    waitingSince: open?.askedAt ?? null,
  };
}

function rowJson(row: ShownRow): Record<string, unknown> {
  return {
    run_id: row.runId,
    status: row.status,
    reason: row.reason,
    workflow: row.workflow,
    request: row.request,
    repos: row.repos,
    phase: row.phase,
    progress: row.progress,
    waiting_since: row.waitingSince,
    warning: row.warning,
    created_at: row.createdAt,
    updated_at: row.updatedAt,
    journal_head: row.head,
  };
}

/** The first repository, and how many there are beside it. */
function repoWords({ repos: [first, ...more] }: ShownRow): string {
  if (first === undefined) return '';
  return `${escapeText(first)}${more.length === 0 ? '' : ` +${more.length}`}`;
}

function rowLine(row: ShownRow, repoColumns: number, context: CliContext): string {
  const style = styleOf(context.stdout, context);
  const progress = `${row.progress.settled}/${row.progress.total}`;
  const head = `${fit(row.runId, 18)} ${paint(row, style)} ${fit(progress, 7)} ${row.createdAt.slice(0, 16).replace('T', ' ')}  `;
  const waits =
    row.waitingSince === null
      ? ''
      : `waiting ${formatDuration(spanMs(row.waitingSince, context.now().toISOString()))}  `;
  const repos = repoColumns === 0 ? '' : `${fit(repoWords(row), repoColumns)}  `;
  const room = columnsOf(context.stdout) - 60 - widthOf(repos) - waits.length;
  return `${head}${repos}${style.ask(waits)}${cut(firstLine(row.request), Math.max(0, room))}`;
}

function paint(row: RunRow, style: Style): string {
  const text = fit(row.status, 13);
  if (row.status === 'done') return style.good(text);
  if (row.status === 'failed' || row.status === 'cancelled') return style.bad(text);
  return row.status === 'running' ? style.busy(text) : style.ask(text);
}
