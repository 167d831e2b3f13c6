/** A pull request of anybody's as it is now, with its commits: for looking at, nothing is changed. */
import { BatonError } from '../../core/errors.ts';
import { runGit } from '../../workspace/git.ts';
import { createCleanText, type CleanText } from './clean-text.ts';
import { createGithubApi } from './github-api.ts';
import { outcomeOfError } from './outcome-of-error.ts';
import { git, outcomeOfPush } from './push.ts';
import { apiFor, isUsualServer, parseRemote, readRemote, tokenFor, type ForgeRemote } from './remote.ts';

export interface SeenPull {
  /** The commit that it holds. */
  head: string;
  /** The branch that it is for, as `into` has it. */
  base: string;
  body: string;
}

/**
 * Reads it, and fetches what it holds and what it is for into the empty folder `into`. Throws E_FORGE with the reason. A token is sent to GitHub's own hosts,
 * and to the server of `repository`'s remote: an address that somebody sent gets none.
 */
export async function readPull(
  address: string,
  options: {
    into: string;
    repository: string | null;
    environment: Readonly<Record<string, string | undefined>>;
    now: Date;
    signal: AbortSignal;
  },
): Promise<SeenPull> {
  const { into, environment, now, signal } = options;
  const [, place = '', number = ''] = /^(https?:\/\/[^?#]+)\/pull\/(\d{1,10})(?:[/?#]|$)/.exec(address) ?? [];
  const remote = parseRemote(place);
  if (remote === null)
    throw refused(`${address} is no address of a pull request`, 'Write https://HOST/OWNER/NAME/pull/NUMBER.');
  const isKnown =
    isUsualServer(remote.server, environment) || (await serverOf(options.repository)) === remote.server;
  const { token, names } = isKnown ? tokenFor(remote.server, environment) : { token: null, names: [] };
  const clean: CleanText = token === null ? (text) => text : createCleanText(token);
  const hint = isKnown
    ? `Look at ${names.join(' or ')}, and at the address.`
    : 'No token was sent: it is none of GitHub’s own hosts, and not the server of this repository. Say --repo PATH.';
  const access = { remote, token, environment, signal };
  const pull = await createGithubApi({ ...remote, api: apiFor(remote, environment) }, access)
    .pull(Number(number))
    .catch((error: unknown) => {
      const outcome = outcomeOfError(error, now);
      throw refused(clean(outcome.kind === 'confirmed' ? '' : outcome.detail.replace(/\.$/, '')), hint);
    });
  await runGit({ gitDir: null, cwd: into, args: ['init', '--quiet', '--bare', into] });
  const base = `refs/remotes/origin/${pull.base.ref}`;
  const refspecs = [`refs/heads/${pull.base.ref}:${base}`, `${pull.head.sha}:refs/heads/head`];
  const fetched = await git(access, into, ['fetch', '--quiet', '--no-tags', remote.url, ...refspecs]);
  if (fetched.code !== 0) {
    const outcome = outcomeOfPush(fetched);
    throw refused(clean(outcome.kind === 'confirmed' ? '' : outcome.detail.replace(/\.$/, '')), hint);
  }
  return { head: pull.head.sha, base, body: pull.body ?? '' };
}

/** null: it has no remote that could be meant. */
async function serverOf(repository: string | null): Promise<ForgeRemote['server'] | null> {
  if (repository === null) return null;
  try {
    return (await readRemote(repository)).server;
  } catch (error) {
    if (error instanceof BatonError) return null;
    throw error;
  }
}

function refused(message: string, fix: string): BatonError {
  return new BatonError({ code: 'E_FORGE', message: `${message}.`, fix });
}
