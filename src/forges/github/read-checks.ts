/** What GitHub's checks and statuses say of a commit. Source: docs.github.com/en/rest/checks/runs, …/commits/statuses */
import type { ForgeCheck, ForgePlace } from '../forge.ts';
import { isOwnStatus } from './beside.ts';
import type { GithubApi, GithubCheck, GithubStatus } from './github-api.ts';

const MAX_DETAIL_CHARS = 2_000;

export async function readChecks(
  api: GithubApi,
  place: Pick<ForgePlace, 'runId'>,
  commit: string,
): Promise<ForgeCheck[]> {
  const [runs, statuses] = await Promise.all([api.checksOf(commit), api.statusesOf(commit)]);
  const checks: ForgeCheck[] = [];
  for (const run of runs) checks.push(await asCheck(api, run));
  return [...checks, ...statuses.filter((each) => !isOwnStatus(place, each)).map(asStatus)];
}

async function asCheck(api: GithubApi, run: GithubCheck): Promise<ForgeCheck> {
  const state = run.status === 'completed' ? stateOf(run.conclusion) : 'running';
  const count = run.output?.annotations_count ?? 0;
  const notes = state === 'failed' && count > 0 ? await api.notesOf(run.id) : [];
  const words = [run.output?.title, run.output?.summary].filter((text) => (text ?? '') !== '').join(': ');
  return {
    name: run.name,
    state,
    detail: words.slice(0, MAX_DETAIL_CHARS),
    url: run.html_url ?? null,
    notes: notes
      .filter((note) => note.annotation_level === 'failure' && isInside(note.path))
      .map((note) => ({ path: note.path, line: note.start_line, text: note.message ?? '' })),
  };
}

/** A conclusion that is not known yet is no success. */
function stateOf(conclusion: string | null): ForgeCheck['state'] {
  if (conclusion === 'success') return 'passed';
  return conclusion === 'neutral' || conclusion === 'skipped' ? 'neutral' : 'failed';
}

function asStatus({ context, state, description, target_url }: GithubStatus): ForgeCheck {
  return {
    name: context,
    state: state === 'success' ? 'passed' : state === 'pending' ? 'running' : 'failed',
    detail: (description ?? '').slice(0, MAX_DETAIL_CHARS),
    url: target_url ?? null,
    notes: [],
  };
}

/** Whoever reports a check writes what it likes. */
export function isInside(path: string): boolean {
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  return !/^[/\\~]|(?:^|[/\\])\.\.(?:[/\\]|$)|[\u0000-\u001f]/.test(path);
}
