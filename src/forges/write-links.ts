/** Parts of a pull request's body that Baton owns: each between two hidden lines, written anew and never twice. */
import type { PullRequest } from '../core/records.ts';

/** Around what the engine says of the change itself: all of it is written anew when the change goes on. */
export const EVIDENCE = { begin: '<!-- baton:evidence -->', end: '<!-- /baton:evidence -->' } as const;

/** The body with what Baton says of the change now; one without that part, or whose part somebody took apart, stays as it is. */
export function writeEvidence(body: string, wanted: string): string {
  const [there, now] = [evidenceIn(body), evidenceIn(wanted)];
  if (there === null || now === null) return body;
  return body.slice(0, there.start) + wanted.slice(now.start, now.end) + body.slice(there.end);
}

function evidenceIn(body: string): { start: number; end: number } | null {
  const start = body.indexOf(EVIDENCE.begin);
  const end = body.indexOf(EVIDENCE.end, start);
  return start === -1 || end === -1 ? null : { start, end: end + EVIDENCE.end.length };
}

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
