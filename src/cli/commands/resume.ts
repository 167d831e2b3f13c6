/** `baton resume`: goes on with a run that nobody advances. */
import { Option } from '@commander-js/extra-typings';
import { BatonError } from '../../core/errors.ts';
import { EFFORTS } from '../../core/words.ts';
import { createCommand } from '../command.ts';
import type { CliContext } from '../context.ts';
import { findDemoRun } from '../demo/demo-run.ts';
import { driveHere } from '../drive-here.ts';
import { waitOption } from '../start/wait-option.ts';
import { refuseInsideRun } from '../nested.ts';
import { openEngineHere } from '../open-engine-here.ts';
import { refuseEnded } from '../refuse-ended.ts';
import { pickResumable, pickRun } from '../pick-run.ts';
import { openStore, readRun } from '../store.ts';

/** Folds the journal and goes on; the first line says what that cost. */
export async function run(argv: string[], context: CliContext): Promise<number> {
  refuseInsideRun(context);
  const command = createCommand('resume', 'Goes on with a run that nobody advances.', context)
    .argument('[run]', 'id of the run or its beginning; the latest one by default')
    .option('--take-over', 'end the process that holds the run first, for one that is stopped or stuck')
    .addOption(
      new Option('--effort <tier>', 'raise what the run is worth: what was skipped for it is done').choices(
        EFFORTS,
      ),
    )
    .addOption(waitOption())
    .option('--no-wait', 'leave the checks and reviews of its pull requests to people: the run ends')
    .option('--record <folder>', 'write down what models answer, one file per call')
    .option('--replay <folder>', 'take the answers of models from such a folder, and ask nobody')
    .option('--json', 'one JSON event per line, the last one is the result')
    .parse(argv, { from: 'user' });
  const { takeOver, json, effort, wait, ...recording } = command.opts();
  if (effort !== undefined) await askForEffort(command.processedArgs[0], effort, context);
  if (typeof wait === 'number' || argv.includes('--no-wait'))
    await askToFollow(command.processedArgs[0], typeof wait === 'number' ? wait : null, context);
  const { runId, stateDir } = await findRun(command.processedArgs[0], context);
  await using engine = await openEngineHere(stateDir, context, recording);
  const drive = {
    engine,
    stateDir,
    runId,
    json: json === true,
    takeOver: takeOver === true,
    tellResume: true,
  };
  const demo = await findDemoRun(engine, runId, stateDir);
  if (demo === null) return await driveHere({ ...drive, aside: null }, context);
  if (demo.atLoopback) throw forgeIsGone(runId);
  const { driveDemo } = await import('../demo/play-demo.ts');
  return await driveDemo(drive, demo.hostile, context);
}

/** It kept its pull requests and its token in the process that was ended: a run that went on would wait for it until a person is asked. */
function forgeIsGone(runId: string): BatonError {
  return new BatonError({
    code: 'E_FORGE',
    message: `Run ${runId} was played at the forge of \`baton demo --forge github-like\`, which lived as long as that process.`,
    fix: `Start another one, or \`baton demo\`, which goes on after a kill; \`baton cancel ${runId}\` ends this one, \`baton report ${runId}\` tells how far it came.`,
  });
}

/** Recorded whoever advances the run; one that has ended is not raised any more. */
async function askForEffort(
  name: string | undefined,
  tier: (typeof EFFORTS)[number],
  context: CliContext,
): Promise<void> {
  await using store = await openStore(context);
  const { runId } = await pickRun(store, name, context);
  refuseEnded(await readRun(store.journal, runId));
  await store.journal.post(runId, { kind: 'effort', tier, name: context.userName, via: 'cli' });
}

/** `forMs`: null where the run no longer waits. */
async function askToFollow(
  name: string | undefined,
  forMs: number | null,
  context: CliContext,
): Promise<void> {
  await using store = await openStore(context);
  const { runId } = await pickRun(store, name, context);
  refuseEnded(await readRun(store.journal, runId));
  await store.journal.post(runId, { kind: 'follow', forMs, name: context.userName, via: 'cli' });
}

async function findRun(
  name: string | undefined,
  context: CliContext,
): Promise<{ runId: string; stateDir: string }> {
  await using store = await openStore(context);
  return { runId: (await pickResumable(store, name, context)).runId, stateDir: store.stateDir };
}
