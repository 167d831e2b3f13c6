/** Reads the instructions of an agent as the engine would have to: remarks with lines, none of which stops anything. */
import type { Diagnostic, SourcePlace } from '../core/errors.ts';
import type { Graph } from '../core/graph.ts';
import type { AgentDefinition } from './agent.ts';
import { inFileOrder, warningAt } from './diagnose.ts';
import { countWords } from './prompt-length.ts';
import { PROMPT_RULES, type Hit, type KnownNames, type PromptRule, type Sentence } from './prompt-rules.ts';
import { requiredFields } from './result-schema.ts';
import { placeOfLine } from './shared-bodies.ts';

/** About a page and a half: long prompts are not followed. */
export const MAX_PROMPT_WORDS = 700;

/** With skills and guides in front: about three pages. */
export const MAX_READ_WORDS = 1_500;

export interface PromptUse extends KnownNames {
  /** Words of what it may be given to read before its instructions (`wordsBeside`). */
  beside: number;
  /** Kinds of result that it is asked for; empty: not known, and its role's is taken. */
  outputs: readonly string[];
}

/** What is asked of each agent of a workflow, as its graph says. */
export function outputsOf({ steps }: Pick<Graph, 'steps'>): Map<string, Set<string>> {
  const outputs = new Map<string, Set<string>>();
  const add = (agent: string, output: string): void => {
    outputs.set(agent, (outputs.get(agent) ?? new Set()).add(output));
  };
  for (const { work, reviewers } of steps) {
    if (work.kind === 'agent') add(work.agent, work.output);
    for (const reviewer of reviewers) add(reviewer, 'review');
  }
  return outputs;
}

/**
 * Reads the instructions whole, a shared text included; each remark is at the line of the file that it stands in.
 * Pure: the same definition and the same use give the same remarks, those on a shared text first, in the order of the file.
 */
export function lintPrompt(agent: AgentDefinition, use: PromptUse): Diagnostic[] {
  const at = (line: number): SourcePlace => placeOfLine(agent, line);
  const sentences = sentencesOf(agent.instructions);
  const found = PROMPT_RULES.flatMap((rule) => remarksOf(rule, { agent, use, sentences, at }));
  const start = { file: agent.source, line: agent.instructionsLine ?? 1, col: 1 };
  const remarks = [...lengthRemark(agent, use, start), ...fieldRemarks(agent, use, start), ...found];
  const isShared = ({ place }: Diagnostic): boolean => place?.file !== agent.source;
  const shared = remarks.filter(isShared).map((each) => forReader(each, agent));
  return [...inFileOrder(shared), ...inFileOrder(remarks.filter((each) => !isShared(each)))];
}

/** What is wrong with a shared text may be so for one of its readers alone. */
function forReader(remark: Diagnostic, { name }: AgentDefinition): Diagnostic {
  return { ...remark, message: `${remark.message} The agent \`${name}\` shares this text.` };
}

interface Placed extends Sentence {
  line: number;
}

interface Looked {
  agent: AgentDefinition;
  use: PromptUse;
  sentences: Placed[];
  at: (line: number) => SourcePlace;
}

/** One remark for all places that say the same, at the first of them. */
function remarksOf(rule: PromptRule, { agent, use, sentences, at }: Looked): Diagnostic[] {
  const found = new Map<string, { hit: Hit; lines: number[] }>();
  for (const sentence of sentences) {
    const hit = rule.find(sentence, agent, use);
    if (hit === null) continue;
    const key = hit.said.toLowerCase();
    const known = found.get(key) ?? { hit, lines: [] };
    if (!known.lines.includes(sentence.line)) known.lines.push(sentence.line);
    found.set(key, known);
  }
  return [...found.values()].map(({ hit, lines: [first = 0, ...more] }) => {
    const place = at(first);
    return warningAt(place, rule.code, `${hit.message}${alsoIn(more.map(at), place)}`, hit.fix);
  });
}

/** The other places: lines of the same file by number, those of another one with its path. */
function alsoIn(places: SourcePlace[], { file }: SourcePlace): string {
  if (places.length === 0) return '';
  const named = places.map((each) => (each.file === file ? `${each.line}` : `${each.line} of ${each.file}`));
  return ` Also in line ${named.join(', ')}.`;
}

function lengthRemark(
  { instructions, body }: AgentDefinition,
  { beside }: PromptUse,
  place: SourcePlace,
): Diagnostic[] {
  const words = countWords(instructions);
  const shared = body === undefined ? '' : `, with the text of \`${body.agent}\``;
  const long = (message: string, fix: string): Diagnostic[] => [
    warningAt(place, 'W_PROMPT_LONG', message, fix),
  ];
  if (words > MAX_PROMPT_WORDS)
    return long(
      `The instructions have ${words} words${shared}: what is longer than ${MAX_PROMPT_WORDS} is not followed.`,
      'Keep purpose, method and handover; move knowledge to a skill.',
    );
  if (words + beside > MAX_READ_WORDS)
    return long(
      `The instructions have ${words} words${shared}, and skills and guides in front of them up to ${beside}: what is longer than ${MAX_READ_WORDS} in all is not followed.`,
      'Name fewer skills, shorten them, or say under `stacks` which guides concern it.',
    );
  return [];
}

/** What the schema wants and the instructions never speak of: the agent learns of it only when its result is refused. */
function fieldRemarks(agent: AgentDefinition, { outputs }: PromptUse, place: SourcePlace): Diagnostic[] {
  const asked = outputs.length > 0 ? outputs : usualOutputs(agent);
  return asked.flatMap((output) =>
    requiredFields(output, agent.role)
      .filter(
        (field) => !new RegExp(String.raw`\b${field.replace('_', '[_ ]')}\b`, 'i').test(agent.instructions),
      )
      .map((field) =>
        warningAt(
          place,
          'W_PROMPT_FIELD',
          `It is asked for a result of the kind \`${output}\`, which has to carry \`${field}\`, and its instructions never speak of that.`,
          `Say what belongs into \`${field}\`.`,
        ),
      ),
  );
}

function usualOutputs({ role }: AgentDefinition): string[] {
  return role === 'reviewer' ? ['review'] : role === 'submitter' ? ['submission'] : [];
}

const DENIALS =
  /\b(?:not|never|no|none|nobody|nothing|neither|nor|without|cannot|forbidden|others?|engine|whoever|somebody|itself|themselves)\b|n't\b|❌/i;

/** Per line, without the marks of lists and emphasis. A list below "never do these:" is denied as a whole. */
function sentencesOf(text: string): Placed[] {
  let deniedList = false;
  return text.split('\n').flatMap((written, line) => {
    const isItem = /^\s*(?:[-*+•]|\d+[.)])\s/.test(written);
    const plain = written
      .replace(/^\s*(?:[-*+•]|\d+[.)]|#+|>)\s+/, '')
      .replaceAll('**', '')
      .trim();
    if (plain === '') return [];
    if (!isItem) deniedList = false;
    const listDenied = isItem && deniedList;
    if (plain.endsWith(':')) deniedList = DENIALS.test(plain);
    return plain
      .split(/(?<=[.;:!?])\s+/)
      .map((part) => ({ text: part, line, denied: listDenied || DENIALS.test(part) }));
  });
}
