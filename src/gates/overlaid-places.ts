/** The overlays of one checkout: what its setups put over it, and those of single gates on top. */
import { join } from 'node:path';
import type { ModuleConfig } from '../definitions/config.ts';
import type { Overlay } from '../workspace/wall.ts';
import { makeOverlay } from '../workspace/wall/overlays.ts';
import type { Installed } from './install-cache.ts';
import type { GatePlace } from './run-gate-command.ts';

/** `key` names what it holds; null: nothing does. */
type Laid = Installed & { key: string | null };

export interface OverlaidPlaces {
  /** From now on this lies over the module's folder and all below it. */
  lay(module: string, installed: Laid): void;
  /** What names all that lies over a module's checkout; null: something does that nothing names. */
  around(module: string): string[] | null;
  /** The place with overlays of its own, which write below `into`. */
  over(place: GatePlace, into: string): Promise<{ place: GatePlace; root: Overlay; home: Overlay }>;
}

export function createOverlaidPlaces(modules: readonly ModuleConfig[]): OverlaidPlaces {
  const laid = new Map<string, Laid>();
  return {
    lay: (module, installed) => void laid.set(module, installed),
    around(module) {
      const below = pathsAround(modules, module).flatMap((path) => laid.get(path) ?? []);
      const keys = below.flatMap(({ key }) => key ?? []);
      return keys.length === below.length ? keys : null;
    },
    async over(place, into) {
      const below = pathsAround(modules, place.module).flatMap((path) => laid.get(path) ?? []);
      const homes = below.flatMap((installed) => installed.home ?? []);
      const root = await makeOverlay(
        join(into, 'root'),
        place.root,
        below.map((installed) => installed.root),
      );
      const home = await makeOverlay(join(into, 'home'), place.home, homes);
      return { place: { ...place, written: root.written, overlays: [root, home] }, root, home };
    },
  };
}

/** Of the modules that hold this folder, itself included: innermost first. */
function pathsAround(modules: readonly ModuleConfig[], path: string): string[] {
  const around = modules
    .map((module) => module.path)
    .filter((outer) => outer === '.' || `${path}/`.startsWith(`${outer}/`));
  return around.toSorted((a, b) => (a === '.' ? 1 : b === '.' ? -1 : b.length - a.length));
}
