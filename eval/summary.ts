/** The figures of an evaluation, for people and as one JSON object. Pure. */
import type { CleanMeasured } from './clean.ts';
import type { Evaluation } from './evaluate.ts';
import { KNOWN_KINDS } from './faults/cheats.ts';
import { isHeldOut } from './faults/fault.ts';
import { GATE_SETS } from './gate-sets.ts';
import type { Measured } from './measure.ts';
import { share, type Share } from './statistics.ts';
import type { RunMeasured } from './whole-runs.ts';

export interface Figures {
  /** By set of gates: what got through. */
  escapes: {
    set: string;
    title: string;
    all: Share;
    tuned: Share;
    heldOut: Share;
    full: Share;
    half: Share;
  }[];
  cheats: { set: string; title: string; all: Share }[];
  known: Share;
  /** The same by project, each with a runner of its own. */
  knownBy: { project: string; all: Share }[];
  /** Known kinds through what `baton init` writes, without criteria; each kind of which something did is named. */
  knownAsWritten: Share;
  throughAsWritten: { kind: string; of: number; tasks: string[]; heldOut: number }[];
  /** Kinds of which something got through all gates: what is held out is counted, and never shown. */
  escaped: { kind: string; of: number; examples: string[]; heldOut: number }[];
  /** `by`: the gates that stopped what is not held out. */
  byKind: { kind: string; family: string; runner: string; all: Share; by: string[] }[];
  clean: Share;
  baseRed: Share;
  falseBlocks: { what: string; by: string[]; why: string[] }[];
  /** Of faults that a finding names the file of. */
  near: Share;
  /** Of all faults that stand in a line and were stopped, whatever a finding names. */
  nearOfStopped: Share;
  runs: RunFigures[];
  /** Of all behaviours together. */
  rounds: Rounds;
  overhead: Evaluation['overhead'];
  harmless: Evaluation['harmless'];
}

/** Rounds of rework, over runs that began with faults and ended with a right pull request. */
export interface Rounds {
  runs: number;
  /** Seeded faults that these runs began with. */
  faults: number;
  rounds: number;
  /** null: there is no such run. */
  perFault: number | null;
}

/** What became of the runs with agents of one behaviour. */
export interface RunFigures {
  behaviour: string;
  n: number;
  pullRequests: number;
  /** Of the runs: a pull request whose head fails the hidden tests. */
  escaped: Share;
  /** How they ended, each way once. */
  ended: string[];
  rounds: Rounds;
  examples: string[];
}

const NEAR_LINES = 3;

