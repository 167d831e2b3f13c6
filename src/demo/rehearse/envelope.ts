/**
 * What a run of a workflow may take, before its first token is spent: computed from the graph, and from durations of
 * earlier runs where there are some. What nobody knows is null. Pure.
 */
import type { Condition, Graph, Step, StepId } from '../../core/graph.ts';
import type { Effort } from '../../core/words.ts';
import type { Envelope } from '../../definitions/rehearsal-schema.ts';

/** What is known besides the graph. */
export interface Known {
  effort: Effort;
  /** Tasks of the plan that is given; null: it is not there yet. */
  tasks: number | null;
  /** Median milliseconds of an agent's finished invocations, by its name. */
  agentMs: ReadonlyMap<string, number>;
  /** Median milliseconds of a pass of gates; null: none is known. */
  gatesMs: number | null;
  /** Dollars of a token at the dearest configured price; null: no price is configured. */
  usdPerToken: number | null;
}

/** The envelope of a run of this graph. */
export function envelopeOf(graph: Graph, known: Known): Envelope {
  const { limits, budget } = graph;
  const steps = graph.steps.filter((step) => runs(step.when, known.effort) !== 'no');
  const sure = steps.filter((step) => runs(step.when, known.effort) === 'yes');
  const cap = (count: number): number => Math.min(count, limits.max_invocations);
  const unplanned = known.tasks === null && steps.some(({ work }) => work.kind === 'planned');
  const mostOf = mostCalls(graph.steps, limits.max_rework, known.tasks ?? limits.max_tasks);
  const likely = unplanned ? null : longestChain(graph.steps, steps, (step) => likelyMs(step, known));
  const gatesOf = ({ gates }: Step): number =>
    gates === 'none' ? 0 : (1 + limits.max_rework) * limits.gate_timeout_ms;
  const most = longestChain(
    graph.steps,
    steps,
    (step) => mostOf(step) * limits.invocation_timeout_ms + gatesOf(step),
  );
  // The run's own limit of invocations holds on the chain, too.
  const all = limits.max_invocations * limits.invocation_timeout_ms + sum(steps.map(gatesOf));
  const tokens = budget?.tokens ?? null;
  const priced = tokens === null || known.usdPerToken === null ? null : tokens * known.usdPerToken;
  return {
    invocations: {
      least: cap(sum(sure.map((step) => callsOf(step, known.tasks ?? 1)))),
      likely: unplanned ? null : cap(sum(steps.map((step) => callsOf(step, known.tasks ?? 0)))),
      most: cap(sum(steps.map(mostOf))),
    },
    wall_ms: {
      likely: likely?.ms ?? null,
      most: Math.min(most?.ms ?? 0, all),
      along: (likely ?? most)?.steps ?? [],
    },
    tokens,
    cost_usd: budget?.cost_usd ?? priced,
    working_ms: budget?.time_ms ?? null,
  };
}

/** Calls of a step in all its rounds: in each round of rework every author before it may have to answer something. */
function mostCalls(all: readonly Step[], rework: number, tasks: number): (step: Step) => number {
  const authors = new Map<StepId, Set<StepId>>();
  for (const { id, needs, work } of all) {
    const own = work.kind === 'agent' || work.kind === 'planned' ? [id] : [];
    authors.set(id, new Set([...own, ...needs.flatMap((need) => [...(authors.get(need) ?? [])])]));
  }
  const planned = new Set(all.filter(({ work }) => work.kind === 'planned').map(({ id }) => id));
  return (step) => {
    const owners = sum([...(authors.get(step.id) ?? [])].map((id) => (planned.has(id) ? tasks : 1)));
    // What nobody looks at is sent back by nobody.
    const judged = step.reviewers.length > 0 || step.gates !== 'none';
    const times = step.work.kind === 'planned' ? tasks : 1;
    return callsOf(step, tasks) + (judged ? times * rework * (owners + step.reviewers.length) : 0);
  };
}

type Answer = 'yes' | 'no' | 'open';

/** Whether a step runs, as far as that is known before: what a plan, a change or a result will say is open. */
function runs(condition: Condition | null, effort: Effort): Answer {
  if (condition === null) return 'yes';
  switch (condition.kind) {
    case 'effort':
      return condition.tiers.includes(effort) ? 'yes' : 'no';
    case 'planned':
    case 'changed':
    case 'concerns':
      return 'open';
    case 'not': {
      const answer = runs(condition.of, effort);
      return answer === 'open' ? 'open' : answer === 'yes' ? 'no' : 'yes';
    }
    case 'any': {
      const answers = condition.of.map((each) => runs(each, effort));
      return answers.includes('yes') ? 'yes' : answers.includes('open') ? 'open' : 'no';
    }
    case 'all': {
      const answers = condition.of.map((each) => runs(each, effort));
      return answers.includes('no') ? 'no' : answers.includes('open') ? 'open' : 'yes';
    }
  }
}

/** Calls of one round of a step: its agent's, and one of each reviewer. A planned step stands for its tasks. */
function callsOf({ work, reviewers }: Step, tasks: number): number {
  switch (work.kind) {
    case 'agent':
      return 1 + reviewers.length;
    case 'planned':
      return tasks * (1 + reviewers.length);
    default:
      return reviewers.length;
  }
}

/** A step once, as long as its agents and gates usually take; null: one of them has never been seen. */
function likelyMs({ work, reviewers, gates }: Step, { agentMs, gatesMs }: Known): number | null {
  if (work.kind === 'planned') return null;
  const agents = [...(work.kind === 'agent' ? [work.agent] : []), ...reviewers];
  const times = agents.map((agent) => agentMs.get(agent) ?? null);
  const all = gates === 'none' ? times : [...times, gatesMs];
  const seen = all.filter((ms) => ms !== null);
  return seen.length < all.length ? null : sum(seen);
}

interface Chain {
  ms: number;
  steps: StepId[];
}

/** The longest chain over `needs`, in which steps that do not run take no time; null: the time of one is not known. */
function longestChain(
  all: readonly Step[],
  running: readonly Step[],
  timeOf: (step: Step) => number | null,
): Chain | null {
  const taking = new Set(running.map(({ id }) => id));
  const until = new Map<StepId, Chain>();
  for (const step of all) {
    const ms = taking.has(step.id) ? timeOf(step) : 0;
    if (ms === null) return null;
    const before = latest(step.needs.flatMap((id) => until.get(id) ?? []));
    const own = taking.has(step.id) && ms > 0 ? [step.id] : [];
    until.set(step.id, { ms: before.ms + ms, steps: [...before.steps, ...own] });
  }
  return latest([...until.values()]);
}

function latest(chains: readonly Chain[]): Chain {
  return chains.reduce((best, chain) => (chain.ms > best.ms ? chain : best), {
    ms: 0,
    steps: [] as StepId[],
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
