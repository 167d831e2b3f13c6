/**
 * The files of the run's repositories that deploy commands run. They are looked for in the base and in the change: what
 * is deployed runs as the change has it, so that a script that is new counts like one that was rewritten.
 */
import type { DeployConfig, RepoConfig } from '../../definitions/config.ts';
import type { Revision } from '../../core/results.ts';
import type { Workspaces } from '../../workspace/workspaces.ts';
import { filesRunBy } from './follow-commands.ts';
import { isOfProduct, productFiles } from './product-files.ts';
import type { ReadBase } from './relative-imports.ts';

/** Deploy commands of the run, by environment. */
export type Deploys = Readonly<Record<string, DeployConfig>>;

/** What of a change one environment's command runs: paths as `repo/path`. */
export interface DeployPrograms {
  environment: string;
  programs: ReadonlySet<string>;
  /** Each package.json of which it runs a script. */
  manifests: ReadonlySet<string>;
}

interface DeployOrder {
  runId: string;
  base: Revision;
  revision: Revision;
  repos: Readonly<Record<string, RepoConfig>>;
  deploys: Deploys;
  workspaces: Pick<Workspaces, 'readFile'>;
}

/** Those that changed, for each environment. Files that the base's product consists of are none of them. */
export function deployPrograms(
  order: DeployOrder,
  changes: readonly { repo: string; path: string }[],
): Promise<DeployPrograms[]> {
  const changed = new Set(changes.map(({ repo, path }) => `${repo}/${path}`));
  return Promise.all(
    Object.entries(order.deploys).map(async ([environment, command]) => {
      const place = placeOf(order, command.repo);
      const found = await Promise.all(
        [order.base, order.revision].map((revision) =>
          filesRunBy(command, '.', readerOf(order, revision, place)),
        ),
      );
      const named = (path: string): string => (place === null ? path : `${place}/${path}`);
      const own = (paths: ReadonlySet<string>): string[] =>
        [...paths].filter((path) => changed.has(named(path)));
      const files = new Set(found.flatMap((each) => own(each.files)));
      const outside = new Set(found.flatMap((each) => own(each.outside)));
      const product =
        files.size === 0
          ? { files, isKnown: true }
          : await productFiles(files, foldersOf(order, place), readerOf(order, order.base, place));
      return {
        environment,
        programs: new Set([...files].filter((path) => !isOfProduct(product, outside, path)).map(named)),
        manifests: new Set(found.flatMap((each) => own(each.manifests).map(named))),
      };
    }),
  );
}

/** The repository in whose checkout it runs; null: in the folder that holds them all. */
function placeOf({ base }: DeployOrder, configured: string | null): string | null {
  const [only, ...others] = base.repos.map(({ name }) => name);
  return configured ?? (others.length === 0 ? (only ?? null) : null);
}

function readerOf({ runId, workspaces }: DeployOrder, revision: Revision, place: string | null): ReadBase {
  return async (path) => {
    const [first = '', ...rest] = path.split('/');
    const [repo, inside] = place === null ? [first, rest.join('/')] : [place, path];
    if (inside === '' || !revision.repos.some(({ name }) => name === repo)) return null;
    const bytes = await workspaces.readFile(runId, revision, repo, inside);
    return bytes === null ? null : new TextDecoder().decode(bytes);
  };
}

function foldersOf({ base, repos }: DeployOrder, place: string | null): string[] {
  return base.repos.flatMap(({ name: repo }) => {
    if (place !== null && repo !== place) return [];
    const folders = ['.', ...(repos[repo]?.modules ?? []).map(({ path }) => path)];
    return [...new Set(folders)].map((folder) => (place === null ? `${repo}/${folder}` : folder));
  });
}
