/** Opens the engine for commands that advance a run. */
import type { Engine } from '../engine/engine.ts';
import type { CliContext } from './context.ts';
import { workDirOf } from './places.ts';

/** The engine over this state folder. Loaded late: looking at a run does not need it. */
export async function openEngineHere(stateDir: string, context: CliContext): Promise<Engine> {
  const workDir = workDirOf(context);
  const { openEngine } = await import('../engine/open-engine.ts');
  return openEngine({ stateDir, workDir, environment: context.environment });
}
