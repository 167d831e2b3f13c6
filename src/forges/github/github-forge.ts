/** Pull requests at GitHub, or at a server that speaks its API: pushed by git, opened as drafts, found again by branch and marker. */
import { BatonError } from '../../core/errors.ts';
import type {
  Forge,
  ForgeBase,
  ForgeCheck,
  ForgeOutcome,
  ForgePull,
  ForgeRepository,
  ForgeRequest,
  ForgeReviews,
  PullPlace,
} from '../forge.ts';
import { cutBody } from '../cut-body.ts';
import { writeEvidence, writeLinks } from '../write-links.ts';
import { writeWords } from '../write-words.ts';
import { writeStatement } from '../write-statement.ts';
import { askReviewers, setLabels, setStatus, writeComment } from './beside.ts';
import { cleanCheck, cleanReview, createCleanText, type CleanText } from './clean-text.ts';
import { createGithubApi, type GithubApi, type GithubPull } from './github-api.ts';
import { readPullNow } from './read-merged.ts';
import { readReviews } from './read-reviews.ts';
import { readChecks } from './read-checks.ts';
import { outcomeOfError, saysItExists, saysNoDrafts } from './outcome-of-error.ts';
import {
  adopted,
  beside,
  changeOwn,
  confirmed,
  isOurs,
  notOurs,
  notSeen,
  pullOf,
  stillDraft,
  whyNotTaken,
} from './own-pull.ts';
import { deleteBranch, pushBranch, readBase, tryPush, type PushAccess } from './push.ts';
import { apiFor, readRemote, tokenFor, type Environment, type ForgeRemote } from './remote.ts';

export interface GithubForgeOptions {
  environment: Environment;
  /** How long one call may take, in milliseconds; by default as long as `fetch-within.ts` says. */
  callTimeoutMs?: number;
  now(): Date;
}

/** GitHub takes no longer text. */
const MAX_BODY_CHARS = 65_536;

/** Everything needed for one repository. */
interface Access extends PushAccess {
  api: GithubApi;
  clean: CleanText;
}

