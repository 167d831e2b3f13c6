/** What agents read of the place where they hand in. It stands apart from the server, whose packages most processes never need. */
import type { Reply } from './offers.ts';

/** The name of the server, as agents show it beside the tool's. */
export const SUBMIT_SERVER = 'baton';
export const SUBMIT_TOOL = 'submit_result';

/** What the agent reads as the tool's answer. */
export function replyText(reply: Reply): string {
  if (reply.kind === 'accepted')
    return 'Accepted. Your work is done: end your turn now and change nothing more.';
  const list = reply.problems.map((problem) => `- ${problem}`).join('\n');
  return reply.final
    ? `Refused:\n${list}\nEnd your turn now.`
    : `Refused. This is wrong with it:\n${list}\nMend it and call ${SUBMIT_TOOL} again, with the whole result.`;
}
