/** The sets of gates that are compared, as data: which results of which pass count. */
import type { GateResult } from '../src/core/records.ts';
import { isEnginesOwn, type GateKind } from '../src/core/words.ts';
import type { Criteria } from './faults/criteria.ts';

/**
 * `without_own`: the change without its own tests; `with_own`: with those of them that it brings; `late`: the same once
 * more, by gates that take so long that they are asked only where all others let it through.
 */
export type Tree = 'without_own' | 'with_own' | 'late';

export interface GateSet {
  name: string;
  title: string;
  /** Results that may stop a change, by kind; `all`: every one. */
  counts: Partial<Record<Tree, readonly string[] | 'all'>>;
  /** Only gates of the kinds that `baton init` would write for the project, beside those that every pass has, and no criteria. */
  asWritten?: boolean;
}

/** They ask the same of both trees, and are run on the first one alone. */
export const STATIC: readonly string[] = ['types', 'lint', 'build'];

export const LATE: readonly string[] = ['mutation', 'probe'];

export const GATE_SETS: readonly GateSet[] = [
  { name: 'none', title: 'no gates', counts: {} },
  { name: 'static', title: 'types and lint', counts: { without_own: STATIC } },
  { name: 'existing', title: '+ existing tests', counts: { without_own: [...STATIC, 'tests'] } },
  {
    name: 'own',
    title: "+ the change's own tests by name",
    counts: { without_own: STATIC, with_own: ['tests'] },
  },
  {
    name: 'read',
    title: '+ hygiene, reach, executed, criteria, approvals',
    counts: { without_own: STATIC, with_own: 'all' },
  },
  {
    name: 'all',
    title: 'all gates that were asked',
    counts: { without_own: STATIC, with_own: 'all', late: LATE },
  },
  {
    name: 'init',
    title: 'what `baton init` writes, without criteria',
    counts: { without_own: STATIC, with_own: 'all' },
    asWritten: true,
  },
];

/** The set without the late gates: what it stops they are not asked about. */
export const BEFORE_LATE = GATE_SETS.filter(({ name }) => name === 'read');

/** What one pass of all gates said of a change. */
export interface Pass {
  results: GateResult[];
  /** What has to be shown, and by which tests. */
  criteria: Criteria;
  /** The kinds of gates that `baton init` would write for the project. */
  written: readonly GateKind[];
  /** Whether a person has to approve a part of it before it could be submitted. */
  waits: boolean;
  ms: number;
}

export type Passes = Partial<Record<Tree, Pass>>;

/** The gates of the set that stopped it; none: it got through. A wait for a person and criteria that nobody shows count as gates of their own. */
export function stoppedBy({ counts, asWritten = false }: GateSet, passes: Passes): string[] {
  const stopped = Object.entries(counts).flatMap(([tree, kinds]) => {
    const pass = passes[tree as Tree]; // the keys are trees
    if (pass === undefined) return [];
    const red = pass.results.filter(
      (result) =>
        (kinds === 'all' || kinds.includes(result.kind)) &&
        (!asWritten || isEnginesOwn(result.kind) || pass.written.includes(result.kind)) &&
        isRed(result),
    );
    const waits = kinds === 'all' && pass.waits ? ['approval'] : [];
    const unproven = kinds === 'all' && !asWritten && !isProven(pass) ? ['criteria'] : [];
    return [...red.map(({ gate }) => gate), ...waits, ...unproven];
  });
  return [...new Set(stopped)];
}

/** As a run judges it: what is red, or found something that blocks. */
function isRed({ status, findings }: GateResult): boolean {
  return status === 'fail' || status === 'error' || findings.some(({ blocking }) => blocking);
}

/** As the standard of a run's criteria asks: each has a test that is there, green, and shows something of the change. */
function isProven({ results, criteria }: Pass): boolean {
  const shown = results
    .flatMap((result) => result.named ?? [])
    .filter((seen) => seen.green && seen.already_there !== true && seen.empty !== true)
    .map(({ name }) => name);
  return criteria.named.length === criteria.count && criteria.named.every((name) => shown.includes(name));
}
