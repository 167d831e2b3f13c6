/** What a bun.lock holds: JSON with commas at the ends, which YAML takes as well. */
import { asObject } from '../../../core/json.ts';
import { namesIn, npmSource } from '../manifests/npm.ts';
import { hostOf, REGISTRY, type Locked, type Lockfile, type Source } from '../packages.ts';
import { listOf, textOf } from '../read-toml.ts';
import { readYaml } from '../read-yaml.ts';
import { integrityOf, keptLists } from './npm.ts';

export async function readBunLock(text: string): Promise<Lockfile | null> {
  const value = await readYaml(text);
  if (value === null) return null;
  const locked = Object.values(asObject(value['packages'])).map((entry): Locked => {
    const [id, second, , fourth] = listOf(entry);
    const key = textOf(id);
    const at = key.indexOf('@', 1);
    const [name, version] = at === -1 ? [key, ''] : [key.slice(0, at), key.slice(at + 1)];
    const registry = textOf(second);
    return {
      name,
      version,
      source: sourceOf(version, registry),
      from: registry,
      integrity: integrityOf(fourth),
      scripts: false,
    };
  });
  const kept = keptLists(asObject(value['workspaces']));
  return { locked, trusted: namesIn(value['trustedDependencies']), sourcesHeld: false, ...kept };
}

function sourceOf(version: string, registry: string): Source {
  if (!/^\d/u.test(version)) return npmSource(version, '');
  const host = hostOf(registry);
  return host === '' || host === 'registry.npmjs.org' ? REGISTRY : { kind: 'registry', where: host };
}
