/** What went otherwise than hoped in a run, one line each: the list of issues met. */
import { gatePlace } from '../../core/checks/gate-place.ts';
import { firstLine } from './escape.ts';
import { failureLine, wholeWords } from './event-line.ts';
import type { RunHistory, StepHistory } from './history.ts';
import { gateWord } from './gate-word.ts';
import { countOf, lastGates } from './numbers.ts';

/** Every issue that the journal shows, in the order of the steps, then of the run. */
export function issuesOf(history: RunHistory): string[] {
  return [...[...history.steps.values()].flatMap(stepIssues), ...runIssues(history)];
}

function stepIssues(step: StepHistory): string[] {
  const { id } = step.step;
  const failures = [...step.invocations, ...step.reviews].flatMap((piece) => {
    const outcome = piece.end?.event.outcome;
    return outcome?.kind === 'failed'
      ? [`${id}: an attempt failed (${outcome.reason}): ${failureLine(outcome.detail)}`]
      : [];
  });
  const reworks = step.reworks.map(
    (rework) =>
      `${id}: sent back in round ${rework.event.round - 1} with ${countOf(rework.event.findings.length, 'finding')}`,
  );
  const reopened = step.reopened.map((event) => `${id}: opened again: ${firstLine(event.event.reason)}`);
  const gates = lastGates(step)
    .filter((gate) => gate.status !== 'pass' && gate.status !== 'not_applicable')
    .map(
      (gate) =>
        `${id}: gate ${gate.gate} in ${gatePlace(gate)} is ${gateWord(gate)}: ${firstLine(gate.summary)}`,
    );
  return [...failures, ...reworks, ...reopened, ...gates];
}

function runIssues(history: RunHistory): string[] {
  const mismatches = history.mismatches.flatMap(({ event }) =>
    event.mismatches.map(
      (m) => `${event.step}: claimed ${firstLine(m.claim)}, measured ${firstLine(m.measured)}`,
    ),
  );
  const interruptions = history.interruptions.map(
    ({ event, at }) =>
      `interrupted before ${at.slice(11, 19)} with ${countOf(event.keys.length, 'piece')} of work in flight`,
  );
  const pauses = history.pauses.map(({ event }) => `paused (${event.reason}): ${firstLine(event.detail)}`);
  const refused = history.effects.flatMap(({ event }) =>
    event.outcome.kind === 'confirmed'
      ? (event.outcome.notes ?? []).map((note) => `${event.effect} for ${event.repo}: ${firstLine(note)}`)
      : event.outcome.kind === 'base_moved' || event.outcome.kind === 'pending'
        ? []
        : [`${event.effect} for ${event.repo}: ${firstLine(event.outcome.detail)}`],
  );
  const givenUp = history.state.issues.map(
    ({ step, problem }) => `${step}: given up, nobody waited for it: ${firstLine(problem)}`,
  );
  const missed = history.rises.flatMap(({ event }) =>
    event.whole === undefined
      ? []
      : [`effort ${event.from} became ${event.to}: ${firstLine(event.reason)}${wholeWords(event)}`],
  );
  return [...missed, ...givenUp, ...mismatches, ...interruptions, ...pauses, ...refused];
}
