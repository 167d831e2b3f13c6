/** Rework, escapes, cost and the critical paths over runs, as small charts. */
import { showPercent } from '../../gates/change/judge-coverage.ts';
import { chartLines, type ChartRow, type View } from './bars.ts';
import { formatDuration } from './duration.ts';
import { escapeText } from './escape.ts';
import type { Cost } from './figures/cost.ts';
import type { Counted, CostOf, WorkOverRuns } from './figures/over-runs.ts';
import type { TimeKind } from './figures/pieces-of-time.ts';
import { countOf } from './numbers.ts';

/** How many of a list are shown; `--json` has them all. */
const MAX_NAMES = 6;

/** Each heading with its rows; what never happened has one row that says so. */
export function workLines(
  { rework, escapes, cost, critical_path: path }: WorkOverRuns,
  view: View,
): string[] {
  const titled = (title: string, rows: ChartRow[]): string[] => [
    title,
    ...chartLines(rows, view, { indent: '  ' }),
  ];
  return [
    ...titled('Rework', [
      row('rounds sent back', [perRun(rework.rounds, rework.runs), countOf(rework.runs, 'run')]),
      ...(rework.runs_sent_back === 0
        ? []
        : [row('sent back at all', ['', countOf(rework.runs_sent_back, 'run')])]),
      ...counted('for', rework.by_cause),
      ...counted('done again by', rework.by_agent),
    ]),
    ...titled('Review escapes (found later in accepted work)', [
      row(`findings, in ${countOf(escapes.accepted_steps, 'accepted step')}`, [
        String(escapes.found),
        countOf(escapes.runs, 'run'),
      ]),
      ...counted('in work of', escapes.by_agent),
      ...counted('found by', escapes.found_by),
      ...counted('let pass by', escapes.passed_by),
    ]),
    ...titled('Cost', costRows(cost)),
    ...titled(
      'Critical path (what the end of the runs waited for)',
      path.by_kind.map(({ kind, ms, runs }) =>
        row(
          KINDS[kind],
          [`${formatDuration(ms)} (${showPercent((100 * ms) / path.total_ms)})`, countOf(runs, 'run')],
          ms,
        ),
      ),
    ),
    ...(path.faster.length === 0
      ? []
      : titled(
          'What would have made them faster (at most, each alone)',
          path.faster.map(({ what, saved_ms, runs }) =>
            row(
              what,
              [
                `${formatDuration(saved_ms)} (${showPercent((100 * saved_ms) / path.total_ms)})`,
                countOf(runs, 'run'),
              ],
              saved_ms,
            ),
          ),
        )),
  ];
}

export const KINDS: Readonly<Record<TimeKind, string>> = {
  work: 'agents at work',
  review: 'reviews',
  gates: 'gates',
  merge: 'merges',
  submission: 'submission',
  deployment: 'deploy commands',
  checks: 'checks at the forge',
  people: 'people',
  pause: 'pauses before another attempt',
  lost: 'work that was cut off',
  stopped: 'nobody drove it',
  engine: 'between the pieces',
};

function row(what: string, [value, runs]: [string, string], share = 0): ChartRow {
  return { cells: [escapeText(what), value, runs], share };
}

function perRun(count: number, runs: number): string {
  return `${count}, ${Math.round((10 * count) / runs) / 10} a run`;
}

function counted(what: string, all: readonly Counted[]): ChartRow[] {
  return limited(all).map(({ name, count, runs }) =>
    row(`${what} ${name}`, [String(count), countOf(runs, 'run')], count),
  );
}

function limited<T extends { name: string }>(all: readonly T[]): readonly T[] {
  return all.slice(0, MAX_NAMES);
}

/** By price where one is known, by tokens where only these are. */
function costRows({ runs, all, by_phase, by_agent, by_model }: WorkOverRuns['cost']): ChartRow[] {
  if (runs === 0) return [row('nobody worked', ['', ''])];
  const head = row('invocations', [String(all.invocations), countOf(runs, 'run')]);
  if (all.usd_unknown === all.invocations && all.tokens_unknown === all.invocations)
    return [head, row('not measured', ['nobody said what they cost', countOf(runs, 'run')])];
  const share = (cost: Cost): number => (all.usd > 0 ? cost.usd : cost.tokens);
  const of = (what: string, list: readonly CostOf[]): ChartRow[] =>
    limited(list).map((each) =>
      row(`${what} ${each.name}`, [costWords(each), countOf(each.runs, 'run')], share(each)),
    );
  return [
    head,
    row('all', [costWords(all), countOf(runs, 'run')]),
    ...of('phase', by_phase),
    ...of('agent', by_agent),
    ...of('model', by_model),
  ];
}

/** `1.75 USD, 51 unknown`: what is not known is never a zero. */
export function costWords({
  invocations,
  usd,
  usd_unknown: unknown,
  tokens,
  tokens_unknown: uncounted,
}: Cost): string {
  const counted =
    uncounted === invocations ? '' : `, ${tokens} tokens${uncounted === 0 ? '' : ` (${uncounted} unknown)`}`;
  if (unknown === invocations) return `price unknown${counted}`;
  return `${usd.toFixed(2)} USD${unknown === 0 ? '' : ` (${unknown} unknown)`}${counted}`;
}
