/** Opens the engine for commands that advance a run. */
import { resolve } from 'node:path';
import type { RecordingOptions } from '../gateway/recordings.ts';
import { usageError } from './command.ts';
import type { Engine } from '../engine/engine.ts';
import type { CliContext } from './context.ts';
import { signingKeyFile, workDirOf } from './places.ts';

/** The engine over this state folder. Loaded late: looking at a run does not need it. */
export async function openEngineHere(
  stateDir: string,
  context: CliContext,
  recording: RecordingFlags = {},
): Promise<Engine> {
  const workDir = workDirOf(context);
  const recordings = chooseRecordings(recording, context);
  const { openEngine } = await import('../engine/open-engine.ts');
  const signingKey = signingKeyFile(context);
  return openEngine({ stateDir, workDir, environment: context.environment, recordings, signingKey });
}

export interface RecordingFlags {
  record?: string | undefined;
  replay?: string | undefined;
}

/** As the flags say; null: models are asked, and nobody writes down what they answer. */
export function chooseRecordings(
  { record, replay }: RecordingFlags,
  context: CliContext,
): RecordingOptions | null {
  if (record !== undefined && replay !== undefined)
    throw usageError('--record and --replay exclude each other.', 'Leave one of the two out.');
  const dir = record ?? replay;
  if (dir === undefined) return null;
  return { mode: record === undefined ? 'replay' : 'record', dir: resolve(context.cwd, dir) };
}
