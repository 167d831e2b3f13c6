/**
 * Starts git from small shells. To start a process, the kernel copies the page tables of whoever starts it: next to nothing
 * for a shell, milliseconds of CPU for an engine, and more with every megabyte of its heap. A shell starts one git after the
 * other, has nothing of the caller's environment, and ends with this process.
 *
 * What git reads and prints goes through files without names: made here, unlinked at once, and opened by the shell by way of
 * /proc. So nothing is left behind, whoever is killed.
 */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  read,
  readSync,
  statfsSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cleanEnvironment } from './git-environment.ts';

export interface GitStart {
  /** Stand in front of the others; the same array each time. */
  settings: readonly string[];
  args: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string>>;
  input: string | Uint8Array;
  /** What is read of the output at most. */
  maxBytes: number;
  /** Whether git is ended where it prints more; for commands that write no files. */
  endsAtMax: boolean;
  maxErrorBytes: number;
  timeoutMs: number;
  /** Ends git and its shell. */
  signal?: AbortSignal | undefined;
}

export interface GitEnd {
  /** null: a signal ended it. */
  code: number | null;
  stdout: Buffer;
  stderr: Buffer;
  /** It printed more than `maxBytes`. */
  full: boolean;
}

/** So many run side by side; who comes then starts git without a shell. */
const MAX_SHELLS = 8;
/** What `ulimit -f` counts in. */
const BLOCK_BYTES = 512;
/** What is longer is read while others have their turn, and its room is given back. */
const LARGE_BYTES = 1024 * 1024;
/** A shell says 128 and the number of the signal; git itself ends with 129 at most. */
const FIRST_SIGNAL_CODE = 130;
/** A redirection that failed, where the shell says so in words, too. */
const SHELL_FAILED = 2;
const NOT_EXECUTABLE = 126;
const NOT_FOUND = 127;
/** With less than this left, what git could not say may be why it failed. */
const LEAST_ROOM_BYTES = 1024 * 1024;

type Answer = { code: number; hasWords: boolean } | 'gone' | 'never there';

interface Shell {
  child: ChildProcessByStdio<Socket, Socket, null>;
  /** What it was started with; a command adds what is new. */
  base: Readonly<Record<string, string>>;
  files: { input: number; out: number; errors: number };
  isGone: boolean;
  /** Called once for each command. */
  settle: (answer: Answer) => void;
}

const idle: Shell[] = [];
let count = 0;
let isUsable = process.platform === 'linux';

/** Runs git to its end. null: it did not start here, or had no room for what it prints, and is to be started in another way. */
export async function runInShell(start: GitStart): Promise<GitEnd | null> {
  const shell = canBeWritten(start) ? takeShell() : null;
  if (shell === null) return null;
  const { child, files } = shell;
  const end = (): void => endSession(shell);
  const timer = setTimeout(end, start.timeoutMs);
  start.signal?.addEventListener('abort', end);
  keepAlive(shell, true);
  try {
    if (!writeInput(files.input, start.input)) return null;
    const answered = new Promise<Answer>((settle) => (shell.settle = settle));
    child.stdin.write(commandLine(shell, start));
    const answer = await answered;
    if (answer === 'never there') return null;
    if (answer === 'gone') return await endedWith(null, files, start);
    if (answer.code === NOT_EXECUTABLE || answer.code === NOT_FOUND) return null;
    if (answer.code === SHELL_FAILED && answer.hasWords) return null;
    const ended = await endedWith(answer.code < FIRST_SIGNAL_CODE ? answer.code : null, files, start);
    // The temporary folder may be what is full; whatever git had done by then, it may do twice.
    return ended.code === 0 || hasRoom(files.out) ? ended : null;
  } finally {
    clearTimeout(timer);
    start.signal?.removeEventListener('abort', end);
    keepAlive(shell, false);
    giveBack(shell);
  }
}

async function endedWith(code: number | null, files: Shell['files'], start: GitStart): Promise<GitEnd> {
  const full = fstatSync(files.out).size > start.maxBytes;
  const stdout = await readStart(files.out, start.maxBytes);
  return { code, stdout, stderr: await readStart(files.errors, start.maxErrorBytes), full };
}

/** No shell and no program takes a NUL, and a folder that is not named whole would be looked for in another one. */
function canBeWritten({ args, cwd, env }: GitStart): boolean {
  // Settings are the engine's own.
  return cwd.startsWith('/') && ![cwd, ...args, ...Object.values(env)].some((word) => word.includes('\0'));
}

/** One that has nothing to do, or a new one. */
function takeShell(): Shell | null {
  const known = idle.pop();
  if (known !== undefined || !isUsable || count >= MAX_SHELLS) return known ?? null;
  try {
    return openShell();
  } catch {
    isUsable = false;
    return null;
  }
}

