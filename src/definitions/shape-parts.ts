/** What shapes of results are made of: text that is checked and cut, in the words of its description. */
import { z } from 'zod';

// Compiling a validator costs more than it saves in the few dozen results of a run.
z.config({ jitless: true });

/** Nobody sees them; spelled out, since not every reader of the schema knows classes of characters. */
const UNSEEN = [
  '\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f',
  '\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0',
].join('');
const SEEN = new RegExp(`[^\\s${UNSEEN}]`);

/** Text that has to say something, cut where it is longer: the whole stays in the stored raw output. */
export function said(maxChars: number, description: string) {
  const rule = 'must be text that says something';
  return z
    .string({ error: rule })
    .regex(SEEN, { error: rule })
    .meta({ description })
    .transform((text) => cutTo(text.trim(), maxChars));
}

export function cutTo(text: string, maxChars: number): string {
  return text.length <= maxChars ? text : `${text.slice(0, maxChars - 1)}…`;
}

export const sentences = (description: string) => z.array(z.string()).meta({ description });
export const words = (description: string) => said(20_000, description);
