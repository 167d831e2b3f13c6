/** Whether the description of a skill speaks of the work at hand: words that one sentence of it has, too; no model, the same answer every time. */
import { readFrontMatter } from './front-matter.ts';

/** One word in common is chance. */
const MIN_COMMON = 2;
/** Said of any skill and of any work. */
const EMPTY = new Set(
  'skill skills work works when with without where which what that this these those from into your have must should agent agents before after more than then them they also only every other others used uses using need needs read reads'.split(
    ' ',
  ),
);

/** What its front matter says it is for; null: nothing. */
export function descriptionOf(text: string, file: string): string | null {
  const value = readFrontMatter(text, file).frontMatter?.values.get('description');
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

/** In a long text any two words stand somewhere: those of one sentence, line or list item belong together. */
export function describesWork(description: string, work: string): boolean {
  const wanted = [...stems(description)];
  return work.split(/[.;:!?\n]+/).some((sentence) => {
    const there = stems(sentence);
    return wanted.filter((stem) => there.has(stem)).length >= MIN_COMMON;
  });
}

/** Words of four letters and more, without the endings that only bend them. */
function stems(text: string): Set<string> {
  const words = text.toLowerCase().match(/\p{L}{4,}/gu) ?? [];
  return new Set(
    words
      .filter((word) => !EMPTY.has(word))
      .map((word) => word.replace(/(?<=.{3})(?:ations?|ates?|ated|ating|ing|ed|es|s|e)$/u, '')),
  );
}
