/** Runs one gate command in a checkout, behind the wall, with an environment of its own. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { GateCommand } from '../definitions/config.ts';
import type { Overlay, Wall } from '../workspace/wall.ts';
import { createRedactor } from '../drivers/redact.ts';
import { clean } from './findings.ts';
import { certificateFiles } from './network-settings.ts';
import type { GateScratch } from './gate-scratch.ts';
import type { GateOrder } from './gates.ts';
import { servicesNotReady, SERVICES_RUNNER, withServices } from './services/with-services.ts';
import { resolveCommand, searchPath } from './resolve-command.ts';
import type { CommandPlace } from './resolve-command.ts';
import type { CommandEnd, RunCommand } from './run-command.ts';

/** What all commands of one pass share. */
export interface GateSurroundings {
  runCommand: RunCommand;
  /** `<run>/<command key>` of the pass. */
  owner: string;
  /** The caller's environment; a gate sees only what its `env` names. */
  environment: Readonly<Record<string, string | undefined>>;
  /** Where it is noted what setups were lent, as long as they have it. */
  lentDir: string;
  /** Takes out what the run must not store. */
  redact?: ((text: string) => string) | undefined;
  wall: Wall;
  begins?: GateOrder['begins'] | undefined;
  timeoutMs: number;
  maxOutputBytes: number;
  signal: AbortSignal;
}

/** Where a gate runs: one module of one checkout. */
export interface GatePlace {
  /** The folder that holds the checkouts of all repositories. */
  dir: string;
  /** The repository's checkout, without links in its path. */
  root: string;
  /** The module's folder, relative to it. */
  module: string;
  /** The HOME of setup and gates: what an install keeps there is found again. */
  home: string;
  /** Where what is written to `root` comes to lie: there, or in an overlay's own folder. */
  written: string;
  /** Over `root` and `home`, with what setups put there. */
  overlays: readonly Overlay[];
}

export interface CommandRun {
  end: CommandEnd;
  /** Both streams, cleaned and redacted. */
  log: string;
  durationMs: number;
}

/** Runs the command to its end. `argv` is the gate's own, or what a reporter made of it. */
export async function runGateCommand(
  gate: GateCommand,
  options: {
    place: GatePlace;
    scratch: GateScratch;
    argv: string[];
    env: Record<string, string>;
    /** Folders that it sees besides. */
    readable?: string[];
  },
  around: GateSurroundings,
): Promise<CommandRun> {
  const { place, scratch, argv } = options;
  const where = whereOf(gate, place, around.environment);
  const { cwd } = where;
  const startedAt = performance.now();
  const own = { home: place.home, temporary: scratch.temporary };
  const env = withReporters(gateEnvironment(gate, own, where, around.environment), options.env);
  const program = await resolveProgram(gate, argv, where);
  const services = gate.services ?? [];
  const started =
    'problem' in program
      ? program
      : await withServices(services, { ...program, env }, async (service, words) => {
          const found = await resolveProgram(service, words, where);
          if ('problem' in found) return found;
          return { ...found, env: gateEnvironment(service, own, where, around.environment) };
        });
  const end =
    'problem' in started
      ? notStarted(started.problem)
      : await around.runCommand(
          {
            ...started,
            owner: around.owner,
            cwd,
            wall: around.wall,
            readable: [
              place.dir,
              scratch.dir,
              ...(services.length === 0 ? [] : [SERVICES_RUNNER]),
              ...nodeFolders(),
              ...certificateFiles(gate.env, around.environment),
              ...(options.readable ?? []),
            ],
            writable: [place.root, place.home, ...scratch.writable],
            overlays: place.overlays,
            network: gate.network,
            timeoutMs: gate.timeoutMs ?? around.timeoutMs,
            maxOutputBytes: around.maxOutputBytes,
          },
          around.signal,
        );
  const log = redact(clean(`${end.stdout}\n${end.stderr}`, place.root), gate, around);
  return { end: servicesNotReady(services, end), log, durationMs: Math.round(performance.now() - startedAt) };
}

