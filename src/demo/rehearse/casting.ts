/** Who of an honest run can play a rogue: read from its journal, so that whoever is cast really comes up. Pure. */
import type { EventOf, JournalEvent } from '../../core/events.ts';
import type { Step, StepId } from '../../core/graph.ts';
import type { Rogue, Seat } from './rogues.ts';

/** One who plays: an agent in one step. */
export interface Part {
  step: StepId;
  agent: string;
}

export type Casting = { kind: 'cast'; parts: Part[] } | { kind: 'not_tried'; why: string };

const NOBODY: Readonly<Record<Seat, string>> = {
  first: 'no agent works in this workflow',
  author: 'no agent of this workflow changes files without a person’s approval',
  tested_author: 'no step in which an agent changes files has its tests run and green',
  reviewer: 'no agent reviews in this workflow',
  sides: 'no two agents of this workflow change files side by side',
};

/** The parts of this rogue. `honest` are the events of the honest run, `steps` its graph as it was at the end. */
export function castRogue({ seat }: Rogue, honest: readonly JournalEvent[], steps: readonly Step[]): Casting {
  const parts = partsOf(seat, honest, steps);
  return parts.length === 0 ? { kind: 'not_tried', why: NOBODY[seat] } : { kind: 'cast', parts };
}

function partsOf(seat: Seat, honest: readonly JournalEvent[], steps: readonly Step[]): Part[] {
  switch (seat) {
    case 'first':
      return workers(honest).slice(0, 1);
    case 'author':
      return authors(honest).slice(0, 1);
    case 'tested_author':
      return authors(honest)
        .filter(({ step }) => hasGreenTests(honest, step))
        .slice(0, 1);
    case 'reviewer':
      return reviewersOf(honest).slice(0, 1);
    case 'sides':
      return sidesOf(honest, steps);
  }
}

function workers(events: readonly JournalEvent[]): Part[] {
  return events.flatMap(({ event }) =>
    event.type === 'invocation_started' ? [{ step: event.step, agent: event.identity.agent }] : [],
  );
}

/** Who left changed files, and nothing that a person had to approve. */
function authors(events: readonly JournalEvent[]): Part[] {
  const asked = new Set(
    events.flatMap(({ event }) => (event.type === 'question_asked' ? [event.question.step] : [])),
  );
  return workers(events).filter(({ step }) => !asked.has(step) && hasChanges(events, step));
}

function hasChanges(events: readonly JournalEvent[], step: StepId): boolean {
  return events.some(
    ({ event }) =>
      event.type === 'invocation_ended' &&
      event.step === step &&
      event.outcome.kind === 'submitted' &&
      event.outcome.changed_files > 0,
  );
}

function hasGreenTests(events: readonly JournalEvent[], step: StepId): boolean {
  const results = events.flatMap(({ event }) =>
    event.type === 'gates_ended' && event.step === step && event.outcome.kind === 'measured'
      ? event.outcome.results
      : [],
  );
  return results.some(({ kind, status }) => kind === 'tests' && status === 'pass');
}

/** Of those who judge files, before those who judge words. */
function reviewersOf(events: readonly JournalEvent[]): Part[] {
  const all = events.flatMap(({ event }) =>
    event.type === 'review_started' ? [{ step: event.step, agent: event.reviewer }] : [],
  );
  return [...all.filter(({ step }) => hasChanges(events, step)), ...all];
}

/** The sides of the first merge of two who both changed files. */
function sidesOf(events: readonly JournalEvent[], steps: readonly Step[]): Part[] {
  const known = authors(events);
  for (const { work } of steps) {
    if (work.kind !== 'merge') continue;
    const sides = known.filter(({ step }) => work.sides.includes(step));
    if (new Set(sides.map(({ step }) => step)).size >= 2) return sides.slice(0, 2);
  }
  return [];
}

/** The graph of a run as it grew. */
export function grownSteps(events: readonly JournalEvent[]): Step[] {
  return events.flatMap(({ event }) => {
    if (event.type === 'run_started') return event.graph.steps;
    return event.type === 'graph_extended' ? event.steps : [];
  });
}

/** The start of a rogue's first attempt; undefined: it did not come up. */
export function rogueStart(
  events: readonly JournalEvent[],
  label: string,
): (JournalEvent & { event: EventOf<'invocation_started'> | EventOf<'review_started'> }) | undefined {
  return events.find(
    (line): line is JournalEvent & { event: EventOf<'invocation_started'> | EventOf<'review_started'> } => {
      const { event } = line;
      const starts = event.type === 'invocation_started' || event.type === 'review_started';
      return starts && event.identity.label === label;
    },
  );
}
