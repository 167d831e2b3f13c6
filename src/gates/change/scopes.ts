/** Whether a path lies in the scopes, the module and the test layer that a step is bound to. Pure. */
import { compileGlob } from '../../core/conditions/glob.ts';
import type { Lane } from '../../core/checks/lanes.ts';
import { isPathSet, TEST_LAYERS, type PathSet, type TestLayer } from '../../core/words.ts';
import type { RepoConfig } from '../../definitions/config.ts';
import { isDocumentation, isInfrastructure } from './detect-concerns.ts';
import { isTestCode } from '../suites/test-files.ts';

export type Layers = NonNullable<RepoConfig['tests']>;
type Matcher = (repo: string, path: string) => boolean;

const SETS: Record<PathSet, (path: string) => boolean> = {
  tests: isTestCode,
  docs: isDocumentation,
  infrastructure: isInfrastructure,
};

/**
 * Some scope names the path, or none is there but exclusions; and no exclusion (`!`) names it. A pattern holds in the
 * repository or as `repo/path`; one without wildcards names a file or a folder with all that is in it.
 */
export function scopeMatcher(scopes: readonly string[]): Matcher {
  const included = scopes.filter((scope) => !scope.startsWith('!')).map(oneMatcher);
  const excluded = scopes.filter((scope) => scope.startsWith('!')).map((scope) => oneMatcher(scope.slice(1)));
  return (repo, path) =>
    (included.length === 0 || included.some((matches) => matches(repo, path))) &&
    !excluded.some((matches) => matches(repo, path));
}

function oneMatcher(scope: string): Matcher {
  const set = scope.slice(1);
  if (scope.startsWith('@') && isPathSet(set)) return (_, path) => SETS[set](path);
  const glob = scope.replace(/^\.\//, '').replace(/\/+$/, '');
  if (glob === '.' || glob === '') return () => true;
  const matches = compileGlob(glob);
  const isFolder = (path: string): boolean => !/[*?]/.test(glob) && path.startsWith(`${glob}/`);
  return (repo, path) =>
    [path, `${repo}/${path}`].some((candidate) => matches(candidate) || isFolder(candidate));
}

/** Why the lane does not hold this path, in words that end a sentence; null: it does. */
export function whyOutside(
  lane: Lane,
  change: { repo: string; path: string; gone: boolean },
  repos: Readonly<Record<string, RepoConfig>>,
): string | null {
  const { repo, path } = change;
  if (!scopeMatcher(lane.scopes)(repo, path)) return `its scopes are ${lane.scopes.join(', ')}`;
  if (lane.modules.length > 0 && !lane.modules.some((name) => isInModule(name, change, repos[repo])))
    return `it works in the module${lane.modules.length === 1 ? '' : 's'} ${lane.modules.join(', ')}`;
  const layers = repos[repo]?.tests;
  if (lane.layer === null || change.gone || !isTestCode(path) || layers?.[lane.layer] === undefined)
    return null;
  const found = layerOf(layers, path);
  if (found === lane.layer) return null;
  const expected = `${lane.layer} tests lie in ${layers[lane.layer]?.join(', ')}`;
  return found === null ? expected : `${expected}, and this is a place of ${found} tests`;
}

/** Whether a test was written whose layer cannot be looked at, as nothing says where that layer's tests lie. */
export function lacksLayer(
  lane: Lane,
  change: { path: string; gone: boolean },
  config: RepoConfig | undefined,
): boolean {
  return (
    lane.layer !== null &&
    !change.gone &&
    isTestCode(change.path) &&
    config?.tests?.[lane.layer] === undefined
  );
}

/** The layer of a test by its place; of several the last one: what fits `*_integration_test.go` also fits `*_test.go`. */
export function layerOf(layers: Layers, path: string): TestLayer | null {
  const fits = (layer: TestLayer): boolean => (layers[layer] ?? []).some((glob) => compileGlob(glob)(path));
  return TEST_LAYERS.findLast(fits) ?? null;
}

function isInModule(
  name: string,
  { repo, path }: { repo: string; path: string },
  config: RepoConfig | undefined,
): boolean {
  if (name === repo) return true;
  const modules = (config?.modules ?? []).filter((module) => isNamed(module, name));
  return modules.some((module) => module.path === '.' || path.startsWith(`${module.path}/`));
}

/**
 * What agents may be bound to: the modules of the one repository; of several, each repository and the modules that it is
 * divided into.
 */
export function moduleNames(repos: Readonly<Record<string, Pick<RepoConfig, 'modules'>>>): string[] {
  const lists = Object.entries(repos);
  const all = lists.flatMap(([repo, { modules }]) => {
    const names = modules.map((module) => module.name ?? module.path);
    if (lists.length === 1) return names;
    return modules.length > 1 ? [repo, ...names.filter((name) => name !== '.')] : [repo];
  });
  return [...new Set(all)];
}

/** Whether a workflow means this module. */
export function isNamed(module: { path: string; name?: string }, name: string): boolean {
  return module.name === name || module.path === name.replace(/(?<=.)\/+$/, '');
}
