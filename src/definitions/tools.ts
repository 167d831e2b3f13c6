/**
 * Tool names of the agents in the world, as classes of what they allow. A name that is not in here, or
 * that a pattern narrows in a way the engine could not enforce, grants nothing.
 */
import { WRITING_ROLES, type Access, type Role } from '../core/words.ts';
import type { Capability } from './agent.ts';

/** By lower-case name without `_` and `-`. An empty list: harmless, and nothing to grant. */
const TOOLS = new Map<string, readonly Capability[]>(
  [
    [['read', 'readfile', 'readmanyfiles', 'notebookread', 'view'], ['read']],
    [
      [
        'glob',
        'grep',
        'ls',
        'list',
        'search',
        'codesearch',
        'codebase',
        'searchfilecontent',
        'grepsearch',
        'listdirectory',
        'findfiles',
        'lsp',
      ],
      ['search'],
    ],
    [
      [
        'write',
        'edit',
        'multiedit',
        'notebookedit',
        'patch',
        'applypatch',
        'writefile',
        'editfile',
        'editfiles',
        'replace',
      ],
      ['edit'],
    ],
    [
      [
        'bash',
        'bashoutput',
        'killbash',
        'killshell',
        'shell',
        'powershell',
        'terminal',
        'execute',
        'runshellcommand',
        'runcommands',
        'runinterminal',
      ],
      ['execute'],
    ],
    [['webfetch', 'websearch', 'fetch', 'googlewebsearch', 'web'], ['web']],
    [['task', 'agent'], ['delegate']],
    [
      [
        'todowrite',
        'todoread',
        'todo',
        'todos',
        'writetodos',
        'askuserquestion',
        'question',
        'exitplanmode',
        'skill',
        'toolsearch',
        'think',
      ],
      [],
    ],
  ].flatMap(([names, capabilities]) =>
    (names ?? []).map((name) => [name, (capabilities ?? []) as readonly Capability[]] as const),
  ), // literals above
);

/** The spellings that a suggestion offers. */
export const TOOL_NAMES: readonly string[] = [
  'Read',
  'Write',
  'Edit',
  'MultiEdit',
  'NotebookEdit',
  'Bash',
  'Glob',
  'Grep',
  'LS',
  'WebFetch',
  'WebSearch',
  'Task',
  'TodoWrite',
  'AskUserQuestion',
];

/** What a role may do when its file names no tools: the least that its work needs. */
export const DEFAULT_CAPABILITIES: Readonly<Record<Role, readonly Capability[]>> = {
  coordinator: ['read', 'search'],
  planner: ['read', 'search'],
  reviewer: ['read', 'search'],
  submitter: ['read', 'search'],
  specialist: ['read', 'search', 'edit', 'execute'],
  tester: ['read', 'search', 'edit', 'execute'],
};

/** What no file can give to a role. Who can delegate cannot edit, and who can edit cannot delegate. */
export const FORBIDDEN_CAPABILITIES: Readonly<Record<Role, readonly Capability[]>> = {
  coordinator: ['edit', 'execute'],
  planner: ['edit', 'execute'],
  reviewer: ['edit', 'execute'],
  submitter: ['edit', 'execute'],
  specialist: ['delegate'],
  tester: ['delegate'],
};

/** What a tool allows; null: unknown. */
export function capabilitiesOf(tool: string): readonly Capability[] | null {
  if (/^mcp__\S+$/.test(tool)) return ['mcp'];
  const [, name = '', pattern] = /^([\w-]+)(\(.*\))?$/s.exec(tool) ?? [];
  const capabilities = TOOLS.get(name.toLowerCase().replaceAll(/[_-]/g, '')) ?? null;
  // `Bash(git:*)` allows less than Bash; granting all of it would widen rights. Delegating is never carried
  // out, so that knowing of it only narrows.
  if (pattern !== undefined && !capabilities?.includes('delegate')) return null;
  return capabilities;
}

export interface ToolWords {
  /** As written; null: the file names none. */
  names: string[] | null;
  denied: string[];
}

/** `tools:` as a string, a list, or a map of switches; null where it is none of these. */
export function readTools(value: unknown): ToolWords | null {
  if (value === undefined || value === null) return { names: null, denied: [] };
  if (typeof value === 'string') return { names: splitTools(value), denied: [] };
  if (Array.isArray(value)) {
    return value.every((item) => typeof item === 'string')
      ? { names: value.map((name) => name.trim()), denied: [] }
      : null;
  }
  if (typeof value !== 'object') return null;
  const switches = Object.entries(value);
  if (!switches.every(([, on]) => typeof on === 'boolean')) return null;
  const [names, denied] = [true, false].map((wanted) =>
    switches.filter(([, on]) => on === wanted).map(([name]) => name),
  );
  return { names: names === undefined || names.length === 0 ? null : names, denied: denied ?? [] };
}

/** Splits at commas outside brackets: `Task(a, b)` is one tool. */
function splitTools(text: string): string[] {
  const names = [''];
  let depth = 0;
  for (const char of text) {
    if (char === '(') depth++;
    if (char === ')') depth--;
    if (char === ',' && depth <= 0) names.push('');
    else names[names.length - 1] += char;
  }
  return names.map((name) => name.trim()).filter((name) => name !== '');
}

/** Tools that change something say more than words; words take rights away, and never give any. */
export function deriveRole(granted: Map<Capability, string> | null, told: Role | null): Role {
  if (granted?.has('delegate') === true) return 'coordinator';
  const changes = granted?.has('edit') === true || granted?.has('execute') === true;
  return changes ? 'specialist' : (told ?? 'specialist');
}

/** Access follows the role; a writing role whose tools only read stays a reader. */
export function accessOf(role: Role, capabilities: Capability[]): Access {
  const canChange = capabilities.includes('edit') || capabilities.includes('execute');
  return WRITING_ROLES.includes(role) && canChange ? 'write' : 'read';
}
