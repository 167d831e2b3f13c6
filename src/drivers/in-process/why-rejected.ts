/** Why a call of a tool did nothing, in the words that help: without the names and wrappings of the client's errors. */
import { z } from 'zod';

const Issues = z.array(z.object({ path: z.array(z.union([z.string(), z.number()])), message: z.string() }));

/** What did not fit and what was expected, place by place; of any other error what it says. */
export function whyRejected(error: unknown): string {
  const said = (error instanceof Error ? error.message : String(error)).replace(/^\w*Error: /, '');
  const reason = /\bError message: (?<reason>.*)$/s.exec(said)?.groups?.['reason'];
  if (reason === undefined) return said;
  const issues = readIssues(reason.slice(Math.max(0, reason.indexOf('['))));
  if (issues === null) return reason.replace(/^\w*Error: /, '');
  return issues
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`))
    .join('; ');
}

function readIssues(text: string): z.infer<typeof Issues> | null {
  try {
    return Issues.parse(JSON.parse(text));
  } catch {
    return null; // it is told in other words
  }
}
