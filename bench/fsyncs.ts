/** Counts the fsyncs of each window that a meter opened, in a log that strace wrote. */
import { existsSync, readFileSync } from 'node:fs';

const STRACE = '/usr/bin/strace';

/** The command that logs what is needed to `log`; null without strace. */
export function straceCommand(log: string): string[] | null {
  const calls = 'trace=fsync,fdatasync,/^f?access';
  return existsSync(STRACE) ? [STRACE, '-f', '-q', '-o', log, '-e', calls] : null;
}

export function countFsyncs(log: string): Record<string, number> {
  const counts: Record<string, number> = {};
  let open: string | null = null;
  for (const line of readFileSync(log, 'utf8').split('\n')) {
    const mark = /"\/baton-bench\/([^/"]+)\/(start|end)"/.exec(line);
    if (mark !== null) open = mark[2] === 'start' ? (mark[1] ?? null) : null;
    if (open === null) continue;
    counts[open] ??= 0;
    if (/\b(fsync|fdatasync)\(/.test(line)) counts[open] = (counts[open] ?? 0) + 1;
  }
  return counts;
}
