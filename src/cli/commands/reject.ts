/** `baton reject`: the negative answer to what a run asks. */
import type { Question } from '../../core/records.ts';
import type { CliContext } from '../context.ts';
import type { AskedIn } from '../render/question.ts';
import { runShortAnswer } from '../answers/short-answer.ts';

/** Records the negative answer, and lets the run end where that is what it means. */
export async function run(argv: string[], context: CliContext): Promise<number> {
  return await runShortAnswer(
    { name: 'reject', description: 'Gives the negative answer to what a run asks.', choose: negativeOption },
    argv,
    context,
  );
}

/** `reject` where the question has it, else `abort`, which every question has. */
export function negativeOption(_asked: AskedIn, question: Question): string {
  return question.options.some((option) => option.id === 'reject') ? 'reject' : 'abort';
}
