/** The stored results behind a run's outputs, read once for everything that tells more than their summaries. */
import { IntegrityError } from '../../../core/errors.ts';
import type { Hash, Output } from '../../../core/results.ts';
import type { Artifact, Journal } from '../../../journal/journal.ts';
import type { RunHistory } from '../history.ts';

/** Results by the hash of their artifact; what cannot be read as a result is left out. */
export type Bodies = ReadonlyMap<string, Record<string, unknown>>;

/** Reads every output that was ever accepted: replaced plans are told as well. `damage`: one sentence for each that is not whole. */
export async function readBodies(
  journal: Journal,
  history: RunHistory,
): Promise<{ bodies: Bodies; damage: string[] }> {
  const bodies = new Map<string, Record<string, unknown>>();
  const damage = new Map<string, string>();
  const runId = history.started.run_id;
  for (const { artifact, kind } of acceptedOutputs(history)) {
    const stored = await readWhole(journal, runId, artifact);
    if (stored === null)
      damage.set(
        artifact,
        `artifact ${artifact.slice(0, 12)} (${kind}) is damaged or missing, and what it says is not in here: run \`baton verify ${runId}\``,
      );
    const body = stored === null ? null : parseBody(Buffer.from(stored.body).toString('utf8'));
    if (body !== null) bodies.set(artifact, body);
  }
  return { bodies, damage: [...damage.values()] };
}

/** null: it is missing or not what was stored. */
export async function readWhole(journal: Journal, runId: string, hash: Hash): Promise<Artifact | null> {
  try {
    return await journal.getArtifact(runId, hash);
  } catch (error) {
    if (error instanceof IntegrityError) return null;
    throw error;
  }
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
