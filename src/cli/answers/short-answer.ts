/** `approve` and `reject`: an answer by its meaning, whatever the option is called. */
import type { Question } from '../../core/records.ts';
import { createCommand } from '../command.ts';
import type { CliContext } from '../context.ts';
import { refuseInsideRun } from '../nested.ts';
import { chooseRecordings } from '../open-engine-here.ts';
import { askedIn, goOnHere, pickQuestion, postAnswer } from './post-answer.ts';
import type { AskedIn } from '../render/question.ts';
import { pickOnlyRun } from '../pick-run.ts';
import { openStore, readRun } from '../store.ts';

export interface ShortAnswer {
  name: string;
  description: string;
  choose(asked: AskedIn, question: Question): string;
}

/** Runs the command: finds the question, chooses the option, records it, goes on. */
export async function runShortAnswer(
  short: ShortAnswer,
  argv: string[],
  context: CliContext,
): Promise<number> {
  refuseInsideRun(context);
  const command = createCommand(short.name, short.description, context)
    .argument('[run]', 'id of the run or its beginning; may be left out where no other one waits')
    .argument('[question]', 'id of the question or its beginning; the only open one by default')
    .option('--text <text>', 'your words, for answers that carry some', '')
    .option('--no-resume', 'record the answer only')
    .option('--record <folder>', 'write down what models answer, one file per call')
    .option('--replay <folder>', 'take the answers of models from such a folder, and ask nobody')
    .option('--json', 'one JSON event per line, the last one is the result')
    .parse(argv, { from: 'user' });
  const { text, json, ...goOn } = command.opts();
  const [runName, questionId] = command.processedArgs;
  chooseRecordings(goOn, context); // refuses before anything is recorded
  await using store = await openStore(context);
  const { runId } = await pickOnlyRun(store, runName, 'asks', context);
  const history = await readRun(store.journal, runId);
  const question = pickQuestion(history, questionId);
  const option = short.choose(askedIn(history.state), question);
  await postAnswer(store, history, { question, option, text }, context);
  return await goOnHere(store, runId, { ...goOn, json: json === true }, context);
}
