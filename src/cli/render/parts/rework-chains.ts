/** Which findings sent which step back, round by round. */
import type { RunHistory, StepHistory } from '../history.ts';

export interface ReworkChain {
  step: string;
  rounds: { round: number; authors: string[]; problems: string[] }[];
  settled: boolean;
}

/** Nothing where the step was never sent back. */
export function reworkChain(history: RunHistory, step: StepHistory): ReworkChain[] {
  if (step.reworks.length === 0 && step.reopened.length === 0) return [];
  const problems = problemsById(history);
  const rounds = [
    ...step.reworks.map(({ event }) => ({
      round: event.round,
      authors: event.authors,
      problems: event.findings.map((id) => problems.get(id) ?? id),
    })),
    ...step.reopened.map(({ event }) => ({
      round: 0,
      authors: [event.step],
      problems: [event.reason, ...event.findings.map((f) => f.problem)],
    })),
  ];
  return [{ step: step.step.id, rounds, settled: step.accepted !== null }];
}

function problemsById(history: RunHistory): Map<string, string> {
  const problems = new Map<string, string>();
  for (const { event } of history.events) {
    const found =
      event.type === 'review_ended' && event.outcome.kind === 'verdict'
        ? event.outcome.review.findings
        : event.type === 'gates_ended' && event.outcome.kind === 'measured'
          ? event.outcome.results.flatMap((result) => result.findings)
          : [];
    for (const finding of found)
      problems.set(finding.id, `${finding.file ?? finding.source}: ${finding.problem}`);
  }
  return problems;
}
