/** Checks before a run starts that its gates can run at all. Every problem is a sentence that says how to mend it. */
import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { GateCommand, ModuleConfig, RepoConfig } from '../definitions/config.ts';
import { TEST_REPORTERS } from '../definitions/config.ts';
import { neededStart, REPORT_PLACEHOLDER } from './suites/instrument-command.ts';
import { runsNothing, runsSuites } from '../core/words.ts';
import { isNetworkSetting } from './network-settings.ts';
import { runnerProblem } from './suites/runner-problem.ts';
import { resolveCommand } from './resolve-command.ts';

interface CheckedRepo {
  name: string;
  path: string;
  config: RepoConfig;
}

/** All problems of all repositories at once. */
export async function checkBeforeRun(
  repos: CheckedRepo[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string[]> {
  const problems: string[] = [];
  for (const repo of repos) {
    for (const module of repo.config.modules)
      problems.push(...(await checkModule(repo, module, environment)));
  }
  return [...checkEnvironment(repos, environment), ...problems];
}

/** All missing names in one sentence; never a value. How the network is reached differs from machine to machine. */
function checkEnvironment(
  repos: CheckedRepo[],
  environment: Readonly<Record<string, string | undefined>>,
): string[] {
  const commands = repos.flatMap(({ config }) => config.modules.flatMap(commandsOf));
  const names = [...new Set(commands.flatMap((command) => command.env))].filter(
    (name) => environment[name] === undefined && !isNetworkSetting(name),
  );
  if (names.length === 0) return [];
  return [
    `Gates need these environment variables, which are not set: ${names.sort().join(', ')}. Set them, or take them out of \`env\` in baton.yaml.`,
  ];
}

const commandsOf = (module: ModuleConfig): GateCommand[] =>
  module.setup === null ? module.gates : [module.setup, ...module.gates];

async function checkModule(
  repo: CheckedRepo,
  module: ModuleConfig,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string[]> {
  const root = await realpath(repo.path);
  const cwd = resolve(root, module.path);
  if (cwd !== root && !cwd.startsWith(`${root}/`)) {
    return [
      `${repo.name}: the module path \`${module.path}\` leads out of the repository. Write it relative to its root.`,
    ];
  }
  if (!existsSync(cwd))
    return [`${repo.name}: there is no folder \`${module.path}\`. Mend the module's \`path\` in baton.yaml.`];
  const problems = checkNames(repo.name, module);
  for (const gate of commandsOf(module)) {
    if (runsNothing(gate.kind) || runsSuites(gate.kind)) continue;
    if (gate.kind === 'probe' && gate.command.length === 0) continue;
    if (gate.kind === 'rollback') {
      problems.push(...(await checkRollback(repo, module, gate, environment)));
      continue;
    }
    const where = { root, cwd, callerPath: gate.env.includes('PATH') ? (environment.PATH ?? null) : null };
    const problem =
      checkReporter(gate) ?? (await checkCommand(gate, where, module)) ?? runnerProblem(gate, where);
    if (problem !== null) problems.push(`${repo.name}, gate \`${gate.name}\`: ${problem}`);
  }
  return problems;
}

/** Each of its commands; without any it runs nothing. */
async function checkRollback(
  repo: CheckedRepo,
  module: ModuleConfig,
  gate: GateCommand,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string[]> {
  const { up, down, schema } = gate.rollback ?? {};
  const root = await realpath(repo.path);
  const callerPath = gate.env.includes('PATH') ? (environment.PATH ?? null) : null;
  const where = { root, cwd: resolve(root, module.path), callerPath };
  const problems: string[] = [];
  for (const [name, words] of Object.entries({ up, down, schema })) {
    const problem =
      words === undefined ? null : await checkCommand({ ...gate, command: words }, where, module);
    if (problem !== null) problems.push(`${repo.name}, gate \`${gate.name}\`, \`${name}\`: ${problem}`);
  }
  return problems;
}

function checkNames(repo: string, module: ModuleConfig): string[] {
  const names = module.gates.map((gate) => gate.name);
  const twice = [...new Set(names.filter((name, at) => names.indexOf(name) !== at))];
  return twice.map(
    (name) =>
      `${repo}: two gates of the module \`${module.path}\` are called \`${name}\`. Give each a name of its own.`,
  );
}

function checkReporter(gate: GateCommand): string | null {
  // A configuration also comes from a stored snapshot, whatever wrote it.
  const known: readonly string[] = TEST_REPORTERS;
  if (!known.includes(gate.reporter))
    return `the reporter \`${gate.reporter}\` is unknown. Known are ${known.join(', ')}.`;
  const writesReport = gate.report !== null || gate.command.some((word) => word.includes(REPORT_PLACEHOLDER));
  if (gate.reporter === 'junit' && !writesReport) {
    return `JUnit needs to know where the report is written. Set \`report\`, or put \`${REPORT_PLACEHOLDER}\` where the command takes a path.`;
  }
  const needed = neededStart(gate);
  if (needed === null) return null;
  return `the reporter \`${gate.reporter}\` needs a command ${needed}. Mend the command, or set \`reporter: none\`.`;
}

async function checkCommand(
  gate: GateCommand,
  where: { root: string; cwd: string; callerPath: string | null },
  module: ModuleConfig,
): Promise<string | null> {
  const word = gate.command[0] ?? '';
  if (word.trim() === '') return 'the command is empty. Write it as a list of words.';
  if (gate.shell) return null;
  if (/[;|&<>`$]|\s/.test(word)) {
    return `\`${word}\` is a line for a shell, and gates run without one. Write a list of words, or add \`shell: true\`.`;
  }
  const found = await resolveCommand(word, where);
  if (!('problem' in found)) return null;
  if (found.problem === 'not_executable') return `\`${word}\` is there and not executable. \`chmod +x\` it.`;
  // What the setup installs cannot be there in a checkout that nobody has installed.
  if (module.setup !== gate && module.setup !== null && !hasInstalled(where)) return null;
  return `\`${word}\` was not found. Install it, or mend the command in baton.yaml. (The PATH of gates holds system folders only; name PATH in \`env\` to add yours.)`;
}

function hasInstalled(where: { root: string; cwd: string }): boolean {
  return existsSync(join(where.cwd, 'node_modules')) || existsSync(join(where.root, 'node_modules'));
}
