/** When a run took place, as people read it, in UTC wherever the report is made. */

const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });
const TIME = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone: 'UTC' });

/** `22 November 2026, 22:40 to 22:43 UTC`; the day of its end only where that is another one. null: not ended. */
export function periodWords(startedAt: string, endedAt: string | null): string {
  const [from, to] = [new Date(startedAt), endedAt === null ? null : new Date(endedAt)];
  const begin = `${DAY.format(from)}, ${TIME.format(from)}`;
  if (to === null) return `Since ${begin} UTC, not ended`;
  const day = DAY.format(to) === DAY.format(from) ? '' : `${DAY.format(to)}, `;
  return `${begin} to ${day}${TIME.format(to)} UTC`;
}
