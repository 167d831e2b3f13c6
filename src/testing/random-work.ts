/** What agents and merges make in a world of chance: trees, results, plans. */
import type { EffectfulCommand } from '../core/commands.ts';
import type { Graph } from '../core/graph.ts';
import type {
  ChangeSize,
  ConcernFact,
  PlannedTask,
  Recommendation,
  Revision,
  WorkResult,
} from '../core/results.ts';
import { changedRepos } from '../core/effects/changed-repos.ts';
import { ontoOf } from '../core/graph/bases.ts';
import type { MovedPointer } from '../core/records.ts';
import { stepOf, type RunState } from '../core/state.ts';
import type { StepState } from '../core/step-state.ts';
import { BLOCKED_REASONS, CONCERNS, EFFORTS, type BlockedReason, type Effort } from '../core/words.ts';
import { plain, type Chance } from './chance.ts';
import { digest } from './random.ts';
import { revisionOf } from './start-events.ts';

type Of<K extends EffectfulCommand['kind']> = Extract<EffectfulCommand, { kind: K }>;

export function changeOf(chance: Chance, command: Of<'invoke'>, state: RunState, st: StepState): Revision {
  const base = revisionIn(state, command.base);
  const name = plain(command.key);
  if (chance.happens('idle', name)) return base;
  const trees = Object.fromEntries(base.repos.map((repo) => [repo.name, repo.tree]));
  const repo = base.repos[Math.floor(chance.roll('repo', command.step) * base.repos.length)];
  if (repo === undefined) return base;
  const toggles = chance.happens('toggle', command.step);
  trees[repo.name] = toggles
    ? digest('tree', command.step, st.base, st.round % 2)
    : digest('tree', name, command.base);
  return revisionOf(trees);
}

export function resultOf(chance: Chance, command: Of<'invoke'>, state: RunState, st: StepState): WorkResult {
  const name = plain(command.key);
  const blocked = chance.happens('blocked', name, st.budget.clarifications);
  const asks = blocked && chance.roll('asks', name) < 0.5;
  const disputes = st.findings
    .filter((finding) => chance.happens('dispute', name, finding.fingerprint))
    .map((finding) => ({ finding: finding.id, reason: 'it is as it should be' }));
  return {
    status: blocked ? (asks ? 'needs_clarification' : 'blocked') : 'complete',
    summary: `work of ${name}`,
    decisions: [],
    open_questions: asks ? ['Which currency?'] : [],
    needs: needsOf(chance, state, name),
    blocked: blocked && !asks ? { reason: blockedFor(chance, name), detail: 'cannot', attempted: [] } : null,
    disputes,
    tasks: tasksOf(chance, state, st, name),
    concerns: CONCERNS.filter((concern) => chance.happens('touches', 'named', name, concern)),
    ...(chance.happens('touches', 'covers', name) ? { covers: [{ criterion: 'A1', tests: [name] }] } : {}),
    ...(chance.happens('disagree', name) ? { recommendations: [recommendationOf(chance, name)] } : {}),
    ...(chance.happens('bigger', 'named', name) ? { effort: effortOf(chance, name) } : {}),
  };
}

function blockedFor(chance: Chance, name: string): BlockedReason {
  return BLOCKED_REASONS[Math.floor(chance.roll('why', name) * BLOCKED_REASONS.length)] ?? 'unknown';
}

function recommendationOf(chance: Chance, name: string): Recommendation {
  const choice = chance.roll('choice', name) < 0.5 ? 'a table' : 'a file';
  return { topic: 'storage', choice, reason: `${name} says so` };
}

function effortOf(chance: Chance, name: string): Effort {
  return EFFORTS[Math.floor(chance.roll('effort', name) * EFFORTS.length)] ?? 'large';
}

export function sizeOf(chance: Chance, name: string): ChangeSize {
  const lines = chance.happens('bigger', 'size', name) ? Math.floor(chance.roll('lines', name) * 3_000) : 1;
  return { files: 1, lines };
}

