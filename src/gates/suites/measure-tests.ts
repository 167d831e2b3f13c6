/** Runs a tests gate once and reads what it reported. */
import { join } from 'node:path';
import type { TestCounts } from '../../core/records.ts';
import type { GateCommand, TestReporter } from '../../definitions/config.ts';
import { clearReportPlace, hasOwnReporter, liesWithin, openScratch, readReport } from '../gate-scratch.ts';
import type { GateScratch } from '../gate-scratch.ts';
import { instrumentCommand, REPORT_PLACEHOLDER } from './instrument-command.ts';
import type { Canary } from './canary.ts';
import { parseLinesReport } from './parse-lines-report.ts';
import { placeCanary, type KnownSuite } from './place-canary.ts';
import { redact, runGateCommand } from '../run-gate-command.ts';
import type { CommandRun, GatePlace, GateSurroundings } from '../run-gate-command.ts';
import { openReportChannel, type ReportChannel } from './report-channel.ts';
import { takeOutCanary } from './take-out-canary.ts';
import { withLines } from './find-lines.ts';
import { nameUniquely, type ParsedReport, type TestReport } from './test-report.ts';
import { withoutCanary } from './without-canary.ts';
import { watchSources } from './written-sources.ts';

export interface TestsRun extends CommandRun {
  /** null: there was none that can be trusted; `problem` says why. */
  report: TestReport | null;
  problem: string | null;
  canary: TestCounts['canary'];
  /** Its output without what it says of the canary. */
  said: string;
  /** Sources that were written to meanwhile. */
  written: string[];
  /** How many programs reported. */
  reports: number;
  /** Test files within which a canary was red. */
  watched: string[];
}

/** Of a run whose green is nobody's word: it goes without a canary. */
export const GREEN_UNASKED = null;

export async function measureTests(
  gate: GateCommand,
  place: GatePlace,
  known: KnownSuite | typeof GREEN_UNASKED,
  around: GateSurroundings,
): Promise<TestsRun> {
  await using scratch = await openScratch(place.dir, gate.reporter);
  await using report = await openReport(gate, place, scratch);
  const canary = known === GREEN_UNASKED ? null : await placeCanary(gate, place, known);
  const sources = await watchSources(place);
  try {
    const instrumented = instrumentCommand(gate, { report: report.path, reporterFile: scratch.reporterFile });
    const run = await runGateCommand(
      gate,
      { place, scratch, readable: report.readable, ...instrumented },
      around,
    );
    // Only now: while a process of it lives, it may still hand something in.
    const texts = await report.close();
    const read = readCanary(
      await parseReports(gate.reporter, texts, place.root),
      canary,
      known?.watch === 'first',
    );
    return {
      ...run,
      ...read,
      written: await sources.written(),
      said: withoutCanary(run.log, canary?.words ?? []),
      reports: texts.length,
      report: withoutSecrets(read.report, (text) => redact(text, gate, around)),
    };
  } finally {
    await canary?.remove();
  }
}

/** `readable`: folders that a gate has to see for it, and must not change. */
type OpenReport = Pick<ReportChannel, 'path' | 'close'> & { readable: string[] } & AsyncDisposable;

/** Where the gate's report comes from: our socket, or the file that the runner is told to write. */
async function openReport(gate: GateCommand, place: GatePlace, scratch: GateScratch): Promise<OpenReport> {
  if (hasOwnReporter(gate.reporter)) {
    const channel = await openReportChannel();
    return { ...channel, readable: [channel.folder] };
  }
  const inCheckout = gate.report !== null && !gate.command.some((word) => word.includes(REPORT_PLACEHOLDER));
  const path = inCheckout ? join(place.written, place.module, gate.report ?? '') : scratch.reportFile;
  if (inCheckout) await clearReportPlace(place.written, path);
  return {
    path,
    readable: [],
    close: async () => {
      const isThere = !inCheckout || (await liesWithin(place.written, path));
      const text = isThere ? await readReport(path) : null;
      return text === null ? [] : [text];
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** A script may start its runner more than once: what all of them reported, as one. */
async function parseReports(reporter: TestReporter, texts: string[], root: string): Promise<ParsedReport> {
  const whole: TestReport = { tests: [], errors: [], emptyFiles: [] };
  if (texts.length === 0) return { ok: false, problem: 'there is no report' };
  if (texts.length > 1 && texts.includes(''))
    return { ok: false, problem: 'a program that began to report ended before it said anything' };
  for (const text of texts) {
    const parsed = await parseReport(reporter, text, root);
    if (!parsed.ok) return parsed;
    whole.tests.push(...parsed.report.tests);
    whole.errors.push(...parsed.report.errors);
    whole.emptyFiles.push(...parsed.report.emptyFiles);
  }
  return { ok: true, report: { ...whole, tests: nameUniquely(await withLines(whole.tests, root)) } };
}

async function parseReport(reporter: TestReporter, text: string, root: string): Promise<ParsedReport> {
  if (text.trim() === '') return { ok: false, problem: 'the report is empty' };
  // An XML parser is loaded by those who read XML.
  if (reporter === 'junit') return (await import('./parse-junit-report.ts')).parseJunitReport(text, root);
  if (reporter === 'none') return { ok: false, problem: 'this gate reports no names' };
  return parseLinesReport(text, root);
}

function withoutSecrets(report: TestReport | null, tidy: (text: string) => string): TestReport | null {
  if (report === null) return null;
  const tests = report.tests.map((test) => ({ ...test, message: tidy(test.message) }));
  return {
    ...report,
    tests,
    errors: report.errors.map((error) => ({ ...error, message: tidy(error.message) })),
  };
}

function readCanary(
  parsed: ParsedReport,
  canary: Canary | null,
  isFirst: boolean,
): Pick<TestsRun, 'report' | 'problem' | 'canary' | 'watched'> {
  if (!parsed.ok)
    return {
      report: null,
      problem: parsed.problem,
      canary: canary === null ? 'none' : 'not_red',
      watched: [],
    };
  if (canary === null) return { report: parsed.report, problem: null, canary: 'none', watched: [] };
  const { report, red, watched } = takeOutCanary(parsed.report, canary, isFirst);
  return { report, problem: null, canary: red ? 'red' : 'not_red', watched };
}
