/** `baton cancel`: ends a run, and says what becomes of what it made. */
import { CLEAN_UPS, type CleanUp } from '../../core/words.ts';
import { createCommand, usageError } from '../command.ts';
import { withoutSecrets } from '../without-secrets.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { refuseInsideRun } from '../nested.ts';
import { goOnHere } from '../answers/post-answer.ts';
import { refuseEnded } from '../refuse-ended.ts';
import { pickOnlyRun } from '../pick-run.ts';
import { openStore, readRun } from '../store.ts';

const CHOICES = CLEAN_UPS.map((choice) => choice.replaceAll('_', '-'));

/** Exit 0 when the cancellation is recorded: that the run is cancelled then is what was asked for. */
export async function run(argv: string[], context: CliContext): Promise<number> {
  refuseInsideRun(context);
  const command = createCommand(
    'cancel',
    'Ends a run; everything is kept unless --then says otherwise.',
    context,
  )
    .argument('[run]', 'id of the run or its beginning; may be left out where no other one is to end')
    .option('--reason <text>', 'why, for the journal', 'cancelled by a person')
    .option('--then <choice>', `what becomes of what it made: ${CHOICES.join(', ')}`, 'keep-everything')
    .option('--no-resume', 'record the wish only; the next holder ends the run')
    .option('--json', 'one JSON event per line, the last one is the result')
    .parse(argv, { from: 'user' });
  const { reason, then, resume, json } = command.opts();
  const cleanUp = parseChoice(then);
  await using store = await openStore(context);
  const { runId } = await pickOnlyRun(store, command.processedArgs[0], 'goes_on', context);
  refuseEnded(await readRun(store.journal, runId));
  await store.journal.post(runId, {
    kind: 'cancel',
    reason: await withoutSecrets(reason, context),
    cleanUp,
    name: context.userName,
    via: 'cli',
  });
  const code = await goOnHere(store, runId, { resume, json: json === true, recorded: 'cancel' }, context);
  return code === EXIT.failed ? EXIT.done : code;
}

function parseChoice(text: string): CleanUp {
  const found = CLEAN_UPS.find((choice) => choice.replaceAll('_', '-') === text);
  if (found !== undefined) return found;
  throw usageError(`--then ${text} is no way to end a run.`, `Choose one of ${CHOICES.join(', ')}.`);
}
