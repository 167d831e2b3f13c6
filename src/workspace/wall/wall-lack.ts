/** Why a machine has no wall, and how to get one: which switch of the system stands in the way, by its name. */
import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

/** In one sentence each. */
export interface WallLack {
  problem: string;
  fix: string;
}

/** What is read of the machine; null: the system has no such switch. */
export interface MachineFacts {
  /** Debian's own: 0 forbids namespaces to ordinary users. */
  usernsClone: string | null;
  /** 0 allows none to anybody. */
  maxUserNamespaces: string | null;
  /** Ubuntu since 23.10: 1 allows them only to programs with a profile. */
  apparmorRestricts: string | null;
  isContainer: boolean;
  isRoot: boolean;
  /** The first of the known ones that is on PATH. */
  packageManager: string | null;
}

const INSTALL: Readonly<Record<string, string>> = {
  'apt-get': 'apt-get install -y bubblewrap',
  dnf: 'dnf install -y bubblewrap',
  apk: 'apk add bubblewrap',
  pacman: 'pacman -S bubblewrap',
  zypper: 'zypper install bubblewrap',
};
const CONTAINER_MARKS = ['/.dockerenv', '/run/.containerenv'];
const CONTAINER_OPTIONS =
  '--security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined';

export function readMachineFacts(path: string): MachineFacts {
  const folders = path.split(':').filter((folder) => isAbsolute(folder));
  const isThere = (program: string) => folders.some((folder) => existsSync(join(folder, program)));
  return {
    usernsClone: readSwitch('kernel/unprivileged_userns_clone'),
    maxUserNamespaces: readSwitch('user/max_user_namespaces'),
    apparmorRestricts: readSwitch('kernel/apparmor_restrict_unprivileged_userns'),
    isContainer: CONTAINER_MARKS.some((mark) => existsSync(mark)),
    isRoot: process.getuid?.() === 0,
    packageManager: Object.keys(INSTALL).find(isThere) ?? null,
  };
}

/** bubblewrap is not on PATH. */
export function notInstalled(facts: MachineFacts): WallLack {
  const command = INSTALL[facts.packageManager ?? ''];
  const fix =
    command === undefined
      ? `Install bubblewrap (${Object.values(INSTALL)
          .map((line) => `\`${line}\``)
          .join(', ')}).`
      : `Install it: \`${asRoot(command, facts)}\`.`;
  return { problem: 'bubblewrap is not installed', fix };
}

/** It is there and could not do its work; `said` is its own last line. */
export function notWorking(bwrap: string, said: string, facts: MachineFacts): WallLack {
  return { problem: `${bwrap} does not work here (${said})`, fix: adviseOn(facts) };
}

/** There is none for this system so far. */
export function notForThisSystem(platform: string): WallLack {
  return platform === 'darwin'
    ? {
        problem: 'there is no sandbox for macOS yet',
        fix: 'Run Baton in a Linux virtual machine or container with bubblewrap (Lima, OrbStack or Docker Desktop give one).',
      }
    : {
        problem: `there is no sandbox for ${platform} yet`,
        fix: 'Run Baton on Linux with bubblewrap; on Windows in WSL2.',
      };
}

/** The switches that forbid it are named; where none does, it is the container or what is unknown here. */
function adviseOn(facts: MachineFacts): string {
  const sysctl = (word: string) => `\`${asRoot(`sysctl -w ${word}`, facts)}\``;
  const advice = [
    ...(facts.usernsClone === '0'
      ? [
          `kernel.unprivileged_userns_clone is 0: ${sysctl('kernel.unprivileged_userns_clone=1')} allows ordinary users namespaces of their own.`,
        ]
      : []),
    ...(facts.maxUserNamespaces === '0'
      ? [`user.max_user_namespaces is 0: ${sysctl('user.max_user_namespaces=15000')} allows some.`]
      : []),
    ...(facts.apparmorRestricts === '1'
      ? [
          `kernel.apparmor_restrict_unprivileged_userns is 1: give bubblewrap a profile (\`${asRoot('apt-get install -y apparmor-profiles', facts)}\`, then \`${asRoot('ln -s /usr/share/apparmor/extra-profiles/bwrap-userns-restrict /etc/apparmor.d/', facts)}\` and \`${asRoot('apparmor_parser -r /etc/apparmor.d/bwrap-userns-restrict', facts)}\`), or lift it for all programs: ${sysctl('kernel.apparmor_restrict_unprivileged_userns=0')}.`,
        ]
      : []),
    ...(facts.isContainer
      ? [
          `This is a container: start it with \`${CONTAINER_OPTIONS}\`, so that it may make namespaces of its own.`,
        ]
      : []),
  ];
  if (advice.length === 0)
    return 'It needs user namespaces for ordinary users: allow them in the kernel, or in the security profile of the container.';
  return advice.join(' ');
}

function asRoot(command: string, { isRoot }: MachineFacts): string {
  return isRoot ? command : `sudo ${command}`;
}

function readSwitch(name: string): string | null {
  try {
    return readFileSync(`/proc/sys/${name}`, 'utf8').trim();
  } catch {
    return null; // the system has no such switch
  }
}
