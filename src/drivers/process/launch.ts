/** Starts the first process of an invocation, behind its wall or tied to the engine in other ways. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type { Overlay, Wall, WalledPort } from '../../workspace/wall.ts';
import { openPorts } from '../../workspace/wall/open-ports.ts';
import { findBehind, underOverlays } from '../../workspace/wall/overlays.ts';
import { isSystemPath } from '../../workspace/wall/system-mounts.ts';
import { dieWithParent, watchGroup } from './guard.ts';
import { identifyProcess } from './kill-recorded.ts';
import type { ProcessIdentity } from './kill-recorded.ts';
import { INVOCATION_VARIABLE } from './process-table.ts';
import { findProgram, pathFolders } from './program.ts';

/** What a command needs in order to be started. */
export interface LaunchOrder {
  /** Marks every process of this attempt, in its environment. */
  invocation: string;
  file: string;
  args: string[];
  cwd: string;
  /** All of it: nothing is inherited. */
  env: Readonly<Record<string, string>>;
  wall: Wall;
  /** Beyond the system and `writable`; means nothing without a wall. */
  readable: string[];
  writable: string[];
  network: boolean;
  /** Stand in front of all else; absent: nothing does. */
  entry?: readonly string[];
  /** Ports of this machine's loopback that it may reach behind a wall without a network; absent: none. */
  ports?: readonly number[];
  /** Only behind a wall, and with a program that is named by its whole path; absent: none. */
  overlays?: readonly Overlay[];
}

export interface Launched {
  kind: 'started';
  child: ChildProcess;
  stdin: Writable;
  stdout: Readable;
  stderr: Readable;
  identity: ProcessIdentity;
  /** The first process inside of the wall, whose end is the end of all in there; null without a wall. */
  sandboxInit: Promise<ProcessIdentity | null>;
  /** Takes down what was put up around the process. */
  release(): void;
}

/** `hopeless`: another try would end in the same way. */
export type Launch = Launched | { kind: 'not_started'; detail: string; hopeless?: true };

/** Never throws for what is wrong with the command: that comes back as a sentence. */
export async function launch(order: LaunchOrder): Promise<Launch> {
  const problem = findProblem(order);
  if (problem !== null) return { kind: 'not_started', detail: problem, hopeless: true };
  const program = findVisible(order);
  if (program.kind === 'unusable') {
    const hint = order.wall.kind === 'off' ? '' : ' Programs in home folders cannot be seen behind the wall.';
    return { kind: 'not_started', detail: `${program.detail}${hint}`, hopeless: true };
  }
  try {
    return await launchWithPorts(order, program.path);
  } catch (error) {
    return { kind: 'not_started', detail: describeSpawnError(order, error) };
  }
}

/** What an overlay brings lies elsewhere for everybody but the command. */
function findVisible(order: LaunchOrder): ReturnType<typeof findProgram> {
  const { overlays = [] } = order;
  const file = isAbsolute(order.file) ? findBehind(overlays, order.file) : order.file;
  const program = findProgram(file, { cwd: order.cwd, path: visiblePath(order) });
  return program.kind === 'found' && file !== order.file ? { ...program, path: order.file } : program;
}

async function launchWithPorts(order: LaunchOrder, file: string): Promise<Launch> {
  const { wall, network, ports = [] } = order;
  if (wall.kind === 'off' || network || ports.length === 0) return spawnLeader(order, file, []);
  const opened = await openPorts(ports);
  const launched = await spawnLeader(order, file, opened.ports).catch((error: unknown) => {
    opened.close();
    throw error;
  });
  if (launched.kind === 'not_started') {
    opened.close();
    return launched;
  }
  return {
    ...launched,
    release: () => {
      launched.release();
      opened.close();
    },
  };
}

async function spawnLeader(order: LaunchOrder, file: string, ports: WalledPort[]): Promise<Launch> {
  const isWalled = order.wall.kind !== 'off';
  const command = isWalled ? wrapWithInfo(order, file, ports) : dieWithParent({ file, args: order.args });
  const [first = command.file, ...rest] = [...(order.entry ?? []), command.file, ...command.args];
  const child = spawn(first, rest, {
    cwd: order.cwd,
    env: { ...order.env, [INVOCATION_VARIABLE]: order.invocation },
    // Its own session and group: signals for the engine's terminal do not reach it, and one kill reaches all of it.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe', ...(isWalled ? ['pipe' as const] : [])],
  });
  await new Promise<void>((started, failed) => {
    child.once('spawn', started);
    child.once('error', failed);
  });
  child.on('error', () => undefined); // later ones are about signals to a process that has ended
  const { pid, stdin, stdout, stderr } = child;
  const identity = pid === undefined ? null : identifyProcess(pid);
  if (identity === null || stdin === null || stdout === null || stderr === null) {
    return { kind: 'not_started', detail: `${order.file} could not be watched.` };
  }
  const release = isWalled ? () => undefined : watchGroup(identity.pid);
  const info = child.stdio[3];
  const sandboxInit = isWalled ? readSandboxInit(info as Readable) : Promise.resolve(null); // the fourth of stdio above
  return { kind: 'started', child, stdin, stdout, stderr, identity, sandboxInit, release };
}

/** The wall tells on descriptor 3 which process is the first inside of it. */
function wrapWithInfo(
  order: LaunchOrder,
  file: string,
  ports: WalledPort[],
): { file: string; args: string[] } {
  const { args, cwd, readable, writable, network, overlays = [] } = order;
  const wrapped = order.wall.wrap({ file, args, cwd, readable, writable, network, ports, overlays });
  return underOverlays(overlays, { file: wrapped.file, args: ['--info-fd', '3', ...wrapped.args] });
}

async function readSandboxInit(info: Readable): Promise<ProcessIdentity | null> {
  let text = '';
  let identity: ProcessIdentity | null = null;
  try {
    // To its end: the wall writes in pieces, and a closed pipe would kill it.
    for await (const chunk of info) {
      text += String(chunk);
      const pid = /"child-pid":\s*(\d+)/.exec(text)?.[1];
      if (pid !== undefined) identity ??= identifyProcess(Number(pid));
    }
  } catch {
    // The wall ended before it said anything: then nothing was started behind it.
  }
  return identity;
}

/** Behind a wall only folders that are mounted there. */
function visiblePath(order: LaunchOrder): string {
  const path = order.env['PATH'] ?? '';
  if (order.wall.kind === 'off') return path;
  const mounted = [...order.readable, ...order.writable].map((mount) => resolve(mount));
  const isVisible = (folder: string) =>
    isSystemPath(folder) || mounted.some((mount) => folder === mount || folder.startsWith(`${mount}/`));
  return pathFolders(path).filter(isVisible).join(':');
}

function findProblem(order: LaunchOrder): string | null {
  if (!statSync(order.cwd, { throwIfNoEntry: false })?.isDirectory()) {
    return `The folder ${order.cwd} to work in does not exist.`;
  }
  return order.args.some((arg) => arg.includes('\0'))
    ? `An argument of ${order.file} holds a NUL byte.`
    : null;
}

function describeSpawnError(order: LaunchOrder, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reasons: Record<string, string> = {
    E2BIG: 'its arguments and environment are too long; long texts belong on stdin or in a file',
    EACCES: 'it is not allowed to be executed',
    EAGAIN: 'this user may not start more processes',
    EMFILE: 'too many files are open',
    ENOENT: 'it does not exist',
    ENOEXEC: 'it is no program of this machine',
    ENOMEM: 'there is not enough memory',
  };
  return `${order.file} could not be started: ${reasons[code] ?? (code || String(error))}.`;
}
