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
/** Of a request, and of a question, so many characters are shown where runs are listed. */
const REQUEST = 60;
const SENTENCE = 160;

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
    `Name the run:\n${meant.map(meantLine).join('\n')}`,
  );
}

/**
 * The run that goes on: as `pickRun` says, but never one that has ended where another has not. Throws E_USAGE with those
 * that have not: they wait for answers, or one of them is to be named.
 */
export async function pickResumable(
  store: Store,
  name: string | undefined,
  context: Pick<CliContext, 'cwd'>,
): Promise<RunRow> {
  const picked = await pickRun(store, name, context);
  if (name !== undefined || !FINAL_STATUSES.includes(picked.status)) return picked;
  const rows = await store.journal.listRuns({ limit: MAX_RUNS, prefix: '' });
  const going = rows.filter((row) => !FINAL_STATUSES.includes(row.status));
  if (going.length === 0) return picked;
  const read = (await Promise.all(going.map((row) => whatItAsks(store, row)))).filter(
    ({ started }) => started,
  );
  const waiting = read.filter(({ asks }) => asks.length > 0);
  if (waiting.length === read.length)
    throw usageError(
      `Nothing can be resumed: run ${picked.runId} has ended, and ${waiting.length === 1 ? 'another one waits for an answer' : `${waiting.length} others wait for answers`}.`,
      `Answer with \`baton answer RUN OPTION\`; \`baton status RUN\` shows how:\n${waiting.map(meantLine).join('\n')}`,
    );
  throw usageError(
    `No run is named, and the latest one, ${picked.runId}, has ended.`,
    `Name the run:\n${read.map(meantLine).join('\n')}`,
  );
}

interface Asking {
  runId: string;
  request: string;
  repos: string;
  started: boolean;
  /** Each question that no answer is recorded for, with its first sentence. */
  asks: string[];
}

/** Of a damaged run, what lies before the damage. */
async function whatItAsks({ journal }: Store, { runId }: RunRow): Promise<Asking> {
  const { events } = await journal.readIntact(runId);
  if (events.length === 0) return { runId, request: '', repos: '', started: false, asks: [] };
  const { state } = readHistory(events);
  const answered = new Set(
    (await journal.pending(runId)).map(({ message }) =>
      message.kind === 'answer' ? message.questionId : null,
    ),
  );
  const open = [...state.openQuestions].filter((id) => !answered.has(id));
  const asks = open.map((id) => {
    const text = state.questions.get(id)?.question.text ?? '';
    return `${shortQuestionId(id, state.questions.keys())}: ${escapeText(cut(firstSentence(text), SENTENCE))}`;
  });
  const repos = state.repos.map((repo) => repo.name).join(', ');
  return { runId, request: state.request, repos, started: true, asks };
}

/** One line: the run, where it works, what it was asked for, and what it asks. */
function meantLine({ runId, request, repos, asks }: Asking): string {
  const head = `  ${runId}  ${escapeText(repos)}  "${escapeText(cut(firstLine(request), REQUEST))}"`;
  const [first, ...more] = asks;
  if (first === undefined) return head;
  return `${head}  ${first}${more.length === 0 ? '' : ` (and ${more.length} more)`}`;
}

function firstSentence(text: string): string {
  const line = firstLine(text);
  return /^.*?[.?!](?=\s|$)/.exec(line)?.[0] ?? line;
}

const cut = (text: string, characters: number): string =>
  text.length > characters ? `${text.slice(0, characters - 1)}…` : text;

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
