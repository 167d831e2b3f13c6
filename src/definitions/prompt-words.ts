/** Fields and words that a result may have, as instructions name them: what is in no schema is learnt of when the result is refused. */
import { BLOCKED_REASONS } from '../core/words.ts';
import { nearest } from './nearest.ts';
import type { PromptRule } from './prompt-rules.ts';
import { resultJsonSchema } from './result-schema.ts';
import { OUTPUT_SHAPES } from './result-shapes.ts';

let known: Set<string> | null = null;

/** Names of fields and values of every kind of result. */
function knownWords(): Set<string> {
  if (known !== null) return known;
  const words = new Set<string>(BLOCKED_REASONS);
  for (const output of Object.keys(OUTPUT_SHAPES)) gather(resultJsonSchema(output, 'specialist'), words);
  gather(resultJsonSchema('review', 'reviewer'), words);
  known = words;
  return words;
}

function gather(schema: unknown, words: Set<string>): void {
  if (typeof schema !== 'object' || schema === null) return;
  const { properties, enum: values } = schema as { properties?: unknown; enum?: unknown }; // JSON Schema, made by us
  for (const name of Object.keys(properties ?? {})) words.add(name);
  for (const value of Array.isArray(values) ? values : []) words.add(String(value));
  for (const part of Object.values(schema)) gather(part, words);
}

const QUOTED = /`([a-z]+(?:_[a-z]+)+)`/g;
const BLOCKED = /\bblocked\b/i;

/** A slip in the name of a field, and a reason to be blocked that is none. Other words with a low line are the repository's. */
export const resultWords: PromptRule = {
  code: 'W_PROMPT_WORD',
  find({ text }) {
    for (const [, said = ''] of text.matchAll(QUOTED)) {
      if (knownWords().has(said)) continue;
      if (BLOCKED.test(text))
        return {
          said,
          message: `Nobody can be blocked for \`${said}\`.`,
          fix: `A \`blocked_reason\` is one of ${BLOCKED_REASONS.join(', ')}.`,
        };
      const meant = nearest(said, knownWords());
      if (meant !== null)
        return {
          said,
          message: `No result has a field or a word \`${said}\`.`,
          fix: `Did you mean \`${meant}\`?`,
        };
    }
    return null;
  },
};
