/** `baton diff`: what a run changed so far, or exactly the part that a question is about. */
import type { Question } from '../../core/records.ts';
import type { ApprovalPart, Revision, RevisionId } from '../../core/results.ts';
import type { RunState } from '../../core/state.ts';
import { createCommand, usageError } from '../command.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { openEngineHere } from '../open-engine-here.ts';
import { escapeText } from '../render/escape.ts';
import { questionsNamed } from '../render/question-names.ts';
import { pickRun } from '../pick-run.ts';
import { openStore, readRun } from '../store.ts';

const MAX_BYTES = 16 * 1024 * 1024;

/** The unified diff against the run's base, on stdout. */
export async function run(argv: string[], context: CliContext): Promise<number> {
  const command = createCommand('diff', 'What a run changed, against its base.', context)
    .argument('[run]', 'id of the run or its beginning; the latest one by default')
    .argument('[question]', 'id of a question or its beginning: what it is about, and nothing else')
    .parse(argv, { from: 'user' });
  const [runName, questionId] = command.processedArgs;
  await using store = await openStore(context);
  const { runId } = await pickRun(store, runName, context);
  const { state } = await readRun(store.journal, runId);
  const { revision, part } = questionId === undefined ? lastChange(state) : askedAbout(state, questionId);
  await using engine = await openEngineHere(store.stateDir, context);
  const diff = await engine.workspaces.diff(runId, state.base, revision, MAX_BYTES, part?.paths);
  context.stdout.write(escapeText(diff.text, 'block'));
  // Beside the diff: what is empty stays empty for programs.
  if (diff.text === '') context.stderr.write(`no change: run ${runId} left everything as it was so far\n`);
  if (diff.truncated) context.stderr.write(`the diff is longer than ${MAX_BYTES} bytes: cut here\n`);
  return EXIT.done;
}

/** The latest step in the graph's order that has a tree of its own, accepted or still in hand. */
function lastChange(state: RunState): { revision: Revision; part: null } {
  const made = [...state.steps.values()].flatMap((st) => {
    const id = st.output?.revision ?? null;
    const revision = id === null ? undefined : state.revisions.get(id);
    return revision === undefined ? [] : [revision];
  });
  return { revision: made.at(-1) ?? state.base, part: null };
}

/** The part that the question is about, or all that is judged or deployed where it is about that. */
function askedAbout(state: RunState, name: string): { revision: Revision; part: ApprovalPart | null } {
  // Nothing is answered here: of several, the one that still waits is meant.
  const open = questionsNamed(name, state.openQuestions);
  const named = open.length === 1 ? open : questionsNamed(name, state.questions.keys());
  const question = named.length === 1 ? state.questions.get(named[0] ?? '')?.question : undefined;
  const binds = question?.binds ?? null;
  for (const [revisionId, parts] of state.parts) {
    const part = parts.find((each) => each.hash === binds);
    const revision = state.revisions.get(revisionId);
    if (part !== undefined && revision !== undefined) return { revision, part };
  }
  const whole = state.revisions.get(judgedIn(state, question) ?? binds ?? '');
  if (whole !== undefined) return { revision: whole, part: null };
  throw usageError(
    named.length > 1
      ? `${named.length} questions begin with ${name}: ${named.join(', ')}.`
      : `${name} is no question about a change or a part of one.`,
    `Leave it out to see the whole change: \`baton diff ${state.runId}\`.`,
  );
}

/** The tree of the very output that the question is about; a step that went on since has another one. */
function judgedIn(state: RunState, question: Question | undefined): RevisionId | null {
  const output = state.steps.get(question?.step ?? '')?.output ?? null;
  return output !== null && output.id === question?.binds ? output.revision : null;
}
