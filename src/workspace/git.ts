/**
 * The one place that starts git: argument arrays, a clean environment, bounded output. Nothing of the user's
 * or an agent's configuration reaches it, and it speaks to no network.
 */
import { spawn } from 'node:child_process';
import { channel } from 'node:diagnostics_channel';
import { BatonError } from '../core/errors.ts';
import { cleanEnvironment, engineConfig, safetyConfig } from './git-environment.ts';
import { runInShell, type GitEnd, type GitStart } from './git-shells.ts';
import { isLockContention, removeStaleLock, sleep } from './git-locks.ts';

const DEFAULT_MAX_BYTES = 256 * 1024 * 1024;
const DEFAULT_TIMEOUT_MS = 10 * 60_000;
const MAX_STDERR_BYTES = 64 * 1024;
/** Stands for an exit code where git had none. */
const ENDED_BY_SIGNAL = 1000;
const LOCK_DELAYS_MS = [20, 40, 80, 160, 250, 250, 250, 250, 250, 250];

/** Heard by measurements: one message, the arguments, for each git that is started. */
const asked = channel('baton.git');

export interface GitCall {
  /** null: git finds it from `cwd`; only for reading the user's own repositories. */
  gitDir: string | null;
  args: readonly string[];
  workTree?: string;
  indexFile?: string;
  /** Default: the work tree, else the git directory. */
  cwd?: string;
  input?: string | Uint8Array;
  env?: Readonly<Record<string, string>>;
  /** Exit codes that are an answer and not a failure, besides 0. */
  answers?: readonly number[];
  maxBytes?: number;
  /** What happens at `maxBytes`: throw (default), or stop git and return what there is. */
  overflow?: 'fail' | 'cut';
  timeoutMs?: number;
  signal?: AbortSignal;
  /** Its environment holds what is to be written nowhere else: no shell is told of it. */
  isSecret?: boolean;
}

export interface GitOutput {
  code: number;
  stdout: Buffer;
  stderr: string;
  /** True where `overflow: 'cut'` stopped it. */
  cut: boolean;
}

/**
 * Runs git to its end and returns what it printed. Waits and tries again while another git holds a lock
 * file. Throws E_GIT with git's own words, E_DISK_FULL where the disk is full.
 */
export async function runGit(call: GitCall): Promise<GitOutput> {
  for (const delayMs of [...LOCK_DELAYS_MS, null]) {
    const output = await startGit(call);
    if (output.code === 0 || output.cut) return output;
    const locked = isLockContention(output.stderr);
    if (!locked && call.answers?.includes(output.code) === true) return output;
    if (!locked || delayMs === null) throw gitFailed(call, output);
    const removed = call.gitDir !== null && (await removeStaleLock(output.stderr, call.gitDir));
    if (!removed) await sleep(delayMs);
  }
  throw new BatonError({ code: 'E_BUG', message: 'git was not started.', fix: 'Report this.' });
}

/** Like `runGit`, for the usual case of one short answer on stdout. */
export async function askGit(call: GitCall): Promise<string> {
  return (await runGit(call)).stdout.toString('utf8').replace(/\n$/, '');
}

async function startGit(call: GitCall): Promise<GitOutput> {
  asked.publish(call.args);
  if (isStopped(call)) throw gitStopped(call);
  const ended = call.isSecret === true ? null : await runInShell(startOf(call));
  if (ended?.code === null && isStopped(call)) throw gitStopped(call);
  return ended === null ? startAlone(call) : outputOf(call, ended);
}

function startOf(call: GitCall): GitStart {
  return {
    settings: call.gitDir === null ? USER_SETTINGS : ENGINE_SETTINGS,
    args: call.args,
    cwd: placeOf(call),
    env: environmentOf(call),
    input: call.input ?? '',
    maxBytes: call.maxBytes ?? DEFAULT_MAX_BYTES,
    endsAtMax: call.overflow === 'cut',
    maxErrorBytes: MAX_STDERR_BYTES,
    timeoutMs: call.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    signal: call.signal,
  };
}

