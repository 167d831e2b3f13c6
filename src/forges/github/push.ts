/** Pushing by plain git over HTTPS. The token is in git's environment alone: in no argument, file, address or agent. */
import { keepBase, refHead, isAncestor, isBranchName, moveRefs, QUIET_FETCH } from '../git-refs.ts';
import { UNREACHABLE_WAIT_MS, USUAL_WAIT } from './outcome-of-error.ts';
import { runGit, type GitOutput } from '../../workspace/git.ts';
import type { ForgeBase, ForgeOutcome, ForgePlace, ForgeRequest } from '../forge.ts';
import type { Environment, ForgeRemote } from './remote.ts';

export interface PushAccess extends ServerAccess {
  token: string;
}

export interface ServerAccess {
  remote: ForgeRemote;
  /** null: as nobody in particular. */
  token: string | null;
  /** The caller's: proxies and certificates. */
  environment: Environment;
  signal: AbortSignal;
}

const MAX_TRIES = 3;
const DONE = { kind: 'confirmed', performed: true, pullRequest: null } as const;
const FOUND_DONE = { kind: 'confirmed', performed: false, pullRequest: null } as const;

/** Brings the branch to the head by going forward from what this run pushed before; never by force. */
export async function pushBranch(access: PushAccess, request: ForgeRequest): Promise<ForgeOutcome> {
  const { branch, head, store } = request;
  if (!(await isBranchName(store, branch)))
    return { kind: 'refused', detail: `${JSON.stringify(branch)} is no name for a branch.` };
  let last: ForgeOutcome = { kind: 'failed', detail: 'It was not tried.', retryable: true };
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const there = await headAt(access, request);
    if (typeof there !== 'string' && there !== null) return there;
    if (there === head) {
      await remember(request);
      return FOUND_DONE;
    }
    const refusal = await whyNotOurs(request, there);
    if (refusal !== null) return { kind: 'refused', detail: refusal };
    await remember(request);
    const refspec = `${head}:refs/heads/${branch}`;
    const pushed = await git(access, store, [
      'push',
      '--porcelain',
      '--no-verify',
      access.remote.url,
      refspec,
    ]);
    if (pushed.code === 0) return DONE;
    last = outcomeOfPush(pushed);
    // Somebody was there between the look and the push: the next look says whose it is.
    if (last.kind !== 'refused' || !/fetch first|non-fast-forward/.test(last.detail)) return last;
  }
  return last;
}

/** Whether the branch could be pushed and has a base to be compared with; nothing is sent but the question. */
export async function tryPush(access: PushAccess, request: ForgeRequest): Promise<ForgeOutcome> {
  const { branch, head, store, repo } = request;
  if (!(await isBranchName(store, branch)))
    return { kind: 'refused', detail: `${JSON.stringify(branch)} is no name for a branch.` };
  const base = await headAt(access, { ...request, branch: repo.baseRef });
  if (base === null)
    return { kind: 'refused', detail: `There is no branch ${repo.baseRef} at ${access.remote.url}.` };
  const there = typeof base === 'string' ? await headAt(access, request) : base;
  if (typeof there !== 'string' && there !== null) return there;
  const refusal = there === head ? null : await whyNotOurs(request, there);
  if (refusal !== null) return { kind: 'refused', detail: refusal };
  const refspec = `${head}:refs/heads/${branch}`;
  const tried = await git(access, store, [
    'push',
    '--dry-run',
    '--porcelain',
    '--no-verify',
    access.remote.url,
    refspec,
  ]);
  return tried.code === 0 ? FOUND_DONE : outcomeOfPush(tried);
}

/** What the base branch holds now, brought into the store. Nothing is fetched where it is the run's own base. */
export async function readBase(access: PushAccess, place: ForgePlace): Promise<ForgeBase> {
  const { baseRef, baseCommit } = place.repo;
  if (!(await isBranchName(place.store, baseRef)))
    return { kind: 'refused', detail: `${JSON.stringify(baseRef)} is no name for a branch.` };
  const there = await headAt(access, { ...place, branch: baseRef });
  if (there === null || there === baseCommit) return { kind: 'base', commit: there };
  if (typeof there !== 'string') return there.kind === 'confirmed' ? { kind: 'base', commit: null } : there;
  let failed: ForgeOutcome | null = null;
  const run = async (gitDir: string, args: string[]): Promise<void> => {
    const fetched = await git(access, gitDir, args);
    if (fetched.code !== 0) failed = outcomeOfPush(fetched);
  };
  const fetch = ['fetch', ...QUIET_FETCH, access.remote.url];
  const commit = await keepBase(place, { commit: there, fetch, signal: access.signal, run });
  const outcome = failed as ForgeOutcome | null;
  return outcome === null || outcome.kind === 'confirmed' ? { kind: 'base', commit } : outcome;
}

/** Takes the branch away where it still holds what this run pushed last; one that moved is somebody else's now. */
export async function deleteBranch(access: PushAccess, place: ForgePlace): Promise<ForgeOutcome> {
  const there = await headAt(access, place);
  if (there === null) return FOUND_DONE;
  if (typeof there !== 'string') return there;
  if ((await refHead(place.store, memoryOf(place))) !== there)
    return {
      kind: 'refused',
      detail: `The branch ${place.branch} holds ${there.slice(0, 12)}, which this run did not push.`,
    };
  // The lease is no force: it goes only while it holds exactly that.
  const lease = `--force-with-lease=refs/heads/${place.branch}:${there}`;
  const gone = await git(access, place.store, [
    'push',
    '--porcelain',
    '--no-verify',
    lease,
    access.remote.url,
    `:refs/heads/${place.branch}`,
  ]);
  return gone.code === 0 ? DONE : outcomeOfPush(gone);
}

