/** The work order as a model reads it. */
import type { WorkOrder } from '../driver.ts';
import { SUBMIT_TOOL } from '../submit/submit-server.ts';

/** Said where a model stopped and nothing counts yet. */
export const NUDGE = `You have stopped, and nothing was handed in: only what ${SUBMIT_TOOL} takes counts. Finish what is missing, then call ${SUBMIT_TOOL} with your whole result.`;

/** What is asked, where, with what, and how the result is handed in. Everything but the instructions. */
export function orderText(order: WorkOrder): string {
  const repos = order.workspace.repos.map(({ name }) => `- \`${name}/\``).join('\n');
  const rules =
    order.access === 'read'
      ? 'You may read everything and change nothing.'
      : 'You work in these folders only. Nothing is committed or pushed by you: that happens when your result was taken.';
  return [
    order.prompt,
    section('The repositories', repos === '' ? 'None: this work is about texts.' : `${repos}\n\n${rules}`),
    ...order.context.map(({ name, kind, text }) => section(`${name} (${kind})`, fence(text))),
    section(
      'How you hand in',
      `Call the tool ${SUBMIT_TOOL} with your result when you are done. If it is refused, the answer says why: mend that and call it again. Text that you write elsewhere counts for nothing. There is nobody to ask: decide, and say in the result what you decided.`,
    ),
  ].join('\n\n');
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
