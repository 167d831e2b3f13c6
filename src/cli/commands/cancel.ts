/** `baton cancel`: ends a run; reviewed work is kept. */
import { statusOf } from '../../core/status.ts';
import { BatonError } from '../../core/errors.ts';
import { createCommand } from '../command.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { refuseInsideRun } from '../nested.ts';
import { goOnHere } from '../post-answer.ts';
import type { RunHistory } from '../render/history.ts';
import { openStore, pickRun, readRun } from '../store.ts';

/** Exit 0 when the cancellation is recorded: that the run is cancelled then is what was asked for. */
export async function run(argv: string[], context: CliContext): Promise<number> {
  refuseInsideRun(context);
  const command = createCommand('cancel', 'Ends a run; reviewed work is kept under refs/baton.', context)
    .argument('[run]', 'id of the run or its beginning; the latest one by default')
    .option('--reason <text>', 'why, for the journal', 'cancelled by a person')
    .option('--no-resume', 'record the wish only; the next holder ends the run')
    .option('--json', 'one JSON event per line, the last one is the result')
    .parse(argv, { from: 'user' });
  const { reason, resume, json } = command.opts();
  await using store = await openStore(context);
  const { runId } = await pickRun(store.journal, command.processedArgs[0]);
  refuseEnded(await readRun(store.journal, runId));
  await store.journal.post(runId, { kind: 'cancel', reason, name: context.userName, via: 'cli' });
  const code = await goOnHere(store, runId, { resume, json: json === true, recorded: 'cancel' }, context);
  return code === EXIT.failed ? EXIT.done : code;
}

function refuseEnded(history: RunHistory): void {
  if (history.ended === null) return;
  throw new BatonError({
    code: 'E_RUN_ENDED',
    message: `Run ${history.started.run_id} has ended: ${statusOf(history.state).status}.`,
    fix: `Nothing to do. See \`baton report ${history.started.run_id}\`.`,
  });
}
