/**
 * The built-in forge: per repository a bare git repository and a record per pull request, all on this disk.
 * It speaks to no network.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { PullRequest } from '../../core/records.ts';
import { BatonError } from '../../core/errors.ts';
import type { Forge, ForgeBase, ForgeOutcome, ForgePlace, ForgeRequest } from '../forge.ts';
import { writeEvidence, writeLinks } from '../write-links.ts';
import { writeWords } from '../write-words.ts';
import { runGit } from '../../workspace/git.ts';
import { branchHead, keepBase, QUIET_FETCH } from '../git-refs.ts';
import { openBareRepository, type BareRepository } from './bare-repository.ts';
import {
  keepStatement,
  keepStatus,
  openPullRecords,
  type PullRecord,
  type PullRecords,
} from './pull-records.ts';
import { deletePushed, pushTo, whyNoPush } from './push.ts';

/** A forge below `<stateDir>/forge`. Touches nothing until it is used. */
export function createLocalForge(options: { stateDir: string }): Forge {
  const forgeDir = join(options.stateDir, 'forge');
  return {
    name: 'local',
    hasChecks: false,
    preflight: async () => [],
    readBase: (place, signal) => readBase(place, signal),
    preparePush: (request, signal) => attempt(signal, () => preparePush(forgeDir, request)),
    pushBranch: (request, signal) =>
      attempt(signal, async () => pushTo(await openBare(forgeDir, request), request, signal)),
    openPullRequest: (request, signal) => attempt(signal, () => openPullRequest(forgeDir, request)),
    linkPullRequests: (request, all, signal) =>
      attempt(signal, () =>
        change(
          forgeDir,
          request,
          (record) => {
            const { title, body } = writeWords(record, request, request.marker);
            return {
              ...record,
              title,
              body: writeLinks(writeEvidence(body, request.body), request.repo.name, all),
            };
          },
          request.statement,
        ),
      ),
    markReady: (request, signal) =>
      attempt(signal, () => change(forgeDir, request, (record) => ({ ...record, state: 'ready' }))),
    setLabels: (request, labels, signal) =>
      attempt(signal, () =>
        change(forgeDir, request, (record) => ({ ...record, labels: withAll(record.labels, labels) })),
      ),
    askReviewers: (request, { people, teams }, signal) =>
      attempt(signal, () =>
        change(forgeDir, request, (record) => ({
          ...record,
          ...(people.length === 0 ? {} : { reviewers: withAll(record.reviewers, people) }),
          ...(teams.length === 0 ? {} : { team_reviewers: withAll(record.team_reviewers, teams) }),
        })),
      ),
    writeComment: (request, comment, signal) =>
      attempt(signal, () => change(forgeDir, request, (record) => ({ ...record, comment }))),
    setStatus: (request, status, signal) =>
      attempt(signal, async () => {
        const { recordDir } = await openBare(forgeDir, request);
        return {
          kind: 'confirmed',
          performed: keepStatus(recordDir, request.head, status),
          pullRequest: null,
        };
      }),
    closePullRequest: (place, signal) => attempt(signal, () => closePullRequest(forgeDir, place)),
    deleteBranch: (place, signal) =>
      attempt(signal, async () => deletePushed(await openBare(forgeDir, place), place)),
    readPull: async () => ({ kind: 'refused', detail: 'The local forge does not see what is merged.' }),
    readReviews: async () => ({ kind: 'refused', detail: 'The local forge has no reviews.' }),
    readChecks: async () => ({ kind: 'refused', detail: 'The local forge has no checks of its own.' }),
  };
}

