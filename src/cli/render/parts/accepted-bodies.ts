/** The stored results behind a run's outputs, read once for everything that tells more than their summaries. */
import type { Output } from '../../../core/results.ts';
import type { Journal } from '../../../journal/journal.ts';
import type { RunHistory } from '../history.ts';

/** Results by the hash of their artifact; what cannot be read as a result is left out. */
export type Bodies = ReadonlyMap<string, Record<string, unknown>>;

/** Reads every output that was ever accepted: replaced plans are told as well. */
export async function readBodies(journal: Journal, history: RunHistory): Promise<Bodies> {
  const bodies = new Map<string, Record<string, unknown>>();
  for (const { artifact } of acceptedOutputs(history)) {
    const stored = await journal.getArtifact(history.started.run_id, artifact);
    const body = stored === null ? null : parseBody(Buffer.from(stored.body).toString('utf8'));
    if (body !== null) bodies.set(artifact, body);
  }
  return bodies;
}

function acceptedOutputs({ events, started }: RunHistory): Output[] {
  const accepted = events.flatMap(({ event }) =>
    event.type === 'step_accepted' && event.output !== null ? [event.output] : [],
  );
  return started.given === undefined ? accepted : [started.given.output, ...accepted];
}

function parseBody(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null; // an artifact of another kind
  }
}

/** The text under this key, or nothing. */
export function textIn(body: Record<string, unknown> | undefined, key: string): string {
  const value = body?.[key];
  return typeof value === 'string' ? value : '';
}

/** The texts under this key, or none. */
export function textsIn(body: Record<string, unknown> | undefined, key: string): string[] {
  const value = body?.[key];
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

/** The object under this key, or nothing. */
export function partIn(
  body: Record<string, unknown> | undefined,
  key: string,
): Record<string, unknown> | undefined {
  const value = body?.[key];
  return typeof value === 'object' && value !== null ? { ...value } : undefined;
}
