/** Agents whose instructions begin with those of another one, as `body: OTHER_AGENT` in their file says. */
import type { Diagnostic, SourcePlace } from '../core/errors.ts';
import { hashBytes } from '../journal/hash.ts';
import type { AgentDefinition, NamedBody } from './agent.ts';
import { errorAt } from './diagnose.ts';
import { nearest } from './nearest.ts';
import type { ReadAgent } from './read-agent.ts';

/**
 * Whole agents from those of one place: each text that one of them shares is put in front of its own. Names mean agents of
 * the same place before those of `known`, which are whole already; who replaces one of `known` may name it. An agent whose
 * text cannot be had is left out, with an error (`E_UNKNOWN_AGENT`, `E_AGENT_BODY`) at its `body`.
 */
export function shareBodies(
  read: ReadAgent[],
  known: readonly AgentDefinition[],
): { agents: AgentDefinition[]; diagnostics: Diagnostic[] } {
  const agents: AgentDefinition[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const { agent, body } of read) {
    const whole = body === null ? agent : withBody(agent, body, { read, known });
    if ('level' in whole) diagnostics.push(whole);
    else agents.push(whole);
  }
  return { agents, diagnostics };
}

/** Where a line of the instructions (the first is 0) stands: in the agent's own file, or in that of the text which it shares. */
export function placeOfLine({ source, instructionsLine, body }: AgentDefinition, line: number): SourcePlace {
  if (body !== undefined && line < body.lines) return { file: body.source, line: body.line + line, col: 1 };
  const own = body === undefined ? line : line - body.lines - 1;
  return { file: source, line: (instructionsLine ?? 1) + own, col: 1 };
}

interface Found {
  read: readonly ReadAgent[];
  known: readonly AgentDefinition[];
}

/** The agent with the text in front of its own, or why that cannot be. */
function withBody(agent: AgentDefinition, wanted: NamedBody, found: Found): AgentDefinition | Diagnostic {
  const isItself = wanted.agent === agent.name;
  const beside = isItself ? undefined : found.read.find((each) => each.agent.name === wanted.agent);
  const owner = beside?.agent ?? found.known.find((each) => each.name === wanted.agent);
  if (owner === undefined) return isItself ? ownBody(wanted) : unknownBody(wanted, agent, found);
  const first = beside === undefined ? owner.body?.agent : beside.body?.agent;
  if (first !== undefined) return borrowedBody(wanted, first);
  if (owner.instructions === '') return emptyBody(wanted, owner);
  const own = agent.instructions === '' ? [] : [agent.instructions];
  return {
    ...agent,
    instructions: [owner.instructions, ...own].join('\n\n'),
    body: {
      agent: owner.name,
      source: owner.source,
      line: owner.instructionsLine ?? 1,
      lines: owner.instructions.split('\n').length,
    },
    hash: hashBytes(`${agent.hash} ${owner.hash}`),
  };
}

function ownBody({ place, agent }: NamedBody): Diagnostic {
  return errorAt(
    place,
    'E_AGENT_BODY',
    `\`body\` names the agent \`${agent}\` itself, and there is no other one of this name that it replaces.`,
    'Take `body` out, or name the agent whose text it shares.',
  );
}

function unknownBody(
  { place, agent: wanted }: NamedBody,
  agent: AgentDefinition,
  { read, known }: Found,
): Diagnostic {
  const beside = read.map((each) => each.agent).filter(({ name }) => name !== agent.name);
  const near = nearest(
    wanted,
    [...beside, ...known].map(({ name }) => name),
  );
  return errorAt(
    place,
    'E_UNKNOWN_AGENT',
    `\`body\` names the agent \`${wanted}\`, which does not exist or cannot be read.`,
    near === null
      ? 'Name an agent of this folder or a built-in one; `baton agents list` shows these.'
      : `Did you mean \`${near}\`?`,
  );
}

function borrowedBody({ place, agent }: NamedBody, first: string): Diagnostic {
  return errorAt(
    place,
    'E_AGENT_BODY',
    `\`body\` names the agent \`${agent}\`, whose text is that of \`${first}\`.`,
    `Write \`body: ${first}\`: a text is shared from the file that it is written in.`,
  );
}

function emptyBody({ place }: NamedBody, { name, source }: AgentDefinition): Diagnostic {
  return errorAt(
    place,
    'E_AGENT_BODY',
    `\`body\` names the agent \`${name}\`, and there is no text in ${source}.`,
    'Name an agent that has instructions, or take `body` out.',
  );
}
