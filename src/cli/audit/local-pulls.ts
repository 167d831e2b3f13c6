/** Whether the pull requests of a finished run are at the local forge as the run left them: their branch, and their record. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BatonError } from '../../core/errors.ts';
import type { JournalEvent } from '../../core/events.ts';
import type { PullRequest } from '../../core/records.ts';
import { markerOf } from '../../engine/run-branch.ts';
import { branchHead } from '../../forges/git-refs.ts';
import { readPullRecord, type PullRecord } from '../../forges/local/pull-records.ts';
import { areWordsKept } from '../../forges/write-words.ts';
import { EVIDENCE } from '../../forges/write-links.ts';
import type { ChainProblem } from './verdict-chain.ts';
import { writtenAnchor } from './written-anchor.ts';

export interface LocalPullsFound {
  /** Each difference; all of them say the event with which the run ended. */
  problems: ChainProblem[];
  /** How many pull requests were looked at; 0 where another forge has them, and while the run goes on. */
  looked: number;
}

/** `events`: a whole chain. A repository of the forge that is gone as a whole is told with its commits. */
export async function checkLocalPulls(
  runId: string,
  events: readonly JournalEvent[],
): Promise<LocalPullsFound> {
  const last = events.at(-1);
  if (last?.event.type !== 'run_ended' || last.event.status !== 'done') return { problems: [], looked: 0 };
  const pulls = last.event.pull_requests.filter(({ url }) => isThere(url));
  const found = await Promise.all(
    pulls.map(async (pull) => {
      const differs = [...(await branchDiffers(pull)), ...recordDiffers(pull, { runId, events })];
      return differs.map((detail) => ({
        seq: last.seq,
        detail: `pull request ${pull.repo}#${pull.number} at the local forge: ${detail}`,
      }));
    }),
  );
  return { problems: found.flat(), looked: pulls.length };
}

function isThere(url: string): boolean {
  return url.startsWith('file:') && existsSync(fileURLToPath(url));
}

async function branchDiffers({ url, branch, head }: PullRequest): Promise<string[]> {
  const now = await branchHead(fileURLToPath(url), branch);
  if (now === head) return [];
  return [
    now === null
      ? `its branch ${branch} is gone; it was at ${head}`
      : `its branch ${branch} is at ${now}, not at ${head}, which was reviewed`,
  ];
}

function recordDiffers(
  pull: PullRequest,
  { runId, events }: { runId: string; events: readonly JournalEvent[] },
): string[] {
  const read = readRecord(pull);
  if (typeof read === 'string') return [read];
  const marker = markerOf({ runId }, pull.repo);
  const facts = [
    ['number', read.number, pull.number],
    ['branch', read.branch, pull.branch],
    ['base', read.base, pull.base],
    ['state', read.state, pull.state],
    ['marker', read.marker, marker],
  ] as const;
  return [
    ...facts
      .filter(([, now, then]) => now !== then)
      .map(([name, now, then]) => `its record says ${name} ${now}, not ${then}`),
    ...(areWordsKept(read, marker) === false
      ? ['its title, or the words in front of the evidence, are not those that Baton wrote']
      : []),
    ...evidenceDiffers(read, { pull, events }),
  ];
}

/** What is wrong with it in words, where it cannot be read. */
function readRecord({ url, number }: PullRequest): PullRecord | string {
  try {
    const found = readPullRecord(fileURLToPath(url).replace(/\.git$/, ''), number);
    return found ?? `its record ${number}.json is gone`;
  } catch (error) {
    if (error instanceof BatonError) return `its record cannot be read: ${error.message}`;
    throw error;
  }
}

/** Runs that attached a statement wrote this part, too. */
function evidenceDiffers(
  { body }: PullRecord,
  { pull, events }: { pull: PullRequest; events: readonly JournalEvent[] },
): string[] {
  const wroteIt = events.some(
    ({ event }) =>
      event.type === 'effect_ended' &&
      event.repo === pull.repo &&
      event.outcome.kind === 'confirmed' &&
      event.outcome.statement !== undefined,
  );
  if (!body.includes(EVIDENCE.begin) || !body.includes(EVIDENCE.end))
    return wroteIt ? ['the evidence is gone from its text'] : [];
  const named = writtenAnchor(body);
  if (named === null) return wroteIt ? ['its text names no event of the journal any more'] : [];
  return events[named.seq - 1]?.hash === named.hash
    ? []
    : [`its text names event ${named.seq} with a hash that this event does not have`];
}
