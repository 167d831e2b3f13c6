/** Why a revision is not shown to the forge yet: what was pushed is out of hand, and a pipeline runs what it says. */
import { PROTECTED_RULE } from '../../core/questions/approvals.ts';
import type { GateOutcome, Stored } from '../repo-order.ts';

const MAX_NAMED = 5;

/**
 * Of a change that is stopped as it is (a secret in it), and of one with files that steer pipelines and that nobody approved:
 * those are held back, so that a person is asked. null: it may be pushed.
 */
export function notPushed(
  hygiene: Pick<GateOutcome, 'status' | 'drafts'>,
  isApproved: boolean,
): Stored | null {
  const nothing = { status: 'error' as const, tests: null, drafts: [], log: '', durationMs: 0 };
  if (hygiene.status === 'fail')
    return { ...nothing, summary: 'not pushed: `hygiene` stops the change as it is' };
  const held = isApproved
    ? []
    : hygiene.drafts.flatMap(({ identity, repo, file }) =>
        identity === PROTECTED_RULE && file !== null ? [`${repo}/${file}`] : [],
      );
  if (held.length === 0) return null;
  const named = held.slice(0, MAX_NAMED).join(', ');
  const more = held.length > MAX_NAMED ? ` and ${held.length - MAX_NAMED} more` : '';
  return { ...nothing, summary: `not pushed before a person approved ${named}${more}`, held_back: held };
}
