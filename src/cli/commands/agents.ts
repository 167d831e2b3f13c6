/** `baton agents`: list, show or lint agents, and trust the profile of an agent program. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { formatDiagnostic, type Diagnostic } from '../../core/errors.ts';
import type { AgentDefinition } from '../../definitions/agent.ts';
import { builtinAgentsDir, listBuiltinWorkflows } from '../../definitions/builtin.ts';
import { errorAt } from '../../definitions/diagnose.ts';
import { loadWorkflow } from '../../definitions/load-workflow.ts';
import { nearest } from '../../definitions/nearest.ts';
import { wordsBeside } from '../../definitions/prompt-length.ts';
import { lintPrompt, outputsOf } from '../../definitions/prompt-lint.ts';
import {
  builtinSkill,
  readSkill,
  REPOSITORY_SKILLS,
  SKILL_FILE,
  skillBeside,
} from '../../definitions/skills.ts';
import { DEFAULT_AREAS } from '../../definitions/stacks.ts';
import { hashBytes } from '../../journal/hash.ts';
import { loadAgentFile, loadAgentFolder, type LoadedAgents } from '../../definitions/load-agents.ts';
import { createCommand, usageError } from '../command.ts';
import { printJson, printLines, type CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { escapeText } from '../render/escape.ts';
import { countOf } from '../render/numbers.ts';
import { fit } from '../render/width.ts';
import { trustProfile } from '../trust/require-trust.ts';

/** `list [PLACE]…`, `lint [PLACE]…` or `show NAME [PLACE]…`, each a file or a folder; without one the built-in agents. `trust NAME [HASH]`. */
export async function run(argv: string[], context: CliContext): Promise<number> {
  const command = createCommand(
    'agents',
    'Lists, shows or lints agents; trusts the profile of an agent program.',
    context,
  )
    .argument('[action]', 'list, show, lint or trust', 'list')
    .argument(
      '[places...]',
      'agent files, or folders of them; by default the built-in agents. show: the name first. trust: a profile, and the hash of its file',
    )
    .option('--strict', 'lint: a warning counts as an error')
    .option('--json', 'print one JSON document')
    .parse(argv, { from: 'user' });
  const [action, places] = command.processedArgs;
  const { strict, json } = command.opts();
  switch (action) {
    case 'list':
      return list(load(places, context), json === true, context);
    case 'show': {
      const [name, ...rest] = places;
      return show(name, load(rest, context), json === true, context);
    }
    case 'lint':
      return lint(
        withPromptRemarks(load(places, context)),
        { strict: strict === true, json: json === true },
        context,
      );
    case 'trust':
      return trustProfile(places, json === true, context);
    default:
      throw usageError(`"${action}" is none of list, show, lint and trust.`, 'See `baton agents --help`.');
  }
}

/** Files of the user's own folders come from all kinds of tools: what is unknown in them is a warning. */
function load(places: string[], context: CliContext): LoadedAgents {
  if (places.length === 0) return loadAgentFolder(builtinAgentsDir, 'own');
  const builtin = loadAgentFolder(builtinAgentsDir, 'own').agents;
  const loaded: LoadedAgents = { agents: [], diagnostics: [] };
  for (const place of places) {
    // A file may share the text of an agent of its own place, of one named before it, or of a built-in one.
    const part = loadPlace(resolve(context.cwd, place), [...loaded.agents, ...builtin]);
    loaded.agents.push(...part.agents);
    loaded.diagnostics.push(...part.diagnostics);
  }
  return loaded;
}

/** A file, or a folder of them; where nothing is found, that is an error. */
function loadPlace(path: string, known: readonly AgentDefinition[]): LoadedAgents {
  const stat = statSync(path, { throwIfNoEntry: false });
  const loaded =
    stat === undefined || stat.isDirectory()
      ? loadAgentFolder(path, 'imported', known)
      : loadAgentFile(path, 'imported', known);
  if (loaded.agents.length > 0 || loaded.diagnostics.length > 0) return loaded;
  const place = { file: path, line: 1, col: 1 };
  const fix = 'Name a folder that holds agent files (`.md`), or one such file.';
  return { agents: [], diagnostics: [errorAt(place, 'E_NOT_FOUND', 'There is no agent file in it.', fix)] };
}

function list({ agents, diagnostics }: LoadedAgents, json: boolean, context: CliContext): number {
  const problems = agents.length === 0 ? diagnostics : [];
  if (json) printJson(context, { agents: agents.map(agentJson), diagnostics });
  else printLines(context, [...agents.map(agentLine), ...problems.flatMap(diagnosticLines)]);
  return agents.length === 0 ? EXIT.usage : EXIT.done;
}

function agentJson(agent: AgentDefinition): Record<string, unknown> {
  const { name, title, description, role, access, capabilities, tools, model, body, source, hash } = agent;
  return {
    name,
    title,
    description,
    role,
    access,
    capabilities,
    tools,
    model,
    skills: (agent.skills ?? []).map((skill) => skill.name),
    body: body === undefined ? null : { agent: body.agent, source: body.source },
    source,
    definition_hash: hash,
  };
}

