/** Text of agents, repositories and people inside Markdown that is ours. */
import { escapeText } from './escape.ts';

const CODE = /(`[^`\n]+`)/;
/** What means something in a table or to a parser even between backticks. */
const UNSAFE = /[|\\<>]/;

/** Text of others as Markdown text: code stays code; no HTML, no links, no images, no table cells of its own. */
export function plainMarkdown(text: string): string {
  return escapeText(text)
    .split(CODE)
    .map((part, i) => (i % 2 === 1 && !UNSAFE.test(part) ? part : part.replace(/[\\`[\]<>|]/g, '\\$&')))
    .join('');
}

/** One bullet per line; `none` where there is nothing to tell. */
export function bullets(lines: readonly string[], none: string): string[] {
  return lines.length === 0 ? [`- ${none}`] : lines.map((line) => `- ${plainMarkdown(line)}`);
}
