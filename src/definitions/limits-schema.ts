/** `limits:` as people write it, in workflows and in `baton.yaml`: ranges and names come from `core/limits.ts`. */
import { z } from 'zod';
import { LIMIT_RANGES, type Limits } from '../core/limits.ts';
import { DURATION_PATTERN, formatDuration, parseDuration } from './duration.ts';
import { closedObject } from './schema-issues.ts';

const LIMIT_KEYS = Object.keys(LIMIT_RANGES) as (keyof Limits)[]; // the keys of LIMIT_RANGES are those of Limits

/** `idle_timeout: 10m` stands for `idle_timeout_ms`. */
const writtenName = (key: keyof Limits): string => key.replace(/_ms$/, '');

/** The schema of `limits:`; every key may be left out. */
export const limitsSchema = closedObject(
  Object.fromEntries(LIMIT_KEYS.map((key) => [writtenName(key), limitSchema(key).optional()])),
);

/** What was written, under the names and in the units of the engine. */
export function toLimits(written: z.output<typeof limitsSchema> | undefined): Partial<Limits> {
  const limits: Partial<Limits> = {};
  for (const key of LIMIT_KEYS) {
    const value = written?.[writtenName(key)];
    if (typeof value === 'number') limits[key] = value;
  }
  return limits;
}

/** A duration within bounds, as milliseconds. */
export function durationSchema(smallest: number, largest: number): z.ZodType<number, string> {
  const rule = `must be a time like 30s or 10m, from ${formatDuration(smallest)} to ${formatDuration(largest)}`;
  return z
    .string({ error: rule })
    .regex(DURATION_PATTERN, { error: rule, abort: true })
    .refine((text) => isWithin(parseDuration(text), smallest, largest), { error: rule })
    .meta({
      description: `A time like 30s or 10m, from ${formatDuration(smallest)} to ${formatDuration(largest)}.`,
    })
    .transform((text) => parseDuration(text) ?? smallest);
}

function limitSchema(key: keyof Limits): z.ZodType<number> | z.ZodType<number, string> {
  const [smallest, largest] = LIMIT_RANGES[key];
  if (key.endsWith('_ms')) return durationSchema(smallest, largest);
  const rule = `must be a whole number from ${smallest} to ${largest}`;
  return z.int({ error: rule }).min(smallest, { error: rule }).max(largest, { error: rule });
}

function isWithin(value: number | null, smallest: number, largest: number): boolean {
  return value !== null && value >= smallest && value <= largest;
}
