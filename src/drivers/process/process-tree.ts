/**
 * All processes of one invocation: finding them by every trace that they leave, and ending them.
 *
 *   CONT + TERM ──grace──▶ KILL ──look again──▶ none left, or leftovers by pid
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { childrenOf, hasMark, isRunning, listProcesses, readProcess } from './process-table.ts';
import type { ProcessRow } from './process-table.ts';

const FIRST_POLL_MS = 5;
const LONGEST_POLL_MS = 100;
/** How long the kernel may take to remove killed processes before they count as left over. */
const KILL_DEADLINE_MS = 3_000;

export interface ProcessTree {
  /** The first process: leader of its own group and session. */
  readonly leader: { pid: number; startTime: string };
  readonly invocation: string;
  /** Everybody who belongs to it now. */
  observe(): ProcessRow[];
  /** Takes note of all descendants, so that one who breaks away later is still known. */
  note(): void;
}

/** Knows its members by descent, by group and session, by mark, and by having seen them before. */
export function createProcessTree(
  leader: { pid: number; startTime: string },
  invocation: string,
): ProcessTree {
  let seen: ProcessRow[] = [];
  return {
    leader,
    invocation,
    observe: () => {
      const rows = listProcesses();
      seen = findMembers({ rows, leader, invocation, seen });
      return seen;
    },
    note: () => {
      // The dead are forgotten first: their pids may be other processes' now.
      seen = withDescendants([leader, ...seen].filter(isRunning));
    },
  };
}

function withDescendants(roots: { pid: number; startTime: string }[]): ProcessRow[] {
  const found = new Map<string, ProcessRow>();
  const visit = (row: ProcessRow) => {
    if (found.has(nameOf(row))) return;
    found.set(nameOf(row), row);
    childrenOf(row.pid).forEach(visit);
  };
  for (const root of roots) {
    const row = readProcess(root.pid);
    if (row?.startTime === root.startTime) visit(row);
  }
  return [...found.values()];
}

/** Pure but for the marks: those of `rows` that belong to the tree. */
function findMembers(look: {
  rows: ProcessRow[];
  leader: { pid: number; startTime: string };
  invocation: string;
  seen: ProcessRow[];
}): ProcessRow[] {
  const known = new Set(look.seen.map(nameOf));
  const current = readProcess(look.leader.pid);
  // Once another process has the leader's pid, its group and session are that one's too.
  const isReused = current !== null && current.startTime !== look.leader.startTime;
  const pid = isReused ? -1 : look.leader.pid;
  const members = new Set(
    look.rows.filter(
      (row) =>
        row.pid === pid ||
        row.group === pid ||
        row.session === pid ||
        known.has(nameOf(row)) ||
        (startedSince(row, look.leader) && hasMark(row.pid, look.invocation)),
    ),
  );
  addDescendants(members, look.rows);
  return [...members].filter((row) => row.pid !== process.pid);
}

function addDescendants(members: Set<ProcessRow>, rows: ProcessRow[]): void {
  const pids = new Set([...members].map((row) => row.pid));
  let grew = true;
  while (grew) {
    const found = rows.filter((row) => !members.has(row) && pids.has(row.parent));
    for (const row of found) {
      members.add(row);
      pids.add(row.pid);
    }
    grew = found.length > 0;
  }
}

/** Spares reading the environment of everything that is older; not comparable without /proc, then all are read. */
function startedSince(row: ProcessRow, leader: { startTime: string }): boolean {
  const [own, first] = [Number(row.startTime), Number(leader.startTime)];
  return Number.isNaN(own) || Number.isNaN(first) || own >= first;
}

function nameOf(row: { pid: number; startTime: string }): string {
  return `${row.pid}@${row.startTime}`;
}

/** Asks the tree to end, and kills what is left of it after `graceMs`. Resolves to the pids that survived even that. */
export async function endTree(
  tree: ProcessTree,
  graceMs: number,
  spare: ReadonlySet<number>,
): Promise<number[]> {
  const members = tree.observe();
  for (const row of members) {
    if (spare.has(row.pid)) continue;
    // A stopped process gets TERM only once it goes on.
    sendSignal(row, 'SIGTERM');
    sendSignal(row, 'SIGCONT');
  }
  const isDone = () => tree.observe().every((row) => spare.has(row.pid));
  await waitUntil(isDone, graceMs);
  return killTree(tree);
}

/** Kills every member at once, again until a look finds none: somebody may have forked in between. */
export async function killTree(tree: ProcessTree): Promise<number[]> {
  let members: ProcessRow[] = [];
  await waitUntil(() => {
    members = tree.observe();
    for (const row of members) sendSignal(row, 'SIGKILL');
    return members.length === 0;
  }, KILL_DEADLINE_MS);
  return members.map((row) => row.pid);
}

/** Looks at once, then ever less often, until it is true or time is up. */
export async function waitUntil(isTrue: () => boolean, maxMs: number): Promise<boolean> {
  const end = performance.now() + maxMs;
  let pollMs = FIRST_POLL_MS;
  while (!isTrue()) {
    const left = end - performance.now();
    if (left <= 0) return false;
    await sleep(Math.min(pollMs, left));
    pollMs = Math.min(LONGEST_POLL_MS, pollMs * 2);
  }
  return true;
}

/** Never hits a process that only has the same pid. */
export function sendSignal(row: { pid: number; startTime: string }, signal: NodeJS.Signals): void {
  if (readProcess(row.pid)?.startTime !== row.startTime) return;
  try {
    process.kill(row.pid, signal);
  } catch {
    // It ended in this moment, or belongs to somebody else now: both are seen at the next look.
  }
}
