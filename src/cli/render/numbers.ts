/** Counts over a run, for headers, reports and listings. */
import type { GateResult } from '../../core/records.ts';
import type { Usage } from '../../core/results.ts';
import type { FirstJudgement } from './figures/first-judgements.ts';
import type { RunHistory, StepHistory } from './history.ts';

/** `1 step`, `3 steps`. */
export function countOf(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** Reviews that ended with a verdict, and all that the settled steps will have had. */
export function reviewsDone(history: RunHistory): number {
  return [...history.steps.values()].reduce((sum, step) => sum + step.reviews.filter(hasVerdict).length, 0);
}

function hasVerdict(review: StepHistory['reviews'][number]): boolean {
  return review.end?.event.outcome.kind === 'verdict';
}

/**
 * Overall progress in pieces: what was done, and that with what is still to do. What was done never falls; skipped steps
 * are in neither, so the whole falls where one is skipped, and rises where work is done again or a step is wanted after all.
 */
export function progressOf(history: RunHistory): { done: number; total: number } {
  let done = 0;
  let total = 0;
  for (const { pieces } of history.steps.values()) {
    done += pieces.now + pieces.again;
    total += pieces.due + pieces.again;
  }
  return { done, total };
}

/** How many phases came to something, and in how many nothing was done. */
export function phasesDone({ phases }: Pick<RunHistory, 'phases'>): { complete: number; skipped: number } {
  const settled = phases.filter((phase) => phase.completedAt !== null);
  const skipped = settled.filter((phase) => phase.skipped).length;
  return { complete: settled.length - skipped, skipped };
}

/** Of so many steps of agents that were accepted, those that were so at first judgement. */
export function firstPasses(judged: readonly FirstJudgement[]): { first: number; steps: number } {
  return { first: judged.filter(({ first }) => first).length, steps: judged.length };
}

/** The gate results of the last finished run of gates of a step. */
export function lastGates(step: StepHistory): GateResult[] {
  const last = step.gateRuns.findLast((run) => run.end?.event.outcome.kind === 'measured');
  const outcome = last?.end?.event.outcome;
  return outcome?.kind === 'measured' ? outcome.results : [];
}

/** Sums what the invocations cost; a number that one of them cannot say is unknown for the whole run. */
export function totalUsage(history: RunHistory): Usage {
  const usages = [...history.steps.values()].flatMap((step) =>
    [...step.invocations, ...step.reviews].flatMap((piece) =>
      piece.end === null ? [] : [piece.end.event.usage],
    ),
  );
  const sum = (of: (usage: Usage) => number | null): number | null =>
    usages.length === 0
      ? null
      : usages.reduce<number | null>((total, usage) => {
          const value = of(usage);
          return total === null || value === null ? null : total + value;
        }, 0);
  return {
    input_tokens: sum((u) => u.input_tokens),
    output_tokens: sum((u) => u.output_tokens),
    cost_usd: sum((u) => u.cost_usd),
  };
}