/** A plan of any shape, another one in each round; dependencies point backwards only. */
function tasksOf(chance: Chance, state: RunState, st: StepState, name: string): PlannedTask[] {
  const follows = state.graph.steps.find(({ work }) => work.kind === 'planned' && work.plan === st.step.id);
  if (follows === undefined) return [];
  const agents = Object.keys(state.graph.agents).filter((agent) => /^[wr]-task/.test(agent));
  const names = ['a', 'b', 'c', 'd', 'e'].filter((id) => chance.roll('planned', name, id) < 0.7);
  return names.map((id, index) => ({
    id,
    agent: agents[Math.floor(chance.roll('agent', name, id) * agents.length)] ?? '',
    description: `${id} of ${name}`,
    depends_on: names.slice(0, index).filter((other) => chance.roll('depends', name, id, other) < 0.4),
    output: 'what it leaves',
    category: 'logic',
    plan_phase: 'implementation',
    blocking: chance.roll('blocking', name, id) < 0.7,
    scopes: [],
  }));
}

export function concernsOf(chance: Chance, name: string, path: string): ConcernFact[] | null {
  if (chance.happens('touches', 'unread', name) && chance.roll('unread', name) < 0.1) return null;
  return CONCERNS.filter((concern) => chance.happens('touches', name, concern)).map((concern) => ({
    name: concern,
    where: path,
  }));
}

function needsOf(chance: Chance, state: RunState, name: string): WorkResult['needs'] {
  return conditionalAgents(state.graph).flatMap((agent) => {
    if (chance.roll('names', name, agent) < 0.3) return [];
    const needed = !chance.happens('unneeded', name, agent);
    return [{ agent, needed, reason: `${name} says so` }];
  });
}

const conditional = new WeakMap<Graph, string[]>();

function conditionalAgents(graph: Graph): string[] {
  const known = conditional.get(graph);
  if (known !== undefined) return known;
  const agents = graph.steps.flatMap(({ when, work }) =>
    when !== null && work.kind === 'agent' ? [work.agent] : [],
  );
  conditional.set(graph, agents);
  return agents;
}

function revisionIn(state: RunState, id: string): Revision {
  const revision = state.revisions.get(id);
  if (revision === undefined) throw new Error(`no revision ${id}`);
  return revision;
}

/** A tree that only one side changed is that side's; what several changed is a new one. */
export function mergedRevision(state: RunState, command: Of<'merge'>): Revision {
  const base = revisionIn(state, command.base);
  const onto = ontoOf(stepOf(state, command.step).step.work);
  const sides = command.sides.map((side) => revisionIn(state, side.revision));
  const trees = base.repos.map(({ name, tree }) => {
    const changed = new Set(
      sides
        .map((side) => side.repos.find((repo) => repo.name === name)?.tree ?? tree)
        .filter((t) => t !== tree),
    );
    const [only = tree] = changed;
    if (onto !== null) return [name, only === tree ? tree : digest('onto', tree, only)] as const;
    return [name, changed.size < 2 ? only : digest('merge', ...changed)] as const;
  });
  return revisionOf(Object.fromEntries(trees));
}

/** What a simulated forge would hold of a repository: made of its tree and of the base that it stands on. */
export function commitOf(state: RunState, repo: string, head: string): string {
  const tree = revisionIn(state, head).repos.find(({ name }) => name === repo)?.tree ?? '';
  const base = state.base.repos.find(({ name }) => name === repo)?.commit ?? '';
  return digest('commit', tree, base);
}

/** Only the trees whose submodules are moved become others. */
export function pointedRevision(
  state: RunState,
  head: string,
  pointers: readonly Pick<MovedPointer, 'repo' | 'path' | 'of'>[],
): { revision: Revision; pointed: MovedPointer[] } {
  const changed = changedRepos(state, head);
  const pointed = pointers.map((place) => {
    const commit = changed.includes(place.of) ? commitOf(state, place.of, head) : 'as the base has it';
    return { ...place, commit, head: changed.includes(place.of) ? head : null };
  });
  const trees = revisionIn(state, head).repos.map(({ name, tree }) => {
    const own = pointed.filter(({ repo }) => repo === name).map(({ commit }) => commit);
    return [name, own.length === 0 ? tree : digest('pointed', tree, ...own)] as const;
  });
  return { revision: revisionOf(Object.fromEntries(trees)), pointed };
}
