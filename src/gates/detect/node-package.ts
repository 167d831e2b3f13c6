/** What a package.json and the lockfile beside it say about setup and gates. */
import { isObject } from '../../core/json.ts';
import {
  NODE_REPORTERS,
  PROBE_DEFAULTS,
  type GateCommand,
  type TestReporter,
} from '../../definitions/config.ts';
import { splitCommand } from '../../definitions/split-command.ts';
import { coverageCommand } from './coverage-command.ts';

export interface PackageFacts {
  scripts: Record<string, string>;
  /** Names of all dependencies, those for development included. */
  dependencies: string[];
  /** Globs of workspace packages. */
  workspaces: string[];
  /** Whether it says what others use of it, or what is started. */
  hasEntry: boolean;
}

export type PackageManager = 'npm' | 'pnpm' | 'yarn' | 'bun';

/** Reads only what is well-formed; a broken file has no facts. */
export function readPackageFacts(text: string): PackageFacts | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null; // The caller says that the file cannot be read.
  }
  if (!isObject(value)) return null;
  const workspaces = isObject(value.workspaces) ? value.workspaces.packages : value.workspaces;
  return {
    scripts: textsOf(value.scripts),
    dependencies: ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((key) =>
      Object.keys(textsOf(value[key])),
    ),
    hasEntry:
      textsOf(value.scripts).start !== undefined ||
      ['main', 'module', 'bin', 'exports', 'browser'].some((field) => value[field] !== undefined),
    workspaces: Array.isArray(workspaces) ? workspaces.filter((glob) => typeof glob === 'string') : [],
  };
}

/** The install that follows the lockfile exactly; `files` are the names in the package's folder. */
export function detectSetup(
  facts: PackageFacts,
  files: string[],
): { manager: PackageManager; command: string[] } | null {
  if (facts.dependencies.length === 0 && facts.workspaces.length === 0) return null;
  const has = (name: string): boolean => files.includes(name);
  if (has('pnpm-lock.yaml')) return { manager: 'pnpm', command: ['pnpm', 'install', '--frozen-lockfile'] };
  if (has('yarn.lock')) {
    const flag = has('.yarnrc.yml') ? '--immutable' : '--frozen-lockfile';
    return { manager: 'yarn', command: ['yarn', 'install', flag] };
  }
  if (has('bun.lock') || has('bun.lockb'))
    return { manager: 'bun', command: ['bun', 'install', '--frozen-lockfile'] };
  const locked = has('package-lock.json') || has('npm-shrinkwrap.json');
  const command = locked ? ['npm', 'ci'] : ['npm', 'install', '--no-package-lock'];
  return { manager: 'npm', command: [...command, '--no-audit', '--no-fund'] };
}

/** Gates out of scripts, the test runner called directly where the script is no more than that. */
export function detectPackageGates(
  facts: PackageFacts,
  files: string[],
  manager: PackageManager,
): GateCommand[] {
  const gates: GateCommand[] = [];
  const script = (names: string[]): string | undefined =>
    names.find((name) => facts.scripts[name] !== undefined);
  const build = script(['build', 'compile']);
  const types = script(['typecheck', 'type-check', 'types', 'check-types', 'tsc']);
  const lint = script(['lint', 'eslint']);
  if (build !== undefined) gates.push({ ...gateOf('build', [manager, 'run', build]), set: 'full' });
  if (types !== undefined) gates.push(gateOf('types', [manager, 'run', types]));
  else if (files.includes('tsconfig.json') && facts.dependencies.includes('typescript')) {
    gates.push(gateOf('types', ['tsc', '--noEmit', '-p', '.']));
  }
  if (lint !== undefined) gates.push(gateOf('lint', [manager, 'run', lint]));
  const tests = detectTests(facts, manager);
  if (tests === null) return gates;
  const coverage = coverageCommand(tests, facts.dependencies);
  if (coverage === null) return [...gates, tests];
  return [...gates, tests, { ...gateOf('coverage', coverage.command), report: coverage.lcov, set: 'full' }];
}

