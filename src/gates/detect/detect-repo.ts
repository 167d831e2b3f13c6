/** Finds out how a repository is installed, built and tested, by reading it; nothing of it is run. */
import { readdir } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { parse } from 'yaml';
import { matchesGlob } from '../../core/conditions/glob.ts';
import type { GateCommand, ModuleConfig, RepoConfig } from '../../definitions/config.ts';
import {
  detectPackageGates,
  detectSetup,
  EXECUTED_GATE,
  isWatchable,
  PROBE_GATE,
  REACH_GATE,
  readPackageFacts,
  startsService,
} from './node-package.ts';
import type { PackageManager } from './node-package.ts';
import { namesIn, readText } from './look-at-files.ts';
import { joinModules, moduleOf } from './modules.ts';
import { detectOthers } from './other-languages.ts';
import { findTestFiles } from '../suites/test-files.ts';
import { foldersWithManifest, hasManifest } from './nested-manifests.ts';
import { detectLayers } from './test-layers.ts';

export interface DetectedRepo {
  config: RepoConfig;
  /** What was seen and what people may want to add, in sentences. */
  seen: string[];
}

const MAX_FOLDERS = 5_000;
const MAX_SOURCES = 60;
const SKIPPED = new Set(['node_modules', '.git', 'dist', 'build', 'coverage', 'vendor', 'target']);

/**
 * Reads the top folder, and the packages that it declares as workspaces; without a manifest there the packages one and two levels
 * down. Finding nothing is an answer too.
 */
export async function detectRepo(path: string): Promise<DetectedRepo> {
  const seen: string[] = [];
  const top = await detectAt(path, seen);
  const isBelow = top.length === 0 && !hasManifest(await namesIn(path));
  const modules = isBelow ? await detectNested(path, seen) : top;
  if (modules.every((module) => module.gates.length === 0)) {
    seen.push(
      'No tests, build or lint were found: add gates in baton.yaml, or nothing will be checked by machine.',
    );
  }
  const tests = detectLayers(await findTestFiles(path));
  return { config: { modules: joinModules(modules), protectedPaths: [], tests }, seen };
}

async function detectAt(path: string, seen: string[]): Promise<ModuleConfig[]> {
  const files = await namesIn(path);
  return [...(await detectNode(path, files, seen)), ...(await detectOthers(path, files, seen))];
}

/** Each package as if it were a repository of its own, in its folder. */
async function detectNested(path: string, seen: string[]): Promise<ModuleConfig[]> {
  const modules: ModuleConfig[] = [];
  for (const folder of await foldersWithManifest(path)) {
    const said: string[] = [];
    const own = await detectAt(join(path, folder), said);
    modules.push(...own.map((module) => ({ ...module, path: posix.join(folder, module.path) })));
    seen.push(...said.map((sentence) => `${folder}: ${sentence}`));
  }
  const folders = [...new Set(joinModules(modules).map((module) => module.path))];
  if (folders.length > 0)
    seen.unshift(`No manifest lies at the top; those below have gates: ${folders.join(', ')}.`);
  return modules;
}

async function detectNode(path: string, files: string[], seen: string[]): Promise<ModuleConfig[]> {
  if (!files.includes('package.json')) return [];
  const facts = readPackageFacts((await readText(join(path, 'package.json'))) ?? '');
  if (facts === null) {
    seen.push('package.json cannot be read.');
    return [];
  }
  const workspaces = [...facts.workspaces, ...(await pnpmWorkspaces(path, files))];
  const setup = detectSetup({ ...facts, workspaces }, files);
  const manager = setup?.manager ?? 'npm';
  const root = moduleOf('.', setup?.command ?? null, detectPackageGates(facts, files, manager));
  const { packages, hasEntry } =
    workspaces.length === 0
      ? { packages: [], hasEntry: false }
      : await detectPackages(path, workspaces, manager, root);
  // After the packages: they take gates from the top folder.
  seen.push(...describeNode(root, setup !== null && setup.command.includes('--no-package-lock')));
  if (packages.length > 0)
    seen.push(`Workspace packages with gates of their own: ${packages.map((m) => m.path).join(', ')}.`);
  const unnamed = packages.filter((module) => module.gates.some(isUnnamed)).map((module) => module.path);
  if (unnamed.length > 0) seen.push(unnamedSentence(unnamed.join(', ')));
  // Beside gates that run something: alone it would hide that nothing is tested.
  const isChecked = [root, ...packages].some((module) => module.gates.length > 0);
  if (isChecked && (facts.hasEntry || hasEntry)) {
    root.gates.push(REACH_GATE);
    for (const module of [root, ...packages])
      if (module.gates.some(isWatchable)) module.gates.push(EXECUTED_GATE);
  }
  if (isChecked && startsService(facts, await sourcesAt(path, files))) root.gates.push(PROBE_GATE);
  return [root, ...packages];
}

