/** What a Cargo.toml asks for. */
import { asObject, type Json } from '../../../core/json.ts';
import { folderSource, REGISTRY, type Manifest, type Source, type Wanted } from '../packages.ts';
import { readToml, textOf } from '../read-toml.ts';

const SECTIONS = ['dependencies', 'dev-dependencies', 'build-dependencies'];

export async function readCargoToml(text: string, at: string): Promise<Manifest | null> {
  const value = await readToml(text);
  if (value === null) return null;
  const places: [string, Json][] = [
    ...SECTIONS.map((name): [string, Json] => [name, asObject(value[name])]),
    ...Object.entries(asObject(value['target'])).flatMap(([target, parts]) =>
      SECTIONS.map((name): [string, Json] => [`${target} ${name}`, asObject(asObject(parts)[name])]),
    ),
    ['workspace.dependencies', asObject(asObject(value['workspace'])['dependencies'])],
    ...Object.entries(asObject(value['patch'])).map(([of, parts]): [string, Json] => [
      `patch ${of}`,
      asObject(parts),
    ]),
    ['replace', asObject(value['replace'])],
  ];
  const wanted = places.flatMap(([section, packages]) =>
    Object.entries(packages).map(([name, how]): Wanted => {
      const parts = asObject(how);
      const range = typeof how === 'string' ? how : textOf(parts['version']);
      return { name: textOf(parts['package']) || name, section, range, source: cargoSource(parts, at) };
    }),
  );
  return {
    name: textOf(asObject(value['package'])['name']),
    wanted,
    registries: [],
    trusted: [],
    sourcesHeld: false,
  };
}

function cargoSource(how: Json, at: string): Source {
  const git = textOf(how['git']);
  const path = textOf(how['path']);
  const registry = textOf(how['registry']) || textOf(how['registry-index']);
  if (git !== '') return { kind: 'git', where: git };
  if (path !== '') return folderSource(at, path);
  if (how['workspace'] === true) return { kind: 'workspace', where: 'workspace' };
  return registry === '' ? REGISTRY : { kind: 'registry', where: registry };
}
