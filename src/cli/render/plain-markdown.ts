/** Text of agents, repositories and people inside Markdown that is ours. */
import { escapeText } from './escape.ts';

/** Text of others as Markdown text: no HTML, no links, no images, no table cells of its own. */
export function plainMarkdown(text: string): string {
  return escapeText(text).replace(/[\\`[\]<>|]/g, '\\$&');
}

/** One bullet per line; `none` where there is nothing to tell. */
export function bullets(lines: readonly string[], none: string): string[] {
  return lines.length === 0 ? [`- ${none}`] : lines.map((line) => `- ${plainMarkdown(line)}`);
}
