/** Figures of groups, beside what adding up those of their runs by hand gives: `figures-by-hand.test.ts` has the runs. */
import { describe, expect, it } from 'vitest';
import { journalOf } from '../../../testing/synthetic-journals.ts';
import { readHistory } from '../history.ts';
import { groupsOf, type Group } from './groups.ts';
import { runFigures, type RunFigures } from './run-figures.ts';

function runOf(name: string, startedAt = '2026-01-05T09:00:00Z'): RunFigures {
  return runFigures(readHistory(journalOf(name, Date.parse(startedAt))));
}

function told(group: Group) {
  const { median_lead_ms: lead, phases, interventions, quality, deployments, rework, escapes, cost } = group;
  const { tests, first_judgement: first, line_coverage: lines } = quality;
  return {
    key: group.key,
    runs: group.runs,
    lead: (lead ?? 0) / 1_000,
    phases: [phases.rate?.complete, phases.rate?.all],
    people: [interventions.questions, interventions.answers, interventions.waited_ms / 1_000],
    tests: [tests?.green, tests?.named_tests_passed],
    first: [first?.first, first?.steps],
    lines: lines === null ? null : [lines.covered, lines.lines, quality.line_coverage_runs_without],
    deployments: deployments.started,
    again: rework.rounds,
    late: escapes.found,
    cost: [cost.all.usd, cost.all.usd_unknown, cost.all.invocations],
  };
}

const QUIET = { people: [0, 0, 0], lines: null, deployments: null, again: 0, late: 0 };

describe('figures by group', () => {
  it('R79: a week has the runs that started from its Monday to its Sunday, in UTC, and weeks stand in their order', () => {
    const runs = [
      runOf('deployed', '2026-01-12T00:00:00Z'),
      runOf('doubted', '2026-01-14T12:00:00Z'),
      runOf('asked', '2026-01-16T12:00:00Z'),
      runOf('clean', '2026-01-04T23:59:59Z'),
      runOf('measured', '2026-01-05T00:00:00Z'),
      runOf('reworked', '2026-01-11T23:59:59Z'),
    ];
    expect(groupsOf(runs, 'week').map(told)).toEqual([
      {
        ...QUIET,
        key: '2025-12-29',
        runs: 1,
        lead: 270,
        phases: [3, 3],
        tests: [1, 57],
        first: [2, 2],
        cost: [0, 5, 5],
      },
      {
        ...QUIET,
        key: '2026-01-05',
        runs: 2,
        // The lower of 270 and 490.
        lead: 270,
        phases: [3 + 3, 3 + 3],
        tests: [2, 69 + 57],
        first: [2 + 1, 2 + 2],
        lines: [55, 80, 1],
        again: 2,
        cost: [0, 5 + 9, 5 + 9],
      },
      {
        ...QUIET,
        key: '2026-01-12',
        runs: 3,
        // Between 520 and 1580.
        lead: 1_100,
        phases: [2 + 2 + 3, 2 + 2 + 3],
        people: [3 + 4 + 2, 3 + 4 + 2, 900 + 1_200 + 600],
        tests: [3, 3 * 57],
        first: [1 + 1 + 1, 1 + 1 + 2],
        deployments: { runs: 2, all: 4, deployed: 1, confirmed_by_person: 1, failed: 1, unknown: 1 },
        again: 1,
        cost: [0, 3 + 3 + 9, 3 + 3 + 9],
      },
    ]);
  });

  it('R79: a repository has the runs in which it was, also those of several, and the one with most runs stands first', () => {
    const runs = [runOf('parallel'), runOf('escaped'), runOf('priced')];
    expect(groupsOf(runs, 'repo').map(told)).toEqual([
      {
        ...QUIET,
        key: 'orders',
        runs: 3,
        // Between 270 and 380.
        lead: 300,
        phases: [2 + 3 + 3, 2 + 3 + 3],
        tests: [3, 3 * 57],
        first: [6, 6],
        again: 1,
        late: 1,
        cost: [1.75, 5 + 7 + 3, 5 + 7 + 5],
      },
      {
        ...QUIET,
        key: 'billing',
        runs: 1,
        lead: 300,
        phases: [2, 2],
        tests: [1, 57],
        first: [2, 2],
        cost: [0, 5, 5],
      },
    ]);
    expect(groupsOf(runs, 'workflow').map(({ key, runs: of, median_lead_ms: ms }) => [key, of, ms])).toEqual([
      ['line', 2, 270_000],
      ['sides', 1, 300_000],
    ]);
  });
});
