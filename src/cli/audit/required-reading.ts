/** Whether every skill and guide that the run says was read first is in its snapshot, with the text that its hash says. */
import type { JournalEvent } from '../../core/events.ts';
import type { RunSnapshot } from '../../engine/engine.ts';
import { hashBytes } from '../../journal/hash.ts';
import type { Journal } from '../../journal/journal.ts';
import type { ChainProblem } from './verdict-chain.ts';

/** The first one that is not; null: all are, and every skill that an agent names is among them. Journals before readings have none. */
export async function checkReadings(
  journal: Pick<Journal, 'getArtifact'>,
  runId: string,
  events: JournalEvent[],
): Promise<ChainProblem | null> {
  const [first] = events;
  if (first?.event.type !== 'run_started' || first.event.readings === undefined) return null;
  const { readings, snapshot } = first.event;
  const stored = await journal.getArtifact(runId, snapshot);
  if (stored === null) return { seq: first.seq, detail: 'the snapshot of the run is missing' };
  const kept = JSON.parse(new TextDecoder().decode(stored.body)) as RunSnapshot; // written by startRun, kept by its hash
  const texts = new Map((kept.readings ?? []).map((each) => [`${each.source} ${each.hash}`, each.text]));
  const wrong = readings.find(({ source, hash }) => {
    const text = texts.get(`${source} ${hash}`);
    return text === undefined || hashBytes(text) !== hash;
  });
  if (wrong !== undefined)
    return { seq: first.seq, detail: `${wrong.kind} ${wrong.name} is not in the snapshot as it was read` };
  const lacking = kept.agents.flatMap(({ name, skills }) =>
    (skills ?? [])
      .filter((skill) => !readings.some((each) => each.name === skill.name && each.agents?.includes(name)))
      .map((skill) => `${name} was to read the skill ${skill.name} first, and nothing says that it did`),
  );
  return lacking[0] === undefined ? null : { seq: first.seq, detail: lacking[0] };
}
