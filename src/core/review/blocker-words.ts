/** What a person is told of a blocker: what was tried, what has to happen before work goes on, who waits and who goes on. */
import type { StepId } from '../graph.ts';
import type { Escalation } from '../questions/questions.ts';
import { stepOf, type RunState } from '../state.ts';
import type { StepState } from '../step-state.ts';
import type { BlockedReason } from '../words.ts';

/** Steps that a question names one by one; of more it says how many. */
const MAX_NAMED = 8;

/** Begins what a person reads of what has to happen, and of who waits until then. */
const BEFORE = 'Before it goes on:';

type Blocker = NonNullable<StepState['blocked']>;

export function blockedEscalation(state: RunState, st: StepState, blocked: Blocker): Escalation {
  const { reason, detail, attempted } = blocked;
  const said = reason === 'clarification' ? 'the agent asks' : `the agent is blocked (${reason})`;
  const tried = attempted.length === 0 ? [] : [closed(`It tried: ${attempted.join('; ')}`)];
  // A step that holds nobody back is given up, and nobody is asked.
  const next =
    st.step.blocking === false ? [] : [`${BEFORE} ${BEFORE_GOING_ON[reason]}.`, waitingWords(state, st)];
  return {
    kind: reason === 'clarification' ? 'clarification' : 'blocked',
    detail: [closed(`${said}: ${detail}`), ...tried, ...next].join(' '),
  };
}

/** Of a question about a blocker what its agent asks or lacks, without who waits; any other question as it is. */
export function withoutWaiting(text: string): string {
  const end = text.indexOf(` ${BEFORE}`);
  return end === -1 ? text : text.slice(0, end);
}

/** The question with numbers in place of the steps that wait or go on: which ones they are `baton status` says. */
export function withWaitingCounted(text: string): string {
  return text.replace(WAITING, (_, waiting: string, others?: string) => {
    const wait = `Until then ${counted(waiting)} wait${countOf(waiting) === 1 ? 's' : ''}`;
    return others === undefined
      ? wait
      : `${wait}; ${counted(others)} go${countOf(others) === 1 ? 'es' : ''} on`;
  });
}

/** The sentence of `waitingWords`, with the steps that wait, and those that go on. */
const WAITING = /Until then these wait: ([^;]+)(?:; this goes on: ([^;]+?)(?=\.(?:\s|$)))?/g;

function countOf(steps: string): number {
  const more = / and (\d+) more$/.exec(steps)?.[1];
  return steps.split(', ').length + Number(more ?? 0);
}

function counted(steps: string): string {
  const count = countOf(steps);
  return `${count} step${count === 1 ? '' : 's'}`;
}

/** What only a person can bring about; the agent then starts its step again with these words. */
const BEFORE_GOING_ON: Record<BlockedReason | 'clarification', string> = {
  clarification: 'a person answers what it asks',
  security_concern: 'a person says how the concern is dealt with, or stops the run',
  architecture_decision: 'a person decides, and says which way it is done',
  test_failures: 'a person says what is to become of what fails',
  missing_requirements: 'a person says what is wanted',
  out_of_scope: 'a person says what belongs to the request and what does not',
  unknown: 'a person says what it lacks, or how to do without',
};

function waitingWords(state: RunState, st: StepState): string {
  const waiting = waitingFor(state, [st.step.id]);
  const asking = [...state.steps.values()].filter(
    ({ stage, step }) => stage === 'asking' && step !== st.step,
  );
  const held = waitingFor(
    state,
    asking.map(({ step }) => step.id),
  );
  const still = new Set([st.step.id, ...waiting, ...asking.map(({ step }) => step.id), ...held]);
  const others = state.graph.steps.flatMap(({ id }) => (still.has(id) || isSettled(state, id) ? [] : [id]));
  const wait = waiting.length === 0 ? 'Nothing waits for it' : `Until then these wait: ${named(waiting)}`;
  return others.length === 0
    ? `${wait}; there is nothing else to go on with.`
    : `${wait}; this goes on: ${named(others)}.`;
}

/** Everything that needs one of these steps, directly or through others, and is not settled; in the graph's order. */
function waitingFor(state: RunState, steps: readonly StepId[]): StepId[] {
  const found = new Set<StepId>();
  const queue = steps.flatMap((id) => state.dependents.get(id) ?? []);
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    queue.push(...(state.dependents.get(next) ?? []));
  }
  return state.graph.steps.flatMap(({ id }) => (found.has(id) && !isSettled(state, id) ? [id] : []));
}

function isSettled(state: RunState, id: StepId): boolean {
  const { status } = stepOf(state, id);
  return status === 'accepted' || status === 'skipped';
}

function named(steps: readonly StepId[]): string {
  const first = steps.slice(0, MAX_NAMED).join(', ');
  return steps.length > MAX_NAMED ? `${first} and ${steps.length - MAX_NAMED} more` : first;
}

/** An agent's words, ended like a sentence; one that ends within brackets or quotes has its end. */
function closed(words: string): string {
  return /[.!?…]["'”’)\]]*$/.test(words.trimEnd()) ? words.trimEnd() : `${words.trimEnd()}.`;
}
