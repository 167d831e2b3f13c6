import { snakeCase } from './names.ts';
import type { Field, FieldKind } from './resource.ts';

export type FieldReading =
  | { kind: 'field'; field: Field; decision: string | null }
  | { kind: 'question'; question: string };

const FIELD = /^(?:(?:an?|the|its)\s+)?([a-z][a-z0-9 _-]{0,40}?)\s*(?:\(([^()]*)\))?$/i;
const INTEGER =
  /^(?:a\s+)?(?:positive\s+(?:whole\s+)?(?:integer|number)|(?:whole\s+number|integer)\s+above\s+(?:0|zero))$/;
const ENUM = /^(?:one of\s+)?([a-z0-9_-]+(?:\s*(?:,|\||\/|\bor\b)\s*(?:or\s+)?[a-z0-9_-]+)+)$/;

/** Reads `due date`, `amount (positive integer, cents)`, `status (one of open, paid)`. `centsSuffix` is the repository's habit. */
export function understandField(words: string, centsSuffix: boolean): FieldReading {
  const match = FIELD.exec(words.trim());
  const label = match?.[1]?.trim();
  if (label === undefined) return { kind: 'question', question: `I do not understand the field "${words}".` };
  const hint = (match?.[2] ?? '').trim().toLowerCase();
  const { cents, rest } = takeCents(hint);
  const base = snakeCase(label);
  const name = cents && centsSuffix && !base.endsWith('_cents') ? `${base}_cents` : base;
  const typed = rest === '' ? guessKind(base, cents) : readKind(rest);
  if (typed === null) return { kind: 'question', question: questionFor(label) };
  const renamed =
    name === base ? null : `\`${base}\` is stored as \`${name}\`, as amounts in cents are here.`;
  const guessed = rest === '' ? `\`${name}\` was given without a type and is taken as ${typed.kind}.` : null;
  const decision = [renamed, guessed].filter((part) => part !== null).join(' ');
  return { kind: 'field', field: { name, ...typed }, decision: decision === '' ? null : decision };
}

function questionFor(label: string): string {
  return `What is "${label}": text, a positive integer, a date, or one of a list of words?`;
}

function takeCents(hint: string): { cents: boolean; rest: string } {
  const parts = hint.split(',').map((part) => part.trim());
  const rest = parts.filter((part) => !/^(?:in )?cents$/.test(part));
  return { cents: rest.length < parts.length, rest: rest.join(', ') };
}

function readKind(hint: string): { kind: FieldKind; values: string[] } | null {
  if (/^(?:text|string|words?)$/.test(hint)) return { kind: 'text', values: [] };
  if (INTEGER.test(hint)) return { kind: 'positive integer', values: [] };
  if (/^(?:a )?(?:date|day)$/.test(hint)) return { kind: 'date', values: [] };
  const values = ENUM.exec(hint)?.[1]
    ?.split(/\s*(?:,\s*or\s+|,|\||\/|\bor\b)\s*/)
    .filter((value) => value !== '');
  return values !== undefined && new Set(values).size > 1 ? { kind: 'one of', values } : null;
}

/** Only where the name leaves little doubt; everything else is asked. */
function guessKind(name: string, cents: boolean): { kind: FieldKind; values: string[] } | null {
  if (cents) return { kind: 'positive integer', values: [] };
  const last = name.split('_').at(-1) ?? '';
  if (/^(?:date|day|on)$/.test(last)) return { kind: 'date', values: [] };
  if (/^(?:number|name|title|code|text|description|note|customer|carrier|address)$/.test(last))
    return { kind: 'text', values: [] };
  return null;
}
