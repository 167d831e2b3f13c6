/** A command-line context whose output is kept, over a folder of the test's own. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Journal } from '../../journal/journal.ts';
import { readOwnIdentity } from '../../journal/process-identity.ts';
import { openSqliteJournal } from '../../journal/sqlite/open.ts';
import type { CliContext, Output } from '../context.ts';
import { runCli } from '../run-cli.ts';

export interface Cli extends Disposable {
  dir: string;
  context: CliContext;
  /** Runs one command line; `out` and `err` are what it printed. */
  run(...argv: string[]): Promise<{ code: number; out: string; err: string }>;
  openJournal(): Promise<Journal>;
}

/** A fresh folder with a context in it. */
export function openCli(environment: Record<string, string> = {}): Cli {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'baton-cli-')));
  const stdout = createOutput();
  const stderr = createOutput();
  const context: CliContext = {
    cwd: dir,
    command: { here: 'baton', elsewhere: 'baton' },
    environment: {
      PATH: process.env['PATH'] ?? '',
      BATON_WORK: join(dir, '..', 'baton-cli-work'),
      ...environment,
    },
    stdout,
    stderr,
    stdin: { isTTY: false },
    userName: 'ada',
    homeDir: dir,
    hostName: 'here',
    now: () => new Date('2026-01-05T10:00:00.000Z'),
    monotonicMs: () => performance.now(),
    listenForStop: () => ({ signal: new AbortController().signal, [Symbol.dispose]() {} }),
  };
  return {
    dir,
    context,
    async run(...argv) {
      stdout.text = '';
      stderr.text = '';
      const code = await runCli(argv, context);
      return { code, out: stdout.text, err: stderr.text };
    },
    openJournal: () =>
      openSqliteJournal({ dir: join(dir, '.baton'), clock: context.now, host: readOwnIdentity('here') }),
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
}

function createOutput(): Output & { text: string } {
  return {
    text: '',
    isTTY: false,
    write(text) {
      this.text += text;
    },
  };
}
