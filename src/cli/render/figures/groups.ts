/** Figures of runs, group by group. */
import { median } from '../duration.ts';
import { metricsOverRuns, type MetricsOverRuns } from '../parts/metrics-over-runs.ts';
import { workOverRuns, type WorkOverRuns } from './over-runs.ts';
import type { RunFigures } from './run-figures.ts';

/** `agent` has figures of its own. */
export const RUN_GROUPS = ['workflow', 'repo', 'week'] as const;
export type RunGroup = (typeof RUN_GROUPS)[number];

export type Group = {
  key: string;
  /** Of runs that deployed or submitted, each to the later of the two; null: none did. */
  median_lead_ms: number | null;
} & MetricsOverRuns &
  WorkOverRuns;

/** Weeks in their order, others by how many runs they have. A run of several repositories counts in each. */
export function groupsOf(runs: readonly RunFigures[], by: RunGroup): Group[] {
  const found = new Map<string, RunFigures[]>();
  for (const run of runs) for (const key of KEYS[by](run)) found.set(key, [...(found.get(key) ?? []), run]);
  const groups = [...found].map(([key, own]) => ({
    key,
    median_lead_ms: median(own.flatMap(({ figures }) => figures.time?.ms ?? [])),
    ...metricsOverRuns(own),
    ...workOverRuns(own),
  }));
  return groups.toSorted((a, b) => (by === 'week' ? 0 : b.runs - a.runs) || (a.key < b.key ? -1 : 1));
}

const KEYS: Readonly<Record<RunGroup, (run: RunFigures) => string[]>> = {
  workflow: ({ workflow }) => [workflow],
  repo: ({ repos }) => [...new Set(repos)],
  week: ({ started_at }) => [mondayOf(started_at)],
};

const DAY_MS = 86_400_000;

/** The Monday of the week in UTC, as a day. */
function mondayOf(at: string): string {
  const ms = Date.parse(at);
  const sinceMonday = (new Date(ms).getUTCDay() + 6) % 7;
  return new Date(ms - sinceMonday * DAY_MS).toISOString().slice(0, 10);
}
