/**
 * What the repositories themselves show, read at the run's base: guides for what they use go to the agents whose lane
 * that is, and what a repository tells agents goes to all of them, as material.
 */
import { join } from 'node:path';
import type { RepoBase } from '../core/records.ts';
import type { Revision } from '../core/results.ts';
import type { AgentDefinition } from '../definitions/agent.ts';
import { builtinStacksDir } from '../definitions/builtin.ts';
import { DEFAULT_AREAS, detectStacks, telling, type StackSeen } from '../definitions/stacks.ts';
import { decodeText, readBytes } from '../definitions/text-file.ts';
import { hashBytes } from '../journal/hash.ts';
import type { Workspaces } from '../workspace/workspaces.ts';
import type { LoadedReading } from './required-reading.ts';
import { cut } from './prompt-budget.ts';

/** In the top folder. Both are read, where they do not say the same. */
const NOTES = ['AGENTS.md', 'CLAUDE.md'];
/** Every agent gets them: two pages are read, twenty are not. */
const MAX_NOTE_CHARS = 8_000;
const MAX_MANIFEST_BYTES = 256 * 1024;

type Trees = Pick<Workspaces, 'listFiles' | 'readBlobs'>;

export interface ShownByRepos {
  readings: LoadedReading[];
  /** For people, one sentence each. */
  notes: string[];
}

/** `required`: what agents read as instructions already. Nothing here can refuse a run. */
export async function readRepos(
  workspaces: Trees,
  run: { runId: string; base: Revision; repos: RepoBase[]; agents: readonly AgentDefinition[] },
  required: readonly LoadedReading[],
): Promise<ShownByRepos> {
  const seen = new Map<string, StackSeen & { repo: string }>();
  const readings: LoadedReading[] = [];
  const notes: string[] = [];
  for (const { name: repo } of run.repos) {
    const files = await workspaces.listFiles(run.runId, run.base, repo);
    const paths = files.map(({ path }) => path);
    const known = required.filter((each) => each.repo === repo).map(({ name }) => name);
    const noted = NOTES.filter((path) => paths.includes(path) && !known.includes(path));
    const wanted = new Set([...telling(paths), ...noted]);
    const chosen = files.filter(({ path, size }) => wanted.has(path) && size <= MAX_MANIFEST_BYTES);
    const blobs = await workspaces.readBlobs(
      run.runId,
      repo,
      chosen.map(({ blob }) => blob),
    );
    const texts = new Map<string, string>();
    for (const { path, blob } of chosen) {
      const read = decodeText(blobs.get(blob) ?? new Uint8Array(), `${repo}/${path}`);
      if (read.ok) texts.set(path, read.text);
    }
    for (const path of noted) {
      const note = texts.get(path);
      if (note === undefined || note.trim() === '')
        notes.push(`${repo}/${path} is no text that agents could be shown`);
      else if (saysTheSame(note, texts, noted.slice(0, noted.indexOf(path))))
        notes.push(`${repo}/${path} is not shown to agents: it only says what ${noted[0]} does`);
      else readings.push(noteReading(repo, path, note));
    }
    for (const each of detectStacks(paths, texts))
      if (!seen.has(each.stack.name)) seen.set(each.stack.name, { ...each, repo });
  }
  return {
    readings: [...[...seen.values()].flatMap((each) => stackReading(each, run.agents)), ...readings],
    notes,
  };
}

/** A second file that holds the first one's text, or only points to it (`@AGENTS.md`). */
function saysTheSame(note: string, texts: ReadonlyMap<string, string>, earlier: readonly string[]): boolean {
  return earlier.some((path) => {
    const said = texts.get(path)?.trim();
    return said === note.trim() || note.trim() === `@${path}` || note.trim() === path;
  });
}

function noteReading(repo: string, path: string, whole: string): LoadedReading {
  const text = cut(whole, MAX_NOTE_CHARS);
  const source = `${repo}/${path}`;
  const isCut = whole.length > MAX_NOTE_CHARS;
  return {
    kind: 'note',
    name: path,
    repo,
    source,
    hash: hashBytes(text),
    agents: null,
    ...(isCut && { whole: whole.length }),
    text,
  };
}

function stackReading(
  { stack, repo, where }: StackSeen & { repo: string },
  agents: readonly AgentDefinition[],
): LoadedReading[] {
  const readers = agents.filter((agent) => (agent.stacks ?? DEFAULT_AREAS[agent.role]).includes(stack.area));
  const source = join(builtinStacksDir, `${stack.name}.md`);
  const bytes = readBytes(source, builtinStacksDir);
  const read = bytes.ok ? decodeText(bytes.bytes, source) : bytes;
  if (!read.ok) throw new Error(`the package lacks ${source}`);
  if (readers.length === 0) return [];
  const names = readers.map(({ name }) => name);
  const seen = `${repo}/${where}`;
  return [
    {
      kind: 'stack',
      name: stack.name,
      repo: null,
      source,
      seen,
      hash: hashBytes(read.text),
      agents: names,
      text: read.text,
    },
  ];
}
