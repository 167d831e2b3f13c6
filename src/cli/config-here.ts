/** The configuration of a run: `baton.yaml` of the caller's repository and of each of the run's, detection for the rest. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { RepoBase } from '../core/events.ts';
import { DefinitionErrors } from '../core/errors.ts';
import type { Config } from '../definitions/config.ts';
import { loadConfig } from '../definitions/load-config.ts';

export const CONFIG_FILE = 'baton.yaml';

/** The caller's file; an empty configuration where there is none. Throws every error in it at once. */
export function readConfig(dir: string): Config {
  const file = join(dir, CONFIG_FILE);
  if (!existsSync(file)) return { repos: {}, limits: {}, agentEnv: [] };
  const { config, diagnostics } = loadConfig(file);
  if (config === null) throw new DefinitionErrors(diagnostics);
  return config;
}

/**
 * Completes the caller's configuration: a repository that it does not name is configured by its own file, and one
 * that has none by what is detected, which the notes say.
 */
export async function completeConfig(
  config: Config,
  repos: RepoBase[],
): Promise<{ config: Config; notes: string[] }> {
  const complete = { ...config.repos };
  const notes: string[] = [];
  for (const { name, path } of repos) {
    const known = complete[name] ?? readConfig(path).repos[name];
    if (known !== undefined) {
      complete[name] = known;
      continue;
    }
    const { detectRepo } = await import('../gates/detect/detect-repo.ts');
    const detected = await detectRepo(path);
    complete[name] = detected.config;
    const gates = detected.config.modules.flatMap((module) => module.gates.map((gate) => gate.name));
    notes.push(
      `${name} has no ${CONFIG_FILE}: gates detected there are ${gates.join(', ') || 'none'}; \`baton init\` writes them down`,
    );
  }
  return { config: { ...config, repos: complete }, notes };
}
