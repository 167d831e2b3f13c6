/** Changes with nothing wrong in them, which no gate may stop: the good change itself, and what leaves its meaning alone. */
import { halved } from './faults/cheats.ts';
import { criteriaOf } from './faults/criteria.ts';
import { LATE, STATIC, stoppedBy, type GateSet } from './gate-sets.ts';
import type { Benches } from './measure.ts';
import type { EvalTask, Files } from './tasks.ts';

export const CLEAN_KINDS = ['gold', 'half_of_tests', 'renamed', 'comment', 'reordered', 'log_line'] as const;
export type CleanKind = (typeof CLEAN_KINDS)[number];

export interface CleanChange {
  task: EvalTask;
  kind: CleanKind;
  sources: Files;
  tests: Files;
}

export interface CleanMeasured {
  change: CleanChange;
  /** The gates that stopped it; empty: none, as it should be. */
  stopped: string[];
  /** What they said, for people. */
  why: string[];
}

/** Every harmless variant that the task has room for. */
export function cleanChanges(task: EvalTask): CleanChange[] {
  const { gold, tests, runner } = task;
  const edits: Record<Exclude<CleanKind, 'gold' | 'half_of_tests'>, (text: string) => string> = {
    renamed: (text) => renamed(text),
    comment: (text) =>
      text
        .replace(/^(export (?:async )?function|func (?!Test)|pub fn)/m, '// Kept small on purpose.\n$1')
        .replace(/^(def )/m, '# Kept small on purpose.\n$1'),
    reordered: (text) => text.replace(/^(const \w+ = [^;\n]+;\n)(const \w+ = \d+;\n)/m, '$2$1'),
    log_line: (text) =>
      runner === 'go'
        ? text
        : text.replace(
            /^(export async function .*\{\n|async function .*\{\n)/m,
            `$1  console.info('asked');\n`,
          ),
  };
  const variants = Object.entries(edits).flatMap(([kind, edit]): CleanChange[] => {
    const path = Object.keys(gold).find(
      (each) => gold[each] !== null && edit(gold[each] ?? '') !== gold[each],
    );
    if (path === undefined) return [];
    return [{ task, kind: kind as CleanKind, sources: { ...gold, [path]: edit(gold[path] ?? '') }, tests }]; // the keys are kinds
  });
  return [
    { task, kind: 'gold', sources: gold, tests },
    { task, kind: 'half_of_tests', sources: gold, tests: halved(tests, runner) },
    ...variants,
  ];
}

/** A constant of one function's that is called otherwise in the whole file. */
function renamed(text: string): string {
  const name = /^\s+(?:const (\w{4,}) = |(\w{4,}) := |let (\w{4,}) = )/m
    .exec(text)
    ?.slice(1)
    .find((each) => each !== undefined);
  const isField = name === undefined || new RegExp(`[{,.]\\s*${name}\\b|\\b${name}\\s*[:},]`).test(text);
  return isField ? text : text.replaceAll(new RegExp(`\\b${name}\\b`, 'g'), `${name}Here`);
}

/** Everything that one pass over the whole change says. */
const WHOLE: GateSet = { name: 'all', title: 'all gates', counts: { with_own: 'all' } };

/** null: the hidden tests are red with it, so that it is no harmless change after all. */
export async function measureClean(
  change: CleanChange,
  { verdict, gates }: Benches,
): Promise<CleanMeasured | null> {
  const { task, sources, tests } = change;
  if (!(await verdict.judge({ ...tests, ...sources })).accepted) return null;
  // Fewer tests notice less, which is no false alarm: the gates that are asked last see the good change alone.
  // Nor are types, lint and `executed` asked about the halves: what only the other half used or ran is cut off by us.
  const left: Partial<Record<CleanKind, readonly string[]>> = {
    gold: [],
    half_of_tests: [...STATIC, ...LATE, 'executed'],
  };
  const runs = (kind: string): boolean => !(left[change.kind] ?? LATE).includes(kind);
  const whole = { ...sources, ...tests };
  const pass = await gates.pass(whole, { criteria: criteriaOf(task, whole), runs });
  const why = pass.results.flatMap(({ gate, summary, findings, status }) => [
    ...(status === 'fail' || status === 'error' ? [`${gate}: ${summary}`] : []),
    ...findings.filter(({ blocking }) => blocking).map(({ problem }) => `${gate}: ${problem}`),
  ]);
  return { change, stopped: stoppedBy(WHOLE, { with_own: pass }), why };
}
