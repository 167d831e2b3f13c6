/** The wall of Linux: bubblewrap with namespaces of its own for processes, network, users and mounts. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Wall, WalledCommand, WalledPort } from '../wall.ts';
import { relayMounts, relayWords } from './relay-words.ts';
import { nodeMount, systemMounts } from './system-mounts.ts';
import type { WallLimits } from './wall-limits.ts';

interface Mount {
  path: string;
  kind: 'hidden' | 'readable' | 'writable';
}

export interface BubblewrapOptions {
  bwrap: string;
  /** They stay empty, even inside of readable ones. */
  hidden: string[];
  limits: WallLimits;
  /** Whether this bubblewrap can bound folders that lie in memory (0.7 and newer). */
  boundsMemoryFiles: boolean;
}

export function createBubblewrapWall(options: BubblewrapOptions): Wall {
  const { limits, boundsMemoryFiles } = options;
  const size = boundsMemoryFiles ? ['--size', String(limits.memoryFileBytes)] : [];
  const fixed = [
    '--unshare-all',
    '--die-with-parent',
    '--new-session',
    // Root behind the wall could otherwise mount the read-only binds anew as writable.
    '--cap-drop',
    'ALL',
    ...systemMounts(),
    ...['/tmp', '/dev/shm'].flatMap((folder) => [...size, '--tmpfs', folder]),
    '--remount-ro',
    '/dev',
    ...nodeMount(),
  ];
  return {
    kind: 'bubblewrap',
    wrap: (command) => ({
      file: options.bwrap,
      args: [
        ...fixed,
        ...ownUser(command),
        ...(command.network ? ['--share-net'] : []),
        ...mountArgs(command, options.hidden),
        ...relayMounts(portsOf(command)),
        // The folders that lead to the mounts lie in memory: nobody shall take a file there for a kept one.
        '--remount-ro',
        '/',
        '--chdir',
        command.cwd,
        '--',
        ...limits.words,
        ...relayWords(portsOf(command)),
        command.file,
        ...command.args,
      ],
    }),
  };
}

/** Whoever mounts overlays is root in a namespace of its own: behind the wall it shall be who it was. */
function ownUser({ overlays = [] }: WalledCommand): string[] {
  const [user, group] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  if (overlays.length === 0 || user === 0) return [];
  return ['--unshare-user', '--uid', String(user), '--gid', String(group)];
}

/** With the whole network every port is there already. */
function portsOf({ network, ports = [] }: WalledCommand): readonly WalledPort[] {
  return network ? [] : ports;
}

/**
 * Shallow paths first, so that a deeper mount lies on top of the one it is in. On one path a hidden folder lies on top
 * of a readable one, which somebody's program happens to lie beside, and only what is to be written on top of that.
 */
function mountArgs(command: WalledCommand, hidden: string[]): string[] {
  const shown: Mount[] = [
    ...command.readable.map((path): Mount => ({ path: resolve(path), kind: 'readable' })),
    ...command.writable.map((path): Mount => ({ path: resolve(path), kind: 'writable' })),
  ];
  const masked = hidden
    .map((path): Mount => ({ path: resolve(path), kind: 'hidden' }))
    .filter((mask) => shown.some((mount) => `${mask.path}/`.startsWith(`${mount.path}/`)));
  const rank = { readable: 0, hidden: 1, writable: 2 };
  const mounts = [...shown, ...masked].toSorted(
    (a, b) => depthOf(a.path) - depthOf(b.path) || rank[a.kind] - rank[b.kind],
  );
  return mounts.flatMap(mountArg);
}

function depthOf(path: string): number {
  return path === '/' ? 0 : path.split('/').length;
}

function mountArg(mount: Mount): string[] {
  if (mount.kind === 'hidden')
    return statSync(mount.path, { throwIfNoEntry: false })?.isFile() === true
      ? ['--ro-bind', '/dev/null', mount.path]
      : ['--tmpfs', mount.path];
  return [mount.kind === 'writable' ? '--bind' : '--ro-bind', mount.path, mount.path];
}
