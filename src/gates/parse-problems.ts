/** Finds `file:line` in the output of compilers and linters. */
import { pathInRepo } from './suites/test-report.ts';

export interface ReportedProblem {
  file: string;
  line: number;
  message: string;
  warning: boolean;
}

const MAX_LINES = 20_000;
const MAX_LINE = 2_000;
/** `src/a.ts(3,5): error TS2322: …`, as tsc and MSBuild write it. */
const PARENS = /^(?<file>[^\s(][^(]*)\((?<line>\d+),\d+\): (?<level>error|warning)?:? ?(?<message>.+)$/u;
/** `src/a.ts:3:5 - error …`, `./a.go:3:5: …`, `a.c:3: error: …`. */
const COLONS =
  /^(?<file>[^\s:][^:]*\.\w+):(?<line>\d+)(?::\d+)?(?::| -) *(?:(?<level>error|warning)\b:? *)?(?<message>.+)$/u;
/** A file on a line of its own, then `  3:5  error  …  rule`, as eslint writes it. */
const FILE_LINE = /^(?<file>(?:\.{0,2}\/)?\S[^:]*\.\w+)$/u;
const UNDER_FILE = /^\s+(?<line>\d+):\d+\s+(?<level>error|warning)\s+(?<message>.+)$/u;

/** Every problem that names its place; `cwd` is where the command ran, relative to the repository. */
export function parseProblems(output: string, root: string, cwd: string): ReportedProblem[] {
  const problems: ReportedProblem[] = [];
  let heading: string | null = null;
  for (const line of output.split('\n').slice(0, MAX_LINES)) {
    if (line.length > MAX_LINE) continue;
    const named = (PARENS.exec(line) ?? COLONS.exec(line))?.groups;
    const under = heading === null ? undefined : UNDER_FILE.exec(line)?.groups;
    const found = named ?? under;
    if (found === undefined) {
      heading = FILE_LINE.exec(line)?.groups?.file ?? (line.trim() === '' ? null : heading);
      continue;
    }
    const file = named?.file ?? heading ?? '';
    problems.push({
      file: placeIn(file, root, cwd),
      line: Number(found.line),
      message: (found.message ?? '').replace(/\s+/g, ' ').trim(),
      warning: found.level === 'warning',
    });
  }
  return problems;
}

function placeIn(file: string, root: string, cwd: string): string {
  const path = pathInRepo(file, root);
  return path.startsWith('/') || cwd === '.' || path !== file.replace(/^\.\//, '') ? path : `${cwd}/${path}`;
}
