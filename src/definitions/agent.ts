/** An agent definition after it was read and checked. The loader is `load-agents.ts`. */
import type { SourcePlace } from '../core/errors.ts';
import type { AgentSummary } from '../core/graph.ts';
import type { Hash } from '../core/results.ts';
import type { Access, Role, StackArea } from '../core/words.ts';
import type { SkillName } from './skills.ts';

/** Tool names map to these; an unknown name never widens rights. */
export const CAPABILITIES = ['read', 'search', 'edit', 'execute', 'web', 'delegate', 'mcp'] as const;
export type Capability = (typeof CAPABILITIES)[number];

/** The agent that `body` of a file names, and where it does. */
export interface NamedBody {
  agent: string;
  place: SourcePlace;
}

/** Whose text stands at the beginning of an agent's instructions, and where it comes from. */
export interface SharedBody {
  /** The agent that it was written for. */
  agent: string;
  source: string;
  /** The line of that file where it begins. */
  line: number;
  /** How many lines of the instructions are its; an empty one and the agent's own text follow, where it has any. */
  lines: number;
}

export interface AgentDefinition {
  /** A slug; `title` keeps the display name. */
  name: string;
  title: string;
  description: string;
  role: Role;
  access: Access;
  capabilities: Capability[];
  /** The names as written. */
  tools: string[] | null;
  model: string | null;
  /** The body of the file, behind that of another agent where `body` names one. */
  instructions: string;
  /** The line of the file where its own body begins; absent in older journals. */
  instructionsLine?: number;
  /** Absent: all of the instructions are its own. */
  body?: SharedBody;
  /** What it has to read first; absent in older journals. */
  skills?: SkillName[];
  /** Skills that it reads where their description fits the work; absent: none. */
  optionalSkills?: SkillName[];
  /** The guides for stacks that concern it; absent: those of its role. */
  stacks?: StackArea[];
  /** Of a reviewer: the kinds of review that it gives; left out: `code`. */
  reviews?: string[];
  /** sha256 of the file's bytes; with a shared body, of the hashes of both files. */
  hash: Hash;
  source: string;
  /** Front matter keys that are not ours, kept as they are. */
  extra: Record<string, unknown>;
}

/** What a graph keeps of a definition. */
export function summaryOf({ name, title, role, access, hash, reviews }: AgentDefinition): AgentSummary {
  return { name, title, role, access, definition_hash: hash, ...(reviews === undefined ? {} : { reviews }) };
}
