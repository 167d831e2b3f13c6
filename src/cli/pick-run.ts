/** Which run a command means: by its name, or without one. */
import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { BatonError } from '../core/errors.ts';
import { FINAL_STATUSES } from '../core/words.ts';
import type { RunRow } from '../journal/journal.ts';
import { usageError } from './command.ts';
import type { CliContext } from './context.ts';
import { findRepository } from './places.ts';
import { escapeText, firstLine } from './render/escape.ts';
import { readHistory } from './render/history.ts';
import { shortQuestionId } from './render/question-names.ts';
import type { Store } from './store.ts';

const CANDIDATES = 10;
/** How far back a run of the caller's repository is looked for. */
const LOOKED_AT = 100;
const MAX_RUNS = 10_000;

/**
 * The run with this id, or the only one whose id begins like this. Without a name the latest one; in a store that
 * several repositories share, the latest of the repository that the caller stands in, where it has one.
 */
export async function pickRun(
  store: Store,
  name: string | undefined,
  context: Pick<CliContext, 'cwd'>,
): Promise<RunRow> {
  if (name === undefined) return await latestRun(store, context);
  const exact = await store.journal.getRun(name);
  if (exact !== null) return exact;
  const found = await store.journal.listRuns({ limit: CANDIDATES + 1, prefix: name });
  const [first] = found;
  if (first === undefined)
    throw new BatonError({
      code: 'E_NOT_FOUND',
      message: `No run begins with "${name}".`,
      fix: 'See `baton runs`.',
    });
  if (found.length === 1) return first;
  const ids = found.slice(0, CANDIDATES).map((row) => `${row.runId} (${row.status})`);
  const more = found.length > CANDIDATES ? ', and more' : '';
  throw usageError(
    `${found.length > CANDIDATES ? 'Many' : found.length} runs begin with ${name}: ${ids.join(', ')}${more}.`,
    'Write more of the id.',
  );
}

/**
 * Like `pickRun`, for what cannot be taken back. Without a name, throws E_USAGE and lists the runs as soon as another
 * one than the latest could be meant: one that asks a person something, or one that has not ended.
 */
export async function pickOnlyRun(
  store: Store,
  name: string | undefined,
  wanted: 'asks' | 'goes_on',
  context: Pick<CliContext, 'cwd'>,
): Promise<RunRow> {
  const picked = await pickRun(store, name, context);
  if (name !== undefined) return picked;
  const rows = await store.journal.listRuns({ limit: MAX_RUNS, prefix: '' });
  const going = rows.filter((row) => !FINAL_STATUSES.includes(row.status));
  if (going.every((row) => row.runId === picked.runId)) return picked;
  const read = await Promise.all(going.map((row) => whatItAsks(store, row)));
  const meant = read.filter((run) => (wanted === 'asks' ? run.asks.length > 0 : run.started));
  if (meant.every(({ runId }) => runId === picked.runId)) return picked;
  const what = wanted === 'asks' ? 'waits for an answer' : 'has not ended';
  const many = wanted === 'asks' ? 'wait for an answer' : 'have not ended';
  throw usageError(
    `No run is named, and ${meant.length === 1 ? `one that is not the latest ${what}` : `${meant.length} runs ${many}`}.`,
    `Name the run:\n${meant.flatMap(meantLines).join('\n')}`,
  );
}

interface Asking {
  runId: string;
  repos: string;
  started: boolean;
  /** One line per question that no answer is recorded for. */
  asks: string[];
}

/** Of a damaged run, what lies before the damage. */
async function whatItAsks({ journal }: Store, { runId }: RunRow): Promise<Asking> {
  const { events } = await journal.readIntact(runId);
  if (events.length === 0) return { runId, repos: '', started: false, asks: [] };
  const { state } = readHistory(events);
  const answered = new Set(
    (await journal.pending(runId)).map(({ message }) =>
      message.kind === 'answer' ? message.questionId : null,
    ),
  );
  const open = [...state.openQuestions].filter((id) => !answered.has(id));
  const asks = open.map((id) => {
    const text = state.questions.get(id)?.question.text ?? '';
    return `${shortQuestionId(id, state.questions.keys())}: ${escapeText(firstLine(text))}`;
  });
  return { runId, repos: state.repos.map((repo) => repo.name).join(', '), started: true, asks };
}

function meantLines({ runId, repos, asks }: Asking): string[] {
  const head = `  ${runId}  ${escapeText(repos)}`;
  return asks.length === 0 ? [head] : asks.map((text) => `${head}  ${text}`);
}

async function latestRun({ journal, stateDir }: Store, { cwd }: Pick<CliContext, 'cwd'>): Promise<RunRow> {
  const rows = await journal.listRuns({ limit: LOOKED_AT, prefix: '' });
  const [latest] = rows;
  if (latest === undefined)
    throw new BatonError({
      code: 'E_NOT_FOUND',
      message: 'There is no run in this store yet.',
      fix: 'Start one: `baton run "<request>"`.',
    });
  const own = findRepository(cwd);
  if (own === null || rows.length === 1 || dirname(stateDir) === own) return latest;
  const here = realpathSync(own);
  for (const row of rows) {
    const [first] = (await journal.readIntact(row.runId, 1)).events;
    if (first?.event.type === 'run_started' && first.event.repos.some(({ path }) => path === here))
      return row;
  }
  return latest;
}
