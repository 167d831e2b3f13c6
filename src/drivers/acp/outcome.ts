/** What became of an invocation, from how its last process and the conversation with it ended. */
import type { Usage } from '../../core/results.ts';
import type { FailureReason } from '../../core/words.ts';
import type { DriverOutcome } from '../driver.ts';
import { describeLeftovers, describeStop, type Stopped } from '../process/describe-stop.ts';
import { isHopeless } from '../process/hopeless-end.ts';
import type { ProcessEnd } from '../process/run-process.ts';
import type { ConversationEnd } from './conversation.ts';
import { isMetered, type Invocation, type ProcessRun } from './invocation.ts';
import { findUsedUp, type UsedUp } from './quota.ts';

/** How an attempt can end whose agent got no answer from its model: who offered a result had one to think with. */
const MAY_BE_QUOTA: readonly FailureReason[] = ['crashed', 'not_started', 'no_result', 'idle_timeout'];

/** A result counts where it was accepted and nothing of the agent is left; secrets of the invocation are taken out by whoever ordered it. */
export function toOutcome(
  invocation: Invocation,
  { end, talk, leftovers, stderr }: ProcessRun,
): DriverOutcome {
  const { options, order, offers, said, signal, overflow } = invocation;
  const accepted = offers.accepted();
  const offered = offers.raw();
  const facts = {
    raw: offered.length > 0 ? offered : said.raw(),
    usage: usageOf(invocation),
  };
  const fail = (
    { reason, detail, hopeless }: Stopped,
    more: { retryAfterMs?: number } = {},
  ): DriverOutcome => {
    return {
      kind: 'failed',
      reason,
      detail,
      ...(hopeless && { hopeless }),
      ...more,
      ...facts,
    };
  };
  const left = describeLeftovers(leftovers);
  if (left !== null) return fail(left);
  if (signal.aborted) return fail({ reason: 'cancelled', detail: 'It was asked to stop.' });
  if (accepted !== null) return { kind: 'submitted', result: accepted.result, ...facts };
  // Whoever has had the last word is ended by us: that is no stop.
  const stopped = end.kind === 'cancelled' ? null : describeStop(end, order);
  if (stopped !== null && overflow !== null) return fail({ ...stopped, detail: overflow });
  const found = stopped ?? endOfTalk(invocation, talk, { end, stderr });
  const now = options.now?.() ?? new Date();
  const usedUp = MAY_BE_QUOTA.includes(found.reason) ? usedUpBy(invocation, { talk, stderr }, now) : null;
  if (usedUp === null) return fail(found);
  const { said: words, retryAt } = usedUp;
  const wait = retryAt === null ? {} : { retryAfterMs: Math.max(1, retryAt.getTime() - now.getTime()) };
  const detail = `The plan that ${options.profile.title} is logged in with is used up: ${words}`;
  return fail({ reason: 'quota_exceeded', detail }, wait);
}

/** null: it says nothing of that, or a gateway knows better. */
function usedUpBy(
  { options, said }: Invocation,
  { talk, stderr }: Pick<ProcessRun, 'talk' | 'stderr'>,
  now: Date,
): UsedUp | null {
  const { quota } = options.profile;
  if (quota === undefined || isMetered(options)) return null;
  const error = talk === null || talk.kind === 'stopped' ? '' : talk.detail;
  const last_words = talk?.kind === 'stopped' ? said.lastWords() : '';
  return findUsedUp(quota, { error, stderr, last_words }, now);
}

function endOfTalk(
  { offers, options }: Invocation,
  talk: ConversationEnd | null,
  process: { end: ProcessEnd; stderr: string },
): Stopped {
  const heard = process.stderr === '' ? '' : `\nOn stderr:\n${process.stderr}`;
  if (talk?.kind === 'not_opened') {
    const detail = `${options.profile.title} opened no session: ${talk.detail}.${heard}`;
    const { end, stderr } = process;
    const isGone = end.kind === 'exited' && isHopeless({ code: end.code, said: stderr });
    return { reason: 'not_started', detail, ...(isGone && { hopeless: true }) };
  }
  if (talk?.kind === 'failed')
    return { reason: 'crashed', detail: `It answered with an error: ${talk.detail}.${heard}` };
  if (talk?.kind !== 'stopped') {
    const how = process.end.kind === 'exited' ? `It ended with ${exitWord(process.end)}` : 'It broke off';
    const last = talk?.detail ?? 'it said nothing';
    return { reason: 'crashed', detail: `${how} in the middle of the conversation: ${last}.${heard}` };
  }
  const problems = offers.lastProblems();
  if (problems.length > 0) return { reason: 'invalid_output', detail: problems.join('; ') };
  const asked = talk.nudged ? 'after it had been asked once more' : 'and was not asked again';
  const detail = `It ended its turn (${talk.reason}) without handing anything in, ${asked}.`;
  return { reason: 'no_result', detail };
}

function exitWord(end: { code: number | null; signal: string | null }): string {
  return end.code === null ? (end.signal ?? 'a signal') : `exit code ${end.code}`;
}

/** What was measured; else what the agent says, as far as its profile vouches for it. */
function usageOf({ order, usage, options }: Invocation): Usage {
  if (isMetered(options) && order.modelAccess !== null) return order.modelAccess.usage();
  const { usage: word, cost } = options.profile;
  const counts = word === 'turn' || word === 'session';
  return {
    input_tokens: counts && usage !== null && usage.inputTokens > 0 ? usage.inputTokens : null,
    output_tokens: counts && usage !== null && usage.outputTokens > 0 ? usage.outputTokens : null,
    cost_usd: cost === 'reported' && usage !== null && usage.costUsd > 0 ? usage.costUsd : null,
  };
}
