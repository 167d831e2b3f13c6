/** Reads the report lines that Baton's own reporters write. */
import { z } from 'zod';
import { nameUniquely, pathInRepo } from './test-report.ts';
import type { ParsedReport, TestReport } from './test-report.ts';

const LINE = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('test'),
    name: z.string(),
    file: z.string(),
    status: z.enum(['passed', 'failed', 'skipped', 'todo']),
    line: z.number().int().nullable(),
    message: z.string(),
  }),
  z.object({ kind: z.literal('error'), file: z.string().nullable(), message: z.string() }),
  z.object({ kind: z.literal('empty'), file: z.string() }),
  z.object({ kind: z.literal('end'), count: z.number().int() }),
]);

/** A whole report ends with a line that counts the others; anything else is half a result and none. */
export function parseLinesReport(text: string, root: string): ParsedReport {
  const lines = text.split('\n').filter((line) => line !== '');
  const parsed = lines.map(parseLine);
  if (parsed.includes(null)) return { ok: false, problem: 'the report holds a line that is none of its own' };
  const end = parsed.at(-1);
  if (end?.kind !== 'end') return { ok: false, problem: 'the report is cut short: its last line is missing' };
  if (end.count !== parsed.length - 1) {
    return { ok: false, problem: `the report is short: it holds ${parsed.length - 1} of ${end.count} lines` };
  }
  return { ok: true, report: collect(parsed, root) };
}

type Line = z.infer<typeof LINE>;

function parseLine(text: string): Line | null {
  try {
    return LINE.parse(JSON.parse(text));
  } catch {
    return null; // Reported by the caller as one problem of the whole report.
  }
}

function collect(lines: (Line | null)[], root: string): TestReport {
  const report: TestReport = { tests: [], errors: [], emptyFiles: [] };
  for (const line of lines) {
    if (line?.kind === 'test') {
      const { name, status, message } = line;
      report.tests.push({ name, file: pathInRepo(line.file, root), status, line: line.line, message });
    }
    if (line?.kind === 'error') {
      report.errors.push({
        file: line.file === null ? null : pathInRepo(line.file, root),
        message: line.message,
      });
    }
    if (line?.kind === 'empty') report.emptyFiles.push(pathInRepo(line.file, root));
  }
  return { ...report, tests: nameUniquely(report.tests) };
}
