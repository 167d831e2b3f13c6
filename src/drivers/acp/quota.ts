/**
 * What an agent with a login of its own says when its plan is used up, and until when. Pure: the time is handed in.
 * Phrases come from profiles and are looked for as they are; only the times are read by patterns, all of them ours.
 */
import { cutEnd } from '../cut.ts';
import type { QuotaWords } from '../../definitions/profile-schema.ts';

/** A time stands close to what it is said of. */
const REACH_CHARS = 600;

/** Where it could be said, by the words of a profile. */
export type Heard = Readonly<Record<QuotaWords['heard'][number], string>>;

export interface UsedUp {
  /** In the agent's own words. */
  said: string;
  /** null: it does not say until when. */
  retryAt: Date | null;
}

/** The last time that it was said counts, in what comes first of `heard`; null: it was not said. */
export function findUsedUp(words: QuotaWords, heard: Heard, now: Date): UsedUp | null {
  for (const place of words.heard) {
    const text = heard[place];
    const at = Math.max(
      ...words.phrases.map((phrase) => text.toLowerCase().lastIndexOf(phrase.toLowerCase())),
    );
    if (at < 0) continue;
    const said = cutEnd(text.slice(at), REACH_CHARS);
    return { said: said.split('\n')[0] ?? said, retryAt: readTime(said, now) };
  }
  return null;
}

function readTime(said: string, now: Date): Date | null {
  return readSeconds(said, now) ?? readEpoch(said) ?? readDuration(said, now) ?? readClock(said, now);
}

/** `"resets_in_seconds":13872`. */
function readSeconds(said: string, now: Date): Date | null {
  const [, seconds] = /resets?_in_seconds"?\s*[:=]\s*(\d{1,9})/i.exec(said) ?? [];
  return seconds === undefined ? null : new Date(now.getTime() + Number(seconds) * 1_000);
}

/** Seconds since 1970: `"resets_at":1777936568`, `usage limit reached|1777936568`. */
function readEpoch(said: string): Date | null {
  const [, seconds] = /(?:resets?_at"?\s*[:=]\s*|\|)(\d{10})(?!\d)/i.exec(said) ?? [];
  return seconds === undefined ? null : new Date(Number(seconds) * 1_000);
}

const UNIT_MS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 };

/** `after 8h44m7s`, `in 2 days 17 hours 14 minutes`. */
function readDuration(said: string, now: Date): Date | null {
  const found = /\b(?:after|in)\s+((?:\d{1,6}(?:\.\d{1,6})?\s?[dhms][a-z]{0,6}[\s,]{0,2})+)/i.exec(said);
  const parts = [...(found?.[1] ?? '').matchAll(/(\d+(?:\.\d+)?)\s?([dhms])/gi)];
  if (parts.length === 0) return null;
  const ms = parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * (UNIT_MS[unit?.toLowerCase() ?? ''] ?? 0),
    0,
  );
  return new Date(now.getTime() + Math.ceil(ms));
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const CLOCK =
  /\b(?:resets?|again)(?:\s+(?:at|on))?\s+(?:(?<month>[A-Z][a-z]{2})[a-z]{0,6}\.?\s+(?<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?:(?<year>\d{4}),?\s+)?(?:at\s+)?)?(?<hour>\d{1,2})(?::(?<minute>\d{2}))?\s?(?<half>[ap]m)?\b(?:\s*\((?<zone>[A-Za-z_+\-/0-9]{1,40})\))?/i;

/** `resets 3pm (Europe/Berlin)`, `resets Apr 23 at 4pm`, `try again at Sep 13th, 2026 2:23 PM`; without a zone, in this machine's. */
function readClock(said: string, now: Date): Date | null {
  const groups = CLOCK.exec(said)?.groups;
  if (groups === undefined) return null;
  const { month, day, year, hour, minute, half, zone } = groups;
  if (half === undefined && minute === undefined) return null;
  const hours =
    half === undefined ? Number(hour) : (Number(hour) % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
  const today = wallTime(now, zone);
  if (hours > 23 || Number(minute ?? 0) > 59 || today === null) return null;
  const inDay = hours * UNIT_MS['h']! + Number(minute ?? 0) * UNIT_MS['m']!;
  if (month === undefined) {
    const midnight = Math.floor(today / UNIT_MS['d']!) * UNIT_MS['d']!;
    return nextOf([midnight + inDay, midnight + UNIT_MS['d']! + inDay], zone, now);
  }
  const index = MONTHS.indexOf(month.toLowerCase());
  if (index < 0) return null;
  const thisYear = new Date(today).getUTCFullYear();
  const years = year === undefined ? [thisYear, thisYear + 1] : [Number(year)];
  return nextOf(
    years.map((each) => Date.UTC(each, index, Number(day)) + inDay),
    zone,
    now,
  );
}

/** The first that is still to come, of times on a clock there; else the last one. */
function nextOf(wallTimes: readonly number[], zone: string | undefined, now: Date): Date | null {
  const times = wallTimes.map((wall) => atWall(wall, zone));
  return times.find((time) => time > now) ?? times.at(-1) ?? null;
}

/** What a clock shows there, as if it were in UTC; null: nobody knows this zone. */
function wallTime(at: Date, zone: string | undefined): number | null {
  try {
    const timeZone = zone === undefined ? {} : { timeZone: zone };
    const format = new Intl.DateTimeFormat('en-US', {
      ...timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    });
    const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = part;
    return Date.UTC(year, month - 1, day, hour, minute);
  } catch {
    return null; // RangeError: an unknown zone
  }
}

/** Asked twice: the offset may change between the guess and the time. */
function atWall(wall: number, zone: string | undefined): Date {
  const offset = (at: number) => (wallTime(new Date(at), zone) ?? at) - at;
  const guess = wall - offset(wall);
  return new Date(wall - offset(guess));
}
