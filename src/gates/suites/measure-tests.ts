/** Runs a tests gate once and reads what it reported. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TestCounts } from '../../core/records.ts';
import type { GateCommand, TestReporter } from '../../definitions/config.ts';
import { takeOutCanary, writeCanaries, writeCanary, writeConfiguredCanary } from './canary.ts';
import type { Canary } from './canary.ts';
import { clearReportPlace, liesWithin, openScratch, readReport } from '../gate-scratch.ts';
import { instrumentCommand, REPORT_PLACEHOLDER } from './instrument-command.ts';
import { parseJestReport } from './parse-jest-report.ts';
import { parseLinesReport } from './parse-lines-report.ts';
import { redact, runGateCommand } from '../run-gate-command.ts';
import type { CommandRun, GatePlace, GateSurroundings } from '../run-gate-command.ts';
import { findTestFiles } from './test-files.ts';
import type { ParsedReport, TestReport } from './test-report.ts';

export interface TestsRun extends CommandRun {
  /** null: there was none that can be trusted; `problem` says why. */
  report: TestReport | null;
  problem: string | null;
  canary: TestCounts['canary'];
}

/** `known`: test files that this gate is known to run, to put the canary beside. */
export async function measureTests(
  gate: GateCommand,
  place: GatePlace,
  known: string[],
  around: GateSurroundings,
): Promise<TestsRun> {
  await using scratch = await openScratch(place.dir, gate.reporter);
  const inCheckout = gate.report !== null && !gate.command.some((word) => word.includes(REPORT_PLACEHOLDER));
  const reportFile = inCheckout ? join(place.root, place.module, gate.report ?? '') : scratch.reportFile;
  if (inCheckout) await clearReportPlace(place.root, reportFile);
  const canary = await placeCanary(gate, place, known);
  try {
    const run = await runGateCommand(gate, { place, scratch, ...instrumentCommand(gate, scratch) }, around);
    // Only now: while a process of it lives, the report may still be overwritten.
    const isThere = !inCheckout || (await liesWithin(place.root, reportFile));
    const parsed = await parseReport(
      gate.reporter,
      isThere ? await readReport(reportFile) : null,
      place.root,
    );
    const read = readCanary(parsed, canary);
    return {
      ...run,
      ...read,
      report: withoutSecrets(read.report, (text) => redact(text, gate, around)),
    };
  } finally {
    await canary?.remove();
  }
}

async function placeCanary(gate: GateCommand, place: GatePlace, known: string[]): Promise<Canary | null> {
  if (gate.canary !== undefined) return writeConfiguredCanary(gate.canary, place);
  const { reporter } = gate;
  if (reporter === 'go') return writeCanaries(reporter, place.root, await goNeighbours(place, known));
  if (reporter === 'cargo') return writeCanaries(reporter, place.root, await cargoRoots(place, known));
  const prefix = place.module === '.' ? '' : `${place.module}/`;
  const found = (await findTestFiles(join(place.root, place.module))).map((file) => `${prefix}${file}`);
  for (const neighbour of [...known.filter((file) => found.includes(file)), ...found.slice(0, 1)]) {
    const canary = await writeCanary(reporter, place.root, neighbour);
    if (canary !== null) return canary;
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

async function parseReport(reporter: TestReporter, text: string | null, root: string): Promise<ParsedReport> {
  if (text === null) return { ok: false, problem: 'there is no report' };
  if (text.trim() === '') return { ok: false, problem: 'the report is empty' };
  switch (reporter) {
    case 'node':
    case 'vitest':
    case 'mocha':
    case 'go':
    case 'cargo':
      return parseLinesReport(text, root);
    case 'jest':
      return parseJestReport(text, root);
    case 'junit':
      // An XML parser is loaded by those who read XML.
      return (await import('./parse-junit-report.ts')).parseJunitReport(text, root);
    case 'none':
      return { ok: false, problem: 'this gate reports no names' };
  }
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
): Pick<TestsRun, 'report' | 'problem' | 'canary'> {
  if (!parsed.ok)
    return { report: null, problem: parsed.problem, canary: canary === null ? 'none' : 'not_red' };
  if (canary === null) return { report: parsed.report, problem: null, canary: 'none' };
  const { report, red } = takeOutCanary(parsed.report, canary);
  return { report, problem: null, canary: red ? 'red' : 'not_red' };
}