/** The branch's commit at the forge; null: there is none. */
async function headAt(access: PushAccess, place: ForgePlace): Promise<string | null | ForgeOutcome> {
  const ref = `refs/heads/${place.branch}`;
  const listed = await git(access, place.store, ['ls-remote', '--refs', access.remote.url, ref]);
  if (listed.code !== 0) return outcomeOfPush(listed);
  const line = listed.stdout
    .toString('utf8')
    .split('\n')
    .find((each) => each.endsWith(`\t${ref}`));
  return line?.split('\t')[0] ?? null;
}

async function whyNotOurs(request: ForgeRequest, there: string | null): Promise<string | null> {
  if (there === null) return null;
  const { branch, head, store } = request;
  const pushed = await refHead(store, memoryOf(request));
  const isOwn = pushed !== null && (pushed === there || (await isAncestor(store, there, pushed)));
  if (!isOwn) return `The branch ${branch} holds ${there.slice(0, 12)}, which this run did not push.`;
  if (await isAncestor(store, there, head)) return null;
  return `The branch ${branch} holds ${there.slice(0, 12)}, and ${head.slice(0, 12)} does not continue it.`;
}

/** Written before the push: whatever happens to its reply, the commit is known as this run's. */
async function remember(request: ForgeRequest): Promise<void> {
  const ref = memoryOf(request);
  await moveRefs(request.store, [{ ref, from: await refHead(request.store, ref), to: request.head }]);
}

/** In the engine's own store: neither agents nor people write there. */
function memoryOf(place: ForgePlace): string {
  return `refs/baton/${place.runId}/pushed/${place.branch}`;
}

/** Git in one of our own repositories, with the server's token in its environment. */
export function git(access: ServerAccess, gitDir: string, args: string[]): Promise<GitOutput> {
  const { server } = access.remote;
  const basic = Buffer.from(`x-access-token:${access.token}`).toString('base64');
  const settings = [
    [`protocol.${new URL(server).protocol.slice(0, -1)}.allow`, 'always'],
    // A token goes to the server that it is for, and not to where that one points.
    ['http.followRedirects', 'false'],
    ...(access.token === null ? [] : [[`http.${server}/.extraHeader`, `Authorization: Basic ${basic}`]]),
    ['http.lowSpeedLimit', '1000'],
    ['http.lowSpeedTime', '60'],
  ];
  const env = Object.fromEntries([
    ['GIT_CONFIG_COUNT', String(settings.length)],
    ...settings.flatMap(([key = '', value = ''], index) => [
      [`GIT_CONFIG_KEY_${index}`, key],
      [`GIT_CONFIG_VALUE_${index}`, value],
    ]),
    ...PASSED_ON.flatMap((name) => {
      const value = access.environment[name];
      return value === undefined ? [] : [[name, value]];
    }),
  ]) as Record<string, string>;
  return runGit({ gitDir, args, env, answers: [1, 128], signal: access.signal, isSecret: true });
}

/** How this machine reaches others. */
const PASSED_ON = [
  'https_proxy',
  'HTTPS_PROXY',
  'http_proxy',
  'no_proxy',
  'NO_PROXY',
  'all_proxy',
  'ALL_PROXY',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'GIT_SSL_CAINFO',
] as const;

/** What git says where nothing was sent: no name, no route, nobody who listens, no certificate that holds. */
const NO_WAY = /Could not resolve|Failed to connect|Connection refused|certificate/i;

/** What git says when a push or a look fails: whether it makes sense to try again, and when. It does not tell what a limit asks for. */
export function outcomeOfPush(output: Pick<GitOutput, 'stdout' | 'stderr'>): ForgeOutcome {
  const line = output.stdout
    .toString('utf8')
    .split('\n')
    .find((each) => each.startsWith('!'));
  const words = [line?.split('\t').slice(2).join(' ') ?? '', ...remoteWords(output.stderr)];
  const said = words
    .filter((word) => word !== '')
    .join(' ')
    .slice(0, 500);
  const status = /returned error: (\d{3})/.exec(output.stderr)?.[1];
  const isRefused =
    line !== undefined
      ? !/failed to (update|lock) ref|cannot lock ref/i.test(said)
      : (status !== undefined && /^4(?!08|29)/.test(status)) ||
        /Authentication failed|Invalid username|could not read Username|not found|unable to update url base from redirection/i.test(
          output.stderr,
        );
  if (isRefused) return { kind: 'refused', detail: `The forge refused it: ${said}.` };
  const failed = {
    kind: 'failed',
    detail: `The forge could not be reached: ${said}.`,
    retryable: true,
  } as const;
  if (status === '429') return { ...failed, ...USUAL_WAIT };
  // Somebody else held the branch for a moment: the server answers.
  if (line !== undefined) return failed;
  return NO_WAY.test(output.stderr)
    ? { ...failed, waitMs: UNREACHABLE_WAIT_MS, grows: true }
    : { ...failed, grows: true };
}

/** The lines that say why, without git's advice. */
function remoteWords(stderr: string): string[] {
  return stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^(remote:|fatal:|error: (?!failed to push))/.test(line))
    .slice(0, 5);
}
