/** The part of GitHub's REST and GraphQL API that pull requests take, over the state of the loopback forge. */
import { Hono } from 'hono';
import { countCommits, describeCommit, mergePull, type MergeWay } from './merging.ts';
import { addBeside, describeComments, type Beside } from './beside.ts';
import { hasRepository, nameOf, nodeId, type KeptPull } from './pulls.ts';

/** A check of a commit, as somebody's CI reports it. */
export interface KeptCheck {
  repository: string;
  /** null: of every commit. */
  commit: string | null;
  name: string;
  /** null: it has not ended. */
  conclusion: string | null;
  title?: string;
  notes?: { path: string; line: number; text: string }[];
}

/** What somebody says of a pull request. */
export interface KeptReview {
  repository: string;
  number: number;
  user: string;
  /** What they may do in the repository: `write`, `read`, … */
  permission: string;
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED';
  commit: string;
  body: string;
  comments?: { path: string; line: number; body: string }[];
}

export interface ApiState extends Beside {
  root: string;
  token: string;
  checks: readonly KeptCheck[];
  reviews: readonly KeptReview[];
  /** Repositories that the token may read and not push to. */
  readOnly: ReadonlySet<string>;
}

export function createApi(state: ApiState): Hono {
  const { root, token, pulls, checks, reviews, statuses, readOnly } = state;
  const api = new Hono();
  api.use(async (context, next) => {
    const given = context.req.header('authorization')?.replace(/^(token|bearer) /i, '');
    if (given !== token) return context.json({ message: 'Bad credentials' }, 401);
    return next();
  });
  api.use('/api/v3/repos/:owner/:name/*', async (context, next) => {
    if (hasRepository(root, nameOf(context.req.param()))) return next();
    return context.json({ message: 'Not Found' }, 404);
  });

  api.get('/api/v3/repos/:owner/:name', (context) => {
    const name = nameOf(context.req.param());
    if (!hasRepository(root, name)) return context.json({ message: 'Not Found' }, 404);
    return context.json({ full_name: name, archived: false, permissions: { push: !readOnly.has(name) } });
  });
  api.get('/api/v3/repos/:owner/:name/pulls', async (context) => {
    const name = nameOf(context.req.param());
    const { head, state = 'open' } = context.req.query();
    const branch = head?.slice(head.indexOf(':') + 1);
    const found = pulls.all
      .filter((pull) => pull.repository === name && (state === 'all' || pull.state === state))
      .filter((pull) => branch === undefined || pull.head === branch)
      .toReversed();
    return context.json(await Promise.all(found.map((pull) => pulls.describe(pull))));
  });
  api.get('/api/v3/repos/:owner/:name/pulls/:number', async (context) => {
    const { number, ...place } = context.req.param();
    const found = pulls.all.find(
      (pull) => pull.repository === nameOf(place) && pull.number === Number(number),
    );
    if (found === undefined) return context.json({ message: 'Not Found' }, 404);
    return context.json({ ...(await pulls.describe(found)), commits: await countCommits(root, found) });
  });
  api.put('/api/v3/repos/:owner/:name/pulls/:number/merge', async (context) => {
    const { number, ...place } = context.req.param();
    const found = pulls.all.find(
      (pull) => pull.repository === nameOf(place) && pull.number === Number(number),
    );
    if (found === undefined) return context.json({ message: 'Not Found' }, 404);
    if (found.draft || found.state === 'closed')
      return context.json({ message: 'Pull Request is not mergeable' }, 405);
    const given = JSON.parse((await context.req.text()) || '{}') as { merge_method?: MergeWay }; // nothing said: a merge
    const { merge_method: way = 'merge' } = given;
    return context.json({ sha: await mergePull(root, found, way), merged: true });
  });
  api.get('/api/v3/repos/:owner/:name/git/commits/:commit', async (context) => {
    const { commit, ...place } = context.req.param();
    return context.json(await describeCommit(root, nameOf(place), commit));
  });
  api.post('/api/v3/repos/:owner/:name/pulls', async (context) => {
    const given = await context.req.json<Partial<KeptPull>>();
    const made = await pulls.open({
      repository: nameOf(context.req.param()),
      title: given.title ?? '',
      body: given.body ?? '',
      head: given.head ?? '',
      base: given.base ?? '',
      draft: given.draft ?? false,
    });
    if (typeof made !== 'string') return context.json(await pulls.describe(made), 201);
    const errors = [{ resource: 'PullRequest', code: 'custom', message: made }];
    return context.json({ message: 'Validation Failed', errors }, 422);
  });
  api.patch('/api/v3/repos/:owner/:name/pulls/:number', async (context) => {
    const { number, ...place } = context.req.param();
    const found = pulls.all.find(
      (pull) => pull.repository === nameOf(place) && pull.number === Number(number),
    );
    if (found === undefined) return context.json({ message: 'Not Found' }, 404);
    const { title, body, state } = await context.req.json<Partial<KeptPull>>();
    Object.assign(found, {
      ...(title === undefined ? {} : { title }),
      ...(body === undefined ? {} : { body }),
      ...(state === undefined ? {} : { state }),
    });
    return context.json(await pulls.describe(found));
  });
  addBeside(api, state);
  api.get('/api/v3/repos/:owner/:name/commits/:commit/check-runs', (context) => {
    const { commit, ...place } = context.req.param();
    const found = checks.filter((check) => check.repository === nameOf(place) && isOf(check, commit));
    const latest = [...new Map(found.map((check) => [check.name, check])).values()];
    return context.json({
      total_count: latest.length,
      check_runs: pageOf(latest, context.req.query()).map((check) => ({
        id: checks.indexOf(check) + 1,
        name: check.name,
        status: check.conclusion === null ? 'in_progress' : 'completed',
        conclusion: check.conclusion,
        html_url: null,
        output: { title: check.title ?? null, summary: null, annotations_count: check.notes?.length ?? 0 },
      })),
    });
  });
  api.get('/api/v3/repos/:owner/:name/commits/:commit/status', (context) => {
    const { commit, ...place } = context.req.param();
    const found = statuses.filter((each) => each.repository === nameOf(place) && each.commit === commit);
    const latest = [...new Map(found.map((each) => [each.context, each])).values()];
    return context.json({ state: 'pending', statuses: pageOf(latest, context.req.query()) });
  });
  api.get('/api/v3/repos/:owner/:name/check-runs/:id/annotations', (context) =>
    context.json(
      (checks[Number(context.req.param('id')) - 1]?.notes ?? []).map(({ path, line, text }) => ({
        path,
        start_line: line,
        annotation_level: 'failure',
        message: text,
      })),
    ),
  );
  api.get('/api/v3/repos/:owner/:name/pulls/:number/reviews', (context) => {
    const { number, ...place } = context.req.param();
    const found = reviews.filter(
      (each) => each.repository === nameOf(place) && each.number === Number(number),
    );
    return context.json(
      pageOf(found, context.req.query()).map((each) => ({
        id: reviews.indexOf(each) + 1,
        user: { login: each.user },
        state: each.state,
        body: each.body,
        commit_id: each.commit,
        html_url: null,
      })),
    );
  });
  api.get('/api/v3/repos/:owner/:name/pulls/:number/reviews/:id/comments', (context) =>
    context.json(reviews[Number(context.req.param('id')) - 1]?.comments ?? []),
  );
  api.get('/api/v3/repos/:owner/:name/collaborators/:user/permission', (context) => {
    const { user, ...place } = context.req.param();
    const found = reviews.find((each) => each.repository === nameOf(place) && each.user === user);
    if (found === undefined) return context.json({ message: 'Not Found' }, 404);
    return context.json({ permission: found.permission });
  });
  api.post('/api/graphql', async (context) => {
    const { query, variables } = await context.req.json<{
      query: string;
      variables: { id?: string; after?: string | null };
    }>();
    const found = pulls.all.find((pull) => nodeId(pull) === variables.id);
    if (found !== undefined && query.includes('viewerDidAuthor')) {
      const comments = describeComments(state, found, variables.after ?? null);
      return context.json({ data: { node: { comments } } });
    }
    const draft = query.includes('convertPullRequestToDraft');
    if ((!draft && !query.includes('markPullRequestReadyForReview')) || found === undefined)
      return context.json({ errors: [{ message: 'Could not resolve to a node' }] });
    found.draft = draft;
    const name = draft ? 'convertPullRequestToDraft' : 'markPullRequestReadyForReview';
    return context.json({ data: { [name]: { pullRequest: { isDraft: draft } } } });
  });
  return api;
}

function pageOf<Each>(all: readonly Each[], query: Record<string, string>): readonly Each[] {
  const size = Number(query['per_page'] ?? 30);
  const from = (Number(query['page'] ?? 1) - 1) * size;
  return all.slice(from, from + size);
}

function isOf(check: KeptCheck, commit: string): boolean {
  return check.commit === null || check.commit === commit;
}
