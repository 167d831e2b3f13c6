/** One agent file, from bytes to a checked definition. */
import { ROLES, STACK_AREAS, type Role, type StackArea } from '../core/words.ts';
import type { Diagnostic, SourcePlace } from '../core/errors.ts';
import { CAPABILITIES, type AgentDefinition, type Capability, type NamedBody } from './agent.ts';
import { MAX_NAME_LENGTH, readAgentName } from './agent-name.ts';
import { errorAt, hasErrors, showValue, warningAt } from './diagnose.ts';
import { KNOWN_KEYS, readFrontMatter, type FrontMatter } from './front-matter.ts';
import { mojibakeIn } from './mojibake.ts';
import { nearest, suggest } from './nearest.ts';
import { roleFromWords } from './role-words.ts';
import { readSkillNames, type SkillName } from './skills.ts';
import { decodeText } from './text-file.ts';
import {
  accessOf,
  capabilitiesOf,
  DEFAULT_CAPABILITIES,
  deriveRole,
  FORBIDDEN_CAPABILITIES,
  readTools,
  TOOL_NAMES,
  type ToolWords,
} from './tools.ts';

/** `own`: written for this workflow, every slip is an error. `imported`: from elsewhere, oddities are warnings. */
export type AgentOrigin = 'own' | 'imported';

const OUR_KEYS = [
  'name',
  'title',
  'description',
  'role',
  'tools',
  'model',
  'skills',
  'optional_skills',
  'stacks',
  'reviews',
  'body',
];

/** An agent as its file says, and whose text it shares; null: nobody's. */
export interface ReadAgent {
  agent: AgentDefinition;
  body: NamedBody | null;
}

/** Reads one file. `read` is null where there is an error. */
export function readAgent(
  file: string,
  bytes: Uint8Array,
  hash: string,
  origin: AgentOrigin,
): { read: ReadAgent | null; diagnostics: Diagnostic[] } {
  const decoded = decodeText(bytes, file);
  if (!decoded.ok) return { read: null, diagnostics: [decoded.diagnostic] };
  const { frontMatter, diagnostics } = readFrontMatter(decoded.text, file);
  const garbled = mojibakeIn(decoded.text, file);
  if (frontMatter === null) return { read: null, diagnostics: [...diagnostics, ...garbled] };
  const reader = new AgentReader(frontMatter, origin);
  const read = reader.read(file, hash);
  return { read, diagnostics: [...diagnostics, ...garbled, ...reader.diagnostics] };
}

class AgentReader {
  readonly diagnostics: Diagnostic[] = [];
  readonly #front: FrontMatter;
  readonly #origin: AgentOrigin;

  constructor(front: FrontMatter, origin: AgentOrigin) {
    this.#front = front;
    this.#origin = origin;
  }

  read(source: string, hash: string): ReadAgent | null {
    const name = this.#name();
    const title = this.#text('title');
    const description = this.#description();
    const model = this.#text('model');
    const words = this.#toolWords();
    const granted = this.#grantedTools(words.names);
    const role = this.#role(granted, roleFromWords(name?.slug ?? '', description));
    const capabilities = this.#capabilities(role, granted, words.denied);
    const skills = this.#skills('skills');
    const optional = this.#skills('optional_skills');
    const stacks = this.#stacks();
    const reviews = this.#reviews(role);
    const body = this.#body();
    const extra = this.#extra();
    if (name === null || hasErrors(this.diagnostics)) return null;
    const access = accessOf(role, capabilities);
    const agent: AgentDefinition = {
      name: name.slug,
      title: title ?? name.written,
      description,
      role,
      access,
      capabilities,
      tools: words.names,
      model: model === 'inherit' ? null : model,
      instructions: this.#front.body,
      instructionsLine: this.#front.bodyLine,
      ...(skills.length === 0 ? {} : { skills }),
      ...(optional.length === 0 ? {} : { optionalSkills: optional }),
      ...(stacks === null ? {} : { stacks }),
      ...(reviews.length === 0 ? {} : { reviews }),
      hash,
      source,
      extra,
    };
    return { agent, body };
  }

