/** A part of a pull request's body that Baton owns: between two hidden lines, written anew and never twice. */
import type { PullRequest } from '../core/records.ts';

const BEGIN = '<!-- baton:links -->';
const END = '<!-- /baton:links -->';

/** The body with links to the other pull requests of the run; what people wrote around them stays. */
export function writeLinks(body: string, repo: string, all: readonly PullRequest[]): string {
  const others = all.filter((one) => one.repo !== repo).sort((a, b) => (a.repo < b.repo ? -1 : 1));
  const start = body.indexOf(BEGIN);
  const end = body.indexOf(END, start);
  const found = start !== -1 && end !== -1;
  if (others.length === 0 && !found) return body;
  const lines = others.map((one) => `- ${one.repo}: ${one.url} #${one.number} (\`${one.branch}\`)`);
  const section = [BEGIN, 'Belongs together with:', '', ...lines, END].join('\n');
  if (!found) return `${body.trimEnd()}\n\n${section}\n`;
  return body.slice(0, start) + section + body.slice(end + END.length);
}
