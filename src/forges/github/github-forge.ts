/** Pull requests at GitHub, or at a server that speaks its API: pushed by git, opened as drafts, found again by branch and marker. */
import type { PullRequest } from '../../core/records.ts';
import { BatonError } from '../../core/errors.ts';
import type { Forge, ForgeCheck, ForgeOutcome, ForgePlace, ForgeRepository } from '../forge.ts';
import { writeLinks } from '../write-links.ts';
import { createGithubApi, type GithubApi, type GithubPull } from './github-api.ts';
import { readChecks } from './read-checks.ts';
import { outcomeOfError, saysItExists, saysNoDrafts } from './outcome-of-error.ts';
import { deleteBranch, pushBranch, type PushAccess } from './push.ts';
import { readRemote, tokenFor, type ForgeRemote } from './remote.ts';

export interface GithubForgeOptions {
  /** The caller's: tokens, proxies, certificates. */
  environment: Readonly<Record<string, string | undefined>>;
  now(): Date;
}

/** GitHub takes no longer text. */
const MAX_BODY_CHARS = 65_536;
const CUT_NOTE = '\n\n(Cut: GitHub takes no longer text.)\n';

/** Everything needed for one repository. */
interface Access extends PushAccess {
  api: GithubApi;
}

export function createGithubForge(options: GithubForgeOptions): Forge {
  const attempt = async (
    place: ForgePlace,
    signal: AbortSignal,
    work: (access: Access) => Promise<ForgeOutcome>,
  ): Promise<ForgeOutcome> => {
    if (signal.aborted) return { kind: 'failed', detail: 'It was stopped before it began.', retryable: true };
    try {
      return await work(await openAccess(place.repo.path, options, signal));
    } catch (error) {
      if (!(error instanceof BatonError)) return outcomeOfError(error, options.now());
      const mayHelp = error.retryable || signal.aborted;
      return mayHelp
        ? { kind: 'failed', detail: error.message, retryable: true }
        : { kind: 'refused', detail: `${error.message} ${error.fix}` };
    }
  };
  return {
    name: 'github',
    hasChecks: true,
    preflight: async (repositories, signal) =>
      (await Promise.all(repositories.map((each) => whyUnusable(each, options, signal)))).flat(),
    pushBranch: (request, signal) => attempt(request, signal, (access) => pushBranch(access, request)),
    openPullRequest: (request, signal) =>
      attempt(request, signal, async ({ api }) => {
        const found = await pullOf(api, request);
        if (found !== null) return adopted(request, found);
        const wanted = {
          title: request.title,
          body: bodyFor(request),
          head: request.branch,
          base: request.repo.baseRef,
        };
        try {
          return confirmed(request, await openDraft(api, wanted), true);
        } catch (error) {
          if (!saysItExists(error)) throw error;
          const there = await pullOf(api, request);
          return there === null ? outcomeOfError(error, options.now()) : adopted(request, there);
        }
      }),
    linkPullRequests: (request, all, signal) =>
      attempt(request, signal, ({ api }) =>
        changeOwn(api, request, async (pull) => {
          const before = pull.body ?? '';
          const body = cutBody(writeLinks(before, request.repo.name, all));
          if (body === before) return confirmed(request, pull, false);
          return confirmed(request, await api.update(pull.number, { body }), true);
        }),
      ),
    markReady: (request, signal) =>
      attempt(request, signal, ({ api }) =>
        changeOwn(api, request, async (pull) => {
          if (!pull.draft) return confirmed(request, pull, false);
          await api.markReady(pull);
          return confirmed(request, { ...pull, draft: false }, true);
        }),
      ),
    closePullRequest: (place, signal) =>
      attempt(place, signal, async ({ api }) => {
        const pull = await pullOf(api, place);
        if (pull === null) return { kind: 'confirmed', performed: false, pullRequest: null };
        if (!isOurs(place, pull)) return notOurs(pull);
        if (pull.state === 'closed' && pull.merged_at == null) return confirmed(place, pull, false);
        if (!pull.draft)
          return { kind: 'refused', detail: `Pull request ${pull.html_url} is no draft any more.` };
        return confirmed(place, await api.update(pull.number, { state: 'closed' }), true);
      }),
    readChecks: async (place, commit, signal) => {
      let checks: ForgeCheck[] = [];
      const outcome = await attempt(place, signal, async ({ api }) => {
        checks = await readChecks(api, commit);
        return { kind: 'confirmed', performed: false, pullRequest: null };
      });
      return outcome.kind === 'confirmed' ? { kind: 'checks', checks } : outcome;
    },
    deleteBranch: (place, signal) => attempt(place, signal, (access) => deleteBranch(access, place)),
  };
}