  #name(): { slug: string; written: string } | null {
    const written = this.#front.values.get('name');
    if (written === undefined || written === null || written === '') {
      this.#error(
        'name',
        'E_AGENT_NAME_MISSING',
        'The agent has no name.',
        'Write `name: some-name` in the front matter.',
      );
      return null;
    }
    const text = typeof written === 'string' ? written.trim().normalize('NFC') : null;
    const name = text === null ? ({ ok: false, problem: 'it is no text' } as const) : readAgentName(text);
    if (!name.ok || text === null) {
      const problem = name.ok ? '' : name.problem;
      const fix = `Use lower-case letters, digits and hyphens, at most ${MAX_NAME_LENGTH}.`;
      this.#error(
        'name',
        'E_AGENT_NAME_INVALID',
        `The name ${showValue(written)} cannot be used: ${problem}.`,
        fix,
      );
      return null;
    }
    if (name.slug !== text) {
      const message = `The name ${showValue(text)} is no slug: workflows call this agent \`${name.slug}\`.`;
      this.#warn(
        'name',
        'W_AGENT_NAME_SLUGGED',
        message,
        `Write \`name: ${name.slug}\` and keep the other as \`title:\`.`,
      );
    }
    return { slug: name.slug, written: text };
  }

  #description(): string {
    const text = this.#text('description');
    if (text !== null) return text;
    this.#warn(
      'description',
      'W_AGENT_DESCRIPTION_MISSING',
      'The agent has no description.',
      'Say in one sentence when it is used.',
    );
    return '';
  }

  /** A field that has to be text; null where it is absent. */
  #text(key: string): string | null {
    const value = this.#front.values.get(key);
    if (value === undefined || value === null || value === '') return null;
    if (typeof value === 'string') return value.trim();
    const message = `\`${key}\` is ${showValue(value)}: it must be text.`;
    if (this.#origin === 'own') this.#error(key, 'E_CONFIG_VALUE', message, `Write \`${key}: …\` as text.`);
    else this.#warn(key, 'W_AGENT_VALUE_IGNORED', message, `Write \`${key}: …\` as text; it was left out.`);
    return null;
  }

  /** A name that cannot be looked for is an error wherever the file comes from: nothing that is required is left out. */
  #skills(key: 'skills' | 'optional_skills'): SkillName[] {
    const value = this.#front.values.get(key);
    const names = readSkillNames(value);
    const { line } = this.#place(key);
    if (names !== null) return names.map((name) => ({ name, line }));
    const message = `\`${key}\` is ${showValue(value)}: it must be names of letters, digits, dots and hyphens.`;
    this.#error(
      key,
      'E_CONFIG_VALUE',
      message,
      `Write \`${key}: one-skill, another-skill\` or a list of names.`,
    );
    return [];
  }

  /** null: the role decides. What is no area is an error in own files; in others it is left out like any stranger's key. */
  #stacks(): StackArea[] | null {
    const value = this.#front.values.get('stacks');
    if (value === undefined || value === null) return null;
    const words = readSkillNames(value) ?? [];
    if (words.length === 1 && words[0] === 'none') return [];
    const areas = STACK_AREAS.filter((area) => words.includes(area));
    if (words.length > 0 && areas.length === words.length) return areas;
    const message = `\`stacks\` is ${showValue(value)}: it must be \`none\` or some of ${STACK_AREAS.join(', ')}.`;
    if (this.#origin === 'own')
      this.#error(
        'stacks',
        'E_CONFIG_VALUE',
        message,
        'Write `stacks: http, data`, or leave it to the role.',
      );
    else this.#warn('stacks', 'W_AGENT_VALUE_IGNORED', message, 'It is left to the role.');
    return null;
  }

  /** Workflows rest on it: what it says wrongly is an error wherever the file comes from. */
  #reviews(role: Role): string[] {
    const value = this.#front.values.get('reviews');
    const kinds = readSkillNames(value);
    if (kinds !== null && (kinds.length === 0 || role === 'reviewer')) return kinds;
    const rule = kinds === null ? 'it must be words like `security`' : `a ${role} reviews nothing`;
    this.#error(
      'reviews',
      'E_CONFIG_VALUE',
      `\`reviews\` is ${showValue(value)}: ${rule}.`,
      'Write `reviews: security` at an agent of the role reviewer, or take it out.',
    );
    return [];
  }

  /** A text that cannot be looked for is an error wherever the file comes from: without it the instructions are not whole. */
  #body(): NamedBody | null {
    const value = this.#front.values.get('body');
    if (value === undefined || value === null) return null;
    const name = typeof value === 'string' ? readAgentName(value.trim().normalize('NFC')) : null;
    if (name?.ok === true) return { agent: name.slug, place: this.#place('body') };
    this.#error(
      'body',
      'E_CONFIG_VALUE',
      `\`body\` is ${showValue(value)}: it must be the name of an agent.`,
      'Write `body: some-agent`, or take it out.',
    );
    return null;
  }

  #toolWords(): ToolWords {
    const value = this.#front.values.get('tools');
    const words = readTools(value);
    const disallowed = readTools(this.#front.values.get('disallowedTools'));
    if (words === null || disallowed === null) {
      const key = words === null ? 'tools' : 'disallowedTools';
      const message = `\`${key}\` is ${showValue(this.#front.values.get(key))}: it must be names.`;
      this.#error(key, 'E_CONFIG_VALUE', message, `Write \`${key}: Read, Grep\` or a list of names.`);
      return { names: [], denied: [] };
    }
    return { names: words.names, denied: [...words.denied, ...(disallowed.names ?? [])] };
  }

  /** What the named tools allow; null where none are named (or `*` is): the role's default. */
  #grantedTools(names: string[] | null): Map<Capability, string> | null {
    if (names === null) return null;
    const granted = new Map<Capability, string>();
    for (const name of names) {
      for (const capability of capabilitiesOf(name) ?? this.#unknownTool(name)) granted.set(capability, name);
    }
    return names.length === 1 && names[0] === '*' ? null : granted;
  }

  #unknownTool(name: string): [] {
    const all = name === '*';
    const message = all
      ? 'The tool `*` grants nothing beyond the role.'
      : `The tool ${showValue(name)} is unknown: it grants nothing.`;
    const pattern = capabilitiesOf(name.replace(/\(.*$/s, '')) !== null && name.includes('(');
    const fix = pattern
      ? 'Name the tool without a pattern, if it may be used as a whole.'
      : suggest(name, TOOL_NAMES, 'tools');
    if (this.#origin === 'own') this.#error('tools', 'E_AGENT_TOOL_UNKNOWN', message, fix);
    else this.#warn('tools', 'W_AGENT_TOOL_UNKNOWN', message, fix);
    return [];
  }

  #role(granted: Map<Capability, string> | null, told: Role | null): Role {
    const written = this.#front.values.get('role');
    const role = ROLES.find((known) => known === written);
    if (role !== undefined) return role;
    if (this.#front.values.get('type') === 'orchestrator') return 'coordinator';
    const derived = deriveRole(granted, told);
    if (written === undefined || written === null) {
      const message = `The agent has no role: it is taken for a ${derived}.`;
      this.#warn('role', 'W_AGENT_ROLE_DERIVED', message, `Write \`role:\` with one of ${ROLES.join(', ')}.`);
      return derived;
    }
    const message = `\`role\` is ${showValue(written)}: it must be one of ${ROLES.join(', ')}.`;
    // Other tools use the word for prose; their file still loads, with the rights that its tools ask for.
    if (this.#origin === 'own')
      this.#error(
        'role',
        'E_CONFIG_VALUE',
        message,
        suggest(showValue(written).replaceAll('"', ''), ROLES, 'roles'),
      );
    else
      this.#warn(
        'role',
        'W_AGENT_VALUE_IGNORED',
        `${message} It is taken for a ${derived}.`,
        suggest(showValue(written).replaceAll('"', ''), ROLES, 'roles'),
      );
    return derived;
  }

  #capabilities(role: Role, granted: Map<Capability, string> | null, denied: string[]): Capability[] {
    const forbidden = FORBIDDEN_CAPABILITIES[role].filter((capability) => granted?.has(capability));
    for (const capability of forbidden) {
      const message = `A ${role} cannot have the tool ${showValue(granted?.get(capability) ?? capability)} (${capability}).`;
      this.#error(
        'tools',
        'E_ROLE_TOOL_FORBIDDEN',
        message,
        'Take the tool out, or give the work to another role: who delegates or judges does not edit.',
      );
    }
    const without = new Set(denied.flatMap((name) => capabilitiesOf(name.replace(/\(.*$/s, '')) ?? []));
    const allowed = new Set(granted === null ? DEFAULT_CAPABILITIES[role] : granted.keys());
    return CAPABILITIES.filter((capability) => allowed.has(capability) && !without.has(capability));
  }

  #extra(): Record<string, unknown> {
    const extra: Record<string, unknown> = {};
    for (const [key, value] of this.#front.values) {
      if (OUR_KEYS.includes(key)) continue;
      extra[key] = value;
      const near = KNOWN_KEYS.includes(key) ? null : nearest(key, OUR_KEYS);
      if (near === null) continue;
      this.#warn(
        key,
        'W_AGENT_KEY_SIMILAR',
        `The key ${showValue(key)} is unknown and has no effect.`,
        `Did you mean \`${near}\`?`,
      );
    }
    return extra;
  }

  #place(key: string): SourcePlace {
    return this.#front.places.get(key) ?? this.#front.start;
  }

  #error(key: string, ...facts: Tail<typeof errorAt>): void {
    this.diagnostics.push(errorAt(this.#place(key), ...facts));
  }

  #warn(key: string, ...facts: Tail<typeof warningAt>): void {
    this.diagnostics.push(warningAt(this.#place(key), ...facts));
  }
}

type Tail<F extends (first: never, ...rest: never[]) => unknown> = F extends (
  first: never,
  ...rest: infer R
) => unknown
  ? R
  : never;
