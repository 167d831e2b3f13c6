/** What may come back on each kind of request: one table, and what else is a fault. */
import type { CaseKind, ProbeAnswer } from './probe-case.ts';

/**
 * `success`: the status that the requirement names. `refused`: 4xx. `not_found`: 404 or 410. `either`: any answer that
 * is no failure of the service; what requirements say nothing about is nobody's fault.
 */
export type Expectation = 'success' | 'refused' | 'not_found' | 'either';

export const EXPECTATIONS: Readonly<Record<CaseKind, Expectation>> = {
  valid: 'success',
  still_valid: 'success',
  at_boundary: 'success',
  missing: 'refused',
  null_required: 'refused',
  null_optional: 'either',
  wrong_type: 'refused',
  out_of_range: 'refused',
  not_in_values: 'refused',
  malformed: 'refused',
  duplicate: 'refused',
  broken_json: 'refused',
  wrong_shape: 'refused',
  content_type: 'either',
  unknown_field: 'either',
  huge_number: 'either',
  unusual_text: 'either',
  unknown_id: 'not_found',
};

/** What is wrong with an answer; the same fault in the same field is the same finding. */
export type Fault =
  | 'ended'
  | 'no_answer'
  | 'server_error'
  | 'refused_right'
  | 'accepted_wrong'
  | 'accepted_duplicate'
  | 'wrong_status';

const NOT_FOUND = [404, 410];

/** null: the answer is as it may be, or the case was not tried. */
export function faultOf(kind: CaseKind, answer: ProbeAnswer, success: number): Fault | null {
  if (answer.outcome === 'no_setup' || answer.outcome === 'not_sent') return null;
  if (answer.died) return 'ended';
  if (answer.outcome !== 'replied' || answer.status === null) return 'no_answer';
  const { status } = answer;
  if (status >= 500) return 'server_error';
  switch (EXPECTATIONS[kind]) {
    case 'success':
      if (status === success) return null;
      return status >= 400 ? 'refused_right' : 'wrong_status';
    case 'refused':
      if (status >= 400) return null;
      return kind === 'duplicate' ? 'accepted_duplicate' : 'accepted_wrong';
    case 'not_found':
      return NOT_FOUND.includes(status) ? null : 'wrong_status';
    case 'either':
      return null;
  }
}
