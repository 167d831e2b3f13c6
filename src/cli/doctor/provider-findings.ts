/** Whose models can be called from here: a line of `baton doctor` per provider. Keys are looked for, never shown. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../definitions/config.ts';
import type { ProviderFacts } from '../../gateway/gateway.ts';
import type { Provider } from '../../gateway/provider.ts';
import { CONFIG_FILE } from '../config-here.ts';
import type { CliContext } from '../context.ts';
import type { Finding } from './finding.ts';
import type { Choice } from './usable-agents.ts';
import { findRepository } from '../places.ts';

/** A server on this machine that is up answers at once. */
const DEADLINE_MS = 2_000;

/** The usual providers and those of `baton.yaml`. Only servers on this machine are asked whether they are there. */
export async function checkProviders(
  context: CliContext,
): Promise<{ findings: Finding[]; providers: ProviderFacts[]; choice: Choice }> {
  const { factsOf, readProviders } = await import('../../gateway/provider.ts');
  const { providers: configured, agents } = await configuredHere(context);
  const providers = readProviders(configured ?? {}, context.environment);
  const findings = await Promise.all(providers.map(checkProvider));
  // A server on this machine that does not answer is of no use, whatever key it needs.
  const facts = providers.map((each, at) => {
    const known = factsOf(each);
    return { ...known, usable: known.usable && findings[at]?.state === 'ok' };
  });
  return { findings, providers: facts, choice: agents ?? {} };
}

/** Of a file with mistakes in it, nothing: those are findings of their own. */
async function configuredHere(context: CliContext): Promise<Partial<Pick<Config, 'providers' | 'agents'>>> {
  const file = join(findRepository(context.cwd) ?? context.cwd, CONFIG_FILE);
  if (!existsSync(file)) return {};
  const { loadConfig } = await import('../../definitions/load-config.ts');
  return loadConfig(file).config ?? {};
}

async function checkProvider(provider: Provider): Promise<Finding> {
  const { name, baseUrl, keyEnv, key } = provider;
  const found = (state: Finding['state'], detail: string, fix = ''): Finding => ({
    name: `models ${name}`,
    state,
    detail: `${baseUrl.host}: ${detail}`,
    fix,
  });
  if (keyEnv !== null && key === null)
    return found(
      'warning',
      `${keyEnv} is not set`,
      `Set ${keyEnv} where Baton runs, if you want its models.`,
    );
  const says = keyEnv === null ? 'needs no key' : `${keyEnv} is set`;
  const { isOnThisMachine } = await import('../../gateway/silent-providers.ts');
  if (!isOnThisMachine(provider)) return found('ok', says);
  return (await isThere(baseUrl))
    ? found('ok', `${says}, and answers`)
    : found('warning', `${says}, and nothing answers`, `Start the server of ${name}.`);
}

/** Whatever it answers: somebody is there. */
async function isThere(url: URL): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(DEADLINE_MS), redirect: 'manual' });
    await answer.body?.cancel();
    return true;
  } catch {
    return false; // refused, or silent
  }
}
