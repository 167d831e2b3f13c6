/** Graphs of any shape for tests, from a few words: agents, parallel groups with their merge, checks, submission. */
import type { AgentSummary, Condition, Debugging, Graph, Step, StepId } from '../core/graph.ts';
import { DEFAULT_LIMITS, type Limits } from '../core/limits.ts';
import type { Access, GateSet } from '../core/words.ts';
import { agentSummary } from './graphs.ts';

/** One line of a phase. Names are unique in a graph; a step's id is `phase/name`. */
export type Item =
  | {
      kind: 'agent';
      name: string;
      access: Access;
      gates: GateSet;
      reviewers: string[];
      when: Condition | null;
      /** The agent that works; usually called like its step. */
      agent: string;
    }
  | { kind: 'parallel'; name: string; branches: Item[][]; gates: GateSet; reviewers: string[] }
  | {
      kind: 'check';
      name: string;
      from: 'base' | 'tree_from';
      debug?: Debugging;
      gates: GateSet;
      reviewers: string[];
      when: Condition | null;
    }
  | { kind: 'submit'; name: string }
  | { kind: 'deploy'; name: string; environment: string }
  | { kind: 'planned'; name: string; agents: string[]; reviewers: string[] };

type AgentItem = Extract<Item, { kind: 'agent' }>;

/** An agent that changes files; quick gates, one reviewer. */
export function writer(name: string, over: Partial<AgentItem> = {}): Item {
  return {
    kind: 'agent',
    name,
    access: 'write',
    gates: 'quick',
    reviewers: ['reviewer'],
    when: null,
    agent: name,
    ...over,
  };
}

/** An agent that makes an artifact and changes nothing; no gates, one reviewer. */
export function reader(name: string, over: Partial<AgentItem> = {}): Item {
  return { ...(writer(name) as AgentItem), access: 'read', gates: 'none', ...over };
}

/** Branches side by side; where two or more of them write, the engine merges them behind. */
export function parallel(
  name: string,
  branches: Item[][],
  over: Partial<Extract<Item, { kind: 'parallel' }>> = {},
): Item {
  return { kind: 'parallel', name, branches, gates: 'quick', reviewers: ['reviewer'], ...over };
}

/** Gates and reviews on what is there. */
export function check(name: string, over: Partial<Extract<Item, { kind: 'check' }>> = {}): Item {
  return { kind: 'check', name, from: 'base', gates: 'full', reviewers: ['reviewer'], when: null, ...over };
}

/** The tasks of the plan before it, by these agents; a name that begins with `w` writes. */
export function planned(name: string, agents: string[], reviewers = ['reviewer']): Item {
  return { kind: 'planned', name, agents, reviewers };
}

export function submit(name = 'submit'): Item {
  return { kind: 'submit', name };
}

/** The configured command of an environment, after an approval. */
export function deploy(environment: string): Item {
  return { kind: 'deploy', name: `deploy-${environment}`, environment };
}

export type GraphOptions = Partial<Omit<Graph, 'limits'>> & { limits?: Partial<Limits> };

/** The graph of these phases. It launches at once and waits for nothing, unless `over` says otherwise. */
export function buildGraph(phases: Record<string, Item[]>, over: GraphOptions = {}): Graph {
  const line = new Line();
  for (const [phase, items] of Object.entries(phases)) for (const item of items) line.add(phase, item);
  const { limits, ...rest } = over;
  return {
    workflow: 'built',
    version: 1,
    start: 'launch',
    pause: 'never',
    context: 'all',
    phases: Object.keys(phases).map((id) => ({
      id,
      title: id,
      deliverable: `what ${id} hands over`,
      steps: line.steps.filter((step) => step.phase === id).map((step) => step.id),
    })),
    steps: line.steps,
    agents: Object.fromEntries(line.agents),
    ...rest,
    limits: { ...DEFAULT_LIMITS, retry_backoff_ms: 0, ...limits },
  };
}

/** The steps so far, what the next one has to wait for, and whose tree it starts from. */
class Line {
  readonly steps: Step[] = [];
  readonly agents = new Map<string, AgentSummary>();
  #needs: StepId[] = [];
  #tree: StepId | null = null;

  add(phase: string, item: Item): void {
    const id = `${phase}/${item.name}`;
    switch (item.kind) {
      case 'parallel':
        return this.#addGroup(phase, id, item);
      case 'agent': {
        this.#know(agentSummary(item.agent, item.access === 'write' ? 'specialist' : 'planner'));
        const [output, changes] =
          item.access === 'write' ? (['changes', 'optional'] as const) : (['plan', 'forbidden'] as const);
        const work = { kind: 'agent', agent: item.agent, output, changes, scopes: [] } as const;
        return this.#push(phase, id, {
          work: { ...work, scopes: [] },
          when: item.when,
          gates: item.gates,
          reviewers: item.reviewers,
        });
      }
      case 'check':
        if (item.debug !== undefined) this.#know(agentSummary(item.debug.agent, 'specialist'));
        return this.#push(phase, id, {
          ...item,
          work: {
            kind: 'check',
            from: item.from,
            ...(item.debug === undefined ? {} : { debug: item.debug }),
          },
        });
      case 'planned': {
        const plan = this.steps.findLast(({ work }) => work.kind === 'agent' && work.output === 'plan');
        for (const name of item.agents)
          this.#know(agentSummary(name, name.startsWith('w') ? 'specialist' : 'planner'));
        const work = { kind: 'planned', plan: plan?.id ?? '', gates: 'quick', agents: item.agents } as const;
        return this.#push(phase, id, {
          ...item,
          work: { ...work, agents: item.agents },
          when: null,
          gates: 'none',
        });
      }
      case 'submit':
        return this.#push(phase, id, { work: { kind: 'submit' }, when: null, gates: 'none', reviewers: [] });
      case 'deploy': {
        const work = { kind: 'deploy', environment: item.environment } as const;
        return this.#push(phase, id, { work, when: null, gates: 'none', reviewers: [] });
      }
    }
  }

  #addGroup(phase: string, id: StepId, item: Extract<Item, { kind: 'parallel' }>): void {
    const before = { needs: this.#needs, tree: this.#tree };
    const ends = new Set<StepId>();
    const writing: StepId[] = [];
    for (const branch of item.branches) {
      this.#needs = before.needs;
      this.#tree = before.tree;
      for (const each of branch) this.add(phase, each);
      for (const end of this.#needs) ends.add(end);
      const writes = branch.some((each) => each.kind !== 'agent' || each.access === 'write');
      if (writes && this.#tree !== null && this.#tree !== before.tree) writing.push(this.#tree);
    }
    this.#needs = [...ends];
    this.#tree = writing.length === 1 ? (writing[0] ?? null) : before.tree;
    if (writing.length < 2) return;
    const work = { kind: 'merge', sides: writing } as const;
    this.#push(phase, id, { ...item, work: { ...work, sides: writing }, when: null });
  }

  #push(phase: string, id: StepId, facts: Pick<Step, 'work' | 'when' | 'gates' | 'reviewers'>): void {
    const { work, when, gates, reviewers } = facts;
    for (const name of reviewers) this.#know(agentSummary(name, 'reviewer'));
    this.steps.push({
      id,
      phase,
      title: id,
      work,
      needs: this.#needs,
      tree_from: this.#tree,
      when,
      gates,
      reviewers,
    });
    this.#needs = [id];
    this.#tree = id;
  }

  #know(agent: AgentSummary): void {
    if (!this.agents.has(agent.name)) this.agents.set(agent.name, agent);
  }
}
