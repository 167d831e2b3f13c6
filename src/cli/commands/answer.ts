/** `baton answer`: answers what a run asks, and goes on with it. */
import { BatonError } from '../../core/errors.ts';
import type { RunRow } from '../../journal/journal.ts';
import { createCommand, usageError } from '../command.ts';
import type { CliContext } from '../context.ts';
import { refuseInsideRun } from '../nested.ts';
import { chooseRecordings } from '../open-engine-here.ts';
import { goOnHere, pickQuestion, postAnswer } from '../answers/post-answer.ts';
import { pickOnlyRun } from '../pick-run.ts';
import { openStore, readRun, type Store } from '../store.ts';

/** `answer RUN QUESTION OPTION`, `answer RUN OPTION`, `answer QUESTION OPTION` or `answer OPTION`. */
export async function run(argv: string[], context: CliContext): Promise<number> {
  refuseInsideRun(context);
  const command = createCommand('answer', 'Answers what a run asks, and goes on with it here.', context)
    .usage('[options] [run] [question] <option>')
    .argument('<words...>', 'the option; before it the run and the question where they are not the only ones')
    .option('--text <text>', 'your words, for answers that carry some', '')
    .option('--no-resume', 'record the answer only')
    .option('--record <folder>', 'write down what models answer, one file per call')
    .option('--replay <folder>', 'take the answers of models from such a folder, and ask nobody')
    .option('--json', 'one JSON event per line, the last one is the result')
    .parse(argv, { from: 'user' });
  const { text, json, ...goOn } = command.opts();
  chooseRecordings(goOn, context); // refuses before anything is recorded
  await using store = await openStore(context);
  const { runName, questionId, option } = await readWords(store, command.processedArgs[0]);
  const { runId } = await pickAsked(store, runName, option, context);
  const history = await readRun(store.journal, runId);
  const question = pickQuestion(history, questionId);
  await postAnswer(store, history, { question, option, text }, context);
  return await goOnHere(store, runId, { ...goOn, json: json === true }, context);
}

/** A single word is an answer; where several runs ask, whoever wrote it may have meant a run. */
async function pickAsked(
  store: Store,
  runName: string | undefined,
  option: string,
  context: CliContext,
): Promise<RunRow> {
  try {
    return await pickOnlyRun(store, runName, 'asks', context);
  } catch (error) {
    if (runName !== undefined || !(error instanceof BatonError) || error.code !== 'E_USAGE') throw error;
    throw usageError(`"${option}" is no run, and as an answer it is not enough: ${error.message}`, error.fix);
  }
}

interface Words {
  runName: string | undefined;
  questionId: string | undefined;
  option: string;
}

/** With two words the first one is a run where there is a run that begins so, and a question otherwise. */
async function readWords(store: Store, words: string[]): Promise<Words> {
  const [first, second, third] = words;
  const option = words.at(-1) ?? '';
  switch (words.length) {
    case 1:
      return { runName: undefined, questionId: undefined, option };
    case 2: {
      const isRun = (await store.journal.listRuns({ limit: 1, prefix: first ?? '' })).length > 0;
      return isRun
        ? { runName: first, questionId: undefined, option }
        : { runName: undefined, questionId: first, option };
    }
    case 3:
      return { runName: first, questionId: second, option: third ?? '' };
    default:
      throw usageError(`${words.length} words are too many.`, 'Write: baton answer [RUN] [QUESTION] OPTION.');
  }
}
