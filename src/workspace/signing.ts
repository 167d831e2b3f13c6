/**
 * Signs with what a person's own git configuration says: their key, their program. Nothing else of it counts, and a program
 * that the repository's configuration names is not run: that file may have come with the repository.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runGit } from './git.ts';

/** `git`: as `commit.gpgSign` and `gpg.format` say. */
export type SignWay = 'ssh' | 'gpg' | 'git';
type Environment = Readonly<Record<string, string | undefined>>;

/** For `git commit-tree -S`. */
export interface Signing {
  env: Record<string, string>;
  timeoutMs: number;
}

/** A person may have to touch a key. */
const TIMEOUT_MS = 120_000;
const PATTERN = String.raw`^(gpg\..*|user\.signingkey|commit\.gpgsign)$`;
const PROGRAMS = ['gpg.program', 'gpg.openpgp.program', 'gpg.x509.program', 'gpg.ssh.program'];
/** Where keys, agents and the programs that ask for a passphrase are found. */
const PASSED_ON = [
  'HOME',
  'XDG_CONFIG_HOME',
  'XDG_RUNTIME_DIR',
  'SSH_AUTH_SOCK',
  'SSH_ASKPASS',
  'GNUPGHOME',
  'GPG_TTY',
  'DISPLAY',
  'WAYLAND_DISPLAY',
  'DBUS_SESSION_BUS_ADDRESS',
];

/** `path`: the repository whose commits they are. null: its person signs none. Throws E_GIT where git cannot be asked. */
export async function signingOf(
  way: SignWay,
  path: string,
  environment: Environment,
): Promise<Signing | null> {
  const settings = await settingsOf(path, environment);
  if (way === 'git' && !/^(?:true|yes|on|1)$/i.test(settings.get('commit.gpgsign') ?? '')) return null;
  const format =
    way === 'git' ? (settings.get('gpg.format') ?? 'openpgp') : way === 'ssh' ? 'ssh' : 'openpgp';
  const given: [string, string][] = [
    ['gpg.format', format],
    ...['user.signingkey', ...PROGRAMS].flatMap((name): [string, string][] => {
      const value = settings.get(name);
      return value === undefined ? [] : [[name, value]];
    }),
  ];
  return {
    env: {
      ...passedOn(environment),
      // Nobody sits at a terminal: without a program that asks, a locked key is a failure and no wait.
      ...(environment['SSH_ASKPASS'] === undefined ? { SSH_ASKPASS: 'false' } : {}),
      SSH_ASKPASS_REQUIRE: 'force',
      GIT_CONFIG_COUNT: String(given.length),
      ...Object.fromEntries(
        given.flatMap(([name, value], at) => [
          [`GIT_CONFIG_KEY_${at}`, name],
          [`GIT_CONFIG_VALUE_${at}`, value],
        ]),
      ),
    },
    timeoutMs: TIMEOUT_MS,
  };
}

/** What would keep a commit from being signed, in a sentence; null: nothing that can be seen without signing. */
export async function signingProblem(
  way: SignWay,
  path: string,
  environment: Environment,
): Promise<string | null> {
  const settings = await settingsOf(path, environment);
  const isSsh = way === 'ssh' || (way === 'git' && settings.get('gpg.format') === 'ssh');
  if (!isSsh) return null;
  const key = settings.get('user.signingkey') ?? '';
  if (key === '')
    return '`commits.sign` is ssh, and git has no `user.signingKey`. Set it: git config --global user.signingKey PATH';
  const file = key.replace(/^~(?=\/)/, environment['HOME'] ?? '~');
  const isKey = /^(?:key::|ssh-|ecdsa-|sk-)/.test(key);
  return isKey || existsSync(file) ? null : `\`user.signingKey\` is ${key}, and there is no such file.`;
}

/** By name in lower case; of several the last one counts. */
async function settingsOf(path: string, environment: Environment): Promise<Map<string, string>> {
  const home = environment['HOME'] ?? '/dev/null';
  const own = join(home, '.gitconfig');
  const other = join(environment['XDG_CONFIG_HOME'] ?? join(home, '.config'), 'git/config');
  const global = environment['GIT_CONFIG_GLOBAL'] ?? (existsSync(own) ? own : other);
  const { stdout } = await runGit({
    gitDir: null,
    // A repository that has gone since has no settings of its own.
    cwd: existsSync(path) ? path : '/',
    args: ['config', '--null', '--show-scope', '--get-regexp', PATTERN],
    env: { ...passedOn(environment), GIT_CONFIG_NOSYSTEM: '0', GIT_CONFIG_GLOBAL: global },
    answers: [1],
  });
  const fields = stdout.toString('utf8').split('\0');
  const settings = new Map<string, string>();
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [scope = '', entry = ''] = fields.slice(at, at + 2);
    const [name = '', ...value] = entry.split('\n');
    // What stands on the command line of ours is no setting of theirs.
    if (scope === 'command') continue;
    if (!['global', 'system'].includes(scope) && PROGRAMS.includes(name)) continue;
    settings.set(name, value.length === 0 ? 'true' : value.join('\n'));
  }
  return settings;
}

function passedOn(environment: Environment): Record<string, string> {
  return Object.fromEntries(
    PASSED_ON.flatMap((name): [string, string][] => {
      const value = environment[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
