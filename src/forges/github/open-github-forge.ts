/** GitHub's forge, whose client is loaded when it is first asked for something: most runs never do. */
import type { Forge } from '../forge.ts';
import type { GithubForgeOptions } from './github-forge.ts';

export function openGithubForge(options: GithubForgeOptions): Forge {
  let opened: Promise<Forge> | null = null;
  const open = (): Promise<Forge> =>
    (opened ??= import('./github-forge.ts').then(({ createGithubForge }) => createGithubForge(options)));
  return {
    name: 'github',
    hasChecks: true,
    preflight: async (repositories, signal) => (await open()).preflight(repositories, signal),
    readBase: async (place, signal) => (await open()).readBase(place, signal),
    preparePush: async (request, signal) => (await open()).preparePush(request, signal),
    pushBranch: async (request, signal) => (await open()).pushBranch(request, signal),
    openPullRequest: async (request, signal) => (await open()).openPullRequest(request, signal),
    linkPullRequests: async (request, all, signal) => (await open()).linkPullRequests(request, all, signal),
    markReady: async (request, signal) => (await open()).markReady(request, signal),
    setLabels: async (request, labels, signal) => (await open()).setLabels(request, labels, signal),
    askReviewers: async (request, wanted, signal) => (await open()).askReviewers(request, wanted, signal),
    setStatus: async (request, status, signal) => (await open()).setStatus(request, status, signal),
    writeComment: async (request, text, signal) => (await open()).writeComment(request, text, signal),
    closePullRequest: async (place, signal) => (await open()).closePullRequest(place, signal),
    deleteBranch: async (place, signal) => (await open()).deleteBranch(place, signal),
    readPull: async (place, signal) => (await open()).readPull(place, signal),
    readReviews: async (place, signal) => (await open()).readReviews(place, signal),
    readChecks: async (place, commit, signal) => (await open()).readChecks(place, commit, signal),
  };
}
