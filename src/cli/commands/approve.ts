/** `baton approve`: the positive answer to what a run asks. */
import type { Question } from '../../core/records.ts';
import { usageError } from '../command.ts';
import type { CliContext } from '../context.ts';
import { answerCommand, type AskedIn } from '../render/question.ts';
import { runShortAnswer } from '../answers/short-answer.ts';

/**
 * The first of these that the question has. A dispute has two sides and none of them is the positive one; "continue" is one
 * only where the question is whether to go on; and to take what gates or reviewers refuse is said by its own name.
 */
const POSITIVE = ['approve', 'confirm', 'retry', 'answer'];

/** Records the positive answer and goes on. */
export async function run(argv: string[], context: CliContext): Promise<number> {
  return await runShortAnswer(
    {
      name: 'approve',
      description: 'Gives the positive answer to what a run asks, and goes on.',
      choose: positiveOption,
    },
    argv,
    context,
  );
}

/** The option that `approve` stands for; throws where there is none. */
export function positiveOption(asked: AskedIn, question: Question): string {
  const found = findPositive(question);
  if (found !== null) return found;
  const ways = question.options.map((o) => `  ${answerCommand(asked, question, o.id, o.takes_text)}`);
  throw usageError(
    `${question.id} has no answer that is simply the positive one.`,
    `Choose:\n${ways.join('\n')}`,
  );
}

/** The option that simply says yes; null: the question has none. */
export function findPositive(question: Question): string | null {
  const ids = question.options.map((option) => option.id);
  const found = question.kind === 'pause' ? 'continue' : POSITIVE.find((id) => ids.includes(id));
  return found !== undefined && ids.includes(found) ? found : null;
}