/** The environment of a program that a gate's own one starts. */
export function environmentOf(
  gate: Pick<GateCommand, 'env'>,
  place: GatePlace,
  scratch: GateScratch,
  environment: GateSurroundings['environment'],
): Record<string, string> {
  const own = { home: place.home, temporary: scratch.temporary };
  return gateEnvironment(gate, own, whereOf(gate, place, environment), environment);
}

function whereOf(
  gate: Pick<GateCommand, 'env'>,
  place: GatePlace,
  environment: GateSurroundings['environment'],
): CommandPlace {
  return {
    root: place.root,
    cwd: join(place.root, place.module),
    callerPath: gate.env.includes('PATH') ? (environment.PATH ?? null) : null,
    overlays: place.overlays,
  };
}

/** The same for what one of a gate's programs starts. */
export function resolveFor(
  gate: Pick<GateCommand, 'env' | 'shell'>,
  argv: string[],
  place: GatePlace,
  environment: GateSurroundings['environment'],
): Promise<{ file: string; args: string[] } | { problem: string }> {
  return resolveProgram(gate, argv, whereOf(gate, place, environment));
}

/** A shell only where the configuration says so. */
async function resolveProgram(
  { shell }: { shell: boolean },
  argv: string[],
  where: CommandPlace,
): Promise<{ file: string; args: string[] } | { problem: string }> {
  if (shell) return { file: '/bin/sh', args: ['-c', argv.join(' ')] };
  const found = await resolveCommand(argv[0] ?? '', where);
  if (!('problem' in found)) return { file: found.file, args: argv.slice(1) };
  return {
    problem: `\`${argv[0] ?? ''}\` is ${found.problem === 'not_found' ? 'not there' : 'not executable'}`,
  };
}

/**
 * Nothing is inherited: NODE_OPTIONS, LD_PRELOAD, GIT_* or an agent's settings could turn red to green.
 * What the gate's `env` names is passed on, except a PATH, which `searchPath` filters.
 */
function gateEnvironment(
  gate: Pick<GateCommand, 'env'>,
  own: { home: string; temporary: string },
  where: CommandPlace,
  environment: GateSurroundings['environment'],
): Record<string, string> {
  const named = gate.env.flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value]];
  });
  return {
    ...Object.fromEntries(named),
    PATH: searchPath(where),
    HOME: own.home,
    TMPDIR: own.temporary,
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    CI: 'true',
    NO_COLOR: '1',
  };
}

/** The Node that runs Baton, and the npm that came with it. */
function nodeFolders(): string[] {
  const bin = dirname(process.execPath);
  return [bin, join(dirname(bin), 'lib/node_modules')].filter((folder) => existsSync(folder));
}

function notStarted(why: string): CommandEnd {
  return {
    exit: null,
    signal: null,
    timedOut: false,
    tooMuchOutput: false,
    notStarted: why,
    stdout: '',
    stderr: '',
    bytes: 0,
  };
}

/** What a gate has in its environment beside what a reporter needs: where both name the same list, both count. */
function withReporters(own: Record<string, string>, ours: Record<string, string>): Record<string, string> {
  const joined = Object.entries(ours).map(([name, value]) => {
    const given = LISTS.has(name) ? (own[name] ?? '') : '';
    return [name, given === '' ? value : `${value}${LISTS.get(name)}${given}`];
  });
  return { ...own, ...Object.fromEntries(joined) };
}

/** Variables that hold several values, and what stands between them. */
const LISTS = new Map([
  ['PYTHONPATH', ':'],
  ['PYTEST_ADDOPTS', ' '],
  ['NODE_OPTIONS', ' '],
]);

/** Takes out the values that were passed through: they are the user's secrets and belong into no stored text. */
export function redact(
  text: string,
  gate: GateCommand,
  { environment, redact: takeOut = (given) => given }: Pick<GateSurroundings, 'environment' | 'redact'>,
): string {
  const passed = gate.env
    .filter((name) => name !== 'PATH')
    .map((name): [string, string] => [name, environment[name] ?? '']);
  const left = passed.reduce(
    (rest, [name, value]) => (value.length < 4 ? rest : rest.replaceAll(value, `[${name}]`)),
    createRedactor(new Map(passed)).text(text),
  );
  return takeOut(left);
}