/** One agent, with the skills that it reads first and where they lie. */
function show(
  name: string | undefined,
  { agents, diagnostics }: LoadedAgents,
  json: boolean,
  context: CliContext,
): number {
  const agent = agents.find((each) => each.name === name);
  if (name === undefined || agent === undefined) {
    const near = nearest(
      name ?? '',
      agents.map((each) => each.name),
    );
    const fix = near === null ? '`baton agents list` names all of them.' : `Did you mean \`${near}\`?`;
    throw usageError(
      name === undefined ? '`show` needs the name of an agent.' : `There is no agent "${name}".`,
      fix,
    );
  }
  const skills = skillsOf(agent);
  const areas = agent.stacks ?? DEFAULT_AREAS[agent.role];
  if (json)
    printJson(context, { ...agentJson(agent), skills, instructions: agent.instructions, diagnostics });
  else
    printLines(
      context,
      [
        `${agent.name}: ${agent.title}`,
        agent.description,
        `role: ${agent.role}, access: ${agent.access}, may: ${agent.capabilities.join(', ')}`,
        `definition: ${agent.source} (sha256 ${agent.hash.slice(0, 12)}${agent.body === undefined ? '' : ', the shared text included'})`,
        ...(agent.body === undefined
          ? []
          : [`shares the text of ${agent.body.agent}: ${agent.body.source}, from line ${agent.body.line}`]),
        ...skills.map(skillLine),
        ...(agent.optionalSkills ?? []).map(
          ({ name: skill }) => `reads where it fits the work: skill ${skill}`,
        ),
        ...(areas.length === 0 ? [] : [`reads guides for what the repositories use: ${areas.join(', ')}`]),
        '',
        ...agent.instructions.split('\n'),
      ].map((line) => escapeText(line)),
    );
  return EXIT.done;
}

interface ShownSkill {
  name: string;
  /** null: it has to be in a repository of the run, which is looked at when a run starts. */
  source: string | null;
  hash: string | null;
}

function skillsOf(agent: AgentDefinition): ShownSkill[] {
  return (agent.skills ?? []).map(({ name }) => {
    const source = skillBeside(agent.source, name) ?? builtinSkill(name);
    const read = source === null ? null : readSkill(source);
    return { name, source, hash: read?.ok === true ? hashBytes(read.text) : null };
  });
}

function skillLine({ name, source, hash }: ShownSkill): string {
  const where =
    source === null
      ? `not beside the agent: a repository has to have ${REPOSITORY_SKILLS}/${name}/${SKILL_FILE}`
      : `${source} (${hash === null ? 'it cannot be read' : `sha256 ${hash.slice(0, 12)}`})`;
  return `reads first: skill ${name}, ${where}`;
}

function agentLine(agent: AgentDefinition): string {
  return escapeText(
    `${fit(agent.name, 32)} ${fit(agent.role, 12)} ${fit(agent.access, 6)} ${agent.capabilities.join(', ')}`,
  );
}

/** Behind what is wrong with the files: what the instructions say that contradicts the engine. */
function withPromptRemarks({ agents, diagnostics }: LoadedAgents): LoadedAgents {
  const builtin = loadAgentFolder(builtinAgentsDir, 'own').agents;
  const known = [...new Set([...builtin, ...agents].map(({ name }) => name))];
  const outputs = builtinOutputs(builtin);
  const remarks = agents.flatMap((agent) => {
    const asked = agent.source.startsWith(builtinAgentsDir) ? outputs.get(agent.name) : undefined;
    return lintPrompt(agent, {
      outputs: [...(asked ?? [])],
      agents: known,
      here: null,
      beside: wordsBeside(agent),
    });
  });
  return { agents, diagnostics: [...diagnostics, ...remarks] };
}

/** What the built-in workflows ask of each agent. */
function builtinOutputs(agents: AgentDefinition[]): Map<string, Set<string>> {
  const outputs = new Map<string, Set<string>>();
  for (const { file } of listBuiltinWorkflows()) {
    const { graph } = loadWorkflow(file, agents);
    for (const [agent, asked] of graph === null ? [] : outputsOf(graph))
      outputs.set(agent, new Set([...(outputs.get(agent) ?? []), ...asked]));
  }
  return outputs;
}

function lint(
  { agents, diagnostics }: LoadedAgents,
  options: { strict: boolean; json: boolean },
  context: CliContext,
): number {
  const bad = diagnostics.filter((each) => options.strict || each.level === 'error');
  if (options.json) printJson(context, { ok: bad.length === 0, agents: agents.length, diagnostics });
  else
    printLines(context, [
      ...diagnostics.flatMap(diagnosticLines),
      `${countOf(agents.length, 'agent')} read, ${countOf(diagnostics.length, 'remark')}`,
    ]);
  return bad.length === 0 ? EXIT.done : EXIT.usage;
}

function diagnosticLines(diagnostic: Diagnostic): string[] {
  return [escapeText(formatDiagnostic(diagnostic)), `  fix: ${escapeText(diagnostic.fix)}`];
}
