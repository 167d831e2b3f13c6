/** A time span for people: `0.4s`, `12s`, `1m 03s`, `2h 05m`. Never negative, whatever the clock did. */
export function formatDuration(ms: number): string {
  const whole = Math.max(0, ms);
  if (whole < 9_950) return `${(Math.round(whole / 100) / 10).toFixed(1)}s`;
  const seconds = Math.round(whole / 1_000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${pad(seconds % 60)}s`;
  return `${Math.floor(minutes / 60)}h ${pad(minutes % 60)}m`;
}

function pad(count: number): string {
  return String(count).padStart(2, '0');
}

/** The time between two stored points, for people; 0 where the clock went back. */
export function spanMs(from: string, to: string): number {
  return Math.max(0, Date.parse(to) - Date.parse(from));
}

/** The middle value; null of nothing. */
export function median(values: number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}
