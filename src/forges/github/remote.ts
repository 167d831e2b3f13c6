/** Which repository of which forge a checkout belongs to, by its remote. Nothing of the remote's address but its host and path is kept. */
import { FORGE_TOKENS } from '../../core/checks/forge-tokens.ts';
import { BatonError } from '../../core/errors.ts';
import { askGit, runGit } from '../../workspace/git.ts';

export interface ForgeRemote {
  /** `https://github.com`, without a slash at its end. */
  server: string;
  /** `https://api.github.com`, `https://api.NAME.ghe.com`, or the server's `/api/v3`. */
  api: string;
  owner: string;
  name: string;
  /** What git pushes to; no credentials are in it. */
  url: string;
}

const GITHUB = 'github.com';
/** Hosts that only speak SSH, for others. */
const SSH_HOSTS: ReadonlyMap<string, string> = new Map([['ssh.github.com', GITHUB]]);

/** Reads `origin`, else the only remote. Throws E_FORGE where there is none, or one that cannot be used. */
export async function readRemote(repository: string): Promise<ForgeRemote> {
  const call = { gitDir: null, cwd: repository };
  const names = (await askGit({ ...call, args: ['remote'] })).split('\n').filter((name) => name !== '');
  const name = names.includes('origin') ? 'origin' : names[0];
  if (name === undefined || (names.length > 1 && name !== 'origin'))
    throw refused(
      name === undefined
        ? `${repository} has no remote`
        : `${repository} has several remotes (${names.join(', ')}), none of them called origin`,
      'Name the one for pull requests origin: `git remote add origin URL`, `git remote rename NAME origin`.',
    );
  const answer = await runGit({
    ...call,
    args: ['remote', 'get-url', '--push', '--all', '--', name],
    answers: [2, 128],
  });
  const addresses = answer.stdout.toString('utf8').trim().split('\n');
  if (addresses.length > 1)
    throw refused(
      `The remote ${name} of ${repository} pushes to ${addresses.length} addresses`,
      'Leave it one: pull requests are opened at one place.',
    );
  const found = parseRemote(addresses[0] ?? '');
  if (found !== null) return found;
  throw refused(
    `The remote ${name} of ${repository} is no address of a forge that can be reached over HTTPS`,
    'Use https://HOST/OWNER/NAME.git, git@HOST:OWNER/NAME.git or ssh://git@HOST/OWNER/NAME.git.',
  );
}

/** null: no such address. Plain HTTP is taken on loopback alone: a token would be read by anybody between. */
export function parseRemote(address: string): ForgeRemote | null {
  const short = /^(?:[\w.-]+@)?([\w.-]+):(?!\/\/)\/?(.+)$/.exec(address);
  const written = short === null ? address : `ssh://${short[1]}/${short[2]}`;
  if (!URL.canParse(written)) return null;
  const url = new URL(written);
  const [owner, name, ...rest] = url.pathname
    .replace(/^\/|\/$/g, '')
    .replace(/\.git$/, '')
    .split('/');
  if (!isPart(owner) || !isPart(name) || rest.length > 0) return null;
  const server = serverOf(url);
  if (server === null) return null;
  const { hostname } = new URL(server);
  const api = isGithubsOwn(hostname) ? `https://api.${hostname}` : `${server}/api/v3`;
  return { server, api, owner, name, url: `${server}/${owner}/${name}.git` };
}

function isPart(text: string | undefined): text is string {
  return text !== undefined && /^[\w.-]+$/.test(text) && !/^\.+$/.test(text);
}

function serverOf(url: URL): string | null {
  switch (url.protocol) {
    case 'https:':
      return `https://${url.host}`;
    case 'ssh:':
      // Where ssh listens says nothing about where HTTPS does.
      return `https://${SSH_HOSTS.get(url.hostname.toLowerCase()) ?? url.hostname.toLowerCase()}`;
    case 'http:':
      return ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname) ? `http://${url.host}` : null;
    default:
      return null;
  }
}

/** The caller's: tokens, proxies, certificates. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The token for a server: as `gh` has it, `GITHUB_TOKEN` and `GH_TOKEN` belong to github.com (and to the server that
 * Actions names in `GITHUB_SERVER_URL`), `GH_ENTERPRISE_TOKEN` and `GITHUB_ENTERPRISE_TOKEN` to all others.
 */
export function tokenFor(
  server: string,
  environment: Environment,
): { token: string | null; names: readonly string[] } {
  const isUsual = isUsualServer(server, environment);
  const names = isUsual ? FORGE_TOKENS.usual : FORGE_TOKENS.own;
  const token = names.map((name) => environment[name] ?? '').find((value) => value !== '');
  return { token: token ?? null, names };
}

/**
 * Where the API of a remote is: as Actions says it, `GITHUB_API_URL` is that of the server in `GITHUB_SERVER_URL`, for one whose API is not where
 * GitHub's servers have it. Throws E_FORGE for an address that a token is not sent to. It is the caller's to say, and never a repository's file.
 */
export function apiFor({ server, api }: ForgeRemote, environment: Environment): string {
  const named = environment['GITHUB_API_URL'] ?? '';
  if (named === '' || environment['GITHUB_SERVER_URL']?.replace(/\/$/, '') !== server) return api;
  const url = URL.canParse(named) ? new URL(named) : null;
  const isSafe = url !== null && url.username === '' && serverOf(url) !== null && url.protocol !== 'ssh:';
  if (isSafe) return named.replace(/\/$/, '');
  throw refused(
    'GITHUB_API_URL is no address that a token is sent to',
    'Write https://HOST/PATH, as https://git.example.org/api/v3, or leave it out.',
  );
}

/** One of GitHub's own, or the one that Actions names. */
export function isUsualServer(server: string, environment: Environment): boolean {
  const host = new URL(server).hostname;
  return isGithubsOwn(host) || environment['GITHUB_SERVER_URL'] === server;
}

/** `NAME.ghe.com`: GitHub Enterprise Cloud with data residency. */
function isGithubsOwn(host: string): boolean {
  return host === GITHUB || host.endsWith('.ghe.com');
}

function refused(message: string, fix: string): BatonError {
  return new BatonError({ code: 'E_FORGE', message: `${message}.`, fix });
}