/** Of the user's own repository: their branch is what a pull request here is compared with. */
async function readBase(place: ForgePlace, signal: AbortSignal): Promise<ForgeBase> {
  let commit: string | null = null;
  const outcome = await attempt(signal, async () => {
    const { path, baseRef, baseCommit } = place.repo;
    const ref = `refs/heads/${baseRef}`;
    const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`];
    const answer = await runGit({ gitDir: null, cwd: path, args, answers: [1, 128], signal });
    const there = answer.code === 0 ? answer.stdout.toString('utf8').trim() : null;
    commit = there;
    if (there !== null && there !== baseCommit)
      commit = await keepBase(place, { commit: there, fetch: ['fetch', ...QUIET_FETCH, path], signal });
    return { kind: 'confirmed', performed: false, pullRequest: null };
  });
  return outcome.kind === 'confirmed' ? { kind: 'base', commit } : outcome;
}

/** Whether the branch and its record could be this run's. */
async function preparePush(forgeDir: string, request: ForgeRequest): Promise<ForgeOutcome> {
  const bare = await openBare(forgeDir, request);
  const refusal = await whyNoPush(bare, request);
  if (refusal !== null) return { kind: 'refused', detail: refusal };
  const record = recordsOf(forgeDir, bare).find(request.branch);
  return record === null || record.marker === request.marker
    ? { kind: 'confirmed', performed: false, pullRequest: null }
    : notOurs(record);
}

async function openPullRequest(forgeDir: string, request: ForgeRequest): Promise<ForgeOutcome> {
  const bare = await openBare(forgeDir, request);
  const head = await branchHead(bare.path, request.branch);
  if (head === null) return missing(`The branch ${request.branch} is not in ${bare.path}.`);
  const { branch, title, body, marker } = request;
  const wanted = { branch, base: request.repo.baseRef, title, body, marker };
  const { record, added } = await recordsOf(forgeDir, bare).findOrAdd(wanted);
  if (record.marker !== marker) return notOurs(record);
  if (request.statement !== undefined) keepStatement(bare.recordDir, record.number, request.statement);
  return confirmed(request, bare, { record, head, performed: added });
}

/** Somebody may be reading one that is ready: it stays. */
async function closePullRequest(forgeDir: string, place: ForgePlace): Promise<ForgeOutcome> {
  const bare = await openBare(forgeDir, place);
  const isOwnDraft = (record: PullRecord): boolean =>
    record.marker === place.marker && record.state === 'draft';
  const done = await recordsOf(forgeDir, bare).update(place.branch, (record) =>
    isOwnDraft(record) ? { ...record, state: 'closed' } : record,
  );
  if (done === null) return { kind: 'confirmed', performed: false, pullRequest: null };
  const { record, changed } = done;
  if (record.marker !== place.marker) return notOurs(record);
  if (record.state !== 'closed')
    return { kind: 'refused', detail: `Pull request #${record.number} is no draft any more.` };
  const head = (await branchHead(bare.path, place.branch)) ?? '';
  return confirmed(place, bare, { record, head, performed: changed });
}

/** Changes the run's own pull request; what is already so is not done again. */
async function change(
  forgeDir: string,
  request: ForgeRequest,
  next: (record: PullRecord) => PullRecord,
  statement?: string,
): Promise<ForgeOutcome> {
  const bare = await openBare(forgeDir, request);
  const own = (record: PullRecord): PullRecord =>
    record.marker === request.marker && record.state !== 'closed' ? next(record) : record;
  const done = await recordsOf(forgeDir, bare).update(request.branch, own);
  if (done === null) return missing(`There is no pull request for ${request.branch} in ${bare.recordDir}.`);
  if (done.record.marker !== request.marker) return notOurs(done.record);
  if (statement !== undefined) keepStatement(bare.recordDir, done.record.number, statement);
  const head = (await branchHead(bare.path, request.branch)) ?? request.head;
  return confirmed(request, bare, { record: done.record, head, performed: done.changed });
}

function withAll(there: readonly string[] = [], wanted: readonly string[]): string[] {
  return [...new Set([...there, ...wanted])];
}

function openBare(forgeDir: string, request: ForgePlace): Promise<BareRepository> {
  return openBareRepository({
    forgeDir,
    name: request.repo.name,
    userPath: request.repo.path,
    store: request.store,
  });
}

function recordsOf(forgeDir: string, bare: BareRepository): PullRecords {
  return openPullRecords(forgeDir, bare.recordDir);
}

function confirmed(
  request: ForgePlace,
  bare: BareRepository,
  facts: { record: PullRecord; head: string; performed: boolean },
): ForgeOutcome {
  const { record, head, performed } = facts;
  const pullRequest: PullRequest = {
    repo: request.repo.name,
    number: record.number,
    // What `git fetch URL BRANCH` takes.
    url: pathToFileURL(bare.path).href,
    branch: record.branch,
    base: record.base,
    head,
    state: record.state,
  };
  return { kind: 'confirmed', performed, pullRequest };
}

function notOurs(record: PullRecord): ForgeOutcome {
  return {
    kind: 'refused',
    detail: `Pull request #${record.number} of ${record.branch} belongs to somebody else.`,
  };
}

function missing(detail: string): ForgeOutcome {
  return { kind: 'failed', detail, retryable: false };
}

/** What goes wrong on this disk is an outcome, not an end of the run. */
async function attempt(signal: AbortSignal, work: () => Promise<ForgeOutcome>): Promise<ForgeOutcome> {
  if (signal.aborted) return { kind: 'failed', detail: 'It was stopped before it began.', retryable: true };
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof BatonError)) throw error;
    return { kind: 'failed', detail: error.message, retryable: error.retryable || signal.aborted };
  }
}
