/** Whose models can be called from here: a line of `baton doctor` per provider. Keys are looked for, never shown. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Provider, ProviderConfig } from '../../gateway/provider.ts';
import { CONFIG_FILE } from '../config-here.ts';
import type { CliContext } from '../context.ts';
import type { Finding } from './finding.ts';
import { findRepository } from '../places.ts';

/** A server on this machine that is up answers at once. */
const DEADLINE_MS = 2_000;
const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/** The usual providers and those of `baton.yaml`. Only servers on this machine are asked whether they are there. */
export async function checkProviders(context: CliContext): Promise<Finding[]> {
  const { readProviders } = await import('../../gateway/provider.ts');
  const providers = readProviders(await configuredHere(context), context.environment);
  return Promise.all(providers.map(checkProvider));
}

/** Of a file with mistakes in it, none: those are findings of their own. */
async function configuredHere(context: CliContext): Promise<Record<string, ProviderConfig>> {
  const file = join(findRepository(context.cwd) ?? context.cwd, CONFIG_FILE);
  if (!existsSync(file)) return {};
  const { loadConfig } = await import('../../definitions/load-config.ts');
  return loadConfig(file).config?.providers ?? {};
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
  if (!LOOPBACK.test(baseUrl.hostname)) return found('ok', says);
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
