/** One repository as the gates of a pass see it: a checkout of the base or of the revision, made when it is first needed. */
import { constants } from 'node:fs';
import { cp, lstat, mkdir, realpath, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModuleConfig } from '../definitions/config.ts';
import { BatonError } from '../core/errors.ts';
import { removeTree } from '../workspace/remove-tree.ts';
import type { Workspace } from '../workspace/workspaces.ts';
import { describeBrokenEnd, hasBrokenEnd } from './describe-end.ts';
import { excerptTail } from './findings.ts';
import { openScratch } from './gate-scratch.ts';
import type { Judgement } from './suites/judge-tests.ts';
import { runGateCommand } from './run-gate-command.ts';
import type { GatePlace, GateSurroundings } from './run-gate-command.ts';

/** How a module's setup went. */
export interface SetupOutcome extends Judgement {
  log: string;
  durationMs: number;
}

/** Does the work while what this gate runs stands as the base has it. */
export type WhileHeld = <T>(module: string, gate: string, work: () => Promise<T>) => Promise<T>;

export interface GateSide {
  place(module: string): Promise<GatePlace>;
  hasModule(module: string): Promise<boolean>;
  /** Runs the module's own setup, once; null: it has none. */
  prepare(module: ModuleConfig): Promise<SetupOutcome | null>;
  /**
   * Lets one gate work in the checkout and puts back afterwards what it found, on the same path: what a
   * gate runs is the revision's own code, and the next gate shall not see what that left behind.
   */
  unchanged<T>(work: () => Promise<T>): Promise<T>;
}

/** `open` makes the checkout of all repositories; it is called at most once by its owner. */
export function createGateSide(
  repo: string,
  open: () => Promise<Workspace>,
  around: GateSurroundings,
  whileHeld: WhileHeld = (_module, _gate, work) => work(),
): GateSide {
  const prepared = new Map<string, Promise<SetupOutcome | null>>();
  const place = async (module: string): Promise<GatePlace> => {
    const workspace = await open();
    const found = workspace.repos.find(({ name }) => name === repo);
    if (found === undefined) throw missingRepository(repo);
    const dir = await realpath(workspace.dir);
    const home = join(dir, `.home-${repo}`);
    await mkdir(home, { recursive: true, mode: 0o700 });
    return { dir, root: await realpath(found.path), module, home };
  };
  return {
    place,
    async hasModule(module) {
      const { root } = await place(module);
      return (await lstat(join(root, module)).catch(() => null))?.isDirectory() ?? false;
    },
    prepare(module) {
      const running =
        prepared.get(module.path) ??
        place(module.path).then((where) =>
          whileHeld(module.path, module.setup?.name ?? '', () => runSetup(repo, module, where, around)),
        );
      prepared.set(module.path, running);
      return running;
    },
    async unchanged(work) {
      const { root, home } = await place('.');
      for (const dir of [root, home]) await copyTree(dir, `${dir}.kept`);
      try {
        return await work();
      } finally {
        for (const dir of [root, home]) {
          await removeTree(dir);
          await rename(`${dir}.kept`, dir);
        }
      }
    },
  };
}

/** With links as they are and without following them; shares the blocks where the file system can. */
async function copyTree(from: string, to: string): Promise<void> {
  const mode = constants.COPYFILE_FICLONE;
  await cp(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true, mode });
}

async function runSetup(
  repo: string,
  module: ModuleConfig,
  place: GatePlace,
  around: GateSurroundings,
): Promise<SetupOutcome | null> {
  const { setup } = module;
  if (setup === null) return null;
  await using scratch = await openScratch(place.dir, 'none');
  const { end, log, durationMs } = await runGateCommand(
    setup,
    { place, scratch, argv: setup.command, env: {} },
    around,
  );
  const about = { repo, root: place.root, gate: setup.name };
  if (hasBrokenEnd(end)) return { ...describeBrokenEnd(end, log, about), log, durationMs };
  if (end.exit === 0)
    return { status: 'pass', summary: 'exit code 0', tests: null, drafts: [], log, durationMs };
  const problem = `The setup ended with exit code ${end.exit}, so that nothing could be checked. Its last words:\n${excerptTail(log, place.root)}`;
  const place_ = { repo, file: null, line: null, severity: 'major', blocking: true } as const;
  const draft = {
    ...place_,
    problem,
    fix: 'Mend what the output names: often a dependency that the lockfile lacks.',
    identity: 'setup',
  };
  return { status: 'fail', summary: `exit code ${end.exit}`, tests: null, drafts: [draft], log, durationMs };
}

function missingRepository(repo: string): BatonError {
  return new BatonError({
    code: 'E_BUG',
    message: `The checkout for the gates holds no repository ${repo}.`,
    fix: 'Report this with the output of `baton log`.',
  });
}

/** The modules whose setup a module needs: those of the folders around it first, then its own. */
export function modulesToPrepare(modules: ModuleConfig[], module: ModuleConfig): ModuleConfig[] {
  const around = ({ path }: ModuleConfig): boolean => path === '.' || module.path.startsWith(`${path}/`);
  const outer = modules.filter(
    (other) => other.setup !== null && other.path !== module.path && around(other),
  );
  const sorted = outer.toSorted((a, b) => a.path.length - b.path.length);
  return module.setup === null ? sorted : [...sorted, module];
}
