/** What a run must never store or pass on: secrets of the caller's environment and of the repositories, looked for in all that agents and gates leave. */
import { canBeSecret, isSecretName, passwordIn } from '../core/checks/secret-names.ts';
import { maskPasswords } from '../core/checks/written-passwords.ts';
import type { RepoBase } from '../core/records.ts';
import type { Config } from '../definitions/config.ts';
import { createRedactor, type Redactor } from '../drivers/redact.ts';
import { maskSecretShapes } from '../gates/change/secret-shapes.ts';
import { registrySecrets } from '../gates/registry-files.ts';
import type { Workspaces } from '../workspace/workspaces.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** By name: what is called like a secret, what the configuration names as one, passwords in addresses, logins for package registries. */
export function environmentSecrets(
  environment: Environment,
  config: Pick<Config, 'providers'>,
): Map<string, string> {
  const named = new Set(Object.values(config.providers ?? {}).map(({ keyEnv }) => keyEnv));
  const own = Object.entries(environment).flatMap(([name, value = '']): [string, string][] => {
    const password = passwordIn(value);
    if (named.has(name) || isSecretName(name)) return canBeSecret(value) ? [[name, value]] : [];
    return password !== null && canBeSecret(password) ? [[name, password]] : [];
  });
  // Setups see these, and what a setup sees it can print.
  const lent = registrySecrets(environment).filter(([, value]) => canBeSecret(value));
  return new Map([...lent, ...own]);
}

/** All that is known when a run starts or is held. A value of several names keeps the first. */
export async function knownSecrets(
  fromEnvironment: ReadonlyMap<string, string>,
  repos: readonly RepoBase[],
  workspaces: Pick<Workspaces, 'secretsOf'>,
): Promise<Map<string, string>> {
  const kept = await Promise.all(repos.map((repo) => workspaces.secretsOf(repo)));
  const all = [...fromEnvironment, ...kept.flat()].filter(([, value]) => canBeSecret(value));
  const byName = new Map<string, string>();
  for (const [name, value] of all) {
    const others = [...byName.keys()].filter((known) => known === name || known.startsWith(`${name} `));
    if (![...byName.values()].includes(value))
      byName.set(others.length === 0 ? name : `${name} ${others.length + 1}`, value);
  }
  return byName;
}

/** Takes out the known ones by name, and what looks like a key or token by its kind. */
export function createRunRedactor(secrets: ReadonlyMap<string, string>): Redactor {
  return createRedactor(secrets, maskSecretShapes);
}

/** The same for what people write, who also name passwords where they say what they want. */
export function createRequestRedactor(secrets: ReadonlyMap<string, string>): Redactor {
  return createRedactor(secrets, (text) => maskPasswords(maskSecretShapes(text)));
}
