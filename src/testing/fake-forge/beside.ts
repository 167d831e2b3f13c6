/** What GitHub's API does to what stands beside a pull request of the loopback forge. */
import type { Hono } from 'hono';
import { nameOf, type KeptPull, type Pulls } from './pulls.ts';

/** Who can be asked to look. */
export interface KeptPeople {
  /** Who opens pull requests here: nobody is asked about their own. */
  author: string;
  collaborators: string[];
  teams: string[];
}

const NOT_ALL = 'Reviews may only be requested from collaborators. One or more is not a collaborator.';

/** A status of a commit: the older way to report a check. */
export interface KeptStatus {
  repository: string;
  commit: string;
  context: string;
  state: 'success' | 'pending' | 'failure' | 'error';
  description?: string;
}

/** Below a pull request. */
export interface KeptComment {
  repository: string;
  number: number;
  user: string;
  body: string;
}

export interface Beside {
  pulls: Pulls;
  people: KeptPeople;
  statuses: KeptStatus[];
  /** The oldest first. */
  comments: KeptComment[];
}

const ids = new WeakMap<KeptComment, number>();
let lastId = 0;

/** Stays with a comment when others go. */
function idOf(comment: KeptComment): number {
  const id = ids.get(comment) ?? (lastId += 1);
  ids.set(comment, id);
  return id;
}

/** What the API says of comments to whoever opens pull requests here, a hundred at a time. */
export function describeComments(
  { comments, people }: Pick<Beside, 'comments' | 'people'>,
  pull: KeptPull,
  after: string | null,
): Record<string, unknown> {
  const own = comments.filter((each) => each.repository === pull.repository && each.number === pull.number);
  const from = Number(after ?? 0);
  const nodes = own.slice(from, from + 100).map((each) => ({
    fullDatabaseId: String(idOf(each)),
    body: each.body,
    viewerDidAuthor: each.user === people.author,
  }));
  const end = from + nodes.length;
  return { nodes, pageInfo: { hasNextPage: end < own.length, endCursor: String(end) } };
}

export function addBeside(api: Hono, { pulls, people, statuses, comments }: Beside): void {
  const find = ({
    number,
    ...place
  }: {
    owner: string;
    name: string;
    number: string;
  }): KeptPull | undefined =>
    pulls.all.find((pull) => pull.repository === nameOf(place) && pull.number === Number(number));

  api.post('/api/v3/repos/:owner/:name/issues/:number/labels', async (context) => {
    const pull = find(context.req.param());
    if (pull === undefined) return context.json({ message: 'Not Found' }, 404);
    const { labels = [] } = await context.req.json<{ labels?: string[] }>();
    for (const label of labels)
      if (!pull.labels.some((each) => each.toLowerCase() === label.toLowerCase())) pull.labels.push(label);
    return context.json(pull.labels.map((name) => ({ name })));
  });
  api.post('/api/v3/repos/:owner/:name/issues/:number/comments', async (context) => {
    const pull = find(context.req.param());
    if (pull === undefined) return context.json({ message: 'Not Found' }, 404);
    const { body } = await context.req.json<{ body: string }>();
    const { repository, number } = pull;
    const comment = { repository, number, user: people.author, body };
    comments.push(comment);
    return context.json({ id: idOf(comment), body }, 201);
  });
  api.patch('/api/v3/repos/:owner/:name/issues/comments/:id', async (context) => {
    const id = Number(context.req.param('id'));
    const found = comments.find((each) => idOf(each) === id);
    if (found === undefined) return context.json({ message: 'Not Found' }, 404);
    found.body = (await context.req.json<{ body: string }>()).body;
    return context.json({ id, body: found.body });
  });
  api.delete('/api/v3/repos/:owner/:name/issues/comments/:id', (context) => {
    const at = comments.findIndex((each) => idOf(each) === Number(context.req.param('id')));
    if (at < 0) return context.json({ message: 'Not Found' }, 404);
    comments.splice(at, 1);
    return context.body(null, 204);
  });
  api.post('/api/v3/repos/:owner/:name/statuses/:commit', async (context) => {
    const { commit, ...place } = context.req.param();
    const given = await context.req.json<Omit<KeptStatus, 'repository' | 'commit'>>();
    if ((given.description ?? '').length > 140)
      return context.json({ message: 'Validation Failed: description is too long' }, 422);
    statuses.push({ ...given, repository: nameOf(place), commit });
    return context.json(given, 201);
  });
  api.post('/api/v3/repos/:owner/:name/pulls/:number/requested_reviewers', async (context) => {
    const pull = find(context.req.param());
    if (pull === undefined) return context.json({ message: 'Not Found' }, 404);
    const { reviewers = [], team_reviewers = [] } = await context.req.json<{
      reviewers?: string[];
      team_reviewers?: string[];
    }>();
    if (reviewers.includes(people.author))
      return context.json({ message: 'Review cannot be requested from pull request author.' }, 422);
    const isKnown =
      reviewers.every((each) => people.collaborators.includes(each)) &&
      team_reviewers.every((each) => people.teams.includes(each));
    if (!isKnown) return context.json({ message: NOT_ALL }, 422);
    for (const each of [...reviewers, ...team_reviewers.map((team) => `@${team}`)])
      if (!pull.asked.includes(each)) pull.asked.push(each);
    return context.json(await pulls.describe(pull), 201);
  });
}
