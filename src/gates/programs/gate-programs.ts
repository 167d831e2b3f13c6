/**
 * The files of a repository that its gate commands run or are told to load: a script of its own that checks, a list of
 * rules named by an option. They belong to the gate and not to the change, for the gate that runs them. Files of the
 * product are none of them, whoever runs them. Reads the base only.
 */
import type { GateCommand, RepoConfig } from '../../definitions/config.ts';
import type { GateKind } from '../../core/words.ts';
import type { Revision } from '../../core/results.ts';
import type { Workspaces } from '../../workspace/workspaces.ts';
import { filesRunBy } from './follow-commands.ts';
import { isOfProduct, productFiles } from './product-files.ts';
import type { ReadBase } from './relative-imports.ts';
import { isTestCode } from '../suites/test-files.ts';

/** A command of the configuration that runs a file, as people and the configuration name it. */
export interface GateUse {
  module: string;
  gate: string;
}

/** Paths in a repository, each with who runs it. */
export type GatePrograms = ReadonlyMap<string, readonly GateUse[]>;

/** Of each repository, the changed paths that the base's gates run. */
export async function programsOf(
  order: { runId: string; base: Revision; repos: Readonly<Record<string, RepoConfig>> },
  workspaces: Pick<Workspaces, 'readFile'>,
  changes: readonly { repo: string; path: string }[],
): Promise<Map<string, GatePrograms>> {
  const all = [...Map.groupBy(changes, ({ repo }) => repo)].map(
    async ([name, own]): Promise<[string, GatePrograms]> => {
      const config = order.repos[name];
      const read: ReadBase = async (path) => {
        const bytes = await workspaces.readFile(order.runId, order.base, name, path);
        return bytes === null ? null : new TextDecoder().decode(bytes);
      };
      const changed = new Set(own.map(({ path }) => path));
      return [name, config === undefined ? new Map() : await gatePrograms(config, read, changed)];
    },
  );
  return new Map(await Promise.all(all));
}

/** They run the product itself as the change has it, nothing, or what other gates run. */
const NO_PROGRAMS: readonly GateKind[] = ['help', 'probe', 'reach', 'mutation', 'executed', 'forge_checks'];

/** Of all gates of a repository; of `among` only, where it is given. */
export async function gatePrograms(
  config: RepoConfig,
  read: ReadBase,
  among: ReadonlySet<string> | null = null,
): Promise<GatePrograms> {
  const uses = new Map<string, GateUse[]>();
  const outside = new Set<string>();
  for (const module of config.modules) {
    for (const gate of [...(module.setup === null ? [] : [module.setup]), ...module.gates]) {
      if (NO_PROGRAMS.includes(gate.kind)) continue;
      for (const command of commandsOf(gate)) {
        const run = await filesRunBy(command, module.path, read);
        for (const path of run.files) {
          if (isOfTests(gate, path) || (among !== null && !among.has(path))) continue;
          if (run.outside.has(path)) outside.add(path);
          const known = uses.get(path) ?? [];
          if (!known.some((use) => use.module === module.path && use.gate === gate.name))
            uses.set(path, [...known, { module: module.path, gate: gate.name }]);
        }
      }
    }
  }
  if (uses.size === 0) return uses;
  const folders = [...new Set(['.', ...config.modules.map(({ path }) => path)])];
  const product = await productFiles(new Set(uses.keys()), folders, read);
  return new Map([...uses].filter(([path]) => !isOfProduct(product, outside, path)));
}

/** Those of a rollback are three. */
function commandsOf({ command, shell, rollback }: GateCommand): Pick<GateCommand, 'command' | 'shell'>[] {
  if (rollback === undefined) return [{ command, shell }];
  const { up = [], down = [], schema = [] } = rollback;
  return [up, down, schema].map((words) => ({ command: words, shell }));
}

/** Those that this command runs. */
export function programsOfGate(programs: GatePrograms, module: string, gate: string): string[] {
  return [...programs].flatMap(([path, uses]) =>
    uses.some((use) => use.module === module && use.gate === gate) ? [path] : [],
  );
}

/** `the gate lint runs it`, for people. */
export function sayUses(uses: readonly GateUse[]): string {
  const names = [
    ...new Set(uses.map(({ module, gate }) => (module === '.' ? `\`${gate}\`` : `\`${gate}\` of ${module}`))),
  ];
  return names.length === 1 ? `the gate ${names[0]} runs it` : `the gates ${names.join(', ')} run it`;
}

/** What runs tests is asked about by its canary; a list of test files is the change's own. */
function isOfTests({ kind }: GateCommand, path: string): boolean {
  return (kind === 'tests' || kind === 'coverage') && isTestCode(path);
}
