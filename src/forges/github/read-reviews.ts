/** What people say of a pull request, and whether they have a say. Source: docs.github.com/en/rest/pulls/reviews */
import type { ForgeReview } from '../forge.ts';
import type { GithubApi, GithubReview } from './github-api.ts';
import { isInside } from './read-checks.ts';

const MAX_TEXT_CHARS = 4_000;
const MAX_COMMENTS = 50;

/** The last judgement of each person; a comment is none, and a dismissed one is taken back. */
export async function readReviews(api: GithubApi, pull: number): Promise<ForgeReview[]> {
  const last = new Map<string, GithubReview>();
  for (const review of await api.reviewsOf(pull)) {
    const author = review.user?.login;
    if (author === undefined) continue;
    if (review.state === 'DISMISSED') last.delete(author);
    else if (review.state === 'APPROVED' || review.state === 'CHANGES_REQUESTED') last.set(author, review);
  }
  const reviews: ForgeReview[] = [];
  for (const [author, review] of last) reviews.push(await asReview(api, pull, { author, review }));
  return reviews;
}

async function asReview(
  api: GithubApi,
  pull: number,
  { author, review }: { author: string; review: GithubReview },
): Promise<ForgeReview> {
  const isRequest = review.state === 'CHANGES_REQUESTED';
  const comments = isRequest ? await api.commentsOf(pull, review.id) : [];
  return {
    author,
    state: isRequest ? 'changes_requested' : 'approved',
    mayWrite: isRequest && (await api.mayWrite(author)),
    commit: review.commit_id ?? '',
    text: (review.body ?? '').slice(0, MAX_TEXT_CHARS),
    comments: comments
      .filter(({ path }) => isInside(path))
      .slice(0, MAX_COMMENTS)
      .map(({ path, line, body }) => ({
        path,
        line: line ?? null,
        text: (body ?? '').slice(0, MAX_TEXT_CHARS),
      })),
    url: review.html_url ?? null,
  };
}