export function createGithubForge(options: GithubForgeOptions): Forge {
  const attempt = async (
    place: PullPlace,
    signal: AbortSignal,
    work: (access: Access) => Promise<ForgeOutcome>,
  ): Promise<ForgeOutcome> => {
    if (signal.aborted) return { kind: 'failed', detail: 'It was stopped before it began.', retryable: true };
    let clean: CleanText = (text) => text;
    try {
      const access = await openAccess(place.repo.path, options, signal);
      clean = access.clean;
      return cleaned(await work(access), clean);
    } catch (error) {
      return cleaned(outcomeOfThrown(error, { now: options.now(), signal }), clean);
    }
  };
  return {
    name: 'github',
    hasChecks: true,
    preflight: async (repositories, signal) =>
      (await Promise.all(repositories.map((each) => whyUnusable(each, options, signal)))).flat(),
    readBase: async (place, signal) => {
      let base: ForgeBase = { kind: 'base', commit: null };
      const outcome = await attempt(place, signal, async (access) => {
        base = await readBase(access, place);
        return base.kind === 'base' ? { kind: 'confirmed', performed: false, pullRequest: null } : base;
      });
      return outcome.kind === 'confirmed' ? base : outcome;
    },
    preparePush: (request, signal) => attempt(request, signal, (access) => prepare(access, request)),
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
          const made = await openDraft(api, wanted);
          const found = adopted(request, made);
          return found.kind === 'confirmed' ? confirmed(request, made, true) : found;
        } catch (error) {
          if (!saysItExists(error)) throw error;
          const there = await pullOf(api, request);
          return there === null ? notSeen(request) : adopted(request, there);
        }
      }),
    linkPullRequests: (request, all, signal) =>
      attempt(request, signal, ({ api }) =>
        changeOwn(api, request, async (pull) => {
          const before = { title: pull.title, body: pull.body ?? '' };
          const { title, body: words } = writeWords(before, request, request.marker);
          const linked = writeLinks(writeEvidence(words, request.body), request.repo.name, all);
          const body = bodyWith(request, linked);
          if (body === before.body && title === before.title) return confirmed(request, pull, false);
          const change = { body, ...(title === before.title ? {} : { title }) };
          return confirmed(request, await api.update(pull.number, change), true);
        }),
      ),
    markReady: (request, signal) => attempt(request, signal, ({ api }) => markReady(api, request)),
    setLabels: (request, labels, signal) =>
      attempt(request, signal, ({ api }) =>
        changeOwn(api, request, async (pull) => beside(request, pull, await setLabels(api, pull, labels))),
      ),
    askReviewers: (request, wanted, signal) =>
      attempt(request, signal, ({ api }) =>
        changeOwn(api, request, async (pull) => beside(request, pull, await askReviewers(api, pull, wanted))),
      ),
    writeComment: (request, text, signal) =>
      attempt(request, signal, ({ api }) =>
        changeOwn(api, request, async (pull) =>
          beside(request, pull, await writeComment(api, pull, { marker: request.marker, text })),
        ),
      ),
    setStatus: (request, status, signal) =>
      attempt(request, signal, async ({ api }) => ({
        kind: 'confirmed',
        pullRequest: null,
        ...(await setStatus(api, request, status)),
      })),
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
      const outcome = await attempt(place, signal, async ({ api, clean }) => {
        checks = (await readChecks(api, place, commit)).map((check) => cleanCheck(check, clean));
        return { kind: 'confirmed', performed: false, pullRequest: null };
      });
      return outcome.kind === 'confirmed' ? { kind: 'checks', checks } : outcome;
    },
    readPull: async (place, signal) => {
      let found: ForgePull = { kind: 'pull', state: 'none', merged: null };
      const outcome = await attempt(place, signal, async ({ api }) => {
        found = await readPullNow(api, place);
        return { kind: 'confirmed', performed: false, pullRequest: null };
      });
      return outcome.kind === 'confirmed' ? found : outcome;
    },
    readReviews: async (place, signal) => {
      let found: ForgeReviews | null = null;
      const outcome = await attempt(place, signal, async ({ api, clean }) => {
        const pull = await pullOf(api, place);
        if (pull === null) return notSeen(place);
        if (!isOurs(place, pull)) return notOurs(pull);
        const state = pull.merged_at != null ? 'merged' : pull.state;
        const reviews = state === 'open' ? await readReviews(api, pull.number) : [];
        found = {
          kind: 'reviews',
          state,
          head: pull.head.sha,
          reviews: reviews.map((each) => cleanReview(each, clean)),
        };
        return confirmed(place, pull, false);
      });
      return found ?? (outcome.kind === 'confirmed' ? noAnswer() : outcome);
    },
    deleteBranch: (place, signal) => attempt(place, signal, (access) => deleteBranch(access, place)),
  };
}

function outcomeOfThrown(error: unknown, { now, signal }: { now: Date; signal: AbortSignal }): ForgeOutcome {
  if (!(error instanceof BatonError)) return outcomeOfError(error, now);
  return error.retryable || signal.aborted
    ? { kind: 'failed', detail: error.message, retryable: true }
    : { kind: 'refused', detail: `${error.message} ${error.fix}` };
}

function noAnswer(): ForgeReviews {
  return { kind: 'failed', detail: 'There was no answer.', retryable: true };
}

function cleaned(outcome: ForgeOutcome, clean: CleanText): ForgeOutcome {
  if (outcome.kind !== 'confirmed') return { ...outcome, detail: clean(outcome.detail) };
  return outcome.notes === undefined ? outcome : { ...outcome, notes: outcome.notes.map(clean) };
}

