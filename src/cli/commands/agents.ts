/** `baton agents`: list or lint agents. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { formatDiagnostic, type Diagnostic } from '../../core/errors.ts';
import type { AgentDefinition } from '../../definitions/agent.ts';
import { builtinAgentsDir } from '../../definitions/builtin.ts';
import { errorAt } from '../../definitions/diagnose.ts';
import { loadAgentFile, loadAgentFolder, type LoadedAgents } from '../../definitions/load-agents.ts';
import { createCommand, usageError } from '../command.ts';
import { printJson, printLines, type CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { escapeText } from '../render/escape.ts';
import { countOf } from '../render/numbers.ts';
import { fit } from '../render/width.ts';

/** `list [PLACE]…` or `lint [PLACE]…`, each a file or a folder; without one the built-in agents. */
export async function run(argv: string[], context: CliContext): Promise<number> {
  const command = createCommand('agents', 'Lists or lints agents.', context)
    .argument('[action]', 'list or lint', 'list')
    .argument('[places...]', 'agent files, or folders of them; by default the built-in agents')
    .option('--strict', 'lint: a warning counts as an error')
    .option('--json', 'print one JSON document')
    .parse(argv, { from: 'user' });
  const [action, places] = command.processedArgs;
  const { strict, json } = command.opts();
  const loaded = load(places, context);
  switch (action) {
    case 'list':
      return list(loaded, json === true, context);
    case 'lint':
      return lint(loaded, { strict: strict === true, json: json === true }, context);
    default:
      throw usageError(`"${action}" is neither list nor lint.`, 'See `baton agents --help`.');
  }
}

/** Files of the user's own folders come from all kinds of tools: what is unknown in them is a warning. */
function load(places: string[], context: CliContext): LoadedAgents {
  if (places.length === 0) return loadAgentFolder(builtinAgentsDir, 'own');
  const parts = places.map((place) => loadPlace(resolve(context.cwd, place)));
  return {
    agents: parts.flatMap((part) => part.agents),
    diagnostics: parts.flatMap((part) => part.diagnostics),
  };
}

/** A file, or a folder of them; where nothing is found, that is an error. */
function loadPlace(path: string): LoadedAgents {
  const stat = statSync(path, { throwIfNoEntry: false });
  const loaded =
    stat === undefined || stat.isDirectory()
      ? loadAgentFolder(path, 'imported')
      : loadAgentFile(path, 'imported');
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
  const { name, title, description, role, access, capabilities, tools, model, source, hash } = agent;
  return {
    name,
    title,
    description,
    role,
    access,
    capabilities,
    tools,
    model,
    source,
    definition_hash: hash,
  };
}

function agentLine(agent: AgentDefinition): string {
  return escapeText(
    `${fit(agent.name, 32)} ${fit(agent.role, 12)} ${fit(agent.access, 6)} ${agent.capabilities.join(', ')}`,
  );
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
