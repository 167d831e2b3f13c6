/** Says what a resume cost: once the run has gone on, and again when this process lets go of it. */
import type { JournalEvent } from '../core/events.ts';
import { fold } from '../core/fold.ts';
import { statusOf } from '../core/status.ts';
import type { CliContext } from './context.ts';
import { resumeFacts, resumeLine, totalLine, type ResumeFacts } from './render/resume-facts.ts';

/** From the history as far as the new holder's first events; false: the run had ended before, and nothing is resumed. */
export function tellResume(json: boolean, history: JournalEvent[], context: CliContext): boolean {
  const facts = resumeFacts(history);
  const elapsedMs = context.monotonicMs();
  const state = fold(history.map(({ event }) => event));
  const { status } = statusOf(state);
  if (!json && state.ended !== null) {
    context.stderr.write(
      `run ${state.runId} is over (${status}): there is nothing to go on with; a new one begins with \`baton run "<request>"\`\n`,
    );
    return false;
  }
  if (!json && status === 'waiting_human') {
    context.stderr.write('the run waits for a person: there is nothing to go on with before the answer\n');
    return true;
  }
  if (json) tellJson({ type: 'resumed', seconds: elapsedMs / 1_000 }, facts, context);
  else context.stderr.write(`${resumeLine(facts, elapsedMs)}\n`);
  return state.ended === null;
}

/** From the whole journal: what the run did after its first line is in it too. */
export function tellTotal(json: boolean, journal: JournalEvent[], context: CliContext): void {
  const facts = resumeFacts(journal);
  if (json) tellJson({ type: 'resume_total' }, facts, context);
  else context.stderr.write(`${totalLine(facts)}\n`);
}

function tellJson(head: object, facts: ResumeFacts, context: CliContext): void {
  const counts = { steps_repeated: facts.stepsRepeated, effects_doubled: facts.effectsDoubled };
  context.stdout.write(`${JSON.stringify({ ...head, ...counts })}\n`);
}
