/** The figures of one run that its report tells. */
import { budgetLines, type BudgetLine } from '../../../core/budget/budget.ts';
import type { Usage } from '../../../core/results.ts';
import { spanMs } from '../duration.ts';
import { firstJudgements } from '../figures/first-judgements.ts';
import type { RunHistory } from '../history.ts';
import { firstPasses, reviewsDone, totalUsage } from '../numbers.ts';
import { lineCoverage, type LineCoverage } from '../../../engine/line-coverage.ts';

export interface Measured {
  lead_time_ms: number;
  invocations: number;
  reviews: number;
  rework_rounds: number;
  first_pass_yield: number | null;
  human_answers: number;
  waited_for_people_ms: number;
  interruptions: number;
  /** Of the changed lines, on the last accepted tree or the newest one before it that was measured; null: on none. */
  line_coverage: LineCoverage | null;
  usage: Usage;
  budget: BudgetLine[];
}

/** From the journal alone. */
export function measuredIn(history: RunHistory): Measured {
  const steps = [...history.steps.values()];
  const judged = firstPasses(firstJudgements(history));
  return {
    lead_time_ms: spanMs(history.startedAt, history.lastAt),
    invocations: steps.reduce((sum, step) => sum + step.invocations.length, 0),
    reviews: reviewsDone(history),
    rework_rounds: steps.reduce((sum, step) => sum + step.reworks.length + step.reopened.length, 0),
    first_pass_yield: judged.steps === 0 ? null : judged.first / judged.steps,
    human_answers: history.questions.filter((asked) => asked.answer !== null).length,
    waited_for_people_ms: history.questions.reduce(
      (sum, { askedAt, answer }) => sum + (answer === null ? 0 : spanMs(askedAt, answer.at)),
      0,
    ),
    interruptions: history.interruptions.length,
    line_coverage: lineCoverage(history.state),
    usage: totalUsage(history),
    budget: budgetLines(history.state),
  };
}
