/** What of the machine itself a walled command sees: programs, libraries, certificates. Nothing of its people. */
import { lstatSync, readlinkSync } from 'node:fs';
import { dirname } from 'node:path';

/** Directories of the system; a merged one (`/bin` → `usr/bin`) is repeated as the link that it is. */
const SYSTEM_ROOTS = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/opt', '/nix/store'];

/** The parts of `/etc` that programs need to start, to resolve names and to trust certificates. */
const ETC_PARTS = [
  'alternatives',
  'ca-certificates',
  'crypto-policies',
  'group',
  'host.conf',
  'hosts',
  'java-11-openjdk',
  'java-17-openjdk',
  'java-21-openjdk',
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'localtime',
  'maven',
  'mime.types',
  'nsswitch.conf',
  'os-release',
  'passwd',
  'perl',
  'pki',
  'protocols',
  'python3',
  'resolv.conf',
  'services',
  'ssl',
  'terminfo',
  'timezone',
];

/** Bubblewrap arguments that mount the system read-only, with a small `/dev` and an own `/proc`. */
export function systemMounts(): string[] {
  const roots = SYSTEM_ROOTS.flatMap((root) => mountRoot(root));
  const etc = ETC_PARTS.flatMap((part) => ['--ro-bind-try', `/etc/${part}`, `/etc/${part}`]);
  return [...roots, ...etc, '--proc', '/proc', '--dev', '/dev'];
}

/** Whether a path is visible behind every wall anyway. */
export function isSystemPath(path: string): boolean {
  return SYSTEM_ROOTS.some((root) => path === root || path.startsWith(`${root}/`));
}

/** The program that runs Baton, which agents and gates may call too. */
export function nodeMount(): string[] {
  const folder = dirname(process.execPath);
  return isSystemPath(folder) ? [] : ['--ro-bind', process.execPath, process.execPath];
}

function mountRoot(root: string): string[] {
  const stat = lstatSync(root, { throwIfNoEntry: false });
  if (stat === undefined) return [];
  return stat.isSymbolicLink() ? ['--symlink', readlinkSync(root), root] : ['--ro-bind', root, root];
}
