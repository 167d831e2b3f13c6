/** Advances a run in this process and shows it: on a terminal live, otherwise in lines, or as JSON. */
import { withoutSecrets } from './without-secrets.ts';
import { budgetLines } from '../core/budget/budget.ts';
import type { JournalEvent } from '../core/events.ts';
import type { Question } from '../core/records.ts';
import { startQuestionBelowPhases } from '../core/questions/questions.ts';
import { drive } from '../engine/drive.ts';
import type { DriveListener, DriveResult, Engine } from '../engine/engine.ts';
import { askInPlace, askUntilAnswered } from './answers/ask-people.ts';
import { columnsOf, type CliContext } from './context.ts';
import { exitOfStatus } from './exit-codes.ts';
import type { Aside } from './render/aside.ts';
import { openLiveProgress } from './render/live.ts';
import { createJsonProgress, createPlainProgress, type Progress } from './render/progress.ts';
import { questionLines } from './render/question.ts';
import { cameWithoutTest } from '../engine/success-criteria.ts';
import { shownCriteria } from './answers/shown-criteria.ts';
import { acceptedAnyway } from './render/accepted-anyway.ts';
import { localForgeDir, resultJson, resultLines, type RunResult } from './render/result-text.ts';
import { readUsualTimes } from './render/usual-times.ts';
import { styleOf } from './style-of.ts';
import { tellResume, tellTotal } from './tell-resume.ts';

export interface DriveHereOptions {
  engine: Engine;
  stateDir: string;
  runId: string;
  json: boolean;
  takeOver: boolean;
  /** Begin and end with the line that says what the resume cost. */
  tellResume: boolean;
  /** Shown with the progress; JSON has the events and nothing beside them. */
  aside: Aside | null;
}

/** Advances the run until it ends, waits for a person who is not here, or is stopped. Returns the exit code. */
export async function driveHere(options: DriveHereOptions, context: CliContext): Promise<number> {
  using stop = context.listenForStop();
  const progress = openProgress(options, context);
  const listener = createListener(options, progress, context);
  let takeOver = options.takeOver;
  try {
    for (;;) {
      const result = await drive(options.engine, options.runId, { takeOver, signal: stop.signal, listener });
      listener.flush();
      takeOver = false;
      const goesOn =
        result.status === 'waiting_human' &&
        canAsk(options, context) &&
        (await askAll(options, result, progress, context));
      if (goesOn) continue;
      progress.end();
      if (options.tellResume && listener.goesOn())
        tellTotal(options.json, await options.engine.journal.read(options.runId, 1), context);
      await tellResult(options, result, progress, context);
      return exitOfStatus(result.status);
    }
  } catch (error) {
    progress.end();
    throw error;
  }
}

function canAsk(options: DriveHereOptions, context: CliContext): boolean {
  return !options.json && context.stdin.isTTY && context.stderr.isTTY;
}

function openProgress(options: DriveHereOptions, context: CliContext): Progress {
  if (options.json) return createJsonProgress((text) => void context.stdout.write(text));
  const style = styleOf(context.stderr, context);
  if (!context.stderr.isTTY || context.environment['TERM'] === 'dumb')
    return createPlainProgress((text) => void context.stderr.write(text), style, options.aside);
  const usualMs = new Map<string, number>();
  void readUsualTimes(options.engine.journal, options.runId)
    .then((times) => {
      for (const [name, ms] of times) usualMs.set(name, ms);
    })
    // A nicety: without earlier times the view shows none.
    .catch(() => {});
  return openLiveProgress({ stream: context.stderr, style, clock: context, usualMs, aside: options.aside });
}

/** Holds the history of a resumed run back until the new holder's first events are durable: then it has gone on. */
function createListener(
  options: DriveHereOptions,
  progress: Progress,
  context: CliContext,
): DriveListener & { flush(): void; goesOn(): boolean } {
  let held: JournalEvent[] | null = null;
  let told = !options.tellResume;
  let goesOn = true;
  const release = (news: JournalEvent[]): void => {
    if (held !== null) {
      const history = held;
      held = null;
      if (!told) goesOn = tellResume(options.json, [...history, ...news], context);
      told = true;
      progress.events(history);
    }
    // Apart from the history: what this holder found and started is told, what was told before is not.
    if (news.length > 0) progress.events(news);
  };
  return {
    flush: () => release([]),
    goesOn: () => goesOn,
    events(events) {
      if (!told && held === null) held = events;
      else release(events);
    },
    note: (key, note) => progress.note(key, note),
    remind: (question) => progress.remind(question),
  };
}

/** Asks what is open; false: the person went away. */
async function askAll(
  options: DriveHereOptions,
  result: DriveResult,
  progress: Progress,
  context: CliContext,
): Promise<boolean> {
  progress.pause();
  for (const question of result.questions) {
    const remindAfterMs = result.state.limits.remind_after_ms;
    if (!(await askOne(options, { question, remindAfterMs }, context))) return false;
  }
  return true;
}

async function askOne(
  options: DriveHereOptions,
  { question, remindAfterMs }: { question: Question; remindAfterMs: number },
  context: CliContext,
): Promise<boolean> {
  const style = styleOf(context.stderr, context);
  const shown =
    // Who starts a run has just read its plan; who resumes one has not.
    question.kind === 'confirm_start' && !options.tellResume
      ? []
      : questionLines(
          { runId: options.runId, known: [] },
          { ...question, options: [] },
          style,
          columnsOf(context.stderr),
        );
  const show = (): void => {
    if (shown.length > 0) context.stderr.write(`\n${shown.join('\n')}\n`);
  };
  const { clock } = options.engine;
  const choice = await askUntilAnswered(question, { ask: askInPlace, show, clock, remindAfterMs });
  if (choice === null) return false;
  await options.engine.journal.post(options.runId, {
    kind: 'answer',
    questionId: question.id,
    ...choice,
    text: await withoutSecrets(choice.text, context),
    name: context.userName,
    via: 'terminal',
  });
  return true;
}

/** Who starts a run reads its plan as it begins; who resumes one does not, and a document is complete by itself. */
function hasListedPhases({ json, tellResume, aside }: DriveHereOptions): boolean {
  return !json && !tellResume && aside === null;
}

async function tellResult(
  options: DriveHereOptions,
  result: DriveResult,
  progress: Progress,
  context: CliContext,
): Promise<void> {
  const started = progress.history?.started;
  const told: RunResult = {
    runId: options.runId,
    status: result.status,
    reason: result.reason,
    pullRequests: result.state.pullRequests,
    questions: result.questions.map((question) =>
      question.kind === 'confirm_start' && hasListedPhases(options)
        ? startQuestionBelowPhases(result.state)
        : question,
    ),
    askedIds: [...result.state.questions.keys()],
    head: result.head,
    repos: result.state.repos,
    budget: budgetLines(result.state),
    criteria: await shownCriteria(options.engine.journal, result.state),
    acceptedAnyway: acceptedAnyway(result.state),
    withoutTest: cameWithoutTest(result.state),
    endsWithPlan: result.state.graph.plan_for !== undefined,
    forgeDir: started === undefined ? null : localForgeDir(started, options.stateDir),
  };
  const text = options.json
    ? resultJson(told)
    : resultLines(told, styleOf(context.stdout, context), columnsOf(context.stdout)).join('\n');
  context.stdout.write(`${text}\n`);
}
