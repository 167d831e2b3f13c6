/** The work order as an agent of the protocol reads it: one prompt, its context behind it. */
import type { WorkOrder } from '../driver.ts';
import { SUBMIT_SERVER, SUBMIT_TOOL } from '../submit/submit-server.ts';

/** Said where an agent ended its turn and nothing counts yet. */
export const NUDGE = `You have ended your turn, and nothing was handed in: only what ${SUBMIT_TOOL} takes counts. Finish what is missing, then call ${SUBMIT_TOOL} with your whole result.`;

/** Said to an agent whose process ended in the middle of its work. */
export const GO_ON = `Your process ended in the middle of the work and was started again; the files are as you left them. Go on, and call ${SUBMIT_TOOL} when you are done.`;

/** What is asked, what it has to know, and how the result is handed in. Everything but the instructions. */
export function orderText(order: WorkOrder): string {
  const repos = order.workspace.repos.map(({ name, path }) => `- ${name}: ${path}`).join('\n');
  const context = order.context.map(({ name, kind, text }) => section(`${name} (${kind})`, fence(text)));
  return [
    order.prompt,
    section('The repositories', repos === '' ? 'None: this work is about texts.' : repos),
    order.access === 'read' ? 'You may read everything and change nothing: any change voids your work.' : '',
    ...(context.length === 0 ? [] : ['# Context', ...context]),
    section(
      'How you hand in',
      `Call the tool ${SUBMIT_TOOL} of the MCP server "${SUBMIT_SERVER}" with your result, once, when you are done. If it is refused, the answer says why: mend that and call it again. Text that you write elsewhere counts for nothing. There is nobody to ask: decide, and say in the result what you decided.`,
    ),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function section(title: string, body: string): string {
  return `## ${title}\n${body}`;
}

/** A fence longer than any run of backticks inside, so that the text cannot close it. */
function fence(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((match) => match[0].length));
  const marks = '`'.repeat(longest + 1);
  return `${marks}\n${text}\n${marks}`;
}
