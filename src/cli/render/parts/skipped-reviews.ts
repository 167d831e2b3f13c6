/** Reviews that nothing called for, although the change brings endpoints that write. */
import { endpointsIn, nameOfEndpoint } from '../../../core/checks/endpoints.ts';
import type { Condition } from '../../../core/graph.ts';
import { stepOf, type RunState } from '../../../core/state.ts';
import type { Bodies } from './accepted-bodies.ts';

export interface SkippedReview {
  step: string;
  reviewers: string[];
  reason: string;
  /** What accepted results say the change brings or changes, other than to read: `POST /invoices`. */
  endpoints: string[];
}

/** Only those that wait for a concern: what an effort leaves out was never meant for this change. */
export function skippedReviews(state: RunState, bodies: Bodies): SkippedReview[] {
  const steps = state.graph.steps.map(({ id }) => stepOf(state, id));
  const accepted = steps.map((st) => bodies.get(st.accepted?.output?.artifact ?? '') ?? null);
  const endpoints = endpointsIn(accepted)
    .filter(({ method }) => method !== 'GET')
    .map(nameOfEndpoint);
  if (endpoints.length === 0) return [];
  return steps
    .filter(
      ({ status, step }) => status === 'skipped' && step.work.kind === 'check' && asksForConcern(step.when),
    )
    .map(({ step, skipReason }) => ({
      step: step.id,
      reviewers: step.reviewers,
      reason: skipReason ?? 'skipped',
      endpoints,
    }));
}

function asksForConcern(when: Condition | null): boolean {
  switch (when?.kind) {
    case 'concerns':
      return true;
    case 'any':
    case 'all':
      return when.of.some(asksForConcern);
    case 'not':
      return asksForConcern(when.of);
    case 'planned':
    case 'changed':
    case 'effort':
    case undefined:
      return false;
  }
}
