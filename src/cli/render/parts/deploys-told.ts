/** What became of each deployment. */
import type { RunHistory } from '../history.ts';

export interface DeployTold {
  step: string;
  environment: string;
  head: string;
  status: string;
  detail: string;
}

/** By step; empty where the workflow has none. */
export function deploysOf({ state }: RunHistory): DeployTold[] {
  return [...state.steps.values()].flatMap(({ step, deploy, base }) => {
    if (step.work.kind !== 'deploy') return [];
    // The command may have run, whatever became of who ran it: somebody might deploy by hand on reading otherwise.
    const started = deploy.result === null && deploy.attempts > 0;
    const usual = started
      ? 'its command was started, and its outcome is not known yet'
      : 'it was not reached';
    const detail = deploy.trouble?.detail ?? usual;
    const { status, detail: told } = deploy.result ?? { status: 'not_deployed', detail };
    const isLost = started && deploy.trouble?.kind !== 'failed';
    const shown = isLost ? 'unknown' : status;
    return [{ step: step.id, environment: step.work.environment, head: base, status: shown, detail: told }];
  });
}
