/** Inside an agent's sandbox this command line starts, answers and ends nothing. */
import { BatonError } from '../core/errors.ts';
import type { CliContext } from './context.ts';

/** Throws E_NESTED_RUN where the caller is an agent of a run. */
export function refuseInsideRun(context: CliContext): void {
  const invocation = context.environment['BATON_INVOCATION'];
  if (invocation === undefined || invocation === '') return;
  throw new BatonError({
    code: 'E_NESTED_RUN',
    message: `This is the agent of a run (${invocation}); an agent cannot start, answer or end runs.`,
    fix: 'Hand in a result; the engine decides what happens next.',
  });
}
