/** The projects of the evaluation: made from their folders in temporary git repositories. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Endpoint } from '../src/core/checks/endpoints.ts';
import { isTestPart } from '../src/gates/suites/test-files.ts';
import { createRepository } from '../src/workspace/temporary-repository.ts';
import { gatesOf, type MoreGates } from './project-config.ts';
import type { EvalTask, Files, Runner, TaskCommands } from './tasks.ts';

const PROJECTS = fileURLToPath(new URL('projects/', import.meta.url));
/** Packages come from those of this repository: nothing is fetched. */
export const MODULES = fileURLToPath(new URL('../node_modules', import.meta.url));

interface ProjectFile {
  title: string;
  runner: Exclude<Runner, 'unknown'>;
  base_is_red: boolean;
  /** Ends with 0 where the machine has what the project takes; without it every machine has. */
  needs?: string;
  /** Packages that lie in its `node_modules`. */
  links: string[];
  typecheck: string | null;
  lint: string | null;
  test: string;
  acceptance: string;
  gates?: MoreGates;
}

interface ChangeFile {
  prompt: string;
  wiring: string[];
  endpoints?: Endpoint[];
}

export const PROJECT_NAMES = readdirSync(PROJECTS).sort();

/** Of these projects the ones for which the machine has no runner. */
export function missingRunners(names: readonly string[]): string[] {
  return names.filter((name) => {
    const { needs } = readJson<ProjectFile>(join(PROJECTS, name, 'project.json'));
    return needs !== undefined && spawnSync('/bin/sh', ['-c', needs], { stdio: 'ignore' }).status !== 0;
  });
}

/** The tasks of these projects, each with a repository of its own below `dir`. */
export function makeTasks(names: readonly string[], dir: string): EvalTask[] {
  return names.flatMap((name) => {
    const project = readJson<ProjectFile>(join(PROJECTS, name, 'project.json'));
    const changes = readdirSync(join(PROJECTS, name)).filter((change) =>
      existsSync(join(PROJECTS, name, change, 'change.json')),
    );
    return changes.sort().map((change) => makeTask({ name, project, change }, dir));
  });
}

function makeTask(
  { name, project, change }: { name: string; project: ProjectFile; change: string },
  dir: string,
): EvalTask {
  const folder = (...parts: string[]): string => join(PROJECTS, name, ...parts);
  const base = readFolder(folder('base'));
  const gold = readFolder(folder(change, 'gold'));
  const tests = readFolder(folder(change, 'tests'));
  const { prompt, wiring, endpoints = [] } = readJson<ChangeFile>(folder(change, 'change.json'));
  const commands: TaskCommands = { ...project, setup: setupOf(project.links) };
  const hardCoded = folder(change, 'hard-coded');
  const beforeOf = (files: Files): Files =>
    Object.fromEntries(Object.entries(base).filter(([path]) => path in files));
  return {
    id: `${name}/${change}`,
    project: name,
    runner: project.runner,
    prompt,
    repo: createRepository(join(dir, name, change), base),
    gold,
    base: partOf(base, false),
    baseTests: partOf(base, true),
    before: beforeOf(gold),
    tests,
    testsBefore: beforeOf(tests),
    acceptance: readFolder(folder(change, 'acceptance')),
    wiring,
    endpoints,
    hardCoded: existsSync(hardCoded) ? { ...gold, ...readFolder(hardCoded) } : null,
    baseIsRed: project.base_is_red,
    commands,
    config: gatesOf(commands, project.runner, project.gates ?? []),
  };
}

const partOf = (base: Record<string, string>, isTest: boolean): Files =>
  Object.fromEntries(Object.entries(base).filter(([path]) => isTestPart(path) === isTest));

/** Links in place of an installation; null where a project needs no packages. */
function setupOf(links: readonly string[]): string | null {
  if (links.length === 0) return null;
  const into = [...new Set(['.bin', ...links.filter((each) => each.includes('/')).map(scopeOf)])];
  const made = [
    `mkdir -p ${into.map((each) => `node_modules/${each}`).join(' ')}`,
    ...links.map((each) => `ln -sfn ${MODULES}/${each} node_modules/${each}`),
    ...['tsc', 'oxlint', 'vitest', 'jest', 'mocha'].map(
      (each) => `ln -sfn ${MODULES}/.bin/${each} node_modules/.bin/${each}`,
    ),
  ];
  return made.join(' && ');
}

const scopeOf = (name: string): string => name.split('/')[0] ?? name;

function readFolder(dir: string): Record<string, string> {
  const entries = readdirSync(dir, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path): [string, string] => [path.slice(dir.length + 1), readFileSync(path, 'utf8')]),
  );
}

const readJson = <T>(file: string): T => JSON.parse(readFileSync(file, 'utf8')) as T; // our own files
