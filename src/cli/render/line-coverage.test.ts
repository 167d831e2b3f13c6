/** Which measurement of the changed lines a report tells, and of which tree it says that it is. */
import { describe, expect, it } from 'vitest';
import type { Coverage } from '../../core/records.ts';
import { buildGraph, parallel, writer } from '../../testing/build-graph.ts';
import { simulateRun } from '../../testing/events.ts';
import { gateResult } from '../../testing/outcomes.ts';
import { implementationReport } from './formats/implementation-report.ts';
import { readHistory } from './history.ts';
import { reportDocument, type ReportDocument } from './report-document.ts';

/** A run of three that write one after the other; each has what was measured of its tree, if anything was. */
function reportOf(measured: Record<string, [covered: number, lines: number]>): ReportDocument {
  const graph = buildGraph({ one: [writer('w1'), writer('w2'), writer('w3')] });
  return told(graph, measured);
}

function told(
  graph: ReturnType<typeof buildGraph>,
  measured: Record<string, [covered: number, lines: number]>,
): ReportDocument {
  const events = simulateRun({
    graph,
    gates: ({ step }) => {
      const [covered, lines] = measured[step] ?? [];
      if (covered === undefined || lines === undefined) return [gateResult()];
      const coverage: Coverage = { lines, covered, uncovered: [] };
      return [gateResult(), gateResult({ gate: 'coverage', kind: 'coverage', coverage })];
    },
  });
  return reportDocument(readHistory(events), { status: 'done', reason: '' }, new Map());
}

describe('the line coverage of a run', () => {
  it('R79: is the newest measurement on the way to the last tree, with the tree that it is of', () => {
    const report = reportOf({ 'one/w1': [1, 20], 'one/w2': [40, 43] });
    const { revision } = report.measured.line_coverage ?? {};
    expect(report.measured.line_coverage).toMatchObject({ covered: 40, lines: 43, earlier: 'one/w2' });
    const words = `line coverage: 93 % of 43 changed lines, measured on the earlier tree of one/w2 (${revision?.slice(0, 12)}) and not on the last one`;
    expect(report.metrics[3]?.value).toContain(words);
    expect(implementationReport(report)).toContain(
      '93 % of 43 changed lines, measured on the earlier tree of one/w2',
    );
  });

  it('says nothing of an earlier tree where the last one was measured', () => {
    const report = reportOf({ 'one/w1': [1, 20], 'one/w3': [20, 40] });
    expect(report.measured.line_coverage).toMatchObject({ covered: 20, lines: 40, earlier: null });
    expect(report.metrics[3]?.value).toMatch(/line coverage: 50 % of 40 changed lines$/);
  });

  it('takes none from a tree that the last one does not come from', () => {
    const { steps, ...rest } = buildGraph({ one: [parallel('both', [[writer('w1')], [writer('w2')]])] });
    const open = { ...rest, steps: steps.filter(({ work }) => work.kind !== 'merge') };
    const phases = open.phases.map((phase) => ({ ...phase, steps: open.steps.map(({ id }) => id) }));
    const report = told({ ...open, phases }, { 'one/w1': [40, 43] });
    expect(report.measured.line_coverage).toBeNull();
  });
});