/** Whether code reaches what a change exports: asked once for a repository that has a place to begin. */
export const REACH_GATE: GateCommand = {
  name: 'reach',
  kind: 'reach',
  command: [],
  shell: false,
  env: [],
  reporter: 'none',
  report: null,
  set: 'full',
  network: false,
  timeoutMs: null,
};

/** Whether tests run each function that changes, in languages that can be watched. */
export const EXECUTED_GATE: GateCommand = { ...REACH_GATE, name: 'executed', kind: 'executed' };

/** Tests of Node's runners: of these it is told by way of an entry point. */
export const isWatchable = ({ kind, reporter }: GateCommand): boolean =>
  kind === 'tests' && NODE_REPORTERS.includes(reporter);

/** Asks the running service, where requirements name endpoints. It takes the script `start`. */
export const PROBE_GATE: GateCommand = { ...REACH_GATE, name: 'probe', kind: 'probe', probe: PROBE_DEFAULTS };

const HTTP_FRAMEWORKS =
  /^(?:express|fastify|koa|hono|@hono\/node-server|@nestjs\/core|@hapi\/hapi|restify|polka|h3|elysia|@feathersjs\/express|@adonisjs\/core|moleculer-web|micro|tinyhttp|@tinyhttp\/app)$/;
const NODE_SERVER = /\bcreateServer\s*\(/;
const NODE_HTTP = /['"](?:node:)?https?['"]/;

/** Whether the script `start` is there and what it starts answers HTTP; `sources`: texts of files that may do so. */
export function startsService(facts: PackageFacts, sources: readonly string[]): boolean {
  if (facts.scripts.start === undefined) return false;
  return (
    facts.dependencies.some((name) => HTTP_FRAMEWORKS.test(name)) ||
    sources.some((text) => NODE_HTTP.test(text) && NODE_SERVER.test(text))
  );
}

/** A quick gate that is no more than its command. */
export function gateOf(
  kind: GateCommand['kind'],
  command: string[],
  reporter: TestReporter = 'none',
): GateCommand {
  return {
    name: kind,
    kind,
    command,
    shell: false,
    env: [],
    reporter,
    report: null,
    set: 'quick',
    network: false,
    timeoutMs: null,
  };
}

/** What `npm init` writes. */
const PLACEHOLDER = /no test specified/;

function detectTests(facts: PackageFacts, manager: PackageManager): GateCommand | null {
  const line = facts.scripts.test;
  if (line === undefined) {
    return facts.dependencies.includes('vitest') ? gateOf('tests', ['vitest', 'run'], 'vitest') : null;
  }
  if (PLACEHOLDER.test(line)) return null;
  const split = splitCommand(line);
  if (split.ok && split.shellSyntax === null) {
    const direct = runnerOf(split.words);
    if (direct !== null) return gateOf('tests', direct.command, direct.reporter);
  }
  // Flags reach only the last command of a script that runs several.
  const last = line.split(/&&|;/).at(-1)?.trim() ?? '';
  const words = splitCommand(last);
  const runner = words.ok && words.shellSyntax === null ? runnerOf(words.words) : null;
  // A canary is red in the first of several, and behind `&&` nothing runs any more: people make a gate of each.
  const several = line.split(/&&|;/).filter((part) => runnerOf(part.trim().split(/\s+/)) !== null).length > 1;
  return gateOf('tests', [manager, 'test'], several ? 'none' : (runner?.reporter ?? 'none'));
}

function runnerOf(words: string[]): { command: string[]; reporter: TestReporter } | null {
  const [program = '', ...rest] = words;
  if (program === 'node' && rest.includes('--test')) return { command: words, reporter: 'node' };
  if (program === 'tsx' && rest.includes('--test')) return { command: words, reporter: 'node' };
  if (program === 'jest' || program === 'mocha') return { command: words, reporter: program };
  if (program !== 'vitest') return null;
  // Without `run` it would watch.
  const flags = rest[0] === 'run' || rest[0] === 'watch' || rest[0] === 'dev' ? rest.slice(1) : rest;
  return { command: ['vitest', 'run', ...flags.filter((flag) => flag !== '--watch')], reporter: 'vitest' };
}

function textsOf(value: unknown): Record<string, string> {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
