/** `baton why STEP`: everything that led to a step's present state. */
import type { BatonError } from '../../core/errors.ts';
import { nearest } from '../../definitions/nearest.ts';
import { createCommand, usageError } from '../command.ts';
import { printJson, printLines, type CliContext } from '../context.ts';
import type { RunHistory, StepHistory } from '../render/history.ts';
import { escapeText } from '../render/escape.ts';
import { readSentPrompt, sentPromptLines } from '../render/sent-prompt.ts';
import { workerOf } from '../render/step-words.ts';
import { findStep, whyLines } from '../render/why.ts';
import { pickRun } from '../pick-run.ts';
import { lookAtRun, openStore } from '../store.ts';
import { styleOf } from '../style-of.ts';

/** Tells the story of one step, oldest first; exit 5 where the journal was damaged. */
export async function run(argv: string[], context: CliContext): Promise<number> {
  const command = createCommand('why', 'What led to the present state of a step.', context)
    .argument(
      '[step]',
      'id of the step, its last part, or its agent; behind a run: `baton why RUN STEP`. Without it the steps are listed',
    )
    .argument('[step of that run]', 'the step, where the first word is a run')
    .option('--run <run>', 'id of the run or its beginning; the latest one by default')
    .option('--prompt', 'what its agent was sent, whole: instructions, prompt and context')
    .option(
      '--of <agent>',
      'with --prompt: another agent of the step (a reviewer, say), or the key of an attempt',
    )
    .option('--json', 'print one JSON document')
    .parse(argv, { from: 'user' });
  const { run: option, json, prompt, of } = command.opts();
  const [first, second] = command.processedArgs;
  if (option !== undefined && second !== undefined)
    throw usageError('The run is named twice.', 'Leave --run out, or the first word.');
  const [name, wanted] = second === undefined ? [option, first] : [first, second];
  if (of !== undefined && prompt !== true)
    throw usageError('--of says whose prompt is meant.', 'Add --prompt, or leave it out.');
  await using store = await openStore(context);
  const row = await pickRun(store, name, context);
  const { history, damage, exitCode } = await lookAtRun(store.journal, row.runId, context);
  if (wanted === undefined) throw noStep(history);
  const step = pickStep(history, wanted);
  if (prompt === true) {
    const shown = await readSentPrompt(store.journal, history, { step, of });
    if (json === true) printJson(context, { run_id: history.started.run_id, ...shown, damage });
    else
      printLines(
        context,
        sentPromptLines(shown).map((line) => escapeText(line)),
      );
  } else if (json === true) printJson(context, { ...whyJson(history, step), damage });
  else printLines(context, whyLines(history, step, styleOf(context.stdout, context)));
  return exitCode;
}

function pickStep(history: RunHistory, name: string): StepHistory {
  const found = findStep(history, name);
  if (!Array.isArray(found)) return found;
  if (found.length === 0) {
    const names = [...history.steps.values()].flatMap(({ step }) => [
      workerOf(step),
      step.id.split('/').at(-1) ?? '',
      step.id,
    ]);
    const near = nearest(name, names);
    if (near !== null)
      throw usageError(`The run has no step "${name}".`, `Did you mean \`baton why ${near}\`?`);
  }
  const known = found.length > 0 ? found : [...history.steps.keys()];
  throw usageError(
    found.length > 0 ? `"${name}" can be ${found.length} steps.` : `The run has no step "${name}".`,
    oneOf(known),
  );
}

function noStep({ steps }: RunHistory): BatonError {
  return usageError('No step is named.', oneOf([...steps.keys()]));
}

const oneOf = (ids: readonly string[]): string =>
  ['Name one of these:', ...ids.map((id) => `  ${id}`)].join('\n');

function whyJson(history: RunHistory, step: StepHistory): Record<string, unknown> {
  const st = history.state.steps.get(step.step.id);
  return {
    run_id: history.started.run_id,
    step: step.step,
    status: st?.status,
    stage: st?.stage,
    round: st?.round,
    open_findings: st?.findings ?? [],
    skip_reason: st?.skipReason ?? null,
    events: step.all,
  };
}
