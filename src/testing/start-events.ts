/** The events with which a simulated run and its work begin. */
import type { EffectfulCommand } from '../core/commands.ts';
import type { EventOf, RunEvent } from '../core/events.ts';
import type { Identity, Submodule } from '../core/records.ts';
import type { Graph } from '../core/graph.ts';
import type { Revision } from '../core/results.ts';
import { stepOf, type RunState } from '../core/state.ts';
import { digest } from './random.ts';

export interface StartedOptions {
  confirmed?: boolean;
  repos?: string[];
  submodules?: Submodule[];
}

/** Event 1 of a simulated run. */
export function startedEvent(graph: Graph, options: StartedOptions = {}): EventOf<'run_started'> {
  const names = options.repos ?? ['api'];
  const base = revisionOf(Object.fromEntries(names.map((name) => [name, `base-of-${name}`])));
  return {
    type: 'run_started',
    run_id: 'r-simulated',
    request: 'Add invoices.',
    rules_version: 1,
    baton_version: '0.0.0-test',
    graph,
    graph_hash: digest(JSON.stringify(graph)),
    snapshot: digest('snapshot'),
    repos: base.repos.map(({ name, commit, tree }) => ({
      name,
      path: `/repos/${name}`,
      base_ref: 'main',
      commit,
      tree,
    })),
    base,
    ...(options.submodules === undefined ? {} : { submodules: options.submodules }),
    driver: 'scripted',
    forge: 'local',
    sandbox: 'wall',
    actor: { kind: 'human', name: 'ada', via: 'cli' },
    deployable: ['staging', 'production'],
    deploy_commands: { staging: 'npm run deploy', production: './release.sh (in service)' },
    confirmed: options.confirmed ?? false,
    effort: { tier: 'trivial', reason: 'as it seems' },
    notes: [],
  };
}

/** The revision with these trees, by repository. */
export function revisionOf(trees: Record<string, string>): Revision {
  const repos = Object.entries(trees)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, tree]) => ({ name, commit: `commit-${tree}`, tree }));
  return { id: digest(...repos.flatMap(({ name, tree }) => [name, tree])), repos };
}

/** What the loop writes down before a command is executed. */
export function startEventOf(command: EffectfulCommand, state: RunState): RunEvent {
  switch (command.kind) {
    case 'invoke': {
      const { key, step, author, round, attempt, base } = command;
      const { work } = stepOf(state, author).step;
      const identity = identityOf(state, work.kind === 'agent' ? work.agent : 'nobody');
      const findings = stepOf(state, step).findings.map((finding) => finding.id);
      return { type: 'invocation_started', key, step, author, round, attempt, identity, base, findings };
    }
    case 'review': {
      const { key, step, reviewer, round, attempt, link } = command;
      const identity = identityOf(state, reviewer);
      return { type: 'review_started', key, step, reviewer, round, attempt, identity, link };
    }
    case 'gates': {
      const { key, step, round, set, revision } = command;
      return { type: 'gates_started', key, step, round, set, revision };
    }
    case 'merge': {
      const { key, step, base, sides } = command;
      return { type: 'merge_started', key, step, base, sides: sides.map((side) => side.revision) };
    }
    case 'wait': {
      const { key, step, slot, wait_ms, reason } = command;
      return { type: 'wait_started', key, step, slot, wait_ms, reason };
    }
    case 'effect': {
      const { key, step, effect, repo, head } = command;
      return { type: 'effect_intended', key, step, effect, repo, head };
    }
    case 'deploy': {
      const { key, step, environment, head } = command;
      return { type: 'deploy_started', key, step, environment, head };
    }
    case 'clean_up':
      return { type: 'clean_up_started', key: command.key, choice: command.choice };
  }
}

function identityOf(state: RunState, agent: string): Identity {
  const known = state.graph.agents[agent];
  if (known === undefined) throw new Error(`${agent} is no agent of the graph`);
  const { role, definition_hash } = known;
  return { agent, role, definition_hash, driver: 'scripted', label: 'script', model: null };
}
