/** What the system is told before anything is acknowledged, counted by strace in a process that uses the store. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const PEER = fileURLToPath(new URL('../testing/peer-process.ts', import.meta.url));
const STRACE = '/usr/bin/strace';
const canTrace = existsSync(STRACE) && traces();
const why = canTrace ? '' : ' (skipped: strace is not installed, or must not trace here)';
/** The tenth append carries an artifact that is too large for the database. */
const APPENDS = 10;

function traces(): boolean {
  try {
    execFileSync(STRACE, ['-o', '/dev/null', 'true']);
    return true;
  } catch {
    return false; // a container may forbid it
  }
}

/** `sync PATH`, `rename PATH` and `said TEXT`, in the order in which the process did them. */
async function traceStore(dir: string): Promise<string[]> {
  const log = join(dirname(dir), 'strace.log');
  const args = [
    '-f',
    '-q',
    '-y',
    '-s',
    '200',
    '-o',
    log,
    '-e',
    'trace=/^(fsync|fdatasync|rename|renameat2?|write)$',
  ];
  const child = spawn(STRACE, [...args, process.execPath, PEER, dir], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const appends = Array.from({ length: APPENDS }, () => 'append r');
  child.stdin.end(`${['create r', 'hold r', ...appends].join('\n')}\n`);
  await once(child, 'exit');
  return readFileSync(log, 'utf8').split('\n').flatMap(readCall);
}

function readCall(line: string): string[] {
  const synced = /\bf(?:data)?sync\(\d+<([^>]+)>/.exec(line)?.[1];
  if (synced !== undefined) return [`sync ${synced}`];
  const renamed = /\brename(?:at2?)?\(.*"([^"]+)"/.exec(line)?.[1];
  if (renamed !== undefined) return [`rename ${renamed}`];
  const said = /\bwrite\(1<[^>]*>, "(\{.*\})\\n"/.exec(line)?.[1];
  return said === undefined ? [] : [`said ${said.replaceAll('\\"', '"')}`];
}

describe.skipIf(!canTrace)(`what is acknowledged${why}`, () => {
  let dir = '';
  let calls: string[] = [];
  beforeAll(async () => {
    dir = join(realpathSync(mkdtempSync(join(tmpdir(), 'baton-durable-'))), '.baton');
    calls = await traceStore(dir);
  });
  afterAll(() => rmSync(dirname(dir), { recursive: true, force: true }));

  /** What the process did between its answer before this one and this one. */
  const before = (answer: number): string[] => {
    const said = calls.flatMap((call, at) => (call.startsWith('said ') ? [at] : []));
    return calls.slice((said[answer - 1] ?? -1) + 1, said[answer]);
  };

  it('HIST-1: a new store is synced before it is moved to its place, and its folder after that', () => {
    const opened = before(0);
    const moved = opened.indexOf(`rename ${dir}/journal.db`);
    const draft = opened.slice(0, moved);
    // After the last word of its write-ahead log: all of it lies in the file that is moved.
    expect(draft.lastIndexOf(`sync ${dir}/journal.draft.db`)).toBeGreaterThan(
      draft.lastIndexOf(`sync ${dir}/journal.draft.db-wal`),
    );
    expect(opened.slice(moved)).toContain(`sync ${dir}`);
  });

  it('HIST-1: every append is synced before it is acknowledged', () => {
    const first = 3; // opened, created, held
    for (let n = 0; n < APPENDS; n++) {
      expect(calls.filter((call) => call.startsWith('said '))[first + n]).toBe(
        `said {"ok":true,"value":${n + 1}}`,
      );
      expect(before(first + n)).toContain(`sync ${dir}/journal.db-wal`);
    }
  });

  it('HIST-1: a large artifact, its name and its folder are synced before the event that names it', () => {
    const last = before(2 + APPENDS);
    const moved = last.findIndex((call) => call.startsWith(`rename ${dir}/artifacts/`));
    const file = last[moved]?.slice('rename '.length) ?? '';
    const transaction = last.indexOf(`sync ${dir}/journal.db-wal`);
    expect(last.slice(0, moved)).toEqual([expect.stringMatching(`^sync ${dir}/artifacts/draft-`)]);
    expect(last.slice(moved + 1, transaction)).toEqual([`sync ${dirname(file)}`, `sync ${dir}/artifacts`]);
  });
});
