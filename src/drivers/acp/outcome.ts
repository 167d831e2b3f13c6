/** What became of an invocation, from how its last process and the conversation with it ended. */
import type { Usage } from '../../core/results.ts';
import type { DriverOutcome } from '../driver.ts';
import type { ProcessEnd } from '../process/run-process.ts';
import type { ConversationEnd } from './conversation.ts';
import { isMetered, type Invocation, type ProcessRun } from './invocation.ts';

/** A result counts where it was accepted and nothing of the agent is left; no secret of the invocation stands in it. */
export function toOutcome(
  invocation: Invocation,
  { end, talk, leftovers, stderr }: ProcessRun,
): DriverOutcome {
  const { order, offers, said, redactor, signal } = invocation;
  const usage = usageOf(invocation);
  const accepted = offers.accepted();
  const offered = offers.raw();
  const raw = Buffer.from(redactor.text(Buffer.from(offered.length > 0 ? offered : said.raw()).toString()));
  const fail = (reason: (DriverOutcome & { kind: 'failed' })['reason'], detail: string): DriverOutcome => {
    return { kind: 'failed', reason, detail: redactor.text(detail), raw, usage };
  };
  if (leftovers.length > 0)
    return fail('leftover_processes', `Processes that could not be ended: ${leftovers.join(', ')}.`);
  if (signal.aborted) return fail('cancelled', 'It was asked to stop.');
  if (accepted !== null) return { kind: 'submitted', result: redactor.value(accepted.result), raw, usage };
  switch (end.kind) {
    case 'not_started':
      return fail('not_started', end.detail);
    case 'idle_timeout':
      return fail('idle_timeout', `It said nothing for ${order.idleTimeoutMs} ms.`);
    case 'total_timeout':
      return fail('total_timeout', `It was not done after ${order.totalTimeoutMs} ms.`);
    case 'output_limit':
      return fail('output_limit', `It wrote more than ${order.maxOutputBytes} bytes.`);
    case 'exited':
    case 'cancelled':
      return fail(...endOfTalk(invocation, talk, { end, stderr }));
  }
}

function endOfTalk(
  { offers, options }: Invocation,
  talk: ConversationEnd | null,
  process: { end: ProcessEnd; stderr: string },
): [(DriverOutcome & { kind: 'failed' })['reason'], string] {
  const heard = process.stderr === '' ? '' : `\nOn stderr:\n${process.stderr}`;
  if (talk?.kind === 'not_opened')
    return ['not_started', `${options.profile.title} opened no session: ${talk.detail}.${heard}`];
  if (talk?.kind === 'failed') return ['crashed', `It answered with an error: ${talk.detail}.${heard}`];
  if (talk?.kind !== 'stopped') {
    const how = process.end.kind === 'exited' ? `It ended with ${exitWord(process.end)}` : 'It broke off';
    return [
      'crashed',
      `${how} in the middle of the conversation: ${talk?.detail ?? 'it said nothing'}.${heard}`,
    ];
  }
  const problems = offers.lastProblems();
  if (problems.length > 0) return ['invalid_output', problems.join('; ')];
  return [
    'no_result',
    `It ended its turn (${talk.reason}) without handing anything in, and was asked once more.`,
  ];
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
