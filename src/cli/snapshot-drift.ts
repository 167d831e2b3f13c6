/** Whether the definitions that a run was started with were edited since. The run keeps its snapshot either way. */
import { readSkill } from '../definitions/skills.ts';
import { readBytes } from '../definitions/text-file.ts';
import type { RunSnapshot } from '../engine/engine.ts';
import type { Journal } from '../journal/journal.ts';
import { statusOf } from '../core/status.ts';
import { FINAL_STATUSES } from '../core/words.ts';
import { hashBytes } from '../journal/hash.ts';
import type { RunHistory } from './render/history.ts';

/**
 * The files of agents and their skills in the snapshot whose bytes differ now, or that are gone. null for a run that ended, or whose
 * snapshot is not there. Only files are compared that the snapshot names with a hash.
 */
export async function findChangedFiles(journal: Journal, history: RunHistory): Promise<string[] | null> {
  if (FINAL_STATUSES.includes(statusOf(history.state).status)) return null;
  const stored = await journal.getArtifact(history.started.run_id, history.started.snapshot);
  if (stored === null) return null;
  const snapshot = JSON.parse(new TextDecoder().decode(stored.body)) as RunSnapshot; // written by startRun, kept by its hash
  const agents = snapshot.agents.filter((agent) => hashOfFile(agent.source) !== agent.hash);
  // What lies in a repository was read at a commit, which nobody edits.
  const skills = (snapshot.readings ?? []).filter(
    ({ repo, source, hash }) => repo === null && hashOfText(source) !== hash,
  );
  return [...agents, ...skills].map(({ source }) => source);
}

function hashOfText(path: string): string | null {
  const read = readSkill(path);
  return read.ok ? hashBytes(read.text) : null;
}

function hashOfFile(path: string): string | null {
  // Gone, or not to be read: that is a difference, too.
  const read = readBytes(path);
  return read.ok ? hashBytes(read.bytes) : null;
}
