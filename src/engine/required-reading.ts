/**
 * What agents have to read before they begin: the skills that their definitions name, and the guides that the workflow
 * requires of every repository. All of it is read before event 1 and kept in the snapshot; a run that lacks one does not start.
 */
import { DefinitionErrors, type Diagnostic } from '../core/errors.ts';
import type { Graph } from '../core/graph.ts';
import type { Reading, RepoBase } from '../core/records.ts';
import type { AgentDefinition } from '../definitions/agent.ts';
import { errorAt } from '../definitions/diagnose.ts';
import {
  builtinSkill,
  placesBeside,
  readSkill,
  REPOSITORY_SKILLS,
  SKILL_FILE,
  skillBeside,
} from '../definitions/skills.ts';
import { descriptionOf } from '../definitions/skill-match.ts';
import { decodeText, type TextResult } from '../definitions/text-file.ts';
import { hashBytes } from '../journal/hash.ts';
import type { Workspaces } from '../workspace/workspaces.ts';
import type { RunContext } from './run-context.ts';

/** A reading with its text, as the snapshot keeps it. */
export interface LoadedReading extends Reading {
  text: string;
}

interface Found {
  source: string;
  repo: string | null;
  read: TextResult;
}

/** Reads all that is required. Throws everything that is missing or unreadable, at once. */
export async function loadReadings(
  workspaces: Pick<Workspaces, 'readAt'>,
  { graph, agents }: { graph: Graph; agents: readonly AgentDefinition[] },
  repos: RepoBase[],
): Promise<LoadedReading[]> {
  const diagnostics: Diagnostic[] = [];
  const readings: LoadedReading[] = [];
  const keep = (
    reading: Pick<Reading, 'kind' | 'name' | 'agents' | 'when'>,
    { source, repo, read }: Found,
  ): void => {
    const known = readings.find(
      (each) => each.kind === 'skill' && each.source === source && each.when === reading.when,
    );
    if (known !== undefined) {
      known.agents = [...(known.agents ?? []), ...(reading.agents ?? [])];
      return;
    }
    if (!read.ok) diagnostics.push(read.diagnostic);
    else readings.push({ ...reading, repo, source, hash: hashBytes(read.text), text: read.text });
  };
  for (const agent of agents) {
    for (const { name, line } of agent.skills ?? []) {
      const found = await findSkill(workspaces, agent.source, name, repos);
      if (found === null) diagnostics.push(skillMissing(agent, { name, line }, repos));
      else keep({ kind: 'skill', name, agents: [agent.name] }, found);
    }
  }
  for (const agent of agents) {
    for (const { name, line } of agent.optionalSkills ?? []) {
      const found = await findSkill(workspaces, agent.source, name, repos);
      if (found === null) diagnostics.push(skillMissing(agent, { name, line }, repos, 'optional_skills'));
      else if (!found.read.ok) diagnostics.push(found.read.diagnostic);
      else {
        const description = descriptionOf(found.read.text, found.source);
        if (description === null) diagnostics.push(undescribed(agent, { name, line }, found.source));
        else keep({ kind: 'skill', name, agents: [agent.name], when: description }, found);
      }
    }
  }
  for (const names of graph.guides ?? []) {
    for (const repo of repos) {
      const found = await findGuide(workspaces, names, repo);
      if (found === null) diagnostics.push(guideMissing(graph, names, repo));
      else keep({ kind: 'guide', name: found.name, agents: null }, found);
    }
  }
  if (diagnostics.length > 0) throw new DefinitionErrors(diagnostics);
  return readings;
}

/** Beside the agent's file first, then in each repository as it is at the run's base, then in the package. */
async function findSkill(
  workspaces: Pick<Workspaces, 'readAt'>,
  agentFile: string,
  name: string,
  repos: RepoBase[],
): Promise<Found | null> {
  const beside = skillBeside(agentFile, name);
  if (beside !== null) return { source: beside, repo: null, read: readSkill(beside) };
  for (const repo of repos) {
    const found = await workspaces.readAt(repo, `${REPOSITORY_SKILLS}/${name}/${SKILL_FILE}`);
    if (found !== null) return inRepository(repo, found);
  }
  const builtin = builtinSkill(name);
  return builtin === null ? null : { source: builtin, repo: null, read: readSkill(builtin) };
}

