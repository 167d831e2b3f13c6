/** One repository as the gates of a pass see it: a checkout of the base or of the revision, made when it is first needed. */
import { constants } from 'node:fs';
import { cp, lstat, realpath, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModuleConfig } from '../definitions/config.ts';
import { BatonError } from '../core/errors.ts';
import { removeTree } from '../workspace/remove-tree.ts';
import type { Workspace } from '../workspace/workspaces.ts';
import { describeBrokenEnd, hasBrokenEnd } from './describe-end.ts';
import { excerptTail } from './findings.ts';
import { openScratch } from './gate-scratch.ts';
import type { Judgement } from './judge-tests.ts';
import { runGateCommand } from './run-gate-command.ts';
import type { GatePlace, GateSurroundings } from './run-gate-command.ts';

/** How a module's setup went. */
export interface SetupOutcome extends Judgement {
  log: string;
  durationMs: number;
}

export interface GateSide {
  place(module: string): Promise<GatePlace>;
  hasModule(module: string): Promise<boolean>;
  /** Runs the module's setup once; null: it has none. */
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
): GateSide {
  const prepared = new Map<string, Promise<SetupOutcome | null>>();
  const place = async (module: string): Promise<GatePlace> => {
    const workspace = await open();
    const found = workspace.repos.find(({ name }) => name === repo);
    if (found === undefined) throw missingRepository(repo);
    return { dir: await realpath(workspace.dir), root: await realpath(found.path), module };
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
        place(module.path).then((where) => runSetup(repo, module, where, around));
      prepared.set(module.path, running);
      return running;
    },
    async unchanged(work) {
      const { root } = await place('.');
      const kept = `${root}.kept`;
      await cp(root, kept, {
        recursive: true,
        verbatimSymlinks: true,
        preserveTimestamps: true,
        mode: constants.COPYFILE_FICLONE,
      });
      try {
        return await work();
      } finally {
        await removeTree(root);
        await rename(kept, root);
      }
    },
  };
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
