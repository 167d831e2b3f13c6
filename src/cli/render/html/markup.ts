/** HTML whose holes are escaped: text of agents, repositories and people never becomes markup. */
import { escapeText } from '../escape.ts';

/** Markup that is ours. Only `html` makes it. */
export interface Html {
  readonly markup: string;
}

type Hole = string | number | Html | readonly Html[];

/** A template whose texts are escaped; markup within it stays what it is. */
export function html(parts: TemplateStringsArray, ...holes: Hole[]): Html {
  const filled = holes.map((hole, index) => `${fill(hole)}${parts[index + 1] ?? ''}`);
  return { markup: `${parts[0] ?? ''}${filled.join('')}` };
}

function fill(hole: Hole): string {
  if (typeof hole === 'number') return String(hole);
  if (typeof hole === 'string') return escapeHtml(hole);
  return 'markup' in hole ? hole.markup : hole.map((each) => each.markup).join('\n');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return escapeText(text, 'block').replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