async function openAccess(path: string, options: GithubForgeOptions, signal: AbortSignal): Promise<Access> {
  const remote = await readRemote(path);
  const { environment } = options;
  const { token, names } = tokenFor(remote.server, environment);
  if (token === null) throw noToken(remote, names);
  return { remote, token, environment, signal, api: createGithubApi(remote, { token, signal }) };
}

/** What would stop the submission hours later, said before anything is started. */
async function whyUnusable(
  { name, path }: ForgeRepository,
  options: GithubForgeOptions,
  signal: AbortSignal,
): Promise<string[]> {
  try {
    const access = await openAccess(path, options, signal);
    const { archived, mayPush } = await access.api.repository();
    const where = `${access.remote.server}/${access.remote.owner}/${access.remote.name}`;
    if (archived) return [`${name}: ${where} is archived, and takes no pull requests.`];
    return mayPush ? [] : [`${name}: the token may not push to ${where}.`];
  } catch (error) {
    if (error instanceof BatonError) return [`${name}: ${error.message} ${error.fix}`];
    const outcome = outcomeOfError(error, options.now());
    return outcome.kind === 'confirmed' ? [] : [`${name}: ${outcome.detail}`];
  }
}

/** The pull request of this branch that counts: the run's own, else one that is open. Closed ones of others are history. */
async function pullOf(api: GithubApi, place: ForgePlace): Promise<GithubPull | null> {
  const all = await api.pullsOf(place.branch);
  return all.find((pull) => isOurs(place, pull)) ?? all.find((pull) => pull.state === 'open') ?? null;
}

function isOurs(place: ForgePlace, pull: GithubPull): boolean {
  return (pull.body ?? '').includes(place.marker);
}

/** One that a person closed is not opened again behind their back. */
function adopted(place: ForgePlace, pull: GithubPull): ForgeOutcome {
  if (!isOurs(place, pull)) return notOurs(pull);
  if (pull.state === 'closed' && pull.merged_at == null)
    return { kind: 'refused', detail: `Pull request ${pull.html_url} was closed by somebody.` };
  return confirmed(place, pull, false);
}

async function changeOwn(
  api: GithubApi,
  place: ForgePlace,
  change: (pull: GithubPull) => Promise<ForgeOutcome>,
): Promise<ForgeOutcome> {
  const pull = await pullOf(api, place);
  if (pull === null) return { kind: 'refused', detail: `There is no pull request for ${place.branch}.` };
  const found = adopted(place, pull);
  return found.kind === 'confirmed' ? change(pull) : found;
}

/** Where a repository has no drafts, an ordinary one. */
async function openDraft(
  api: GithubApi,
  wanted: Omit<Parameters<GithubApi['open']>[0], 'draft'>,
): Promise<GithubPull> {
  try {
    return await api.open({ ...wanted, draft: true });
  } catch (error) {
    if (!saysNoDrafts(error)) throw error;
    return api.open({ ...wanted, draft: false });
  }
}

/** The marker stands first: what is cut off is the end. */
function bodyFor(request: { marker: string; body: string }): string {
  return cutBody(`${request.marker}\n${request.body}`);
}

function cutBody(body: string): string {
  if (body.length <= MAX_BODY_CHARS) return body;
  return body.slice(0, MAX_BODY_CHARS - CUT_NOTE.length).replace(/[\uD800-\uDBFF]$/, '') + CUT_NOTE;
}

function confirmed(place: ForgePlace, pull: GithubPull, performed: boolean): ForgeOutcome {
  const isGone = pull.state === 'closed' && pull.merged_at == null;
  const pullRequest: PullRequest = {
    repo: place.repo.name,
    number: pull.number,
    url: pull.html_url,
    branch: pull.head.ref,
    base: pull.base.ref,
    head: pull.head.sha,
    state: isGone ? 'closed' : pull.draft ? 'draft' : 'ready',
  };
  return { kind: 'confirmed', performed, pullRequest };
}

function notOurs(pull: GithubPull): ForgeOutcome {
  return { kind: 'refused', detail: `Pull request ${pull.html_url} belongs to somebody else.` };
}

function noToken(remote: ForgeRemote, names: readonly string[]): BatonError {
  return new BatonError({
    code: 'E_FORGE',
    message: `There is no token for ${remote.server}.`,
    fix: `Set ${names.join(' or ')} to one that may push and open pull requests in ${remote.owner}/${remote.name}.`,
  });
}