function openShell(): Shell {
  const files = { input: openNameless(), out: openNameless(), errors: openNameless() };
  const base = cleanEnvironment();
  // In a session of its own: an interrupt at the terminal is this process's to answer.
  const child = spawn('/bin/sh', [], {
    cwd: '/',
    env: base,
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  }) as Shell['child']; // pipes are sockets
  const shell: Shell = { child, base, files, isGone: false, settle: () => undefined };
  count += 1;
  let rest = '';
  let hasWords = false;
  child.stdout.setEncoding('latin1').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const code = /^=(\d+)$/.exec(line)?.[1];
      hasWords = code === undefined;
      if (code !== undefined) shell.settle({ code: Number(code), hasWords });
    }
  });
  child.stdin.on('error', () => undefined); // `close` tells that it is gone
  child.once('error', () => {
    isUsable = false;
    shell.settle('never there');
  });
  child.once('close', () => {
    count -= 1;
    shell.isGone = true;
    const at = idle.indexOf(shell);
    if (at !== -1) {
      idle.splice(at, 1);
      closeFiles(files);
    }
    shell.settle('gone');
  });
  keepAlive(shell, false);
  child.stdin.write('exec 2>&1\nulimit -c 0\n');
  return shell;
}

function giveBack(shell: Shell): void {
  shell.settle = () => undefined;
  if (shell.isGone) closeFiles(shell.files);
  else idle.push(shell);
}

/** A shell that waits for work does not keep this process from its end. */
function keepAlive({ child }: Shell, isNeeded: boolean): void {
  for (const handle of [child, child.stdin, child.stdout]) {
    if (isNeeded) handle.ref();
    else handle.unref();
  }
}

/** The shell and what it started. */
function endSession({ child }: Shell): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It ended meanwhile.
  }
}

/** One line of shell: every word of ours stands in quotes. */
function commandLine({ files, base }: Shell, start: GitStart): string {
  const { settings, args, cwd, env, maxBytes, endsAtMax, input } = start;
  const from = input.length === 0 ? '/dev/null' : placeOf(files.input);
  const limit = endsAtMax ? `ulimit -f ${Math.floor(maxBytes / BLOCK_BYTES) + 1}; ` : '';
  const changed = Object.entries(env).filter(([key, value]) => base[key] !== value);
  const variables = changed.map(([key, value]) => `${key}=${quote(value)} `).join('');
  const words = `${quoteSettings(settings)} ${args.map(quote).join(' ')}`;
  const command = `${variables}git ${words} <${from} >${placeOf(files.out)} 2>${placeOf(files.errors)}`;
  return `if cd -P ${quote(cwd)}; then (${limit}${command}); echo "=$?"; else echo =${NOT_EXECUTABLE}; fi\n`;
}

const quotedSettings = new WeakMap<readonly string[], string>();

/** They are long, and always the same few. */
function quoteSettings(settings: readonly string[]): string {
  const known = quotedSettings.get(settings);
  if (known !== undefined) return known;
  const quoted = settings.map(quote).join(' ');
  quotedSettings.set(settings, quoted);
  return quoted;
}

function quote(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function placeOf(file: number): string {
  return `/proc/${process.pid}/fd/${file}`;
}

function openNameless(): number {
  const path = join(tmpdir(), `.baton-git-${randomBytes(8).toString('hex')}`);
  const file = openSync(path, 'wx+', 0o600);
  unlinkSync(path);
  return file;
}

function closeFiles({ input, out, errors }: Shell['files']): void {
  for (const file of [input, out, errors]) closeSync(file);
}

function hasRoom(file: number): boolean {
  const { bavail, bsize } = statfsSync(placeOf(file));
  return bavail * bsize >= LEAST_ROOM_BYTES;
}

/** false: there is no room for it. */
function writeInput(file: number, input: string | Uint8Array): boolean {
  if (input.length === 0) return true;
  const bytes = typeof input === 'string' ? Buffer.from(input) : input;
  try {
    ftruncateSync(file, 0);
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at, bytes.length - at, at);
    return true;
  } catch {
    return false;
  }
}

const readLater = promisify(read);

/** At most this much of a file, from its beginning. */
async function readStart(file: number, maxBytes: number): Promise<Buffer> {
  const { size } = fstatSync(file);
  const bytes = Buffer.allocUnsafe(Math.min(size, maxBytes));
  for (let at = 0; at < bytes.length;) {
    const left = bytes.length - at;
    const got =
      left > LARGE_BYTES
        ? (await readLater(file, bytes, at, left, at)).bytesRead
        : readSync(file, bytes, at, left, at);
    if (got === 0) return bytes.subarray(0, at);
    at += got;
  }
  if (size > LARGE_BYTES) ftruncateSync(file, 0);
  return bytes;
}