/** The sources of the top folder and of `src`: a server is made near the start. */
async function sourcesAt(path: string, files: string[]): Promise<string[]> {
  const below = files.includes('src') ? (await namesIn(join(path, 'src'))).map((name) => `src/${name}`) : [];
  const sources = [...files, ...below].filter((name) => /\.[cm]?[jt]s$/.test(name)).slice(0, MAX_SOURCES);
  const texts = await Promise.all(sources.map((name) => readText(join(path, name))));
  return texts.filter((text) => text !== null);
}

/** Tests of which nothing is known but how they ended. */
const isUnnamed = (gate: GateCommand): boolean => gate.kind === 'tests' && gate.reporter === 'none';

function unnamedSentence(place: string): string {
  const where = place === '' ? '' : ` of ${place}`;
  return `The tests${where} report no names and count as unverified until \`reporter\` is set in baton.yaml.`;
}

/** A runner that the top folder starts by itself finds the tests of the packages: running them twice proves nothing more. */
async function detectPackages(
  path: string,
  globs: string[],
  manager: PackageManager,
  root: ModuleConfig,
): Promise<{ packages: ModuleConfig[]; hasEntry: boolean }> {
  const covered = new Set(
    root.gates.filter((gate) => gate.kind !== 'tests' || gate.reporter !== 'none').map((gate) => gate.kind),
  );
  const modules: ModuleConfig[] = [];
  let hasEntry = false;
  for (const folder of await foldersMatching(path, globs)) {
    const text = await readText(join(path, folder, 'package.json'));
    const facts = text === null ? null : readPackageFacts(text);
    if (facts === null) continue;
    hasEntry ||= facts.hasEntry;
    const gates = detectPackageGates(facts, await namesIn(join(path, folder)), manager).filter(
      (gate) => !covered.has(gate.kind),
    );
    if (gates.length > 0) modules.push(moduleOf(folder, null, gates));
  }
  // A script of the top folder that only starts those of the packages names no test itself.
  if (modules.some((module) => module.gates.some((gate) => gate.kind === 'tests'))) {
    root.gates = root.gates.filter((gate) => gate.kind !== 'tests' || gate.reporter !== 'none');
  }
  return { packages: modules, hasEntry };
}

function describeNode(root: ModuleConfig, unlocked: boolean): string[] {
  const seen = root.setup === null ? [] : [`setup: \`${root.setup.command.join(' ')}\`.`];
  if (unlocked) seen.push('There is no lockfile: what is installed may differ from run to run.');
  if (root.gates.some(isUnnamed)) seen.push(unnamedSentence(''));
  return seen;
}

async function pnpmWorkspaces(path: string, files: string[]): Promise<string[]> {
  if (!files.includes('pnpm-workspace.yaml')) return [];
  try {
    const value: unknown = parse((await readText(join(path, 'pnpm-workspace.yaml'))) ?? '', {
      maxAliasCount: 10,
    });
    const packages = typeof value === 'object' && value !== null && 'packages' in value ? value.packages : [];
    return Array.isArray(packages) ? packages.filter((glob) => typeof glob === 'string') : [];
  } catch {
    return []; // A broken file declares nothing.
  }
}

async function foldersMatching(root: string, globs: string[]): Promise<string[]> {
  const wanted = globs.filter((glob) => !glob.startsWith('!')).map(tidy);
  const unwanted = globs.filter((glob) => glob.startsWith('!')).map((glob) => tidy(glob.slice(1)));
  const found: string[] = [];
  const folders = [''];
  for (let seen = 0; folders.length > 0 && seen < MAX_FOLDERS; seen++) {
    const folder = folders.shift() ?? '';
    for (const entry of await readdir(join(root, folder), { withFileTypes: true }).catch(() => [])) {
      if (!entry.isDirectory() || SKIPPED.has(entry.name)) continue;
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      folders.push(path);
      // A glob without a slash would match the name in every folder; here it means the top one.
      const fits = (glob: string): boolean => matchesGlob(`/${glob}`, `/${path}`);
      if (wanted.some(fits) && !unwanted.some(fits)) found.push(path);
    }
  }
  return found.sort();
}

const tidy = (glob: string): string => glob.replace(/^\.\//, '').replace(/\/+$/, '');