async function findGuide(
  workspaces: Pick<Workspaces, 'readAt'>,
  names: string[],
  repo: RepoBase,
): Promise<(Found & { name: string }) | null> {
  for (const name of names) {
    const found = await workspaces.readAt(repo, name);
    if (found !== null) return { name, ...inRepository(repo, found) };
  }
  return null;
}

function inRepository({ name: repo }: RepoBase, { path, bytes }: { path: string; bytes: Uint8Array }): Found {
  const source = `${repo}/${path}`;
  return { source, repo, read: decodeText(bytes, source) };
}

function skillMissing(
  agent: AgentDefinition,
  { name, line }: { name: string; line: number },
  repos: RepoBase[],
  key: 'skills' | 'optional_skills' = 'skills',
): Diagnostic {
  const places = [
    ...placesBeside(agent.source, name),
    ...repos.map((repo) => `${REPOSITORY_SKILLS}/${name}/${SKILL_FILE} of ${repo.name} at its base commit`),
  ];
  return errorAt(
    { file: agent.source, line, col: 1 },
    'E_READING_MISSING',
    `${agent.name} ${key === 'skills' ? 'requires' : 'may need'} the skill ${name}, which is in none of these places: ${places.join(', ')}.`,
    'Put it there (in a repository it has to be committed), or take its name out of `' + key + '`.',
  );
}

function undescribed(
  agent: AgentDefinition,
  { name, line }: { name: string; line: number },
  source: string,
): Diagnostic {
  return errorAt(
    { file: agent.source, line, col: 1 },
    'E_READING_MISSING',
    `${agent.name} may need the skill ${name}, and ${source} does not say when.`,
    'Write `description:` into its front matter, or name it under `skills`.',
  );
}

function guideMissing(graph: Graph, names: string[], { name, path, commit }: RepoBase): Diagnostic {
  return errorAt(
    null,
    'E_READING_MISSING',
    `The workflow ${graph.workflow} requires the guide ${names.join(' or ')}, and ${name} (${path}) has none at ${commit.slice(0, 12)}.`,
    'Commit the file there, or take it out of `guides` in the workflow.',
  );
}

/** What the run keeps of it in event 1: all but the texts. */
export function toReading(loaded: LoadedReading): Reading {
  const { text: _, ...reading } = loaded;
  return reading;
}

/** One line per reading, for people. */
export function readingNote({ kind, name, repo, hash, agents, seen, whole, when }: Reading): string {
  const where = repo === null ? '' : ` of ${repo}`;
  if (kind === 'note')
    return `shown to every agent, as material: ${name}${where} (sha256 ${hash.slice(0, 12)})${whole === undefined ? '' : `, cut from ${whole} characters`}`;
  if (kind === 'stack')
    return `${seen ?? 'a repository'} shows ${name}: its guide is read by ${agents?.join(', ') ?? 'every agent'}, where their work is about that (sha256 ${hash.slice(0, 12)})`;
  if (when !== undefined)
    return `read by ${agents?.join(', ') ?? 'every agent'}, where their work is about that: ${kind} ${name}${where} (sha256 ${hash.slice(0, 12)})`;
  return `read first by ${agents?.join(', ') ?? 'every agent'}: ${kind} ${name}${where} (sha256 ${hash.slice(0, 12)})`;
}

/** What this agent reads first: guides before skills, and what its stack is known for behind them. Notes are context. */
export function readingsOf({ snapshot }: Pick<RunContext, 'snapshot'>, agent: string): LoadedReading[] {
  const own = (snapshot.readings ?? []).filter(({ agents }) => agents === null || agents.includes(agent));
  return (['guide', 'skill', 'stack'] as const).flatMap((kind) => own.filter((each) => each.kind === kind));
}

/** What repositories tell agents: their words, not ours. */
export function notesOf({ snapshot }: Pick<RunContext, 'snapshot'>): LoadedReading[] {
  return (snapshot.readings ?? []).filter(({ kind }) => kind === 'note');
}