async function openAccess(path: string, options: GithubForgeOptions, signal: AbortSignal): Promise<Access> {
  const remote = await readRemote(path);
  const { environment, callTimeoutMs } = options;
  const { token, names } = tokenFor(remote.server, environment);
  if (token === null) throw noToken(remote, names);
  const api = createGithubApi(
    { ...remote, api: apiFor(remote, environment) },
    {
      token,
      signal,
      environment,
      ...(callTimeoutMs === undefined ? {} : { callTimeoutMs }),
    },
  );
  return { remote, token, environment, signal, api, clean: createCleanText(token) };
}

/** What would stop the submission hours later, said before anything is started. */
async function whyUnusable(
  { name, path }: ForgeRepository,
  options: GithubForgeOptions,
  signal: AbortSignal,
): Promise<string[]> {
  let clean: CleanText = (text) => text;
  try {
    const access = await openAccess(path, options, signal);
    clean = access.clean;
    const { archived, mayPush } = await access.api.repository();
    const where = `${access.remote.server}/${access.remote.owner}/${access.remote.name}`;
    if (archived) return [`${name}: ${where} is archived, and takes no pull requests.`];
    return mayPush ? [] : [`${name}: the token may not push to ${where}.`];
  } catch (error) {
    if (error instanceof BatonError) return [`${name}: ${clean(`${error.message} ${error.fix}`)}`];
    const outcome = cleaned(outcomeOfError(error, options.now()), clean);
    return outcome.kind === 'confirmed' ? [] : [`${name}: ${outcome.detail}`];
  }
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

/**
 * What is ready has to be what was reviewed: somebody may push between the look and the mark, or after a mark whose reply was lost. Nobody is to
 * merge what nobody reviewed, so that what this run made ready, or may have, is made a draft again.
 */
async function markReady(api: GithubApi, request: ForgeRequest): Promise<ForgeOutcome> {
  const pull = await pullOf(api, request);
  if (pull === null) return notSeen(request);
  const found = adopted(request, pull);
  if (found.kind !== 'confirmed') {
    if (request.triedBefore === true && holdsOther(request, pull)) await api.makeDraft(pull);
    return found;
  }
  if (!pull.draft) return found;
  await api.markReady(pull);
  const now = await api.pull(pull.number);
  const seen = adopted(request, now);
  if (seen.kind === 'confirmed') return now.draft ? stillDraft(now) : { ...seen, performed: true };
  await api.makeDraft(pull);
  return seen;
}

/** One of this run's that is open, ready, and not what was reviewed. */
function holdsOther(request: ForgeRequest, pull: GithubPull): boolean {
  return isOurs(request, pull) && pull.state === 'open' && !pull.draft && pull.head.sha !== request.head;
}

/** What would keep it from going out, seen without a change: the push is tried dry, as the server answers that with the rights of a push. */
async function prepare(access: Access, request: ForgeRequest): Promise<ForgeOutcome> {
  const { archived, mayPush } = await access.api.repository();
  const { server, owner, name } = access.remote;
  const where = `${server}/${owner}/${name}`;
  if (archived) return { kind: 'refused', detail: `${where} is archived, and takes no pull requests.` };
  if (!mayPush) return { kind: 'refused', detail: `The token may not push to ${where}.` };
  const pull = await pullOf(access.api, request);
  const refusal = pull === null ? null : whyNotTaken(request, pull);
  return refusal === null ? tryPush(access, request) : { kind: 'refused', detail: refusal };
}

/** The marker stands first, where nothing is cut off. */
function bodyFor(request: ForgeRequest): string {
  return bodyWith(request, `${request.marker}\n${request.body}`);
}

/** With the statement as it is now, whatever became of it since. */
function bodyWith({ statement }: ForgeRequest, body: string): string {
  return statement === undefined
    ? cutBody(body, MAX_BODY_CHARS)
    : writeStatement(body, statement, MAX_BODY_CHARS);
}

function noToken(remote: ForgeRemote, names: readonly string[]): BatonError {
  return new BatonError({
    code: 'E_FORGE',
    message: `There is no token for ${remote.server}.`,
    fix: `Set ${names.join(' or ')} to one that may push and open pull requests in ${remote.owner}/${remote.name}.`,
  });
}
