/** Reads the instructions of an agent as the engine would have to: remarks with lines, none of which stops anything. */
import type { Diagnostic, SourcePlace } from '../core/errors.ts';
import type { Graph } from '../core/graph.ts';
import type { AgentDefinition } from './agent.ts';
import { inFileOrder, warningAt } from './diagnose.ts';
import { PROMPT_RULES, type Hit, type KnownNames, type PromptRule, type Sentence } from './prompt-rules.ts';
import { requiredFields } from './result-schema.ts';

/** About a page and a half: long prompts are not followed. */
export const MAX_PROMPT_WORDS = 700;

export interface PromptUse extends KnownNames {
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

/** Pure: the same definition and the same use give the same remarks, in the order of the file. */
export function lintPrompt(agent: AgentDefinition, use: PromptUse): Diagnostic[] {
  const start = agent.instructionsLine ?? 1;
  const at = (line: number): SourcePlace => ({ file: agent.source, line: start + line, col: 1 });
  const sentences = sentencesOf(agent.instructions);
  const found = PROMPT_RULES.flatMap((rule) => remarksOf(rule, { agent, use, sentences, at }));
  return inFileOrder([...lengthRemark(agent, at(0)), ...fieldRemarks(agent, use, at(0)), ...found]);
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
    const also = more.length === 0 ? '' : ` Also in line ${more.map((line) => at(line).line).join(', ')}.`;
    return warningAt(at(first), rule.code, `${hit.message}${also}`, hit.fix);
  });
}

function lengthRemark({ instructions }: AgentDefinition, place: SourcePlace): Diagnostic[] {
  const words = instructions.split(/\s+/).filter((word) => word !== '').length;
  if (words <= MAX_PROMPT_WORDS) return [];
  const message = `The instructions have ${words} words: what is longer than ${MAX_PROMPT_WORDS} is not followed.`;
  return [
    warningAt(
      place,
      'W_PROMPT_LONG',
      message,
      'Keep purpose, method and handover; move knowledge to a skill.',
    ),
  ];
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
