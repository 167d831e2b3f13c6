/** What a pyproject.toml and a requirements file ask for. */
import { asObject, type Json } from '../../../core/json.ts';
import { folderSource, hostOf, REGISTRY, type Manifest, type Source, type Wanted } from '../packages.ts';
import { listOf, readToml, textOf } from '../read-toml.ts';

/** PEP 503: one name however it is written. */
export function pythonName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/gu, '-');
}

const REQUIREMENT = /^([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*(.*)$/u;
const GIT = /^(?:git|hg|svn|bzr)[+:]/u;
const USUAL_HOSTS = new Set(['pypi.org', 'files.pythonhosted.org', 'pypi.python.org']);

/** A registry as a source: the usual ones need no word. */
export function indexSource(address: string): Source {
  const host = hostOf(address);
  return host === '' || USUAL_HOSTS.has(host) ? REGISTRY : { kind: 'registry', where: host };
}

/** PEP 508, and lines of pip; null: it names no package. */
function readRequirement(line: string, section: string, at: string): Wanted | null {
  const text = line.replace(/\s;.*$/u, '').trim();
  if (/^[a-z+]+:\/\//iu.test(text) || /^(?:\.{1,2}\/|\/|\.$)/u.test(text)) {
    const source = addressSource(text, at);
    return { name: nameInAddress(text), section, range: text, source };
  }
  const [, name, rest = ''] = REQUIREMENT.exec(text) ?? [];
  if (name === undefined) return null;
  const range = (rest.split(/\s--|;/u)[0] ?? '').trim();
  const source = range.startsWith('@') ? addressSource(range.slice(1).trim(), at) : REGISTRY;
  return { name: pythonName(name), section, range, source };
}

function nameInAddress(address: string): string {
  const named = /[#&]egg=([\w.-]+)/u.exec(address)?.[1];
  return named === undefined ? address : pythonName(named);
}

function addressSource(address: string, at: string): Source {
  if (GIT.test(address)) return { kind: 'git', where: address };
  if (/^https?:/iu.test(address)) return { kind: 'address', where: address };
  return folderSource(at, address.replace(/^file:\/\//u, ''));
}

export function readRequirements(text: string, at: string): Manifest {
  const wanted: Wanted[] = [];
  const registries: string[] = [];
  for (const raw of text.replace(/\\\r?\n/gu, ' ').split('\n')) {
    const line = raw.replace(/(?:^|\s)#.*$/u, '').trim();
    const index = /^(?:-i|--index-url|--extra-index-url|-f|--find-links)[\s=]+(\S+)/u.exec(line)?.[1] ?? null;
    if (index !== null) registries.push(index);
    const editable = /^(?:-e|--editable)[\s=]+(.+)$/u.exec(line)?.[1] ?? null;
    if (line === '' || (line.startsWith('-') && editable === null)) continue;
    const found = readRequirement(editable ?? line, 'requirements', at);
    if (found !== null) wanted.push(found);
  }
  return { name: '', wanted, registries: registries.filter(isUnusual), trusted: [], sourcesHeld: false };
}

const isUnusual = (address: string): boolean => !USUAL_HOSTS.has(hostOf(address));

export async function readPyprojectPackages(text: string, at: string): Promise<Manifest | null> {
  const value = await readToml(text);
  if (value === null) return null;
  const project = asObject(value['project']);
  const tool = asObject(value['tool']);
  const uv = asObject(tool['uv']);
  const poetry = asObject(tool['poetry']);
  const lists: [string, unknown][] = [
    ['build-system', asObject(value['build-system'])['requires']],
    ['dependencies', project['dependencies']],
    ...Object.entries(asObject(project['optional-dependencies'])),
    ...Object.entries(asObject(value['dependency-groups'])),
    ['dev-dependencies', uv['dev-dependencies']],
  ];
  const own = asObject(uv['sources']);
  const standard = lists.flatMap(([section, list]) =>
    listOf(list).flatMap((line): Wanted[] => {
      const found = typeof line === 'string' ? readRequirement(line, section, at) : null;
      if (found === null) return [];
      return [{ ...found, source: uvSource(own, found.name, at) ?? found.source }];
    }),
  );
  const indexes = [
    ...listOf(uv['index']),
    ...listOf(poetry['source']),
    ...listOf(asObject(tool['pdm'])['source']),
  ];
  const named = [...indexes.map((index) => textOf(asObject(index)['url'])), textOf(uv['index-url'])];
  const registries = [...named, ...listOf(uv['extra-index-url']).map(textOf)].filter((url) => url !== '');
  return {
    name: pythonName(textOf(project['name']) || textOf(poetry['name'])),
    wanted: [...standard, ...poetryWanted(poetry, at)],
    registries: registries.filter(isUnusual),
    trusted: [],
    sourcesHeld: false,
  };
}

function uvSource(own: Json, name: string, at: string): Source | null {
  const entry = Object.entries(own).find(([key]) => pythonName(key) === name)?.[1];
  return entry === undefined ? null : tableSource(asObject(Array.isArray(entry) ? entry[0] : entry), at);
}

function tableSource(how: Json, at: string): Source {
  if (how['workspace'] === true) return { kind: 'workspace', where: 'workspace' };
  if (textOf(how['git']) !== '') return { kind: 'git', where: textOf(how['git']) };
  if (textOf(how['url']) !== '') return { kind: 'address', where: textOf(how['url']) };
  const folder = textOf(how['path']) || textOf(how['file']);
  return folder === '' ? REGISTRY : folderSource(at, folder);
}

function poetryWanted(poetry: Json, at: string): Wanted[] {
  const groups = Object.entries(asObject(poetry['group'])).map(([name, group]): [string, unknown] => [
    name,
    asObject(group)['dependencies'],
  ]);
  const lists: [string, unknown][] = [
    ['dependencies', poetry['dependencies']],
    ['dev-dependencies', poetry['dev-dependencies']],
    ...groups,
  ];
  return lists.flatMap(([section, packages]) =>
    Object.entries(asObject(packages)).flatMap(([name, how]): Wanted[] => {
      if (name === 'python') return [];
      const parts = asObject(Array.isArray(how) ? how[0] : how);
      const range = typeof how === 'string' ? how : textOf(parts['version']);
      return [{ name: pythonName(name), section, range, source: tableSource(parts, at) }];
    }),
  );
}
