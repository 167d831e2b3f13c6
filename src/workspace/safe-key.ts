/** Names of directories and references made from ids: readable, short, and never two ids with one name. */
import { createHash } from 'node:crypto';
import { BatonError } from '../core/errors.ts';

const READABLE_LENGTH = 60;

/** A single path component and reference component for any id. */
export function safeKey(id: string): string {
  const readable = id
    .replaceAll(/[^A-Za-z0-9_-]+/g, '.')
    .replace(/^[.-]+/, '')
    .slice(0, READABLE_LENGTH)
    .replace(/[.]+$/, '');
  return `${readable === '' ? 'key' : readable}-${shortHash(id)}`;
}

/** Eight hex digits of the sha256 of a text. */
function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

/** Refuses a run id that is not one plain path component. */
export function checkRunId(runId: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/.test(runId)) return runId;
  throw new BatonError({
    code: 'E_BUG',
    message: `${JSON.stringify(runId)} is no run id.`,
    fix: 'Report this.',
  });
}
