import { Refusal } from '../lib/instance.ts';
import type { Entry } from './wallets.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const PAGE = 10;
const MOST_DAYS = 365;

export interface Statement {
  inEuros: number;
  outEuros: number;
  pages: number;
  entries: Entry[];
}

function readNumber(text: string | undefined, usual: number, code: string): number {
  if (text === undefined) return usual;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Refusal(400, code);
  return value;
}

export function readDays(text: string | undefined): number {
  const days = readNumber(text, 30, 'invalid_days');
  if (days > MOST_DAYS) throw new Refusal(400, 'too_many_days');
  return days;
}

export function readPage(text: string | undefined): number {
  return readNumber(text, 1, 'invalid_page');
}

const sum = (entries: Entry[]): number => entries.reduce((total, { cents }) => total + cents, 0);

export function statementOf(entries: Entry[], now: number, days: number, page: number): Statement {
  const since = now - days * DAY_MS;
  const recent = entries.filter(({ at }) => at >= since).toSorted((a, b) => b.at - a.at);
  const pages = Math.max(1, Math.ceil(recent.length / PAGE));
  if (page > pages) throw new Refusal(404, 'no_such_page');
  const start = (page - 1) * PAGE;
  return {
    inEuros: sum(recent.filter(({ cents }) => cents > 0)) / 100,
    outEuros: 0 - sum(recent.filter(({ cents }) => cents < 0)) / 100,
    pages,
    entries: recent.slice(start, start + PAGE),
  };
}
