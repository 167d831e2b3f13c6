/** What the operating system says about processes: the table, who one is, and what it was marked with. */
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';

/** Names the invocation that a process belongs to, in its environment. */
export const INVOCATION_VARIABLE = 'BATON_INVOCATION';

/** Behind it stands which of several commands of one invocation a process belongs to. */
export const PART = '#';

export interface ProcessRow {
  pid: number;
  parent: number;
  group: number;
  session: number;
  /** One letter as in ps; Z and X are dead. */
  state: string;
  /** Together with the pid it names one process until the machine restarts. */
  startTime: string;
}

const HAS_PROC = process.platform === 'linux';
/** Columns for systems without /proc (not tried on macOS so far). */
const PS_COLUMNS = ['-A', '-o', 'pid=,ppid=,pgid=,sess=,state=,lstart='];

/** All living processes that can be seen. */
export function listProcesses(): ProcessRow[] {
  if (!HAS_PROC) return parsePs(execFileSync('ps', PS_COLUMNS, { encoding: 'utf8' })).filter(isAlive);
  const rows = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readProcess(Number(name)));
  return rows.filter((row) => row !== null).filter(isAlive);
}

/** One process, dead ones that nobody has fetched yet included; null: there is none with this pid. */
export function readProcess(pid: number): ProcessRow | null {
  if (!HAS_PROC) return readByPs(pid);
  try {
    return parseStat(pid, readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return null; // it ended while we looked
  }
}

/** Those that a process has started itself and that are still its children; costs far less than the whole table. */
export function childrenOf(pid: number): ProcessRow[] {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const lists = threads.map((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1'));
    const pids = lists.join(' ').split(' ').filter(Boolean);
    return pids.map((child) => readProcess(Number(child))).filter((row) => row !== null);
  } catch {
    return []; // it ended while we looked, or the system keeps no such lists
  }
}

/** Whether exactly this process is still running. */
export function isRunning(identity: { pid: number; startTime: string }): boolean {
  const row = readProcess(identity.pid);
  return row !== null && row.startTime === identity.startTime && isAlive(row);
}

/** A dead process that its parent has not fetched yet does nothing any more. */
export function isAlive(row: ProcessRow): boolean {
  return !/^[ZX]/.test(row.state);
}

/** Whether the process was started with this mark, or with that of a part of it; false where its environment cannot be read. */
export function hasMark(pid: number, invocation: string): boolean {
  if (!HAS_PROC) return false;
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
    const marks = ['\0', PART].map((end) => `\0${INVOCATION_VARIABLE}=${invocation}${end}`);
    return marks.some((mark) => `\0${environment}\0`.includes(mark));
  } catch {
    return false; // gone, or another user's
  }
}

/** Tells this start of the machine from every other one; null where the system does not say. */
export function readBootId(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return null; // no /proc: pid and start time have to do
  }
}

/** The command name stands in brackets and may hold brackets and spaces itself: fields are counted after the last one. */
export function parseStat(pid: number, stat: string): ProcessRow | null {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, parent, group, session] = fields;
  const startTime = fields[19];
  if (state === undefined || startTime === undefined) return null;
  return { pid, parent: Number(parent), group: Number(group), session: Number(session), state, startTime };
}

/** Lines of `ps` with the columns pid, ppid, pgid, sess, state, lstart. */
export function parsePs(output: string): ProcessRow[] {
  return output.split('\n').flatMap((line) => {
    const [pid, parent, group, session, state, ...started] = line.trim().split(/\s+/);
    if (pid === undefined || state === undefined || started.length === 0) return [];
    const numbers = { pid: Number(pid), parent: Number(parent), group: Number(group) };
    return [
      { ...numbers, session: Number.parseInt(session ?? '0', 16), state, startTime: started.join(' ') },
    ];
  });
}

function readByPs(pid: number): ProcessRow | null {
  try {
    const columns = ['-p', String(pid), '-o', 'pid=,ppid=,pgid=,sess=,state=,lstart='];
    return parsePs(execFileSync('ps', columns, { encoding: 'utf8' }))[0] ?? null;
  } catch {
    return null; // ps ends with 1 where there is no such process
  }
}
