/** Reads what the probe's program handed in. A whole report ends with a line that counts the others; anything else is none. */
import { z } from 'zod';
import type { ProbeAnswer } from './probe-case.ts';

const LINE = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('started'), problem: z.string().nullable(), words: z.string() }),
  z.object({
    kind: z.literal('answer'),
    case: z.int(),
    outcome: z.enum(['replied', 'no_reply', 'timeout', 'no_setup', 'not_sent']),
    status: z.int().nullable(),
    said: z.string(),
    died: z.boolean(),
    lastWords: z.string(),
  }),
  z.object({ kind: z.literal('end'), count: z.int() }),
]);

export interface ProbeReport {
  /** Why the service could not be asked; null: it could. */
  problem: string | null;
  /** What it had printed until then. */
  words: string;
  answers: ProbeAnswer[];
}

/** `texts`: what each program handed in that connected. One and no other may. */
export function readAnswers(texts: readonly string[]): ProbeReport | { fault: string } {
  if (texts.length > 1) return { fault: `${texts.length} programs reported in the place of one` };
  const lines = (texts[0] ?? '').split('\n').filter((line) => line !== '');
  const parsed = lines.map(parseLine);
  const [first, ...rest] = parsed;
  const end = rest.at(-1);
  if (first?.kind !== 'started' || end?.kind !== 'end' || end.count !== parsed.length - 1)
    return { fault: 'the program that asks the service was ended before it could report' };
  const answers = rest.flatMap((line) => (line?.kind === 'answer' ? [line] : []));
  return {
    problem: first.problem,
    words: first.words,
    answers,
  };
}

function parseLine(text: string): z.infer<typeof LINE> | null {
  try {
    return LINE.parse(JSON.parse(text));
  } catch {
    return null; // Then the count does not fit, or it is told by what is missing.
  }
}