export function figuresOf({ faults, cheats, clean, runs, overhead, harmless }: Evaluation): Figures {
  const through = (list: readonly Measured[], set: string): Share =>
    share(list.filter((each) => each.stopped[set]?.length === 0).length, list.length);
  const both = [...faults, ...cheats];
  const known = both.filter(({ fault }) => KNOWN_KINDS.includes(fault.kind));
  const stopped = (list: readonly CleanMeasured[]): Share =>
    share(list.filter(isStopped).length, list.length);
  const placed = both.filter(({ distance }) => distance !== null);
  const near = (list: readonly Measured[]): Share =>
    share(list.filter(({ distance }) => (distance ?? Infinity) <= NEAR_LINES).length, list.length);
  const found = both.filter(({ fault, stopped: by }) => fault.place !== null && by['all']?.length !== 0);
  return {
    escapes: GATE_SETS.map(({ name, title }) => ({
      set: name,
      title,
      all: through(faults, name),
      tuned: through(
        faults.filter(({ heldOut }) => !heldOut),
        name,
      ),
      heldOut: through(
        faults.filter(({ heldOut }) => heldOut),
        name,
      ),
      full: through(
        faults.filter(({ variant }) => variant === 'full'),
        name,
      ),
      half: through(
        faults.filter(({ variant }) => variant === 'half'),
        name,
      ),
    })),
    cheats: GATE_SETS.map(({ name, title }) => ({ set: name, title, all: through(cheats, name) })),
    known: through(known, 'all'),
    knownBy: [...Map.groupBy(known, ({ fault }) => fault.task.project)].map(([project, list]) => ({
      project,
      all: through(list, 'all'),
    })),
    knownAsWritten: through(known, 'init'),
    throughAsWritten: [...Map.groupBy(known, ({ fault }) => fault.kind)].flatMap(([kind, list]) => {
      const out = list.filter((each) => each.stopped['init']?.length === 0);
      const open = out.filter(({ heldOut }) => !heldOut);
      const tasks = open.map(({ fault }) => fault.task.id);
      return out.length === 0 ? [] : [{ kind, of: list.length, tasks, heldOut: out.length - open.length }];
    }),
    escaped: [...Map.groupBy(both, ({ fault }) => fault.kind)].flatMap(([kind, list]) => {
      const out = list.filter((each) => each.stopped['all']?.length === 0);
      const open = out.filter(({ heldOut }) => !heldOut);
      const heldOut = out.length - open.length;
      return out.length === 0 ? [] : [{ kind, of: list.length, examples: open.map(sayFault), heldOut }];
    }),
    byKind: [...Map.groupBy(both, ({ fault }) => `${fault.kind} ${fault.task.project}`)].map(([, list]) => ({
      kind: list[0]?.fault.kind ?? '',
      family: list[0]?.fault.family ?? '',
      runner: list[0]?.fault.task.project ?? '',
      all: through(list, 'all'),
      by: gatesThatStopped(list),
    })),
    clean: stopped(clean),
    baseRed: stopped(clean.filter(({ change }) => change.task.baseIsRed)),
    falseBlocks: clean.filter(isStopped).map(({ change, stopped: by, why }) => ({
      what: `${change.task.id} ${change.kind}`,
      by,
      why,
    })),
    near: near(placed),
    nearOfStopped: near(found),
    runs: [...Map.groupBy(runs, ({ behaviour }) => behaviour)].map(([behaviour, list]) =>
      runFigures(behaviour, list),
    ),
    rounds: roundsOver(runs),
    overhead,
    harmless,
  };
}

const gatesThatStopped = (list: readonly Measured[]): string[] => [
  ...new Set(list.flatMap(({ heldOut, stopped }) => (heldOut ? [] : (stopped['all'] ?? [])))),
];

function runFigures(behaviour: string, list: readonly RunMeasured[]): RunFigures {
  const done = list.filter(({ pullRequest }) => pullRequest);
  const escaped = list.filter((each) => each.escaped);
  return {
    behaviour,
    n: list.length,
    pullRequests: done.length,
    escaped: share(escaped.length, list.length),
    ended: [...new Set(list.map(({ status, reason }) => (reason === '' ? status : `${status} (${reason})`)))],
    rounds: roundsOver(list),
    examples: escaped.flatMap(({ task, faults: all }) =>
      all.map((each) => `${task.id}: ${isHeldOut(each.id) ? 'one that is held out' : each.what}`),
    ),
  };
}

function roundsOver(list: readonly RunMeasured[]): Rounds {
  // An honest run begins without the faults that were picked for it.
  const right = list.filter(
    ({ behaviour, pullRequest, escaped, faults }) =>
      pullRequest && !escaped && behaviour !== 'honest' && faults.length > 0,
  );
  const faults = right.reduce((sum, each) => sum + each.faults.length, 0);
  const rounds = right.reduce((sum, each) => sum + each.rounds, 0);
  return { runs: right.length, faults, rounds, perFault: faults === 0 ? null : rounds / faults };
}

const isStopped = ({ stopped }: CleanMeasured): boolean => stopped.length !== 0;

function sayFault({ fault, variant }: Measured): string {
  const where = fault.place === null ? '' : ` ${fault.place.path}:${fault.place.line}`;
  return `${fault.task.id}${where}, ${variant === 'half' ? 'half of' : 'all of'} its tests: ${fault.what}`;
}
