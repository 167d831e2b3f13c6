/** Loads the workflow and the agents that a command names: built-in ones, or files of the user's. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { DefinitionErrors, type Diagnostic } from '../../core/errors.ts';
import type { Graph } from '../../core/graph.ts';
import type { Limits } from '../../core/limits.ts';
import { summaryOf, type AgentDefinition } from '../../definitions/agent.ts';
import { directGraph } from '../../definitions/direct-graph.ts';
import { builtinAgentsDir, listBuiltinWorkflows } from '../../definitions/builtin.ts';
import { loadAgentFolder } from '../../definitions/load-agents.ts';
import { loadWorkflow } from '../../definitions/load-workflow.ts';
import { nearest } from '../../definitions/nearest.ts';
import { wordsBeside } from '../../definitions/prompt-length.ts';
import { lintPrompt, outputsOf } from '../../definitions/prompt-lint.ts';
import { usageError } from '../command.ts';

/** The preferred default first. */
const DEFAULT_WORKFLOWS = ['baton', 'review-gated'];

export interface ChosenWorkflow {
  name: string;
  file: string;
  /** Folders of agents, later ones replace earlier ones of the same name. */
  agentDirs: string[];
}

export interface LoadedDefinitions {
  graph: Graph | null;
  /** Only those that the graph names. */
  agents: AgentDefinition[];
  diagnostics: Diagnostic[];
}

/** Proven, without an error. */
export interface LoadedWorkflow {
  graph: Graph;
  agents: AgentDefinition[];
  warnings: Diagnostic[];
}

/** A built-in workflow by name, or a `.yaml` file; agents in `agents/` beside such a file come first. */
export function chooseWorkflow(name: string | undefined, cwd: string): ChosenWorkflow {
  const builtin = listBuiltinWorkflows();
  const wanted = name ?? DEFAULT_WORKFLOWS.find((each) => builtin.some((b) => b.name === each)) ?? '';
  const found = builtin.find((each) => each.name === wanted);
  if (found !== undefined) return { ...found, agentDirs: [builtinAgentsDir] };
  const file = resolve(cwd, wanted);
  if (/\.ya?ml$/.test(wanted) && existsSync(file)) {
    const own = join(dirname(file), 'agents');
    const agentDirs = existsSync(own) ? [builtinAgentsDir, own] : [builtinAgentsDir];
    return { name: basename(file).replace(/\.ya?ml$/, ''), file, agentDirs };
  }
  const near = nearestWorkflow(wanted, file);
  if (/\.ya?ml$/.test(wanted))
    throw usageError(
      `${file} does not exist.`,
      `${near}Name a file that is there, or one of: ${builtin.map((each) => each.name).join(', ')}.`,
    );
  throw usageError(
    `There is no workflow "${wanted}".`,
    `${near}Name a file that ends in .yaml, or one of: ${builtin.map((each) => each.name).join(', ')}.`,
  );
}

/** A built-in one, or a file where the named one would lie; empty: none is near. */
function nearestWorkflow(wanted: string, file: string): string {
  const folder = dirname(file);
  const beside = existsSync(folder) ? readdirSync(folder).filter((name) => /\.ya?ml$/.test(name)) : [];
  const builtin = listBuiltinWorkflows().map((each) => each.name);
  const named = nearest(wanted, builtin);
  if (named !== null) return `Did you mean \`${named}\`? `;
  const found =
    nearest(basename(file), beside) ??
    beside.find((name) => name.replace(/\.ya?ml$/, '') === basename(wanted));
  return found === undefined ? '' : `Did you mean \`${join(dirname(wanted), found)}\`? `;
}

/** The workflow itself where it is built in; undefined, the default, where it is not. */
export function availableWorkflow(name: string): string | undefined {
  return listBuiltinWorkflows().some((each) => each.name === name) ? name : undefined;
}

/** Loads and proves a workflow with its agents. Nothing is thrown for what is wrong in the files. */
export function loadDefinitions(workflow: ChosenWorkflow, limits: Partial<Limits> = {}): LoadedDefinitions {
  const { byName, diagnostics } = loadAgentsOf(workflow);
  const { graph, diagnostics: found } = loadWorkflow(workflow.file, [...byName.values()], limits);
  const agents = Object.keys(graph?.agents ?? {}).flatMap((name) => byName.get(name) ?? []);
  return { graph, agents, diagnostics: [...diagnostics, ...found] };
}

/** What the instructions of its agents say that contradicts this workflow or the engine; nothing of it stops a run. */
export function promptRemarks(workflow: ChosenWorkflow, { graph, agents }: LoadedDefinitions): Diagnostic[] {
  if (graph === null) return [];
  const outputs = outputsOf(graph);
  const names = { agents: [...loadAgentsOf(workflow).byName.keys()], here: Object.keys(graph.agents) };
  return agents.flatMap((agent) =>
    lintPrompt(agent, {
      ...names,
      outputs: [...(outputs.get(agent.name) ?? [])],
      beside: wordsBeside(agent),
    }),
  );
}

function loadAgentsOf({ agentDirs }: ChosenWorkflow): {
  byName: Map<string, AgentDefinition>;
  diagnostics: Diagnostic[];
} {
  const byName = new Map<string, AgentDefinition>();
  const diagnostics: Diagnostic[] = [];
  for (const dir of agentDirs) {
    const loaded = loadAgentFolder(dir, 'own', [...byName.values()]);
    diagnostics.push(...loaded.diagnostics);
    for (const agent of loaded.agents) byName.set(agent.name, agent);
  }
  return { byName, diagnostics };
}

/** The same for a run: throws every error at once, returns the warnings. `limits` are those of `baton.yaml`. */
export function requireDefinitions(workflow: ChosenWorkflow, limits: Partial<Limits> = {}): LoadedWorkflow {
  const { graph, agents, diagnostics } = loadDefinitions(workflow, limits);
  if (graph === null || diagnostics.some((each) => each.level === 'error'))
    throw new DefinitionErrors(diagnostics);
  return { graph, agents, warnings: diagnostics };
}

/** The default workflow, cut down to one specialist and whatever looks at the whole of the change. */
export function requireDirect(specialist: string, cwd: string, limits: Partial<Limits> = {}): LoadedWorkflow {
  const workflow = chooseWorkflow(undefined, cwd);
  const { graph, agents, warnings } = requireDefinitions(workflow, limits);
  const agent = loadAgentsOf(workflow).byName.get(specialist);
  const direct = agent === undefined ? null : directGraph(graph, summaryOf(agent));
  // Both come with the package: without one of them the whole workflow does it.
  if (agent === undefined || direct === null) return { graph, agents, warnings };
  const named = [...agents.filter((each) => each.name !== specialist), agent];
  return { graph: direct, agents: named.filter((each) => Object.hasOwn(direct.agents, each.name)), warnings };
}
