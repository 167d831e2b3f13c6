/** What one agent is given to read before one piece of work: what is required always, skills that may be needed and pages for stacks where it is about them. */
import { describesWork } from '../definitions/skill-match.ts';
import { chooseStacks, type WorkAtHand } from '../definitions/stack-choice.ts';
import type { AgentDefinition } from '../definitions/agent.ts';
import type { Reading } from '../core/records.ts';
import type { Output, Revision } from '../core/results.ts';
import type { Role } from '../core/words.ts';
import { cut, PROMPT_TOKENS, shares, showCount, toChars } from './prompt-budget.ts';
import { readingsOf, type LoadedReading } from './required-reading.ts';
import type { RunContext } from './run-context.ts';

/** Of an agent's room, for its instructions and what it reads before them. */
const READING_SHARE = 1 / 3;

export interface ChosenReading {
  readings: LoadedReading[];
  /** The agent's instructions, with all that it has to read in front of them. */
  instructions: string;
  /** What is not whole or not there, one line each. */
  shortened: string[];
}

/** Pure: the same readings and the same work give the same instructions. */
export function chooseReading(
  ctx: Pick<RunContext, 'snapshot'>,
  agent: AgentDefinition,
  work: WorkAtHand,
): ChosenReading {
  const all = readingsOf(ctx, agent.name);
  const stacks = all.filter(({ kind }) => kind === 'stack').map(({ name }) => name);
  const { left } = chooseStacks(stacks, work);
  const readings = all.filter(({ kind, name, when }) =>
    kind === 'stack'
      ? !left.includes(name)
      : when === undefined || (describesWork(when, work.words) && !isRequired(all, name)),
  );
  const { text, shortened } = assembleInstructions(agent, readings);
  const leftOut =
    left.length === 0 ? [] : [`guides to ${left.join(', ')}: not sent, this work is not about that`];
  return { readings, instructions: text, shortened: [...shortened, ...leftOut] };
}

const isRequired = (all: readonly LoadedReading[], skill: string): boolean =>
  all.some(({ kind, name, when }) => kind === 'skill' && name === skill && when === undefined);

/** How an order names a reading; `readingsNamed` finds it again. */
export function readingKey({ kind, source }: Pick<Reading, 'kind' | 'source'>): string {
  return `${kind} ${source}`;
}

/** The readings of an earlier order, by their keys; of orders that kept none, all. */
export function readingsNamed(
  ctx: Pick<RunContext, 'snapshot'>,
  agent: string,
  keys: readonly string[] | undefined,
): LoadedReading[] {
  const all = readingsOf(ctx, agent);
  if (keys === undefined) return all;
  const known = all.map((reading) => readingKey(reading));
  return all.filter((_, i) => keys.includes(known[i] ?? '') && known.indexOf(known[i] ?? '') === i);
}

/** Readings in front of the instructions, within a third of the role's room: long ones are cut to the same length, by name. */
export function assembleInstructions(
  { instructions, role }: Pick<AgentDefinition, 'instructions' | 'role'>,
  readings: readonly LoadedReading[],
): { text: string; shortened: string[] } {
  const whole = [...readings.map(({ text }) => text.trim()), instructions];
  const bounds = shares(
    whole.map(({ length }) => length),
    roomForReading(role),
  );
  const shown = whole.map((text, i) => cut(text, bounds[i]));
  const names = [...readings.map(({ kind, name }) => `${kind} ${name}`), 'your instructions'];
  const shortened = whole.flatMap((text, i) =>
    text.length > (bounds[i] ?? 0)
      ? [`${names[i]}: ${showCount(bounds[i] ?? 0)} of ${showCount(text.length)} characters`]
      : [],
  );
  const own = shown.at(-1) ?? '';
  if (readings.length === 0) return { text: own, shortened };
  const texts = readings.map(({ kind, name, repo, hash, when }, i) => {
    if (kind === 'stack') return `# What good looks like in ${(shown[i] ?? '').replace(/^# /, '')}`;
    const title = when === undefined ? `Required ${kind}` : 'Skill for work like this';
    return `# ${title}: ${name}${repo === null ? '' : ` of ${repo}`} (sha256 ${hash})\n\n${shown[i] ?? ''}`;
  });
  return { text: [...texts, `# Your instructions\n\n${own}`].join('\n\n'), shortened };
}

function roomForReading(role: Role): number {
  return Math.floor(toChars(PROMPT_TOKENS[role]) * READING_SHARE);
}

/** The text of the accepted plan; read only where it decides something. */
export async function planFor(
  ctx: Pick<RunContext, 'snapshot' | 'readText'>,
  agent: string,
  earlier: readonly { output: Output }[],
): Promise<string> {
  const plan = earlier.findLast(({ output }) => output.kind === 'plan');
  const decides = readingsOf(ctx, agent).some(({ when }) => when !== undefined);
  return plan === undefined || !decides ? '' : ctx.readText(plan.output.artifact);
}

/** The files of a change; asked of git only where they decide something. */
export async function filesFor(
  ctx: Pick<RunContext, 'snapshot' | 'engine' | 'runId'>,
  agent: string,
  { from, to }: { from: Revision | null; to: Revision | null },
): Promise<string[]> {
  const stacks = readingsOf(ctx, agent).filter(({ kind }) => kind === 'stack');
  if (stacks.length === 0 || from === null || to === null || from.id === to.id) return [];
  const changes = await ctx.engine.workspaces.changes(ctx.runId, from, to);
  return changes.map(({ path }) => path);
}