function outputOf(call: GitCall, { code, stdout, stderr, full }: GitEnd): GitOutput {
  const words = stderr.toString('utf8').trim();
  const isWhole = code !== null && !full;
  const why = full ? 'more output than expected' : 'ended by a signal';
  return {
    code: isWhole ? code : ENDED_BY_SIGNAL,
    stdout,
    stderr: isWhole ? words : `${words} ${why}`,
    cut: full && call.overflow === 'cut',
  };
}

/** Without a shell: it says why it could not be started. */
function startAlone(call: GitCall): Promise<GitOutput> {
  const { settings, args, cwd, env, input, maxBytes, timeoutMs } = startOf(call);
  return new Promise((resolve, reject) => {
    const child = spawn('git', [...settings, ...args], {
      cwd,
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      signal: call.signal,
    });
    const stdout = collect(maxBytes, () => child.kill('SIGKILL'));
    const stderr = collect(MAX_STDERR_BYTES, () => undefined);
    child.stdout.on('data', (chunk: Buffer) => stdout.add(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.add(chunk));
    // git may end before it has read its input; its exit code says why.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    child.on('error', (cause) => reject(gitNotStarted(call, cause)));
    child.on('close', (code) => {
      resolve(outputOf(call, { code, stdout: stdout.bytes(), stderr: stderr.bytes(), full: stdout.full() }));
    });
  });
}

function collect(
  maxBytes: number,
  onFull: () => void,
): { add(chunk: Buffer): void; bytes(): Buffer; full(): boolean } {
  const chunks: Buffer[] = [];
  let size = 0;
  let full = false;
  return {
    add(chunk) {
      if (full) return;
      chunks.push(chunk.subarray(0, maxBytes - size));
      size += chunk.length;
      if (size <= maxBytes) return;
      full = true;
      onFull();
    },
    bytes: () => Buffer.concat(chunks),
    full: () => full,
  };
}

function placeOf(call: GitCall): string {
  return call.cwd ?? call.workTree ?? call.gitDir ?? '/';
}

const settingsFor = (entries: readonly string[]): readonly string[] => [
  '--no-optional-locks',
  ...entries.flatMap((entry) => ['-c', entry]),
];
const USER_SETTINGS = settingsFor(safetyConfig);
const ENGINE_SETTINGS = settingsFor([...safetyConfig, ...engineConfig]);

function environmentOf(call: GitCall): Record<string, string> {
  return {
    ...cleanEnvironment(),
    ...(call.gitDir === null ? {} : { GIT_DIR: call.gitDir }),
    ...(call.workTree === undefined ? {} : { GIT_WORK_TREE: call.workTree }),
    ...(call.indexFile === undefined ? {} : { GIT_INDEX_FILE: call.indexFile }),
    ...call.env,
  };
}

function gitFailed(call: GitCall, output: GitOutput): BatonError {
  const where = call.workTree ?? call.gitDir ?? call.cwd ?? '';
  const full = /No space left on device/i.test(output.stderr);
  return new BatonError({
    code: full ? 'E_DISK_FULL' : 'E_GIT',
    message: `git ${call.args[0]} failed in ${where} (exit ${output.code}): ${output.stderr.slice(0, 2_000)}`,
    fix: full
      ? 'Free some space on the disk, then go on with `baton resume`.'
      : 'Mend what git says above, then go on with `baton resume`.',
    retryable: full || isLockContention(output.stderr),
  });
}

function gitNotStarted(call: GitCall, cause: Error): BatonError {
  if (isStopped(call)) return gitStopped(call, cause);
  return new BatonError({
    code: 'E_GIT',
    message: `git could not be started: ${cause.message}`,
    fix: 'Install git 2.38 or newer, and see that it is on PATH.',
    cause,
  });
}

const isStopped = ({ signal }: GitCall): boolean => signal?.aborted === true;

function gitStopped(call: GitCall, cause?: Error): BatonError {
  return new BatonError({
    code: 'E_GIT',
    message: `git ${call.args[0]} was stopped.`,
    fix: 'Nothing to do.',
    cause,
  });
}
