/** Runs a tests gate once and reads what it reported. */
import { existsSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import type { TestCounts } from '../../core/records.ts';
import type { GateCommand, TestReporter } from '../../definitions/config.ts';
import {
  appendCanaries,
  joinCanaries,
  takeOutCanary,
  writeCanaries,
  writeCanary,
  writeConfiguredCanary,
} from './canary.ts';
import type { Canary, KnownTest } from './canary.ts';
import { clearReportPlace, hasOwnReporter, liesWithin, openScratch, readReport } from '../gate-scratch.ts';
import type { GateScratch } from '../gate-scratch.ts';
import { instrumentCommand, REPORT_PLACEHOLDER } from './instrument-command.ts';
import { isPytestFile, pytestCanary } from './pytest-canary.ts';
import { parseLinesReport } from './parse-lines-report.ts';
import { redact, runGateCommand } from '../run-gate-command.ts';
import type { CommandRun, GatePlace, GateSurroundings } from '../run-gate-command.ts';
import { openReportChannel, type ReportChannel } from './report-channel.ts';
import { startsOnce } from './starts-once.ts';
import { withLines } from './find-lines.ts';
import { findTestFiles } from './test-files.ts';
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

/** What a gate is known to run, to put the canary beside. */
export interface KnownSuite {
  tests: readonly KnownTest[];
  /** Test files within which a canary has to be red; `first`: all that are named as tests, to see where it is. */
  watch: readonly string[] | 'first';
}

export const NOTHING_KNOWN: KnownSuite = { tests: [], watch: [] };
/** Of a run whose green is nobody's word: it goes without a canary. */
export const GREEN_UNASKED = null;
/** `orders.test.ts`: nobody else loads such a file. */
const ENTRY = /[._-](?:test|spec)s?\.[cm]?[jt]sx?$/u;

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

async function placeCanary(
  gate: GateCommand,
  place: GatePlace,
  { tests, watch }: KnownSuite,
): Promise<Canary | null> {
  if (gate.canary !== undefined) return writeConfiguredCanary(gate.canary, place, tests);
  const { reporter } = gate;
  const known = [...new Set(tests.map(({ file }) => file))];
  if (reporter === 'go') return writeCanaries(reporter, place, await goNeighbours(place, known), tests);
  if (reporter === 'cargo') return writeCanaries(reporter, place, await cargoRoots(place, known), tests);
  const prefix = place.module === '.' ? '' : `${place.module}/`;
  const found = (await findTestFiles(join(place.root, place.module))).map((file) => `${prefix}${file}`);
  if (reporter === 'pytest') {
    const beside = [...known.filter((file) => found.includes(file)), ...found].find(isPytestFile);
    if (beside === undefined) return null;
    return writeConfiguredCanary(pytestCanary(posix.relative(place.module, beside)), place, tests);
  }
  const isOne = watch === 'first' && (await startsOnce(gate, place));
  const within = watch !== 'first' ? watch : isOne ? found.filter((file) => ENTRY.test(file)) : [];
  for (const neighbour of [...known.filter((file) => found.includes(file)), ...found.slice(0, 1)]) {
    const canary = await writeCanary(reporter, place, neighbour, tests);
    if (canary === null) continue;
    const appended = await appendCanaries(reporter, place, within, tests);
    return joinCanaries([canary, ...(appended === null ? [] : [appended])]);
  }
  return null;
}

/** One test file of each package that is known to run; of a suite that nobody ran yet, of the first. */
async function goNeighbours(place: GatePlace, known: string[]): Promise<string[]> {
  const tests = known.filter((file) => file.endsWith('_test.go'));
  const first = new Map(tests.toReversed().map((file) => [dirname(file), file]));
  if (first.size > 0) return [...first.values()];
  const found = await findTestFiles(join(place.root, place.module));
  return found
    .filter((file) => file.endsWith('_test.go'))
    .slice(0, 1)
    .map((file) => join(place.module, file));
}

/** The files that programs of tests are built from and are known to run; of a suite that nobody ran yet, the crate's own. */
async function cargoRoots(place: GatePlace, known: string[]): Promise<string[]> {
  const roots = ['src/lib.rs', 'src/main.rs'].map((file) => join(place.module, file));
  const tests = known.filter((file) => roots.includes(file) || /(?:^|\/)tests\/[^/]+\.rs$/.test(file));
  if (tests.length > 0) return tests;
  return roots.filter((file) => existsSync(join(place.root, file))).slice(0, 1);
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
