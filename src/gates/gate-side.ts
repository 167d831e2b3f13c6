/** One repository as the gates of a pass see it: a checkout of the base or of the revision, made when it is first needed. */
import { constants } from 'node:fs';
import { cp, lstat, mkdir, mkdtemp, realpath, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { GateCommand, ModuleConfig } from '../definitions/config.ts';
import { BatonError } from '../core/errors.ts';
import { removeTree } from '../workspace/remove-tree.ts';
import { canOverlay } from '../workspace/wall/overlays.ts';
import type { Workspace } from '../workspace/workspaces.ts';
import type { InstallCache } from './install-cache.ts';
import { createOverlaidPlaces, type OverlaidPlaces } from './overlaid-places.ts';
import { withProgramsOfBase } from './programs/hold-programs.ts';
import { planInstall } from './plan-install.ts';
import type { GatePlace, GateSurroundings } from './run-gate-command.ts';
import { INSTALLED_BEFORE, runSetup, type SetupOutcome } from './run-setup.ts';
import { createTurns, type Turn } from './turns.ts';

/** Which files of the base's stand in a side while this gate runs; null: the side's own. */
export type HeldFor = (
  module: string,
  gate: string,
) => { paths: readonly string[]; base: () => Promise<string> } | null;

export interface GateSide {
  place(module: string): Promise<GatePlace>;
  hasModule(module: string): Promise<boolean>;
  /** Runs the module's own setup, once; null: it has none. Those of the folders around it come first. */
  prepare(module: ModuleConfig): Promise<SetupOutcome | null>;
  /**
   * Lets one gate work in the checkout, whose setups have run. What a gate runs is the revision's own code, and no other
   * gate shall see what it leaves behind: where the wall has overlays it gets one of its own and others run beside it;
   * elsewhere gates take turns, and what it found is put back for those that `isLast` knows of.
   */
  apart<T>(gate: ApartGate, work: (place: GatePlace) => Promise<T>): Promise<T>;
}

export interface ApartGate {
  module: string;
  gate: string;
  /** Whether nobody looks at this checkout afterwards; asked when its turn has come. */
  isLast(): boolean;
}

export interface SideOptions {
  repo: string;
  modules: ModuleConfig[];
  /** Makes the checkout of all repositories; called at most once by its owner. */
  open: () => Promise<Workspace>;
  around: GateSurroundings;
  installs: InstallCache;
  /** Names everything that the checkout holds. */
  contents: string;
  held?: HeldFor;
}

export function createGateSide(options: SideOptions): GateSide {
  const { repo, modules, around, installs, held = () => null } = options;
  const places = createOverlaidPlaces(modules);
  const turns = createTurns();
  const prepared = new Map<string, Promise<SetupOutcome | null>>();
  let finding: Promise<SidePlace> | null = null;
  const find = (): Promise<SidePlace> => (finding ??= findPlace(options));
  const place = async (module: string): Promise<GatePlace> => ({ ...(await find()).place, module });

  /** While files of the base stand in the place of its own, nobody else works there. */
  const inTurn = async <T>(which: { module: string; gate: string }, work: () => Promise<T>): Promise<T> => {
    const { isOverlaid, place: where } = await find();
    const turn: Turn = isOverlaid ? 'beside' : 'alone';
    const files = held(which.module, which.gate);
    if (files === null) return turns.take(turn, work);
    const base = await files.base();
    const swapped = { base, head: where.root, aside: where.dir, paths: files.paths };
    return turns.take('alone', () => withProgramsOfBase(swapped, work));
  };

  const setUp = async (module: ModuleConfig): Promise<SetupOutcome | null> => {
    const { setup } = module;
    if (setup === null) return null;
    const { isOverlaid } = await find();
    const here = await place(module.path);
    return inTurn({ module: module.path, gate: setup.name }, () =>
      isOverlaid
        ? setUpOnce(
            { repo, module: module.path, setup, here, places, installs, contents: options.contents },
            around,
          )
        : runSetup(repo, setup, here, around),
    );
  };

  return {
    place,
    async hasModule(module) {
      const { root } = await place(module);
      // Not while somebody puts the checkout back: it is gone for a moment then.
      return turns.take(
        'beside',
        async () => (await lstat(join(root, module)).catch(() => null))?.isDirectory() ?? false,
      );
    },
    prepare(module) {
      const running = prepared.get(module.path) ?? setUp(module);
      prepared.set(module.path, running);
      return running;
    },
    async apart({ module, gate, isLast }, work) {
      const { isOverlaid } = await find();
      const here = await place(module);
      return inTurn({ module, gate }, () => {
        if (isOverlaid) return withOverlays(places, here, work);
        return isLast() ? work(here) : putBack([here.root, here.home], () => work(here));
      });
    },
  };
}

interface SidePlace {
  place: Omit<GatePlace, 'module'>;
  isOverlaid: boolean;
}

async function findPlace({ repo, open, around }: SideOptions): Promise<SidePlace> {
  const workspace = await open();
  const found = workspace.repos.find(({ name }) => name === repo);
  if (found === undefined) throw missingRepository(repo);
  const dir = await realpath(workspace.dir);
  const home = join(dir, `.home-${repo}`);
  await mkdir(home, { recursive: true, mode: 0o700 });
  const root = await realpath(found.path);
  const isOverlaid = await canOverlay(around.wall, dir, [root, home]);
  return { place: { dir, root, home, written: root, overlays: [] }, isOverlaid };
}

/** Installs over the checkout, or takes what was installed from the same files before. */
async function setUpOnce(
  order: {
    repo: string;
    module: string;
    setup: GateCommand;
    here: GatePlace;
    places: OverlaidPlaces;
    installs: InstallCache;
    contents: string;
  },
  around: GateSurroundings,
): Promise<SetupOutcome> {
  const { repo, module, setup, here, places, installs, contents } = order;
  const { environment } = around;
  const outer = places.around(module);
  const install =
    outer === null
      ? null
      : await planInstall({
          setup,
          root: here.root,
          module,
          contents: [contents, ...outer].join(' '),
          environment,
        });
  const kept = install === null ? null : await installs.find(install.key);
  if (kept !== null) {
    places.lay(module, { ...kept, key: install?.key ?? null });
    return INSTALLED_BEFORE;
  }
  const own = await places.over(here, await mkdtemp(join(here.dir, '.setup-')));
  const outcome = await runSetup(repo, setup, own.place, around);
  const made = { root: own.root.written, home: own.home.written };
  const isKept = install !== null && outcome.status === 'pass';
  const home = install?.keepsHome === true ? made.home : null;
  const installed = isKept ? await installs.keep(install.key, { ...made, home }, here.root) : made;
  // Where it was not kept nobody can say what it put there, and setups on top of it count for this pass alone.
  places.lay(module, { ...installed, key: installed.root === made.root ? null : (install?.key ?? null) });
  return outcome;
}

/** Nobody else sees what the work writes there, and it is gone afterwards. */
async function withOverlays<T>(
  places: OverlaidPlaces,
  here: GatePlace,
  work: (place: GatePlace) => Promise<T>,
): Promise<T> {
  const own = await mkdtemp(join(here.dir, '.apart-'));
  try {
    return await work((await places.over(here, own)).place);
  } finally {
    // What cannot be removed now goes with the checkout.
    await removeTree(own).catch(() => undefined);
  }
}

async function putBack<T>(folders: string[], work: () => Promise<T>): Promise<T> {
  for (const folder of folders) await copyTree(folder, `${folder}.kept`);
  try {
    return await work();
  } finally {
    for (const folder of folders) {
      await removeTree(folder);
      await rename(`${folder}.kept`, folder);
    }
  }
}

/** With links as they are and without following them; shares the blocks where the file system can. */
async function copyTree(from: string, to: string): Promise<void> {
  const mode = constants.COPYFILE_FICLONE;
  await cp(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true, mode });
}

function missingRepository(repo: string): BatonError {
  return new BatonError({
    code: 'E_BUG',
    message: `The checkout for the gates holds no repository ${repo}.`,
    fix: 'Report this with the output of `baton log`.',
  });
}
