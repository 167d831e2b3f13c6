/** Pushing to a bare repository on this disk: probe, copy the commits, move the reference, never by force. */
import { createHash } from 'node:crypto';
import type { ForgeOutcome, ForgePlace, ForgeRequest } from '../forge.ts';
import { branchHead, fetchCommits, isAncestor, isBranchName, moveRefs, refHead } from '../git-refs.ts';
import type { BareRepository } from './bare-repository.ts';

const MAX_TRIES = 3;

/** Where the forge remembers what this run pushed: a branch that moved since is no longer ours. */
function pushedRef(request: ForgePlace): string {
  const owner = createHash('sha256').update(request.marker).digest('hex').slice(0, 16);
  return `refs/baton/pushed/${owner}/${request.branch}`;
}

/** Brings the branch to the head, unless it holds anything but this run's own commits. */
export async function pushTo(
  bare: BareRepository,
  request: ForgeRequest,
  signal: AbortSignal,
): Promise<ForgeOutcome> {
  if (!(await isBranchName(bare.path, request.branch))) {
    return { kind: 'refused', detail: `${JSON.stringify(request.branch)} is no name for a branch.` };
  }
  await provideBase(bare, request, signal);
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const there = await branchHead(bare.path, request.branch);
    if (there === request.head) return { kind: 'confirmed', performed: false, pullRequest: null };
    await fetchCommits({ gitDir: bare.path, from: request.store, commits: [request.head], signal });
    const refusal = there === null ? null : await whyNotOurs(bare, request, there);
    if (refusal !== null) return { kind: 'refused', detail: refusal };
    if (await moveBranch(bare, request, there))
      return { kind: 'confirmed', performed: true, pullRequest: null };
  }
  return {
    kind: 'refused',
    detail: `The branch ${request.branch} cannot be set in ${bare.path}: another one is in its way.`,
  };
}

/** What would keep the branch from being brought to the head; null: nothing that is seen now. */
export async function whyNoPush(bare: BareRepository, request: ForgeRequest): Promise<string | null> {
  if (!(await isBranchName(bare.path, request.branch)))
    return `${JSON.stringify(request.branch)} is no name for a branch.`;
  const there = await branchHead(bare.path, request.branch);
  if (there === null || there === request.head) return null;
  const pushed = await refHead(bare.path, pushedRef(request));
  if (pushed === there) return null;
  return `The branch ${request.branch} holds ${there.slice(0, 12)}, which this run did not push.`;
}

async function whyNotOurs(
  bare: BareRepository,
  request: ForgeRequest,
  there: string,
): Promise<string | null> {
  const pushed = await refHead(bare.path, pushedRef(request));
  if (pushed !== there)
    return `The branch ${request.branch} holds ${there.slice(0, 12)}, which this run did not push.`;
  if (await isAncestor(bare.path, there, request.head)) return null;
  return `The branch ${request.branch} holds ${there.slice(0, 12)}, and ${request.head.slice(0, 12)} does not continue it.`;
}

/** Branch and memory move in one transaction: a kill leaves both or neither. */
async function moveBranch(
  bare: BareRepository,
  request: ForgeRequest,
  from: string | null,
): Promise<boolean> {
  const memory = pushedRef(request);
  return moveRefs(bare.path, [
    { ref: `refs/heads/${request.branch}`, from, to: request.head },
    { ref: memory, from: await refHead(bare.path, memory), to: request.head },
  ]);
}

/** Takes the branch away where it still holds what this run pushed; one that moved is somebody else's now. */
export async function deletePushed(bare: BareRepository, place: ForgePlace): Promise<ForgeOutcome> {
  const there = await branchHead(bare.path, place.branch);
  if (there === null) return { kind: 'confirmed', performed: false, pullRequest: null };
  const memory = pushedRef(place);
  const pushed = await refHead(bare.path, memory);
  const isGone =
    pushed === there &&
    (await moveRefs(bare.path, [
      { ref: `refs/heads/${place.branch}`, from: there, to: null },
      { ref: memory, from: pushed, to: null },
    ]));
  return isGone
    ? { kind: 'confirmed', performed: true, pullRequest: null }
    : {
        kind: 'refused',
        detail: `The branch ${place.branch} holds ${there.slice(0, 12)}, which this run did not push.`,
      };
}

/** The base branch has to be there for a diff. It only ever moves forward; one that went elsewhere stays as it is. */
async function provideBase(bare: BareRepository, request: ForgeRequest, signal: AbortSignal): Promise<void> {
  const { baseRef, baseCommit } = request.repo;
  if (!(await isBranchName(bare.path, baseRef))) return;
  const there = await branchHead(bare.path, baseRef);
  if (there === baseCommit) return;
  await fetchCommits({ gitDir: bare.path, from: request.store, commits: [baseCommit], signal });
  if (there !== null && !(await isAncestor(bare.path, there, baseCommit))) return;
  await moveRefs(bare.path, [{ ref: `refs/heads/${baseRef}`, from: there, to: baseCommit }]);
}
