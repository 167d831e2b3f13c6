/** What a pnpm-workspace.yaml asks for: shared versions, and whose scripts run. */
import { asObject } from '../../../core/json.ts';
import { readYaml } from '../read-yaml.ts';
import type { Manifest, Wanted } from '../packages.ts';
import { allowedIn, namesIn, npmSource } from './npm.ts';

export async function readPnpmWorkspace(text: string, at: string): Promise<Manifest | null> {
  const value = await readYaml(text);
  if (value === null) return null;
  const catalogs = { default: value['catalog'], ...asObject(value['catalogs']) };
  const wanted = Object.entries(catalogs).flatMap(([catalog, names]) =>
    Object.entries(asObject(names)).flatMap(([name, range]): Wanted[] =>
      typeof range === 'string'
        ? [{ name, section: `catalog ${catalog}`, range, source: npmSource(range, at) }]
        : [],
    ),
  );
  const all = value['dangerouslyAllowAllBuilds'] === true ? ['*'] : [];
  const trusted = [...namesIn(value['onlyBuiltDependencies']), ...allowedIn(value['allowBuilds']), ...all];
  return { name: '', wanted, registries: [], trusted, sourcesHeld: false };
}
