/** One look at a pull request that is ready: what its checks and the people who may write there say of exactly what was pushed. */
import type { EventOf } from '../core/events.ts';
import { USUAL_FOLLOWING } from '../core/effects/following.ts';
import { findingPrefix } from '../core/keys.ts';
import { stepOf, type EffectState } from '../core/state.ts';
import { draftsOf } from '../gates/forge-checks/run-forge-checks.ts';
import { fingerprintOf, toFindings, type FindingDraft } from '../gates/findings.ts';
import type { ForgeCheck, ForgeOutcome, ForgeReview } from '../forges/forge.ts';
import { ownerCandidates, withOwners } from './owners.ts';
import type { RunContext } from './run-context.ts';
import { placeOf } from './submission.ts';

const LONGEST_PAUSE_MS = 60_000;
/** What findings of the forge are known by. */
const SOURCE = 'forge';

export type FollowLook =
  | Extract<EventOf<'effect_ended'>['outcome'], { kind: 'confirmed' | 'pending' }>
  | Exclude<ForgeOutcome, { kind: 'confirmed' }>;

export async function lookAtPull(
  ctx: RunContext,
  { key, repo, step }: { key: string; repo: string; step: string },
  signal: AbortSignal,
): Promise<FollowLook> {
  const { state, forge } = ctx;
  const place = placeOf(ctx, repo);
  const commit = state.pushed.get(repo)?.commit ?? '';
  if (!forge.hasChecks) return seen({ findings: [], notes: [] });
  const said = await forge.readReviews(place, signal);
  if (said.kind !== 'reviews') return said;
  if (said.state === 'merged') return seen({ findings: [], notes: [`${repo}: it was merged`] });
  if (said.state === 'closed')
    return { kind: 'refused', detail: `The pull request of ${repo} was closed by somebody.` };
  if (said.head !== commit)
    return {
      kind: 'failed',
      detail: `The pull request of ${repo} holds ${said.head.slice(0, 12)}, and ${commit.slice(0, 12)} was pushed.`,
      retryable: true,
    };
  const checked = await forge.readChecks(place, commit, signal);
  if (checked.kind !== 'checks') return checked;
  const st = stepOf(state, step);
  const answered = answeredIn(ctx, repo);
  const isObeyed = (review: ForgeReview): boolean =>
    isRequest(review) && (review.commit === commit || !isAnswered(repo, review, answered));
  const waits = whatWaits(ctx, key, { checks: checked.checks, isAsked: said.reviews.some(isObeyed) });
  if (waits !== null) return waits;
  const drafts = [
    ...checked.checks.filter((check) => check.state === 'failed').flatMap((check) => draftsOf(repo, check)),
    ...said.reviews.filter(isObeyed).flatMap((review) => draftsOfReview(repo, review)),
  ].map((draft) => clean(ctx, draft));
  const found = toFindings(drafts, SOURCE, `${findingPrefix(st, SOURCE)}/${repo}`, 0);
  return seen({
    findings: await withOwners(ctx, found, ownerCandidates(state, st)),
    notes: said.reviews
      .filter((review) => !isObeyed(review))
      .flatMap((review) => noteOf(repo, review))
      .map((note) => ctx.redactor.text(note)),
  });
}

function seen(followed: { findings: ReturnType<typeof toFindings>; notes: string[] }): FollowLook {
  return { kind: 'confirmed', performed: false, pull_request: null, followed };
}

/**
 * null: everything has ended. What is red, and what people ask for, is answered together, when the last check has ended or the time is up: one
 * that never ends hides neither.
 */
function whatWaits(
  ctx: RunContext,
  key: string,
  { checks, isAsked }: { checks: readonly ForgeCheck[]; isAsked: boolean },
): FollowLook | null {
  const follow = ctx.state.follow ?? USUAL_FOLLOWING;
  const known: Pick<EffectState, 'pendings' | 'followedMs'> = ctx.state.effects.get(key) ?? {
    pendings: 0,
    followedMs: 0,
  };
  const left = follow.for_ms - known.followedMs;
  const pause = Math.min(LONGEST_PAUSE_MS, follow.every_ms * 2 ** Math.min(known.pendings, 10));
  const again = (detail: string): FollowLook => ({
    kind: 'pending',
    detail,
    wait_ms: Math.max(1, Math.min(pause, left)),
  });
  if (checks.length === 0)
    return known.followedMs < Math.min(follow.grace_ms, follow.for_ms) ? again('no check has begun') : null;
  const running = checks.filter((check) => check.state === 'running');
  const isRed = isAsked || checks.some((check) => check.state === 'failed');
  if (running.length === 0 || (isRed && left <= pause)) return null;
  return again(`still running: ${running.map(({ name }) => name).join(', ')}`);
}

/** Of somebody who has a say. */
function isRequest({ state, mayWrite }: ForgeReview): boolean {
  return state === 'changes_requested' && mayWrite;
}

/** Everything that somebody had to answer about this pull request so far. */
function answeredIn({ state }: RunContext, repo: string): ReadonlySet<string> {
  const looks = [...state.effects.values()].filter((each) => each.effect === 'follow' && each.repo === repo);
  return new Set(looks.flatMap(({ followed }) => followed?.findings ?? []).map((each) => each.fingerprint));
}

/** Whether what was said of an earlier commit went to its owners: it stays at the forge until its author looks again. */
function isAnswered(repo: string, review: ForgeReview, answered: ReadonlySet<string>): boolean {
  return draftsOfReview(repo, review).every((draft) => answered.has(fingerprintOf(draft, SOURCE)));
}

function draftsOfReview(repo: string, { author, text, comments, url }: ForgeReview): FindingDraft[] {
  const where = url === null ? '' : ` (${url})`;
  const common = { severity: 'major', blocking: true, repo } as const;
  const fix = `Do what the review asks for, or say in the summary why not${where}.`;
  const said = (words: string): string => `${author} asks for a change: ${JSON.stringify(words)}`;
  const whole = text.trim() === '' && comments.length > 0 ? [] : [text];
  return [
    ...whole.map((words) => ({
      ...common,
      file: null,
      line: null,
      identity: `${author} ${words}`,
      problem: said(words),
      fix,
    })),
    ...comments.map((comment) => ({
      ...common,
      file: comment.path,
      line: comment.line,
      identity: `${author} ${comment.text}`,
      problem: said(comment.text),
      fix,
    })),
  ];
}

/** What is told and moves nothing. */
function noteOf(repo: string, review: ForgeReview): string[] {
  if (review.state !== 'changes_requested') return [];
  return review.mayWrite
    ? [
        `${repo}: ${review.author} asked for changes of ${review.commit.slice(0, 12)}, which were answered since`,
      ]
    : [`${repo}: ${review.author}, who may not write there, asks for changes`];
}

function clean(ctx: RunContext, draft: FindingDraft): FindingDraft {
  return { ...draft, problem: ctx.redactor.text(draft.problem), fix: ctx.redactor.text(draft.fix) };
}
