/** Reads the added, removed and unchanged lines out of a unified diff. */

export interface ChangedLine {
  repo: string;
  path: string;
  /** In the new file for an added line, in the old one for a removed one. */
  line: number;
  text: string;
}

export interface ChangedLines {
  added: ChangedLine[];
  /** The unchanged lines around, as numbered in the new file. */
  kept: ChangedLine[];
  removed: ChangedLine[];
}

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/** Paths carry `a/` or `b/` and the repository's name first. What is no hunk is skipped. */
export function parseDiff(diff: string): ChangedLines {
  const changed: ChangedLines = { added: [], kept: [], removed: [] };
  let before = '';
  let after = '';
  const at = { old: 0, new: 0, oldLeft: 0, newLeft: 0 };
  for (const line of diff.split('\n')) {
    // Inside a hunk the counts decide: a removed line may itself begin with `-- `.
    if (at.oldLeft > 0 || at.newLeft > 0) {
      if (line.startsWith('+')) changed.added.push(place(after, at.new, line));
      if (line.startsWith(' ')) changed.kept.push(place(after, at.new, line));
      if (line.startsWith('-')) changed.removed.push(place(before, at.old, line));
      advance(at, line);
      continue;
    }
    if (line.startsWith('--- ')) before = pathOf(line);
    if (line.startsWith('+++ ')) after = pathOf(line);
    const hunk = HUNK.exec(line);
    if (hunk === null) continue;
    at.old = Number(hunk[1]);
    at.new = Number(hunk[3]);
    at.oldLeft = Number(hunk[2] ?? 1);
    at.newLeft = Number(hunk[4] ?? 1);
  }
  return changed;
}

function advance(at: { old: number; new: number; oldLeft: number; newLeft: number }, line: string): void {
  const isMark = line.startsWith('\\');
  if (!line.startsWith('+') && !isMark) [at.old, at.oldLeft] = [at.old + 1, at.oldLeft - 1];
  if (!line.startsWith('-') && !isMark) [at.new, at.newLeft] = [at.new + 1, at.newLeft - 1];
}

/** `--- a/repo/path`, quoted by git where the name is unusual, with a tab behind it where it holds a space. */
function pathOf(line: string): string {
  const text = line.slice(4).replace(/\t$/, '');
  if (!text.startsWith('"')) return text.replace(/^[ab]\//, '');
  const bytes = text
    .slice(1, -1)
    .replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
  const plain = bytes.replace(/\\(["\\])/g, '$1');
  return Buffer.from(plain, 'latin1')
    .toString('utf8')
    .replace(/^[ab]\//, '');
}

function place(file: string, line: number, text: string): ChangedLine {
  const slash = file.indexOf('/');
  return { repo: file.slice(0, slash), path: file.slice(slash + 1), line, text: text.slice(1) };
}
