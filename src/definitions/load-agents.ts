/** Loads agent definitions: Markdown with YAML front matter, as people and other tools write it. */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Diagnostic } from '../core/errors.ts';
import { hashBytes } from '../journal/hash.ts';
import type { AgentDefinition } from './agent.ts';
import { readAgent, type AgentOrigin } from './read-agent.ts';
import { errorAt, showValue } from './diagnose.ts';
import { readBytes } from './text-file.ts';

export type { AgentOrigin } from './read-agent.ts';

export interface AgentFile {
  path: string;
  bytes: Uint8Array;
  origin: AgentOrigin;
}

export interface LoadedAgents {
  agents: AgentDefinition[];
  diagnostics: Diagnostic[];
}

/** Reads and checks all files in one pass; every error of every file is in `diagnostics`. */
export function loadAgents(files: AgentFile[]): LoadedAgents {
  const diagnostics: Diagnostic[] = [];
  const agents = new Map<string, AgentDefinition>();
  for (const file of files) {
    const hash = hashBytes(file.bytes);
    const read = readAgent(file.path, file.bytes, hash, file.origin);
    diagnostics.push(...read.diagnostics);
    if (read.agent === null) continue;
    // Slugs are lower case and without accents: names that differ only by these are the same one.
    const first = agents.get(read.agent.name);
    if (first === undefined) agents.set(read.agent.name, read.agent);
    else diagnostics.push(duplicate(first, read.agent));
  }
  return { agents: [...agents.values()], diagnostics };
}

/** Loads one file of an agent, whatever it is called. */
export function loadAgentFile(path: string, origin: AgentOrigin): LoadedAgents {
  const read = readBytes(path);
  return read.ok
    ? loadAgents([{ path, bytes: read.bytes, origin }])
    : { agents: [], diagnostics: [read.diagnostic] };
}

/** Loads every `.md` file of a folder and the folders in it, in the order of their names. README files are none. */
export function loadAgentFolder(dir: string, origin: AgentOrigin): LoadedAgents {
  const found = markdownFiles(dir);
  if (!found.ok) return { agents: [], diagnostics: [found.diagnostic] };
  const files: AgentFile[] = [];
  const unreadable: Diagnostic[] = [];
  for (const path of found.files) {
    const read = readBytes(path);
    if (read.ok) files.push({ path, bytes: read.bytes, origin });
    else unreadable.push(read.diagnostic);
  }
  const { agents, diagnostics } = loadAgents(files);
  return { agents, diagnostics: [...unreadable, ...diagnostics] };
}

function markdownFiles(dir: string): { ok: true; files: string[] } | { ok: false; diagnostic: Diagnostic } {
  try {
    const entries = readdirSync(dir, { recursive: true, encoding: 'utf8' });
    const wanted = entries.filter((entry) => /^(?!readme\.md$|\.).*\.md$/i.test(basename(entry)));
    return { ok: true, files: wanted.sort().map((entry) => join(dir, entry)) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const place = { file: dir, line: 1, col: 1 };
    return {
      ok: false,
      diagnostic: errorAt(
        place,
        'E_NOT_FOUND',
        `It cannot be listed: ${reason}.`,
        'Name a folder of agent files.',
      ),
    };
  }
}

function duplicate(first: AgentDefinition, second: AgentDefinition): Diagnostic {
  const message = `${first.source} and ${second.source} both define the agent ${showValue(first.name)}.`;
  return errorAt(
    { file: second.source, line: 1, col: 1 },
    'E_AGENT_DUPLICATE',
    message,
    'Rename one of them, or take it away.',
  );
}
