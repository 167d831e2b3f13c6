/** Finds `file:line` in the output of compilers and linters. */
import { createFrameReader, inOneLine } from './parse-framed-problems.ts';
import type { FoundProblem } from './parse-framed-problems.ts';
import { pathInRepo } from './suites/test-report.ts';

export interface ReportedProblem {
  file: string;
  /** null: it is about the whole file. */
  line: number | null;
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

/** The end of a line of `--format=unix`. */
const UNIX_WARNING = /\[warning\/[^\]\s]{1,200}\]$/iu;

/** Every problem that names its place; `cwd` is where the command ran, relative to the repository. */
export function parseProblems(output: string, root: string, cwd: string): ReportedProblem[] {
  const problems: ReportedProblem[] = [];
  const readFrame = createFrameReader();
  let heading: string | null = null;
  for (const line of output.split('\n').slice(0, MAX_LINES)) {
    if (line.length > MAX_LINE) continue;
    const framed = readFrame(line);
    if (framed === 'part') continue;
    const found = framed ?? readLine(line, heading);
    if (found === null) {
      heading = FILE_LINE.exec(line)?.groups?.file ?? (line.trim() === '' ? null : heading);
      continue;
    }
    problems.push({ ...found, file: placeIn(found.file, root, cwd) });
  }
  return problems;
}

/** A problem that stands in one line; `heading` is the file that lines before it name. */
function readLine(line: string, heading: string | null): FoundProblem | null {
  const whole = inOneLine(line);
  if (whole !== null) return whole;
  const named = (PARENS.exec(line) ?? COLONS.exec(line))?.groups;
  const under = heading === null ? undefined : UNDER_FILE.exec(line)?.groups;
  const found = named ?? under;
  if (found === undefined) return null;
  const message = (found.message ?? '').replace(/\s+/g, ' ').trim();
  return {
    file: named?.file ?? heading ?? '',
    line: Number(found.line),
    message,
    warning: found.level === 'warning' || UNIX_WARNING.test(message),
  };
}

function placeIn(file: string, root: string, cwd: string): string {
  const path = pathInRepo(file, root);
  return path.startsWith('/') || cwd === '.' || path !== file.replace(/^\.\//, '') ? path : `${cwd}/${path}`;
}
