/** Says of a change that it is large, and where: nobody reviews thousands of lines well. Pure. */
import type { FileChange } from '../../workspace/workspaces.ts';
import type { FindingDraft } from '../findings.ts';

const MAX_NAMED = 5;
/** Written by programs: whoever reviews looks at what they were made from. */
const NOT_READ =
  /(?:^|\/)(?:[^/]+[.-]lock(?:\.[^/]+|b)?|[^/]+\.lockb?|go\.sum|npm-shrinkwrap\.json)$|\.(?:snap|svg|min\.[cm]?js|min\.css|map)$/u;

/** Nothing, where the lines that a reviewer has to read are not more than `limit`. */
export function findLarge(changes: readonly FileChange[], limit: number): FindingDraft[] {
  const read = changes
    .filter(({ path, status }) => status !== 'deleted' && !NOT_READ.test(path))
    .map(({ repo, path, linesAdded, linesRemoved }) => ({
      repo,
      path,
      lines: linesAdded + linesRemoved,
    }));
  const total = read.reduce((sum, { lines }) => sum + lines, 0);
  if (total <= limit) return [];
  const largest = read.toSorted((a, b) => b.lines - a.lines).slice(0, MAX_NAMED);
  const named = largest.map(({ repo, path, lines }) => `${repo}/${path} (${lines})`).join(', ');
  return [
    {
      severity: 'major',
      blocking: false,
      repo: null,
      file: null,
      line: null,
      identity: 'large',
      problem: `The change has ${total} lines to read, more than ${limit} (\`max_changed_lines\`). Most of it: ${named}.`,
      fix: 'Take out what the task does not need. A plan with smaller tasks is reviewed better: say so where this one should have been split.',
    },
  ];
}
