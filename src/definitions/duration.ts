/** Durations as people write them: `500ms`, `30s`, `10m`, `1.5h`. */

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** What a duration looks like, for schemas. */
export const DURATION_PATTERN = /^\d+(?:\.\d+)?(?:ms|s|m|h)$/;

/** Milliseconds, or null where it is no duration. */
export function parseDuration(text: string): number | null {
  const match = /^(?<amount>\d+(?:\.\d+)?)(?<unit>ms|s|m|h)$/.exec(text);
  const unit = UNITS[match?.groups?.['unit'] ?? ''];
  return unit === undefined ? null : Math.round(Number(match?.groups?.['amount']) * unit);
}

/** The shortest way to write it. */
export function formatDuration(ms: number): string {
  const unit = ['h', 'm', 's'].find((name) => ms > 0 && ms % (UNITS[name] ?? 1) === 0) ?? 'ms';
  return `${ms / (UNITS[unit] ?? 1)}${unit}`;
}
