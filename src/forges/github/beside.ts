/** What stands beside a pull request at GitHub: looked at first, so that nothing is done twice. */
import { RequestError } from '@octokit/request-error';
import {
  STATUS_NAME,
  statusPrefix,
  type ForgePlace,
  type ForgeRequest,
  type ForgeReviewers,
  type ForgeStatus,
} from '../forge.ts';
import type { GithubOwnComment } from './beside-api.ts';
import type { GithubApi, GithubPull, GithubStatus } from './github-api.ts';

interface Done {
  performed: boolean;
  /** What could not be done. */
  notes: string[];
}

export async function setLabels(api: GithubApi, pull: GithubPull, labels: readonly string[]): Promise<Done> {
  const missing = without(
    labels,
    pull.labels.map(({ name }) => name),
  );
  if (missing.length === 0) return { performed: false, notes: [] };
  const now = await api.addLabels(pull.number, missing);
  return { performed: true, notes: without(missing, now).map((each) => `GitHub did not set ${each}`) };
}

/** Whoever has looked already was asked before, or came on their own. */
export async function askReviewers(api: GithubApi, pull: GithubPull, wanted: ForgeReviewers): Promise<Done> {
  const teams = without(
    wanted.teams,
    pull.requested_teams.map(({ slug }) => slug),
  );
  const people = without(
    wanted.people,
    pull.requested_reviewers.map(({ login }) => login),
  );
  const seen = people.length === 0 ? [] : await api.reviewsOf(pull.number);
  const left = {
    people: without(
      people,
      seen.map(({ user }) => user?.login ?? ''),
    ),
    teams,
  };
  if (left.people.length + left.teams.length === 0) return { performed: false, notes: [] };
  return askAll(api, pull.number, left);
}

/**
 * Its own by its marker, and by who wrote it: a comment of somebody else's is never written over. After one was made it is looked
 * again: where that request, or one before it that seemed lost, made another one, the first stays alone.
 */
export async function writeComment(
  api: GithubApi,
  pull: GithubPull,
  { marker, text }: { marker: string; text: string },
): Promise<Done> {
  const body = `${marker}\n${text}`.trim();
  const look = async (): Promise<GithubOwnComment[]> =>
    (await api.ownComments(pull)).filter((each) => each.body.startsWith(marker));
  const before = await look();
  if (before.length === 0) await api.addComment(pull.number, body);
  const [own, ...doubles] = before.length === 0 ? await look() : before;
  const isChanged = own !== undefined && own.body.trim() !== body;
  if (isChanged) await api.changeComment(own.id, body);
  for (const { id } of doubles) await api.removeComment(id);
  return { performed: before.length === 0 || isChanged || doubles.length > 0, notes: [] };
}

export async function setStatus(api: GithubApi, request: ForgeRequest, wanted: ForgeStatus): Promise<Done> {
  const there = (await api.statusesOf(request.head)).find(({ context }) => context === STATUS_NAME);
  if (there !== undefined && !isOwnStatus(request, there))
    return { performed: false, notes: [`somebody else's status ${STATUS_NAME} is at the commit, and stays`] };
  const { state, description } = wanted;
  if (there?.state === state && there.description === description) return { performed: false, notes: [] };
  await api.setStatus(request.head, { context: STATUS_NAME, state, description });
  return { performed: true, notes: [] };
}

/** The run's own, which is none of the forge's checks. */
export function isOwnStatus(
  place: Pick<ForgePlace, 'runId'>,
  { context, description }: GithubStatus,
): boolean {
  return context === STATUS_NAME && (description ?? '').startsWith(statusPrefix(place));
}

/** One who cannot be asked fails the request for all of them: then each is asked alone. */
async function askAll(api: GithubApi, pull: number, wanted: ForgeReviewers): Promise<Done> {
  const alone = [
    ...wanted.people.map((each) => ({ name: each, people: [each], teams: [] })),
    ...wanted.teams.map((each) => ({ name: `the team ${each}`, people: [], teams: [each] })),
  ];
  const first = await tryToAsk(api, pull, wanted);
  const [only, ...others] = alone;
  if (typeof first !== 'string') return first;
  if (only === undefined || others.length === 0)
    return { performed: false, notes: [`${only?.name ?? 'nobody'} cannot be asked: ${first}`] };
  const done: Done = { performed: false, notes: [] };
  for (const { name, ...each } of alone) {
    const asked = await tryToAsk(api, pull, each);
    if (typeof asked === 'string') done.notes.push(`${name} cannot be asked: ${asked}`);
    else {
      done.performed ||= asked.performed;
      done.notes.push(...asked.notes);
    }
  }
  return done;
}

/** What GitHub says where it asks nobody of them. */
async function tryToAsk(api: GithubApi, pull: number, wanted: ForgeReviewers): Promise<Done | string> {
  try {
    const now = await api.ask(pull, wanted);
    const missing = [
      ...without(wanted.people, now.people),
      ...without(wanted.teams, now.teams).map((each) => `the team ${each}`),
    ];
    return {
      performed: missing.length < wanted.people.length + wanted.teams.length,
      notes: missing.map((each) => `GitHub did not ask ${each}`),
    };
  } catch (error) {
    if (error instanceof RequestError && error.status === 422) return error.message;
    throw error;
  }
}

/** Those of `wanted` that are not `there`, each once; case is no difference at GitHub. */
function without(wanted: readonly string[], there: readonly string[]): string[] {
  const known = new Set(there.map((each) => each.toLowerCase()));
  return wanted.filter((each) => {
    const name = each.toLowerCase();
    if (known.has(name)) return false;
    known.add(name);
    return true;
  });
}
