/** From a person's answer on the command line to the inbox, and on with the run. */
import { BatonError } from '../../core/errors.ts';
import type { Question } from '../../core/records.ts';
import type { RunState } from '../../core/state.ts';
import { needsWords } from './ask-people.ts';
import { usageError } from '../command.ts';
import { printJson, printLines, type CliContext } from '../context.ts';
import { driveHere } from '../drive-here.ts';
import { EXIT } from '../exit-codes.ts';
import { openEngineHere, type RecordingFlags } from '../open-engine-here.ts';
import type { RunHistory } from '../render/history.ts';
import { answerCommand, type AskedIn } from '../render/question.ts';
import { questionsNamed, shortQuestionId } from '../render/question-names.ts';
import type { Store } from '../store.ts';
import { withoutSecrets } from '../without-secrets.ts';

export interface GoOnOptions extends RecordingFlags {
  /** false: `--no-resume`. */
  resume: boolean;
  json: boolean;
  /** What was recorded; an answer where nothing is said. */
  recorded?: 'cancel';
}

/** The open question that is meant: the one with this id, or whose id alone begins like this, or the only one. */
export function pickQuestion({ state }: RunHistory, name: string | undefined): Question {
  const { runId } = state;
  const asked = askedIn(state);
  const open = [...state.openQuestions].flatMap((each) => state.questions.get(each)?.question ?? []);
  const names = open.map((question) => shortQuestionId(question.id, asked.known)).join(', ');
  if (name !== undefined) return namedQuestion(state, name, names);
  const [only] = open;
  if (only !== undefined && open.length === 1) return only;
  throw questionError(
    open.length === 0
      ? `Run ${runId} asks nothing now.`
      : `Run ${runId} asks ${open.length} questions: ${names}.`,
    open.length === 0
      ? 'See `baton status`.'
      : `Name the question too. One of these is an answer:\n${open.flatMap((each) => answersTo(asked, each)).join('\n')}`,
  );
}

function namedQuestion(state: RunState, name: string, names: string): Question {
  const found = questionsNamed(name, state.questions.keys());
  const told = found.length === 1 ? state.questions.get(found[0] ?? '') : undefined;
  if (told !== undefined && (told.answer !== null || state.openQuestions.has(told.question.id)))
    return told.question;
  const nothing = `It asks nothing now: see \`baton status ${state.runId}\`.`;
  throw questionError(
    found.length < 2
      ? `Run ${state.runId} asks no question "${name}".`
      : `${found.length} questions of run ${state.runId} begin with "${name}".`,
    names === '' ? nothing : `It asks: ${names}.`,
  );
}

/** Where a question of this run is asked, for the commands that answer it. */
export function askedIn(state: RunState): AskedIn {
  return { runId: state.runId, known: [...state.questions.keys()] };
}

/** Refuses an option that the question does not have, and words where they are missing or not taken. */
export function checkOption(asked: AskedIn, question: Question, option: string, text: string): void {
  const known = question.options.find((each) => each.id === option);
  if (known === undefined)
    throw questionError(
      `"${option}" is no answer to ${question.id}.`,
      `One of these is:\n${answersTo(asked, question).join('\n')}`,
    );
  if (text !== '' && !known.takes_text)
    throw usageError(
      `The answer "${option}" carries no words.`,
      'Leave --text out, or choose another answer.',
    );
  if (text === '' && needsWords(option))
    throw usageError(
      `The answer "${option}" needs your words.`,
      `Say them: \`${answerCommand(asked, question, option)}\`.`,
    );
}

/** The command for each answer that the question takes. */
function answersTo(asked: AskedIn, question: Question): string[] {
  return question.options.map((each) => `  ${answerCommand(asked, question, each.id, each.takes_text)}`);
}

function questionError(message: string, fix: string): BatonError {
  return new BatonError({ code: 'E_QUESTION', message, fix });
}

/** Stores the answer. The first one per question wins; a later one throws E_ANSWERED, naming the winner. */
export async function postAnswer(
  store: Store,
  history: RunHistory,
  answer: { question: Question; option: string; text: string },
  context: CliContext,
): Promise<void> {
  const { question, option, text } = answer;
  // A question that has its answer goes to the store all the same: it knows who won.
  if (history.state.openQuestions.has(question.id))
    checkOption(askedIn(history.state), question, option, text);
  await store.journal.post(history.started.run_id, {
    kind: 'answer',
    questionId: question.id,
    option,
    text: await withoutSecrets(text, context),
    name: context.userName,
    via: 'cli',
  });
}

/** Goes on with the run here, unless somebody holds it or nobody wants it to. */
export async function goOnHere(
  store: Store,
  runId: string,
  options: GoOnOptions,
  context: CliContext,
): Promise<number> {
  const holder = await store.journal.holder(runId);
  if (holder !== null || !options.resume) {
    const who = holder === null ? null : `pid ${holder.pid}`;
    tellRecorded(runId, who, options, context);
    return EXIT.done;
  }
  await using engine = await openEngineHere(store.stateDir, context, options);
  return await driveHere(
    {
      engine,
      stateDir: store.stateDir,
      runId,
      json: options.json,
      takeOver: false,
      tellResume: false,
      aside: null,
    },
    context,
  );
}

function tellRecorded(runId: string, who: string | null, options: GoOnOptions, context: CliContext): void {
  if (options.json) return printJson(context, { type: 'recorded', run_id: runId, holder: who });
  const text =
    options.recorded === 'cancel'
      ? `cancel recorded; ${who === null ? `end the run with: baton resume ${runId}` : `${who} ends the run`}`
      : `recorded; ${who === null ? `go on with: baton resume ${runId}` : `${who} holds run ${runId} and goes on with it`}`;
  printLines(context, [text]);
}
