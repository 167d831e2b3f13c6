/** Holds runs to the sandbox that was asked for: nothing runs without one because a machine happens to have none. */
import { BatonError } from '../core/errors.ts';
import { RISK, type OpenedWall } from '../workspace/wall/open-wall.ts';

/** Throws E_NO_WALL where a new run asks for a wall and there is none. */
export function requireWall({ lack }: OpenedWall): void {
  if (lack === null) return;
  throw new BatonError({
    code: 'E_NO_WALL',
    message: `There is no sandbox for agents and gates: ${lack.problem}.`,
    fix: `${lack.fix} Or say \`--sandbox off\`: then ${RISK}.`,
  });
}

/** What a run that began behind a wall ends with before it starts anything without one; null: there is one. */
export function findLostWall(runId: string, { lack }: OpenedWall): BatonError | null {
  if (lack === null) return null;
  return new BatonError({
    code: 'E_NO_WALL',
    message: `Run ${runId} began behind a sandbox, and there is none any more: ${lack.problem}.`,
    fix: `${lack.fix} Then resume it; or cancel it and start a new one with \`--sandbox off\`.`,
  });
}
