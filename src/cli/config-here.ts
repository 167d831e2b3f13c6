/** The configuration of a run: `baton.yaml` of the caller's repository and of each of the run's, detection for the rest. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Budget } from '../core/budget/budget.ts';
import type { RepoBase } from '../core/records.ts';
import { DefinitionErrors } from '../core/errors.ts';
import type { Config, RepoConfig } from '../definitions/config.ts';
import type { CliContext } from './context.ts';
import { loadConfig } from '../definitions/load-config.ts';
import { PROTECTED_BESIDE_CONFIG } from '../gates/change/protected-paths.ts';

export const CONFIG_FILE = 'baton.yaml';

/** Whether a file has nothing in it but blank lines, comments and the marks of documents. Throws where it cannot be read. */
export function isEmptyYaml(file: string): boolean {
  return readFileSync(file, 'utf8')
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .every((line) => /^\s*(?:#.*|---\s*|\.\.\.\s*)?$/.test(line));
}

const NOTHING: Config = { repos: {}, limits: {}, agentEnv: [] };

/** The caller's file; an empty configuration where there is none. Throws every error in it at once. */
export function readConfig(dir: string): Config {
  const file = join(dir, CONFIG_FILE);
  if (!existsSync(file)) return NOTHING;
  const { config, diagnostics } = loadConfig(file);
  if (config === null) throw new DefinitionErrors(diagnostics);
  return config;
}

/**
 * What holds for a run over several folders: the first folder that says a limit or a budget has it, and what any of them
 * wants approved is. All else is the caller's alone.
 */
export function readConfigs(dirs: string[]): Config {
  const [first = NOTHING, ...rest] = [...new Set(dirs)].map((dir) => readConfig(dir));
  const all = [first, ...rest];
  return {
    // Another repository does not say how it is worked on, nor where the caller's keys go, nor what agents see of the caller's variables.
    ...first,
    deploy: first.deploy ?? {},
    agentNetwork: first.agentNetwork ?? false,
    providers: first.providers ?? {},
    limits: Object.assign({}, ...all.map(({ limits }) => limits).reverse()) as Config['limits'], // only limits go in
    budget: Object.assign({}, ...all.map(({ budget }) => budget ?? {}).reverse()) as Budget, // only budgets go in
    // Whoever owns one of the repositories may ask for it.
    ...(all.some(({ signing }) => signing === 'required') ? { signing: 'required' } : {}),
    approvals: all.flatMap(({ approvals }) => approvals ?? []),
  };
}

/** The name under which a repository's own file speaks of it: its own, or the only one there is (a checkout may be called otherwise). */
export function entryNameOf({ repos }: Config, name: string): string | undefined {
  const names = Object.keys(repos);
  return Object.hasOwn(repos, name) ? name : names.length === 1 ? names[0] : undefined;
}

/** `nope` in the file of `shop`: nobody who misspelled a name is to find that out by its gates. */
export function sayTaken(entry: string, name: string): string {
  return `${CONFIG_FILE} names ${entry}, and this repository is called ${name}: what stands there is taken for it, as the only entry`;
}

/** Why nothing is configured of a repository that was looked at. */
function sayUnconfigured(path: string, name: string): string {
  const file = join(path, CONFIG_FILE);
  if (!existsSync(file)) return `${name} has no ${CONFIG_FILE}`;
  return isEmptyYaml(file)
    ? `${CONFIG_FILE} of ${name} is empty`
    : `${CONFIG_FILE} of ${name} says nothing of it`;
}

/** An entry of the caller's file that a run does not ask for is a name that somebody misspelled, or a repository that is left out. */
function sayUnused(config: Config, used: ReadonlySet<string>, names: readonly string[]): string[] {
  const unused = Object.keys(config.repos).filter((name) => !used.has(name));
  if (unused.length === 0) return [];
  return [
    `${CONFIG_FILE} names ${unused.join(', ')}, and the run is about ${names.join(', ')}: what stands there is not used`,
  ];
}

/**
 * Completes the caller's configuration: a repository that it does not name is configured by its own file, and one
 * that has none by what is detected, which the notes say, as they do what setups do not see of the caller's `environment`.
 */
export async function completeConfig(
  config: Config,
  repos: RepoBase[],
  environment: CliContext['environment'] = {},
): Promise<{ config: Config; notes: string[] }> {
  const complete = { ...config.repos };
  const notes: string[] = [];
  const names = repos.map(({ name }) => name);
  const used = new Set(names);
  for (const { name, path } of repos) {
    const own = complete[name] === undefined ? readConfig(path) : config;
    const entry = entryNameOf(own, name);
    const known = entry === undefined ? undefined : own.repos[entry];
    if (entry !== undefined && known !== undefined) {
      if (entry !== name) notes.push(sayTaken(entry, name));
      used.add(entry);
      complete[name] = withDefinitions(known, path);
      notes.push(...(await sayUnseen(name, known, environment)));
      continue;
    }
    const { detectRepo } = await import('../gates/detect/detect-repo.ts');
    const { withNetworkSettings } = await import('../gates/network-settings.ts');
    const detected = await detectRepo(path);
    complete[name] = withNetworkSettings(detected.config, environment);
    const gates = detected.config.modules.flatMap((module) => module.gates.map((gate) => gate.name));
    notes.push(
      `${sayUnconfigured(path, name)}: gates detected there are ${gates.join(', ') || 'none'}; \`baton init\` writes them down`,
    );
  }
  notes.push(...sayUnused(config, used, names));
  return { config: { ...config, repos: complete }, notes };
}

/** What lies beside the repository's `baton.yaml` for agents to be run by is protected like that file itself. */
function withDefinitions(config: RepoConfig, path: string): RepoConfig {
  if (!existsSync(join(path, CONFIG_FILE))) return config;
  return { ...config, protectedPaths: [...config.protectedPaths, ...PROTECTED_BESIDE_CONFIG] };
}

/** A setup that has to go through a proxy, or to trust a certificate, and is not told so, fails late and far away. */
export async function sayUnseen(
  name: string,
  { modules }: Config['repos'][string],
  environment: CliContext['environment'],
): Promise<string[]> {
  const { sayNotPassed, settingsNotPassed } = await import('../gates/network-settings.ts');
  const unseen = modules.flatMap(({ setup }) =>
    setup === null ? [] : settingsNotPassed(setup, environment),
  );
  const said = sayNotPassed([...new Set(unseen)].sort());
  return said === '' ? [] : [`the setup of ${name} sees only what its \`env\` names. ${said}`];
}
