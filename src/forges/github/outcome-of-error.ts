/** What a failed call to GitHub means: try again, wait, or ask a person. */
import { GraphqlResponseError } from '@octokit/graphql';
import { RequestError } from '@octokit/request-error';
import type { ForgeOutcome } from '../forge.ts';
import { MovedRepository, UnreadableReply } from './fetch-within.ts';
import { TooLongList } from './read-reply.ts';

/** Waits that GitHub asks for are kept, up to the hour in which its limits begin anew. */
const LONGEST_WAIT_MS = 3_600_000;
/** Where there is no way to the forge, the first pause, in milliseconds; the engine makes the next ones longer. */
export const UNREACHABLE_WAIT_MS = 15_000;
type Wait = Pick<Extract<ForgeOutcome, { kind: 'failed' }>, 'waitMs' | 'grows'>;

/** After a limit that names no time GitHub asks for a minute at least, and for more where that was too little. */
export const USUAL_WAIT: Wait = { waitMs: 60_000, grows: true };

export function outcomeOfError(error: unknown, now: Date): ForgeOutcome {
  if (error instanceof UnreadableReply) return later(`${error.message}: is a proxy in between?`);
  if (error instanceof TooLongList) return refused(error.message);
  if (error instanceof GraphqlResponseError) return outcomeOfGraphql(error, now);
  if (!(error instanceof RequestError)) return again(describe(error));
  if (error.cause instanceof MovedRepository)
    return refused(`The repository has moved to ${error.cause.location}: set the remote to where it is now`);
  if (error.cause instanceof UnreadableReply) return later(error.cause.message);
  if (error.response === undefined) {
    const failed = later(`GitHub could not be reached: ${describe(error)}`);
    return hasNoWay(error.cause) ? { ...failed, waitMs: UNREACHABLE_WAIT_MS } : failed;
  }
  const { status, headers, data } = error.response;
  const said = sayReply(status, data);
  const wait = waitOf(status, headers, { said, now });
  if (wait !== null) return { ...again(said), ...wait };
  if (status >= 500 || status === 408) return later(said);
  if (status === 401) return refused(`GitHub does not take the token (${said})`);
  if (status === 404)
    return refused(`GitHub knows no such repository, or the token may not see it (${said})`);
  return refused(said);
}

/** Told with status 200, also where it is a limit, or nothing that will be the same a moment later. */
function outcomeOfGraphql(
  { errors, headers, message }: Pick<GraphqlResponseError<unknown>, 'errors' | 'headers' | 'message'>,
  now: Date,
): ForgeOutcome {
  const said = errors?.[0]?.message ?? message;
  const isLimited = errors?.some(({ type }) => type === 'RATE_LIMITED') === true || /rate limit/i.test(said);
  if (isLimited) return { ...again(said), ...(waitNamed(headers, now) ?? USUAL_WAIT) };
  return /something went wrong|timed? ?out|try again/i.test(said) ? later(said) : refused(said);
}

/** Whether it says that the pull request is there already. */
export function saysItExists(error: unknown): boolean {
  return error instanceof RequestError && error.status === 422 && /already exists/i.test(error.message);
}

export function saysNoDrafts(error: unknown): boolean {
  return (
    error instanceof RequestError &&
    error.status === 422 &&
    /draft pull requests? (is|are) not/i.test(error.message)
  );
}

type Headers = Readonly<Record<string, string | number | undefined>>;

interface Said {
  said: string;
  now: Date;
}

/** Until it may be tried again; null: it is no limit that was met. */
function waitOf(status: number, headers: Headers, { said, now }: Said): Wait | null {
  if (status !== 403 && status !== 429 && status !== 503) return null;
  const named = waitNamed(headers, now);
  if (named !== null) return named;
  return status === 429 || (status === 403 && /rate limit/i.test(said)) ? USUAL_WAIT : null;
}

/** What a reply asks to wait; null: it names no time. */
function waitNamed(headers: Headers, now: Date): Wait | null {
  const after = Number(headers['retry-after']);
  if (Number.isFinite(after) && headers['retry-after'] !== '') return bounded(after * 1000);
  const date = Date.parse(String(headers['retry-after']));
  if (Number.isFinite(date)) return bounded(date - now.getTime());
  if (String(headers['x-ratelimit-remaining']) === '0')
    return bounded(Number(headers['x-ratelimit-reset']) * 1000 - now.getTime());
  return null;
}

function bounded(ms: number): Wait {
  return Number.isFinite(ms) ? { waitMs: Math.min(Math.max(ms, 0), LONGEST_WAIT_MS) } : USUAL_WAIT;
}

function sayReply(status: number, data: unknown): string {
  const isJson = typeof data === 'object' && data !== null && 'message' in data;
  const words = isJson ? `: ${String(data.message)}${details(data)}` : ', and it is no reply of its API';
  return `GitHub answered ${status}${words}`.slice(0, 500);
}

function details(data: object): string {
  const errors = 'errors' in data && Array.isArray(data.errors) ? (data.errors as unknown[]) : [];
  const texts = errors.map((each) =>
    typeof each === 'object' && each !== null && 'message' in each ? String(each.message) : '',
  );
  return texts
    .filter((text) => text !== '')
    .map((text) => ` (${text})`)
    .join('');
}

/** No name, no route, nobody who listens, or a certificate that does not hold: nothing was sent, and a moment later it is the same. */
function hasNoWay(cause: unknown): boolean {
  const code = String((cause as NodeJS.ErrnoException | undefined)?.code);
  return /^E(?:NOTFOUND|AI_AGAIN|CONNREFUSED|HOSTUNREACH|NETUNREACH|TIMEDOUT)$|CERT|SIGNATURE|UNABLE_TO_/.test(
    code,
  );
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function refused(detail: string): ForgeOutcome {
  return { kind: 'refused', detail: `${detail}.` };
}

function again(detail: string): Extract<ForgeOutcome, { kind: 'failed' }> {
  return { kind: 'failed', detail: `${detail}.`, retryable: true };
}

/** A server that fails, or somebody between who does: it may be back in a moment, or in hours. */
export function later(detail: string): Extract<ForgeOutcome, { kind: 'failed' }> {
  return { ...again(detail), grows: true };
}
