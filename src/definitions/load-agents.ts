/** Loads agent definitions: Markdown with YAML front matter, as people and other tools write it. */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Diagnostic } from '../core/errors.ts';
import { hashBytes } from '../journal/hash.ts';
import type { AgentDefinition } from './agent.ts';
import { readAgent, type AgentOrigin, type ReadAgent } from './read-agent.ts';
import { errorAt, showValue } from './diagnose.ts';
import { shareBodies } from './shared-bodies.ts';
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

/**
 * Reads and checks all files in one pass; every error of every file is in `diagnostics`. `known`: agents from elsewhere
 * whose text a file may share; they are not among those returned.
 */
export function loadAgents(files: AgentFile[], known: readonly AgentDefinition[] = []): LoadedAgents {
  const diagnostics: Diagnostic[] = [];
  const agents = new Map<string, ReadAgent>();
  for (const file of files) {
    const hash = hashBytes(file.bytes);
    const { read, diagnostics: found } = readAgent(file.path, file.bytes, hash, file.origin);
    diagnostics.push(...found);
    if (read === null) continue;
    // Slugs are lower case and without accents: names that differ only by these are the same one.
    const first = agents.get(read.agent.name);
    if (first === undefined) agents.set(read.agent.name, read);
    else diagnostics.push(duplicate(first.agent, read.agent));
  }
  const shared = shareBodies([...agents.values()], known);
  return { agents: shared.agents, diagnostics: [...diagnostics, ...shared.diagnostics] };
}

/** Loads one file of an agent, whatever it is called. `known` as in `loadAgents`. */
export function loadAgentFile(
  path: string,
  origin: AgentOrigin,
  known: readonly AgentDefinition[] = [],
): LoadedAgents {
  const read = readBytes(path);
  return read.ok
    ? loadAgents([{ path, bytes: read.bytes, origin }], known)
    : { agents: [], diagnostics: [read.diagnostic] };
}

/** Loads every `.md` file of a folder and the folders in it, in the order of their names. README files are none. `known` as in `loadAgents`. */
export function loadAgentFolder(
  dir: string,
  origin: AgentOrigin,
  known: readonly AgentDefinition[] = [],
): LoadedAgents {
  const found = markdownFiles(dir);
  if (!found.ok) return { agents: [], diagnostics: [found.diagnostic] };
  const files: AgentFile[] = [];
  const unreadable: Diagnostic[] = [];
  for (const path of found.files) {
    const read = readBytes(path);
    if (read.ok) files.push({ path, bytes: read.bytes, origin });
    else unreadable.push(read.diagnostic);
  }
  const { agents, diagnostics } = loadAgents(files, known);
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
