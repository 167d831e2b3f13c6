/** What names a gate's measurement beside the trees: equal inputs, equal result. */
import type { GateCommand, ModuleConfig } from '../definitions/config.ts';
import { hashBytes } from '../journal/hash.ts';
import type { DemandedTest, TestExpectation } from './suites/expected-tests.ts';
import { identifyPrograms } from './program-identity.ts';
import { modulesToPrepare } from './run-setup.ts';
import type { RepoOrder } from './repo-order.ts';

type Started = Pick<GateCommand, 'command' | 'shell' | 'env'>;

/** What is expected, by contents: commits differ from run to run. */
export function expectedTrees({ red, demanded }: TestExpectation): object {
  const treesOf = ({ repos }: DemandedTest['before']): string[] =>
    repos.map(({ name, tree }) => `${name} ${tree}`);
  return {
    red,
    demanded: demanded.map(({ before, shown, ...test }) => ({
      ...test,
      before: treesOf(before),
      shown: treesOf(shown),
    })),
  };
}

/** Everything that a gate depends on beside the trees, also which programs of the machine it and its setups start. The values of `env` count too: a gate sees them. */
export function inputsOf(order: RepoOrder, module: ModuleConfig, gate: GateCommand): object {
  const env = gate.env.map((name) => hashBytes(order.around.environment[name] ?? ''));
  const { wall, timeoutMs } = order.around;
  const setups = modulesToPrepare(order.config.modules, module).map(({ setup }) => setup);
  return {
    config: hashConfig(order, module, gate),
    env,
    node: process.version,
    programs: [gate, ...(gate.services ?? []), ...setups].flatMap((each) => programsOf(order, each)),
    wall: wall.kind,
    timeoutMs,
    repo: order.repo,
  };
}

function programsOf({ around }: RepoOrder, started: Started | null): string[] {
  if (started === null) return [];
  return identifyPrograms(
    started,
    started.env.includes('PATH') ? (around.environment['PATH'] ?? null) : null,
  );
}

export function hashConfig(order: RepoOrder, module: ModuleConfig, gate: GateCommand): string {
  const setups = modulesToPrepare(order.config.modules, module).map(({ path, setup }) => ({ path, setup }));
  return hashBytes(JSON.stringify({ path: module.path, setups, gate }));
}
