/** What Baton says of a submitted commit in a status of its own: from the journal alone, the same in every attempt. */
import { isLeftRed } from '../core/effects/following.ts';
import { overriddenSteps } from '../core/questions/overridden.ts';
import { stepOf } from '../core/state.ts';
import { statusPrefix, type ForgeStatus } from '../forges/forge.ts';
import { anchorOf } from './journal-anchor.ts';
import type { RunContext } from './run-context.ts';

/** Forges take no longer one. */
const MAX_DESCRIPTION_CHARS = 140;

export async function ownStatusOf(
  { state, history, runId }: RunContext,
  { step, effect, repo, head }: { step: string; effect: string; repo: string; head: string },
): Promise<ForgeStatus> {
  const said = whatIsSaid();
  const anchor = anchorOf(await history(), head);
  const at = anchor === null ? '' : `; journal ${anchor.seq} ${anchor.hash}`;
  const description = `${statusPrefix({ runId })}${said.words}${at}`.slice(0, MAX_DESCRIPTION_CHARS);
  return { state: said.state, description };

  function whatIsSaid(): { state: ForgeStatus['state']; words: string } {
    if (effect === 'begin_status') return { state: 'pending', words: 'submission under way' };
    if (isLeftRed(state, stepOf(state, step), repo))
      return { state: 'failure', words: 'left red by a person' };
    return {
      state: 'success',
      words: overriddenSteps(state).length > 0 ? 'accepted in part by a person' : 'gates and reviews passed',
    };
  }
}
