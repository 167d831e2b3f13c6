/**
 * Files of which only parts steer gates; the rest (dependencies, versions, entry points) belongs to the revision:
 * package.json and its lockfile, pyproject.toml and setup.cfg.
 */
import { basename } from 'node:path/posix';
import { asObject, isObject, type Json } from '../../core/json.ts';
import {
  type Sources,
  sourcesOfLock,
  sourcesOfManifest,
  swappedIn,
  withPlacesOf,
  withSourcesOf,
} from './package-sources.ts';

/** Parts of a package.json that steer gates; the rest (dependencies, entry points) belongs to the revision. */
const PACKAGE_SECTIONS = [
  'scripts',
  'jest',
  'vitest',
  'mocha',
  'ava',
  'tap',
  'c8',
  'nyc',
  'babel',
  'postcss',
  'swc',
  'eslintConfig',
  'eslintIgnore',
  'prettier',
  'xo',
  'tsd',
  'ts-node',
  'config',
  'packageManager',
  'devEngines',
] as const;

/** Tools in a pyproject.toml that test, lint or check types, or name the commands that do. */
const PYTHON_TOOLS = [
  'pytest',
  'coverage',
  'mypy',
  'pyright',
  'basedpyright',
  'ty',
  'pyre',
  'pytype',
  'ruff',
  'black',
  'isort',
  'flake8',
  'pylint',
  'pydocstyle',
  'pycodestyle',
  'autopep8',
  'yapf',
  'bandit',
  'vulture',
  'tox',
  'nox',
  'poe',
  'taskipy',
] as const;

/** Sections of a setup.cfg, by the beginning of their names. */
const SETUP_CFG =
  /^(?:tool:|aliases|pytest|coverage|flake8|mypy|isort|pylint|pycodestyle|pydocstyle|pep8|yapf|bandit|tox|testenv|ruff)/iu;

/** How a package is named, beside sections, that comes from elsewhere than in the base. */
const SOURCE = 'source of ';

/** What a file holds that steers gates, by name, and how the rest of it is kept with other such parts. */
interface Parsed {
  steering: ReadonlyMap<string, unknown>;
  with(others: ReadonlyMap<string, unknown>, names: readonly string[], base: Parsed | null): string;
  /** For npm's files: where packages come from, and all that it holds. */
  packages?: { sources: Sources; value: Json };
}

type Reader = (text: string) => Parsed | null | Promise<Parsed | null>;

const READERS: Readonly<Record<string, Reader>> = {
  'package.json': readPackage,
  'package-lock.json': readLock,
  'npm-shrinkwrap.json': readLock,
  'pyproject.toml': readPyproject,
  'setup.cfg': readSetupCfg,
};

/** Whether only parts of the file steer gates. */
export function hasSections(path: string): boolean {
  return READERS[basename(path)] !== undefined;
}

/** A file as gates take it: with the parts that steer them from the base. */
export interface Sections {
  /** The parts that differ; null: the revision's cannot be read, so that all of it may steer. */
  names: string[] | null;
  /** The revision's file with the base's parts. */
  text: string;
}

/** `before` is null where the base has no such file. */
export async function holdSections(path: string, before: string | null, after: string): Promise<Sections> {
  const read = READERS[basename(path)];
  const head = (await read?.(after)) ?? null;
  if (head === null) return { names: null, text: before ?? '' };
  const base = before === null ? null : ((await read?.(before)) ?? null);
  const held = base?.steering ?? new Map<string, unknown>();
  const swapped = swappedIn(base?.packages?.sources ?? new Map(), head.packages?.sources ?? new Map());
  const known = [...new Set([...head.steering.keys(), ...held.keys()])];
  const differing = known.filter(
    (name) => JSON.stringify(held.get(name)) !== JSON.stringify(head.steering.get(name)),
  );
  const names = [...differing, ...swapped.map((name) => `${SOURCE}${name}`)];
  return { names, text: names.length === 0 ? after : head.with(held, names, base) };
}

/** Whether a change of the file concerns gates. null: the file is not there. */
export async function steersGates(
  path: string,
  before: Uint8Array | null,
  after: Uint8Array | null,
): Promise<boolean> {
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  if (after === null) return before !== null;
  const { names } = await holdSections(path, before === null ? null : text(before), text(after));
  return names === null || names.length > 0;
}

function readPackage(text: string): Parsed | null {
  const value = parseJson(text);
  if (!isObject(value)) return null;
  const steering = PACKAGE_SECTIONS.filter((name) => value[name] !== undefined);
  return {
    steering: new Map(steering.map((name) => [name, value[name]])),
    packages: { sources: sourcesOfManifest(value), value },
    with: (others, names, base) => {
      const mended = withSourcesOf(value, base?.packages?.value ?? {}, packagesIn(names));
      return show(withParts(mended, others, names));
    },
  };
}

/** Nothing of it steers but where the packages come from. */
function readLock(text: string): Parsed | null {
  const value = parseJson(text);
  if (!isObject(value)) return null;
  return {
    steering: new Map(),
    packages: { sources: sourcesOfLock(value), value },
    with: (_, names, base) => show(withPlacesOf(value, base?.packages?.value ?? {}, packagesIn(names))),
  };
}

const packagesIn = (names: readonly string[]): string[] =>
  names.flatMap((name) => (name.startsWith(SOURCE) ? [name.slice(SOURCE.length)] : []));
const show = (value: Json): string => `${JSON.stringify(value, null, 2)}\n`;

async function readPyproject(text: string): Promise<Parsed | null> {
  // A parser of TOML is loaded by those who read it.
  const { parse, stringify } = await import('smol-toml');
  let value: Json;
  try {
    value = parse(text);
  } catch {
    return null; // It steers whatever reads it otherwise.
  }
  const tool = asObject(value['tool']);
  const steering = PYTHON_TOOLS.filter((name) => tool[name] !== undefined);
  return {
    steering: new Map(steering.map((name) => [name, tool[name]])),
    with: (others, names) => stringify({ ...value, tool: withParts(tool, others, names) }),
  };
}

/** By its headings: what follows one, up to the next, is its section. Two of one name are one section. */
function readSetupCfg(text: string): Parsed {
  const sections = text
    .split(/^(?=\[)/mu)
    .map((block) => ({ name: /^\[([^\]\n]*)\]/u.exec(block)?.[1]?.trim() ?? '', block }));
  const isSteering = ({ name }: { name: string }): boolean => SETUP_CFG.test(name);
  const blocks = Map.groupBy(sections.filter(isSteering), ({ name }) => name);
  const steering = [...blocks].map(
    ([name, all]) => [name, all.map(({ block }) => block.trim()).join('\n')] as const,
  );
  return {
    steering: new Map(steering),
    with: (others, names) => {
      const kept = sections.filter(({ name }) => !names.includes(name)).map(({ block }) => block.trimEnd());
      const added = names.flatMap((name) => (others.has(name) ? [String(others.get(name))] : []));
      return `${[...kept, ...added].join('\n')}\n`;
    },
  };
}

function withParts(value: Json, others: ReadonlyMap<string, unknown>, names: readonly string[]): Json {
  const merged = { ...value };
  for (const name of names) {
    if (others.has(name)) merged[name] = others.get(name);
    else delete merged[name];
  }
  return merged;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null; // It steers whatever reads it otherwise.
  }
}
