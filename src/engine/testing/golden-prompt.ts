/**
 * The prompt of a situation, put together as the engine does: agents, skills, guides, steps, lanes and names are those
 * that the package loads for a run of the workflow; what was accepted or found before is told by the situation.
 */
import type { StepId } from '../../core/graph.ts';
import { createState } from '../../core/fold.ts';
import { laneLines, laneOf } from '../../core/checks/lanes.ts';
import { stepOf, type RunState } from '../../core/state.ts';
import type { AgentDefinition } from '../../definitions/agent.ts';
import { builtinAgentsDir, listBuiltinWorkflows } from '../../definitions/builtin.ts';
import { loadAgentFolder } from '../../definitions/load-agents.ts';
import { loadWorkflow } from '../../definitions/load-workflow.ts';
import { orderText } from '../../drivers/order-text.ts';
import { runStarted } from '../../testing/events.ts';
import { chooseReading } from '../chosen-reading.ts';
import {
  conditionalAgents,
  conditionalItem,
  guidesItem,
  moduleFacts,
  moduleItem,
  workersItem,
} from '../order-names.ts';
import { estimateTokens, type Source } from '../prompt-budget.ts';
import type { PromptFacts } from '../prompt.ts';
import { loadReadings, type LoadedReading } from '../required-reading.ts';
import type { RunContext } from '../run-context.ts';
import { readRepos } from '../stack-reading.ts';
import { PLAIN_FACTS } from './prompt-facts.ts';
import { fitPrompt, named, noteSources, phaseTitle, wordsOf } from '../work-order.ts';

const { fenceWord: FENCE_WORD } = PLAIN_FACTS;
const REPO = 'api';
const { agents: BUILTIN } = loadAgentFolder(builtinAgentsDir, 'own');

export interface Situation {
  workflow: string;
  /** The step that is worked at. */
  step: StepId;
  /** Who reviews it; absent: its own agent works. */
  reviewer?: string;
  /** What the run and the rounds before brought. */
  facts?: Partial<PromptFacts>;
  /** Accepted outputs, what is judged, and what the engine measured. */
  sources?: Source[];
  /** Files of the repository at the run's base: path to text. */
  repository?: Record<string, string>;
  /** Skills that a user's own definition of an agent requires, beside those of the package: agent to names. */
  skills?: Record<string, string[]>;
  /** Configured modules of the repository. */
  modules?: string[];
  /** What the change touches. */
  files?: string[];
}

/** Instructions and text as an agent program gets them, below an estimate of their tokens. */
export async function goldenPrompt(situation: Situation): Promise<string> {
  const ctx = await contextOf(situation);
  const { state } = ctx;
  const { step, facts = {}, sources = [], files = [] } = situation;
  const st = stepOf(state, step);
  const { work } = st.step;
  const name = situation.reviewer ?? (work.kind === 'agent' ? work.agent : '');
  const agent = ctx.snapshot.agents.find((each) => each.name === name);
  if (agent === undefined) throw new Error(`nobody named ${name} works at ${step}`);
  const isReview = situation.reviewer !== undefined;
  const output = isReview || work.kind !== 'agent' ? 'review' : work.output;
  const asked = output === 'selection' ? conditionalAgents(state) : [];
  const modules = moduleFacts(ctx, output);
  const promptFacts: PromptFacts = {
    ...PLAIN_FACTS,
    title: isReview ? agent.title : st.step.title,
    output,
    phase: phaseTitle(state, st),
    request: state.request,
    lane: isReview ? [] : laneLines(laneOf(state, step), []),
    conditionalAgents: asked,
    modules,
    ...facts,
  };
  const chosen = chooseReading(ctx, agent, { files, words: wordsOf(promptFacts, '') });
  const { instructions } = chosen;
  const all = [
    ...noteSources(ctx),
    ...sources,
    ...named(conditionalItem(asked)),
    ...named(guidesItem(agent.role, ctx.snapshot.readings ?? [])),
    ...named(moduleItem(modules)),
    ...named(output === 'plan' ? workersItem(state, step, null) : []),
  ];
  const { prompt, items } = fitPrompt({ ...promptFacts, shortened: chosen.shortened }, all, {
    role: agent.role,
    instructions,
  });
  const workspace = { dir: '', repos: [{ name: REPO, path: '/workspace/api' }] };
  const text = orderText(
    { prompt, access: agent.access, output, context: items, workspace, fenceWord: FENCE_WORD },
    { tool: 'the tool submit_result', place: ({ name: repo, path }) => `${repo}: ${path}` },
  );
  const tokens = estimateTokens(instructions.length + text.length);
  return `# about ${tokens} tokens\n\n---- instructions\n${instructions}\n\n---- text\n${text}\n`;
}

/** The run behind its first event. Of its context, state and snapshot are read for a prompt. */
async function contextOf(situation: Situation): Promise<RunContext> {
  const { workflow, modules = [] } = situation;
  const agents = BUILTIN.map((agent) => withSkills(agent, situation));
  const file = listBuiltinWorkflows().find(({ name }) => name === workflow)?.file ?? '';
  const { graph } = loadWorkflow(file, agents);
  if (graph === null) throw new Error(`the workflow ${workflow} does not load`);
  const state = createState(
    runStarted({
      graph,
      repos: [REPO],
      request:
        'Let people put tags on notes: at most ten per note, found by tag.\n\nThe old clients must keep working.',
    }),
  );
  const own = agents.filter(({ name }) => Object.hasOwn(graph.agents, name));
  const snapshot = {
    agents: own,
    readings: await readingsFor(state, own, situation.repository ?? {}),
    config: { repos: { [REPO]: { modules: modules.map((name) => ({ name, path: name })) } } },
  };
  return { state, snapshot } as unknown as RunContext;
}

function withSkills(agent: AgentDefinition, { skills = {} }: Situation): AgentDefinition {
  const more = skills[agent.name] ?? [];
  return { ...agent, skills: [...(agent.skills ?? []), ...more.map((name) => ({ name, line: 1 }))] };
}

async function readingsFor(
  { graph, repos, runId, base }: RunState,
  agents: readonly AgentDefinition[],
  files: Record<string, string>,
): Promise<LoadedReading[]> {
  const bytesOf = (path: string): Uint8Array => new TextEncoder().encode(files[path]);
  const required = await loadReadings(
    {
      readAt: (_repo, path) =>
        Promise.resolve(Object.hasOwn(files, path) ? { path, bytes: bytesOf(path) } : null),
    },
    { graph, agents },
    repos,
  );
  const shown = await readRepos(
    {
      listFiles: () =>
        Promise.resolve(Object.keys(files).map((path) => ({ path, blob: path, size: bytesOf(path).length }))),
      readBlobs: (_run, _repo, blobs) =>
        Promise.resolve(new Map(blobs.map((path) => [path, bytesOf(path)] as const))),
    },
    { runId, base, repos, agents },
    required,
  );
  return [...required, ...shown.readings];
}
